"""Render a page as bytes from encoded records and a template; both are cached.

Apart from the values of its roles, what surrounds the items depends only on the world, the operation, and which roles
are null. So `Pages` fills the contract's schema once with placeholders for the values, and splits the text at them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mockserver.mock.cache import Cache
from mockserver.mock.lists.envelope import Role, fill
from mockserver.mock.lists.refresh import refreshed
from mockserver.semantics import ListSemantics
from mockserver.state.base import State
from mockserver.values.encode import encode

if TYPE_CHECKING:
    from mockserver.contract import Schema
    from mockserver.world.model import Dataset, World

CAPACITY = 8 * 2**20
"""The largest number of bytes of encoded records that a process caches."""

_TEMPLATES = 4 * 2**20
_PLACEHOLDER = "mark:6f1d0b6e5a7c4d7d9a0e:"
_PLACEHOLDERS = re.compile(rf'"{_PLACEHOLDER}(\w+)/(\w+)"'.encode())
_ITEMS = "items"

EncodedRecord = tuple[bytes, str | None]
"""A record as JSON, and the value of the property that selects records for a refresh, if there is one."""


class Pages:
    """Renders the bodies of list answers. ``generate`` returns the values that are neither roles nor records."""

    def __init__(self, generate: Callable[[Schema, World, tuple[str, ...]], Any], state: State) -> None:
        self._generate = generate
        self._state = state
        self.rows: Cache[EncodedRecord] = Cache(CAPACITY)
        self._templates: Cache[list[Any]] = Cache(_TEMPLATES)

    def items(self, semantics: ListSemantics, world: World, dataset: Dataset, ordinals: Sequence[int]) -> list[bytes]:
        """Return the records at these ordinals as JSON, with all refreshes applied."""
        name = semantics.operation.id
        rule = semantics.refresh
        target = semantics.filters[rule.scope] if rule is not None and rule.scope is not None else None
        label = world.label
        rows = [self._row(label, name, dataset, ordinal, target) for ordinal in ordinals]
        values = {value for _, value in rows if value is not None}
        times = self._state.refreshed(f"{world.fingerprint}/{name}", values) if values else {}
        if rule is None or not times:
            return [text for text, _ in rows]
        made = []
        for ordinal, (text, value) in zip(ordinals, rows, strict=True):
            if value is not None and value in times:
                record = dataset.record(ordinal)
                fresh = refreshed(record, instant=times[value], moves=rule.moves, settles=rule.settles)
                made.append(encode(fresh))
            else:
                made.append(text)
        return made

    def body(
        self, semantics: ListSemantics, schema: Schema, values: Mapping[str, Role], items: Sequence[bytes], world: World
    ) -> bytes:
        """Return a complete body: the schema filled with the values of the roles and with the items."""
        nulls = tuple([name for name, role in values.items() if role.value is None])
        key = (world.label, semantics.operation.id, nulls)
        template = self._templates.get(key)
        if template is None:
            template = self._template(semantics, schema, values, world)
            self._templates.put(key, template, sum(len(part) for part in template))
        parts: list[bytes] = []
        for part in template:
            if isinstance(part, bytes):
                parts.append(part)
            elif part[0] == _ITEMS:
                parts += (b"[", b",".join(items), b"]")
            else:
                parts.append(_literal(getattr(values[part[0]], part[1])))
        return b"".join(parts)

    def _row(self, world: str, name: str, dataset: Dataset, ordinal: int, target: str | None) -> EncodedRecord:
        key = (world, name, ordinal)
        row = self.rows.get(key)
        if row is None:
            record = dataset.record(ordinal)
            value = None if target is None else record.get(target)
            # A copy, because the buffer of the encoder is many times larger than its result and would stay allocated.
            row = (bytes(memoryview(encode(record))), None if value is None else str(value))
            self.rows.put(key, row, len(row[0]) + len(row[1] or ""))
        return row

    def _template(
        self, semantics: ListSemantics, schema: Schema, values: Mapping[str, Role], world: World
    ) -> list[bytes | tuple[str, str]]:
        """Return the text of an answer in parts: bytes, and (name of the role, field of `Role`) for a placeholder."""
        roles = {semantics.items: Role(f"{_PLACEHOLDER}{_ITEMS}/value")}
        for name, role in values.items():
            path = getattr(semantics, name)
            if path is not None:
                value = None if role.value is None else f"{_PLACEHOLDER}{name}/value"
                roles[path] = Role(value, f"{_PLACEHOLDER}{name}/fallback")
        name_of_list = semantics.operation.id
        body = fill(schema, roles, (), lambda inner, path: self._generate(inner, world, (name_of_list, *path)))
        # Splitting gives a text, then a role, a field and a text for each placeholder.
        pieces = _PLACEHOLDERS.split(encode(body))
        template: list[bytes | tuple[str, str]] = [pieces[0]]
        for name_bytes, field, text in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
            template += ((name_bytes.decode(), field.decode()), text)
        return template


def _literal(value: Any) -> bytes:
    if isinstance(value, int) and not isinstance(value, bool):
        return b"%d" % value
    return encode(value)
