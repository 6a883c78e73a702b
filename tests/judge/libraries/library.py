"""A library's application with its document, asked and walked without the judge."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import schemathesis

FILTERS = ("author", "shelf", "year")
"""The properties that every list can be filtered by, each by a parameter of its own name."""

LONGEST_WALK = 400
"""Pages."""


@dataclass(frozen=True)
class Paging:
    """How a list is paged, for a walk that owes nothing to the judge.

    ``items`` is the field that holds the records, empty if they are the body itself. ``size`` is the parameter of the
    page size, ``position`` that of the position: a page number if it is named ``page``, an offset if it is named
    ``offset``, else a cursor, of which the field ``next`` holds the following one, or the whole URL. ``always`` are
    parameters of every request.
    """

    items: str
    size: str
    position: str
    next: str = ""
    always: tuple[tuple[str, str], ...] = ()

    def following(self, body: Any, query: Mapping[str, Any], count: int) -> dict[str, Any] | None:
        """Return the query of the next page; ``None`` if there is none."""
        if self.next:
            found = body[self.next]
            if str(found).startswith("http"):
                return self.parameters_of(found)
            return {**query, self.position: found} if found is not None else None
        if count == 0:
            return None
        first, step = (1, 1) if self.position == "page" else (0, count)
        return {**query, self.position: query.get(self.position, first) + step}

    @staticmethod
    def parameters_of(url: str) -> dict[str, Any]:
        """Return the query of a URL."""
        return dict(parse_qsl(urlsplit(url).query))


@dataclass(frozen=True)
class Library:
    """A WSGI or ASGI application and its OpenAPI document."""

    application: Callable[..., Any]
    document: Mapping[str, Any]

    @property
    def names(self) -> list[str]:
        """The ids of the list operations."""
        return [item["get"]["operationId"] for item in self.document["paths"].values()]

    def ask(self, name: str, query: Mapping[str, Any]) -> tuple[int, Any]:
        """Return the status and the body of an answer of a list; 500 and ``None`` if the application raised."""
        schema = schemathesis.openapi.from_dict(dict(self.document))
        schema.app = self.application
        schema.config.update(base_url="http://localhost")
        case = schema.find_operation_by_id(name).Case(query=dict(query))
        try:
            response = case.call()
        except Exception:
            # A server in front of the application would make a 500 of it.
            return 500, None
        return response.status_code, json.loads(response.content) if response.status_code < 500 else None

    def walk(self, name: str, paging: Paging, size: int) -> list[int]:
        """Return the ids of the records on the pages of this size, up to the end or to the first refusal."""
        ids: list[int] = []
        query: dict[str, Any] | None = {paging.size: size, **dict(paging.always)}
        for _ in range(LONGEST_WALK):
            status, body = self.ask(name, query)
            if status != 200:
                break
            found = [record["id"] for record in (body[paging.items] if paging.items else body)]
            ids += found
            query = paging.following(body, query, len(found))
            if query is None:
                break
        return ids
