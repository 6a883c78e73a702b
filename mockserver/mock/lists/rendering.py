"""A page as bytes: each record is encoded once, and the envelope is filled into a template that is made once.

What surrounds the items hangs on the world, the operation and which of its fields are null, and on nothing else but the
values of the roles. So `Pages` fills the contract's schema with marks in place of values, and cuts the text at them.
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
"""The bytes of encoded records that a process keeps at most."""

_TEMPLATES = 4 * 2**20
_MARK = "mark:6f1d0b6e5a7c4d7d9a0e:"
_MARKED = re.compile(rf'"{_MARK}(\w+)/(\w+)"'.encode())
_ITEMS = "items"

Row = tuple[bytes, str | None]
"""A record as JSON, and the value by which it would be refreshed."""


class Pages:
    """Makes the bodies of list answers. ``fake`` makes what no role and no record holds."""

    def __init__(self, fake: Callable[[Schema, World, tuple[str, ...]], Any], state: State) -> None:
        self._fake = fake
        self._state = state
        self.rows: Cache[Row] = Cache(CAPACITY)
        self._templates: Cache[list[Any]] = Cache(_TEMPLATES)

    def items(self, semantics: ListSemantics, world: World, dataset: Dataset, ordinals: Sequence[int]) -> list[bytes]:
        """The records at these places, encoded, as every refresh so far leaves them."""
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
        """A whole answer: the schema filled with the roles' values and the items."""
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

    def _row(self, world: str, name: str, dataset: Dataset, ordinal: int, target: str | None) -> Row:
        key = (world, name, ordinal)
        row = self.rows.get(key)
        if row is None:
            record = dataset.record(ordinal)
            value = None if target is None else record.get(target)
            # A copy: the encoder's own bytes leave a hole behind them, many times their size, when they are kept.
            row = (bytes(memoryview(encode(record))), None if value is None else str(value))
            self.rows.put(key, row, len(row[0]) + len(row[1] or ""))
        return row

    def _template(
        self, semantics: ListSemantics, schema: Schema, values: Mapping[str, Role], world: World
    ) -> list[bytes | tuple[str, str]]:
        """The text of an answer with (role, which of its values) where one belongs."""
        roles = {semantics.items: Role(f"{_MARK}{_ITEMS}/value")}
        for name, role in values.items():
            path = getattr(semantics, name)
            if path is not None:
                given = None if role.value is None else f"{_MARK}{name}/value"
                roles[path] = Role(given, f"{_MARK}{name}/instead")
        whole = fill(schema, roles, (), lambda i, path: self._fake(i, world, (semantics.operation.id, *path)))
        cut = _MARKED.split(encode(whole))
        template: list[bytes | tuple[str, str]] = [cut[0]]
        for mark, which, text in zip(cut[1::3], cut[2::3], cut[3::3], strict=True):
            template += ((mark.decode(), which.decode()), text)
        return template


def _literal(value: Any) -> bytes:
    if isinstance(value, int) and not isinstance(value, bool):
        return b"%d" % value
    return encode(value)
