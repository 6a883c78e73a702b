"""Finds applications that are judged in process, and keeps them from ending the judge with an exception."""

from __future__ import annotations

import gzip
import importlib
import re
import sys
import zlib
from collections.abc import Awaitable, Callable, Iterable
from inspect import iscoroutinefunction, isfunction, signature
from pathlib import Path
from typing import Any

import requests

from mockserver.errors import OptionError, unknown
from mockserver.judge.schemathesis.transport import BROKEN

_NAMED = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(\(\))?")
"""``module:app`` or ``module:create_app()``."""

Application = Callable[..., Any]


def is_application(text: str) -> bool:
    """Return whether a text names an application of a module, rather than a URL."""
    return _NAMED.fullmatch(text) is not None


def load_application(text: str) -> Application:
    """Return the application that ``module:app`` or ``module:create_app()`` names.

    Modules of the current folder are found too. Raises `OptionError` if there is none, or it cannot be imported.
    """
    module_name, _, name = text.partition(":")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found: Any = importlib.import_module(module_name)
    except Exception as error:  # Whatever the user's module does when it is imported.
        hint = f"; did you mean {module_name[:-3]}:{name}?" if module_name.endswith(".py") else ""
        raise OptionError(f"cannot import the module {module_name}: {_one_line(error)}{hint}") from error
    for part in name.removesuffix("()").split("."):
        if not hasattr(found, part):
            names = [known for known in vars(found) if not known.startswith("_")] if hasattr(found, "__dict__") else []
            raise OptionError(f"in {text}: {unknown('name', part, names)}")
        found = getattr(found, part)
    if name.endswith("()") or _is_factory(found):
        try:
            found = found()
        except Exception as error:  # As above.
            raise OptionError(f"{text} cannot be called: {_one_line(error)}") from error
    if not callable(found):
        raise OptionError(f"{text} is no application: got {type(found).__name__}, expected a WSGI or ASGI application")
    return found  # type: ignore[no-any-return]


def _is_factory(found: Any) -> bool:
    """Return whether this is a function without parameters, which no application is."""
    return isfunction(found) and not iscoroutinefunction(found) and not signature(found).parameters


def _one_line(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(": ")


def guarded(application: Application) -> Application:
    """Return an application that answers an exception with a 500, as a server in front of it would."""
    if iscoroutinefunction(application) or iscoroutinefunction(getattr(application, "__call__", None)):  # noqa: B004
        return _GuardedASGI(application)
    return _GuardedWSGI(application)


def _text(error: BaseException) -> bytes:
    return f"{type(error).__name__}: {error}".encode("utf-8", "replace")


def _decoded(headers: list[tuple[str, str]], body: bytes) -> tuple[list[tuple[str, str]], list[bytes]]:
    """Return an answer as a client reads it: without the gzip that it says it has, or marked `BROKEN`."""
    coding = next((value for name, value in headers if name.lower() == "content-encoding"), "")
    if coding.lower() not in ("gzip", "x-gzip") or not body:
        return headers, [body]
    try:
        body = gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return [*headers, (BROKEN, f"the body is not {coding}")], [body]
    lost = ("content-encoding", "content-length")
    return [(name, value) for name, value in headers if name.lower() not in lost], [body]


class _GuardedWSGI:
    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        begun: list[tuple[Any, ...]] = []
        chunks: list[bytes] = []

        def begin(status: str, headers: Any, exc_info: Any = None) -> Callable[[bytes], None]:
            begun[:] = [(status, headers)]
            return chunks.append

        try:
            answer = self.application(environ, begin)
            try:
                # Read before anything is sent, since an exception may come as late as that.
                chunks += answer
            finally:
                if hasattr(answer, "close"):
                    answer.close()
            ((status, headers),) = begun
            headers, chunks = _decoded(list(headers), b"".join(chunks))
            start_response(status, headers)
        except Exception as error:  # What a server in front of it catches too.
            start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
            return [_text(error)]
        return chunks


class _GuardedASGI:
    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(
        self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        started = finished = False

        async def note(message: Any) -> None:
            nonlocal started, finished
            started = started or message["type"] == "http.response.start"
            finished = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        try:
            await self.application(scope, receive, note)
        except Exception as error:  # As above; a lifespan that is not supported is told by an exception.
            if scope["type"] != "http":
                raise
            if finished:
                return  # Frameworks answer with a 500, and raise all the same.
            if started:
                raise requests.ConnectionError("an exception cut the answer") from error
            headers = [(b"content-type", b"text/plain")]
            await send({"type": "http.response.start", "status": 500, "headers": headers})
            await send({"type": "http.response.body", "body": _text(error)})
