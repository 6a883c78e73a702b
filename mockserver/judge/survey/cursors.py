"""Alters cursors: cut, longer, and with wrong values inside, where it can be read what is inside.

Pure: it makes texts of texts. A cursor is JSON, a query string or other text, plain or in base64; a token of three
parts (a JWT); a number; a UUID. What cannot be read is altered from outside alone.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import uuid
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

NUL = "\0"
HUGE = "9" * 40
INSIDE = 6
"""How many wrong values inside the first cursor are tried before all else; others are sampled."""

_JSON: tuple[Any, ...] = (None, 10**30, "x", [], {"$gt": ""}, True, -1)
_NUMBERS = ("9223372036854775808", "-1", "x", "1.5", "", HUGE, "1e9", NUL)
_TIMES = ("x", "9999-99-99T99:99:99Z", "0001-01-01T00:00:00+14:00", "", NUL)
_TEXTS = ("", NUL, HUGE, "'", "-1")
_SEPARATORS = re.compile(r"([|,;~ ]+|(?<!\d\d)::?|::?(?!\d\d))")
_SIGNED = re.compile(r"[+-]?\d+")
_TIME = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?")


def bare_cursor(position: str, names: tuple[str, ...]) -> str:
    """Return the cursor in a position: what stands in the query under one of these names, if it is a URL."""
    if "?" not in position:
        return position
    found = dict(parse_qsl(urlsplit(position).query, keep_blank_values=True))
    return next((found[name] for name in names if found.get(name)), position)


def altered_cursors(real: str | None, *, inside: int = INSIDE) -> Iterator[str]:
    """Yield a real cursor cut, lengthened, with one character changed, and with some wrong values inside."""
    if not real:
        return
    middle = len(real) // 2
    yield real[:middle]
    yield real[:-1]
    yield real + "A"
    yield real[:middle] + ("A" if real[middle] != "A" else "B") + real[middle + 1 :]
    yield from islice(cursors_with_wrong_values(real), inside)


def cursors_with_wrong_values(cursor: str) -> Iterator[str]:
    """Yield a cursor with each of the values inside it replaced; nothing if they cannot be read."""
    for read in (_number, _uuid, _token, _json, _in_base64, _query, _parts):
        found = list(dict.fromkeys(read(cursor)))
        if found:
            yield from found
            return


def _number(cursor: str) -> Iterator[str]:
    if _SIGNED.fullmatch(cursor):
        yield from (*_NUMBERS, cursor + "abc", f"{cursor}.5", "-" + cursor.lstrip("+-"))


def _uuid(cursor: str) -> Iterator[str]:
    try:
        real = uuid.UUID(cursor)
    except ValueError:
        return
    yield from (str(uuid.UUID(int=0)), str(uuid.UUID(int=real.int ^ 1)), cursor[:-1] + "g", cursor + NUL, "1", "'")


def _token(cursor: str) -> Iterator[str]:
    """Yield a token with wrong claims, and one that says that it is not signed."""
    parts = cursor.split(".")
    if len(parts) != 3 or _decoded(parts[0]) is None:
        return
    head, claims, signature = parts
    for wrong in _json_in_base64(claims):
        yield f"{head}.{wrong}.{signature}"
    unsigned = _encoded(json.dumps({"alg": "none"}), head)
    yield f"{unsigned}.{claims}."
    yield f"{head}.{claims}."


def _in_base64(cursor: str) -> Iterator[str]:
    """Yield a text in base64 with wrong values inside; text alone can be read."""
    text = _decoded(cursor)
    if text is None or not text.isprintable():
        return
    for read in (_number, _uuid, _json, _query, _parts):
        found = list(read(text))
        if found:
            yield from (_encoded(wrong, cursor) for wrong in found)
            return


def _json_in_base64(cursor: str) -> Iterator[str]:
    text = _decoded(cursor)
    return (_encoded(wrong, cursor) for wrong in _json(text or ""))


def _json(text: str) -> Iterator[str]:
    try:
        inside = json.loads(text)
    except (ValueError, RecursionError):
        return
    keys = list(inside) if isinstance(inside, dict) else list(range(len(inside))) if isinstance(inside, list) else []
    for wrong in _JSON:
        for key in keys:
            changed = inside.copy()
            changed[key] = wrong
            yield json.dumps(changed)
    for key in keys if isinstance(inside, dict) else ():
        yield json.dumps({name: value for name, value in inside.items() if name != key})


def _query(text: str) -> Iterator[str]:
    """Yield a query string with each value replaced, those that tell most of each first."""
    pairs = parse_qsl(text, keep_blank_values=True)
    if "=" not in text or not pairs or any(not name.isidentifier() for name, _ in pairs):
        return
    yield from _replaced([value for _, value in pairs], lambda values: urlencode(_named(pairs, values)))


def _named(pairs: list[tuple[str, str]], values: list[str]) -> list[tuple[str, str]]:
    return [(name, value) for (name, _), value in zip(pairs, values, strict=True)]


def _parts(text: str) -> Iterator[str]:
    """Yield a text of several parts (``2024-01-01T00:00:00Z|17``) with each of them replaced."""
    pieces = _SEPARATORS.split(text)
    if len(pieces) < 3:
        return
    links = pieces[1::2]

    def join(values: list[str]) -> str:
        return "".join(value + link for value, link in zip(values, [*links, ""], strict=True))

    yield from _replaced(pieces[::2], join)


def _replaced(values: list[str], join: Callable[[list[str]], str]) -> Iterator[str]:
    """Yield all values joined, with one of them replaced: first each by the wrong value that tells most."""
    wrong = [_wrong_for(value) for value in values]
    for turn in range(max(map(len, wrong))):
        for place, choices in enumerate(wrong):
            if turn < len(choices):
                yield join([*values[:place], choices[turn], *values[place + 1 :]])


def _wrong_for(value: str) -> tuple[str, ...]:
    if _SIGNED.fullmatch(value):
        return _NUMBERS
    return _TIMES if _TIME.fullmatch(value) else _TEXTS


def _decoded(cursor: str) -> str | None:
    """Return the text that stands in base64, of either alphabet and with its padding or without; else ``None``."""
    bare = cursor.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return None


def _encoded(text: str, like: str) -> str:
    """Return a text in base64, in the alphabet and with the padding of another cursor."""
    coded = base64.b64encode(text.encode()).decode()
    if not set("+/") & set(like):
        coded = coded.translate(str.maketrans("+/", "-_"))
    is_padded = like.endswith("=") or (len(like) % 4 == 0 and not set("-_") & set(like))
    return coded if is_padded else coded.rstrip("=")
