"""Operation + request + world + state become a `Reply`: one pipeline, for every contract; knows no Flask.

::

    request -> route -> key -> validate -> select -> page -> refresh -> fill -> reply

No name of a field stands here: what a list means comes from `ListSemantics`, what surrounds its items from the schema
of its 200 answer, what a refusal looks like from the contract's 422 answer where that is one we can fill. The rules are
those of SEMANTICS.md, section 1.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from mockserver.contract import Contract, Operation, Schema
from mockserver.envelopes import Role, details_path, fill, role_values
from mockserver.messages import JSON, Answer, Encoded, Pair, Reply, Request, refusal
from mockserver.pages import Pages
from mockserver.pagination import Page, page_from
from mockserver.queries import Query, read_query, select
from mockserver.routing import Router
from mockserver.semantics import ListSemantics, list_operations
from mockserver.state import Clock, State
from mockserver.validation import Parsed, Violation, validate

if TYPE_CHECKING:
    from mockserver.world import Dataset, World

DEFAULT_KEY_HEADER = "X-API-Key"
NOT_KEPT = "the refresh was not kept: the shared state cannot be reached, so this is the world as it was made"
Fake = Callable[[Schema, "World", tuple[str, ...]], Any]
"""A value that fits a schema, for a world and a key path: the same each time."""


class Engine:
    """Answers requests by one contract.

    ``worlds`` gives the world of a caller's key (of ``None`` without one, or when keys share a world), ``fake`` the
    values that no list holds. Safe to call from several threads at once.
    """

    def __init__(
        self,
        contract: Contract,
        worlds: Callable[[str | None], World],
        *,
        state: State,
        clock: Clock,
        fake: Fake,
        semantics: Sequence[ListSemantics] | None = None,
        api_keys: Sequence[str] = (),
        isolate_keys: bool = False,
    ) -> None:
        self.contract = contract
        self.semantics = list_operations(contract) if semantics is None else tuple(semantics)
        self.state = state
        self.worlds = worlds
        self._clock = clock
        self._fake = fake
        self._keys = tuple(key.encode() for key in api_keys)
        self._isolate = isolate_keys
        self._router = Router(contract)
        self._lists = {s.operation.id: s for s in self.semantics}
        self.pages = Pages(fake, state)

    def handle(self, request: Request) -> Reply:
        """The answer to a request: the pipeline of this module."""
        world = self.worlds(None)
        operation, values = self._router.match(request.method, request.path)
        if operation is None and request.method == "HEAD":
            operation, values = self._router.match("GET", request.path)
        if operation is None:
            answer = self._no_operation(request)
        else:
            key, refused = self._key(operation, request)
            world = self.worlds(key) if self._isolate and key else world
            answer = refused or self._answer(operation, values, request, world)
        return answer.reply(world.fingerprint, request.method)

    def rehearse(self) -> None:
        """Make each operation's answer and refusal once, so that what cannot be made is known before a request.

        In the world of no key; without path parameters, and without records, which a list proves itself; the state is
        not touched. Raises `ContractError`.
        """
        world = self.worlds(None)
        for operation in self.contract.operations:
            semantics = self._lists.get(operation.id)
            if semantics is None:
                self._single(operation, {}, world)
            else:
                nothing = Parsed({}, {}, (), ())
                query, _ = read_query(semantics, nothing, world.datasets[operation.id], world.fingerprint)
                self._fill_list(semantics, query, page_from(0, query.limit, 0), (), [], world)
            self._invalid(operation, (), world)

    def key_header(self, operation: Operation) -> str:
        """The header that carries the caller's key."""
        return (operation.key_headers or (DEFAULT_KEY_HEADER,))[0]

    def is_list(self, path: str) -> bool:
        """Whether a GET of that path asks for a list."""
        operation, _ = self._router.match("GET", path)
        return operation is not None and operation.id in self._lists

    def list_headers(self) -> tuple[str, ...]:
        """The headers that an answer of a list may depend on."""
        names: dict[str, None] = {}
        for semantics in self.semantics:
            operation = semantics.operation
            names |= dict.fromkeys(operation.key_headers or (DEFAULT_KEY_HEADER,))
            names |= {p.name: None for p in operation.parameters if p.location == "header"}
            names |= dict.fromkeys(("Cookie",) if any(p.location == "cookie" for p in operation.parameters) else ())
        return tuple(names)

    def _no_operation(self, request: Request) -> Answer:
        allowed = self._router.methods(request.path)
        if not allowed:
            return refusal(404, "Not found", self._router.suggestion(request.path))
        names = ", ".join(allowed)
        answer = refusal(405, "Method not allowed", f"{request.path} answers {names}")
        return Answer(answer.status, answer.value, headers=(("Allow", names),))

    def _key(self, operation: Operation, request: Request) -> tuple[str | None, Answer | None]:
        """The caller's key, and the refusal if it is not one of those demanded."""
        headers = operation.key_headers or (DEFAULT_KEY_HEADER,)
        header, key = next(((h, v) for h in headers if (v := request.header(h))), (headers[0], ""))
        if header.lower() == "authorization":
            key = re.sub(r"(?i)^\s*bearer\s+", "", key)
        known = [hmac.compare_digest(_bytes(key), k) for k in self._keys]
        if not self._keys or any(known):
            return key or None, None
        scheme = "Bearer" if header.lower() == "authorization" else "ApiKey"
        what = "is not known" if key else "is missing"
        answer = refusal(
            401, "Unauthorized", f"The key in the header {header} {what}; send one that this server knows."
        )
        return None, Answer(401, answer.value, headers=(("WWW-Authenticate", f'{scheme} realm="mockserver"'),))

    def _answer(self, operation: Operation, values: Mapping[str, str], request: Request, world: World) -> Answer:
        semantics = self._lists.get(operation.id)
        clamp = semantics.limit if semantics is not None and semantics.over_limit == "clamp" else None
        parsed = validate(operation, query=request.query, path=values, headers=request.headers, clamp=clamp)
        if semantics is not None:
            answer = self._list(semantics, parsed, world)
        elif parsed.violations:
            answer = self._invalid(operation, parsed.violations, world)
        else:
            answer = self._single(operation, values, world)
        known = [p.name for p in operation.parameters if p.location == "query"]
        warning = _unknown_names(parsed.unknown, known)
        return replace(answer, headers=(*answer.headers, *warning)) if warning else answer

    # Lists ---------------------------------------------------------------------------------------------------------

    def _list(self, semantics: ListSemantics, parsed: Parsed, world: World) -> Answer:
        operation = semantics.operation
        dataset = world.datasets[operation.id]
        query, violations = read_query(semantics, parsed, dataset, world.fingerprint)
        if violations:
            return self._invalid(operation, violations, world)
        asked, warning = self._refresh(semantics, parsed, dataset, world)
        selection = select(dataset, query.filters)
        page = query.page(selection)
        ordinals = [selection.ordinal(rank) for rank in range(page.start, page.stop)]
        items = self.pages.items(semantics, world, dataset, ordinals)
        answer = self._fill_list(semantics, query, page, ordinals, items, world)
        return replace(answer, headers=warning, lasting=not asked)

    def _refresh(
        self, semantics: ListSemantics, parsed: Parsed, dataset: Dataset, world: World
    ) -> tuple[bool, tuple[Pair, ...]]:
        """Remember the refresh that the request asks for, if there is anything to refresh.

        Whether one was asked for, and a warning if it could not be kept.
        """
        rule = semantics.refresh
        if rule is None or rule.scope is None or parsed.value(rule.parameter) is not True:
            return False, ()
        value = parsed.value(rule.scope)
        if value is None or not dataset.select({semantics.filters[rule.scope]: value}).count:
            return True, ()
        scope = f"{world.fingerprint}/{semantics.operation.id}"
        kept = self.state.refresh(scope, str(value), self._clock())
        return True, () if kept else (("X-Mock-Warning", NOT_KEPT),)

    def _fill_list(
        self,
        semantics: ListSemantics,
        query: Query,
        page: Page,
        ordinals: Sequence[int],
        items: Sequence[bytes],
        world: World,
    ) -> Answer:
        schema, media_type = _documented(semantics.operation, 200) or ({}, JSON)
        values = role_values(semantics, query, page, ordinals)
        body = self.pages.body(semantics, schema, values, items, world)
        return Answer(200, Encoded(body), media_type)

    def _envelope(self, schema: Schema, roles: Mapping[tuple[str, ...], Role], world: World, name: str) -> Any:
        return fill(schema, roles, (), lambda inner, path: self._fake(inner, world, (name, *path)))

    # Refusals and single answers -----------------------------------------------------------------------------------

    def _invalid(self, operation: Operation, violations: Sequence[Violation], world: World) -> Answer:
        """The 422 answer: in the contract's own shape where it is one of those known, else in FastAPI's."""
        details = [v.detail() for v in violations]
        schema, media_type = _documented(operation, 422) or ({}, JSON)
        path = details_path(schema)
        if path is None:
            return Answer(422, {"detail": details})
        return Answer(422, self._envelope(schema, {path: Role(details)}, world, operation.id), media_type)

    def _single(self, operation: Operation, values: Mapping[str, str], world: World) -> Answer:
        """An operation that is no list: its first example, else a value made for its path."""
        good = sorted(s for s in operation.responses if re.fullmatch(r"2\d\d", s))
        status = int(good[0]) if good else 200
        response = operation.response(status)
        if response is None or response.media_type is None:
            return Answer(status, None, None)
        examples = list(response.examples.values())
        if examples or response.schema is None:
            return Answer(status, examples[0] if examples else None, response.media_type)
        key = (operation.id, *(part for pair in sorted(values.items()) for part in pair))
        return Answer(status, self._fake(response.schema, world, key), response.media_type)


def _documented(operation: Operation, status: int) -> tuple[Schema, str] | None:
    """Schema and media type of a documented answer, if it has both."""
    response = operation.response(status)
    if response is None or response.schema is None or response.media_type is None:
        return None
    return response.schema, response.media_type


def _bytes(text: str) -> bytes:
    """The bytes of a header's value: on the wire they were Latin-1, or what a caller in process wrote."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _unknown_names(unknown: Sequence[str], known: Sequence[str]) -> tuple[Pair, ...]:
    """The warning header that names what was ignored; printable ASCII, of bounded length."""
    if not unknown:
        return ()
    parts = []
    for name in unknown[:5]:
        near = get_close_matches(name[:64], known, 1)
        hint = f", did you mean '{near[0]}'?" if near else ""
        parts.append(f"'{_printable(name)}'{hint}")
    rest = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
    return (("X-Mock-Warning", f"unknown query parameters were ignored: {'; '.join(parts)}{rest}"),)


def _printable(name: str) -> str:
    short = name if len(name) <= 40 else name[:40] + "..."
    return "".join(c if " " <= c <= "~" else c.encode("unicode_escape").decode() for c in short)
