"""The JSON of a request's body, as far as it may be read."""

from __future__ import annotations

import json
from typing import Any

from flask import abort, request


def read_json() -> Any:
    """The body as plain JSON. Raises `ValueError` for what is none; one that is too long is answered with 413."""
    try:
        said = json.loads(_data(), parse_constant=_no_constant)
        text = json.dumps(said, ensure_ascii=False)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the body is not JSON: {error}") from None
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("the body holds a lone surrogate, such as \\ud800, which is no text") from None
    return said


def _data() -> bytes:
    data = request.get_data()
    # werkzeug cuts off what comes in chunks without a word.
    if request.content_length is None and len(data) == request.max_content_length:
        abort(413)
    return data


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")
