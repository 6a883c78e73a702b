"""Says why a first page shows nothing that could be judged: what was asked, what came, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from mockserver.contract import JSON_MEDIA, Operation
from mockserver.errors import JudgeError, listed, shown
from mockserver.judge.exchange import KEY_VARIABLE, Exchange

_ASKED_FOR = re.compile(
    r"(?:parameter|field|header|cookie|argument|query)\s+['\"`]?([\w.\[\]-]+)['\"`]?\s+(?:is|must|has)\b"
    r"|['\"`]([\w.\[\]-]+)['\"`]\s+(?:is\s+)?(?:a\s+)?(?:required|missing|must)"
    r"|(?:missing|required)\b[^'\"`:]{0,40}?[:\s]\s*['\"`]([\w.\[\]-]+)['\"`]",
    re.IGNORECASE,
)
"""Sentences that ask for something by name, as frameworks write them."""

_PLACES = ("query", "path", "header", "cookie", "body", "params", "querystring")
_ERROR_LISTS = ("errors", "detail", "details", "violations", "invalid_params", "invalid-params", "fields")


class NoPageError(JudgeError):
    """A list that shows no page. ``last`` is the answer to the request for it; ``None`` if none was sent."""

    def __init__(self, reason: str, last: Exchange | None) -> None:
        self.last = last
        super().__init__(reason)

    @property
    def is_silent(self) -> bool:
        """Whether there was no answer at all."""
        return self.last is not None and self.last.status is None

    @property
    def shows_an_api(self) -> bool:
        """Whether the answer shows that an API is there: JSON, a refusal of the input, or a crash."""
        status = self.last.status if self.last is not None else None
        if status is None:
            return False
        return status in (200, 400, 409, 415, 422, 429) or status >= 500


def why_not_judged(last: Exchange | None, operation: Operation | None = None) -> str:
    """Return why the answer to a first page cannot be judged; empty for JSON with status 200, which always can.

    ``operation`` is what was asked, for the names of its parameters.
    """
    if last is None:
        return "nothing was sent"
    reason = _reason(last, operation)
    return f"{last.method} {last.url}: {reason}" if reason else ""


def _reason(last: Exchange, operation: Operation | None) -> str:
    if last.status is None:
        return f"no answer: {last.error}"
    if last.status in (401, 403):
        sent = [name for name, value in last.caller_headers.items() if "$" in value or name.lower() == "authorization"]
        if sent:
            return f"status {last.status}: what proves who is calling is refused: {listed(sent)}{_said(last)}"
        return (
            f"status {last.status}: give a key with -H, or in the environment variable {KEY_VARIABLE}; "
            "other ways are --bearer, --basic, --oauth-client-id and --api-key-in"
        )
    if last.status == 200:
        is_judged = last.body is not None or last.broken or _says_json(last)
        return "" if is_judged else "the first page is not JSON: is this the base URL of the API?"
    if 300 <= last.status < 400:
        return f"status {last.status}: {last.error}; give that base URL"
    reason = f"the first page is answered with status {last.status}"
    if last.status == 404:
        return f"{reason}: {_prefix_hint(last, operation) or 'is this the base URL of the API?'}"
    body = _body(last)
    names = asked_for(last, operation) if last.refused else ()
    asked = f"; it asks for {listed(names)}: give --param {names[0]}=VALUE" if names else ""
    return f"{reason}{': ' if body else ''}{body}{asked}"


def _said(exchange: Exchange) -> str:
    return f"; the answer: {_body(exchange)}" if exchange.content else ""


def _says_json(exchange: Exchange) -> bool:
    """Return whether an answer says that it is JSON: then it is judged, whatever it is."""
    return any(name.lower() == "content-type" and JSON_MEDIA.match(value) for name, value in exchange.response_headers)


def _prefix_hint(last: Exchange, operation: Operation | None) -> str:
    """Return what may be wrong about the path of the base URL; empty if nothing seems to be."""
    if operation is None:
        return ""
    parts = urlsplit(last.url)
    path = re.sub(r"\\\{[^{}]*\\\}", "[^/]+", re.escape(operation.path))
    found = re.fullmatch(f"(.*?){path}", parts.path)
    base, origin = found[1] if found else "", f"{parts.scheme}://{parts.netloc}"
    if base and operation.path.startswith(f"{base}/"):
        return f"the contract's paths begin with {base} already; give the base URL {origin}"
    servers = [server for server in operation.base_paths if server]
    if servers and not any(base.endswith(server) for server in servers):
        return f"the contract's servers are below {servers[0]}; give the base URL {origin}{base}{servers[0]}"
    return ""


def _body(exchange: Exchange) -> str:
    return str(shown(" ".join(exchange.content.decode("utf-8", "replace").split())))


def asked_for(refusal: Exchange, operation: Operation | None = None) -> tuple[str, ...]:
    """Return the names of the parameters that a refusal asks for, the likeliest first; none if it names none.

    Parameters that the request had are not among them.
    """
    sent = {name for name, _ in refusal.query}
    text = refusal.content.decode("utf-8", "replace")
    declared = {p.name for p in operation.parameters} if operation is not None else set()
    candidates = [*_named(refusal.body), *_in_sentences(text)]
    if not candidates:
        candidates = [name for name in declared if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)]
    found = [_as_declared(name, declared) for name in candidates]
    return tuple(dict.fromkeys(name for name in found if name not in sent))


def _as_declared(name: str, declared: Iterable[str]) -> str:
    """Return the declared parameter of that name; frameworks write headers as ``x_tenant``."""
    plain = name.lower().replace("_", "-")
    return next((other for other in declared if other.lower().replace("_", "-") == plain), name)


def _named(body: Any) -> Iterator[str]:
    """Yield the names in the structure of an error body: ``loc``, ``field``, ``param``, or the keys of ``errors``."""
    for error in _errors(body):
        location = error.get("loc")
        if isinstance(location, list) and location:
            yield str(location[-1])
        for key in ("field", "param", "parameter", "name", "path", "property"):
            if isinstance(error.get(key), str):
                yield error[key].rpartition("/")[2]
    if isinstance(body, dict):
        for holder in (body, *(body[key] for key in _ERROR_LISTS if isinstance(body.get(key), dict))):
            yield from _keys_of_messages(holder)


def _errors(body: Any) -> Iterator[dict[str, Any]]:
    holders = [body] if not isinstance(body, dict) else [body.get(key) for key in _ERROR_LISTS]
    for holder in holders:
        if isinstance(holder, list):
            yield from (error for error in holder if isinstance(error, dict))


def _keys_of_messages(holder: dict[str, Any]) -> Iterator[str]:
    """Yield the names of ``{"tenant": ["This field is required."]}``, and of the same below ``query``."""
    for name, value in holder.items():
        if name in _PLACES and isinstance(value, dict):
            yield from _keys_of_messages(value)
        elif name not in (*_ERROR_LISTS, "messages") and _is_list_of_texts(value):
            yield name


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(text, str) for text in value)


def _in_sentences(text: str) -> Iterator[str]:
    for found in _ASKED_FOR.finditer(text.replace("\\", "")):
        yield next(name for name in found.groups() if name)
