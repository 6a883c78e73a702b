"""A tiny client for an ASGI application in the same process, and walks through a list with it."""

import asyncio
import json
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

PATH = "/api/v1/wallets/balances"
BOUND = 130
"""No walk makes more requests than this."""


@dataclass(frozen=True)
class Answer:
    """A response; `body` is None where it is not JSON, and `content` is what it was read from."""

    status: int
    kind: str
    body: Any
    content: bytes = b""

    @property
    def ids(self) -> list[str]:
        """Return the ids of the records, none for an error."""
        return [record["id"] for record in self.body["result"]] if self.status == 200 else []

    @property
    def meta(self) -> dict[str, Any]:
        """Return the pagination metadata, empty where there is none."""
        return (self.body.get("meta") or {}) if self.status == 200 else {}


class Client:
    """Calls one application; keeps one event loop, and so its threads, until it is closed."""

    def __init__(self, app: ASGIApp, key: str | None = None) -> None:
        self.app = app
        self.key = key
        self.calls: SimpleQueue[Coroutine[Any, Any, Any] | None] = SimpleQueue()
        self.results: SimpleQueue[Any] = SimpleQueue()
        Thread(target=asyncio.run, args=[self._serve()], daemon=True).start()

    def close(self) -> None:
        """End the event loop."""
        self.calls.put(None)

    async def _serve(self) -> None:
        while (call := self.calls.get()) is not None:
            try:
                self.results.put(await call)
            except BaseException as error:  # handed to the thread that waits for the answer, which raises it
                self.results.put(error)

    def _run(self, call: Coroutine[Any, Any, Any]) -> Any:
        self.calls.put(call)
        result = self.results.get()
        if isinstance(result, BaseException):
            raise result
        return result

    def get(self, **query: Any) -> Answer:
        """Send a GET for the list; parameters that are None are left out."""
        answer: Answer = self._run(self._get(query))
        return answer

    def together(self, queries: Sequence[dict[str, Any]]) -> list[Answer]:
        """Send a GET for the list for each query, all at the same time."""

        async def gather() -> list[Answer]:
            return await asyncio.gather(*(self._get(query) for query in queries))

        answers: list[Answer] = self._run(gather())
        return answers

    async def _get(self, query: dict[str, Any], method: str = "GET", path: str = PATH) -> Answer:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        given = {name: value for name, value in query.items() if value is not None}
        headers = [(b"x-api-key", self.key.encode())] if self.key else []
        scope = {"type": "http", "method": method, "path": path, "headers": headers, "asgi": {"version": "3.0"},
                 "query_string": urlencode(given).encode(), "http_version": "1.1", "scheme": "http"}  # fmt: skip
        await self.app(scope, receive, send)
        kinds = dict(sent[0]["headers"]).get(b"content-type", b"").decode()
        content = b"".join(message.get("body", b"") for message in sent[1:])
        try:
            return Answer(sent[0]["status"], kinds, json.loads(content), content)
        except ValueError:
            return Answer(sent[0]["status"], kinds, None, content)

    def request(self, method: str, path: str = PATH) -> Answer:
        """Send a request without a query."""
        answer: Answer = self._run(self._get({}, method, path))
        return answer

    def walk(self, limits: Sequence[int] = (200,), most: int = BOUND, **filters: Any) -> list[Answer]:
        """Return the pages from the first to the last, at most `most`, by `after`; the limits are used in turn."""
        pages = [self.get(limit=limits[0], **filters)]
        while (cursor := pages[-1].meta.get("after")) is not None and len(pages) < most:
            pages.append(self.get(limit=limits[len(pages) % len(limits)], after=cursor, **filters))
        return pages

    def walk_back(self, pages: Sequence[Answer], limit: int, most: int = BOUND, **filters: Any) -> list[Answer]:
        """Return the pages before the last of `pages` that has records, nearest first, by `before`."""
        page = next((page for page in reversed(pages) if page.ids), pages[0])
        found: list[Answer] = []
        while (cursor := page.meta.get("before")) is not None and len(found) < most:
            page = self.get(limit=limit, before=cursor, **filters)
            found.append(page)
        return found


def ids(pages: Sequence[Answer]) -> list[str]:
    """Return the ids on all pages, in order."""
    return [key for page in pages for key in page.ids]
