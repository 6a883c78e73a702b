"""Validate the parameters of a request: the result has their values, and all violations of their schemas.

The accepted spellings are those of docs/specification.md, "Any contract": ``true`` and ``false``, plain decimal
integers, UUIDs with hyphens. Violations have pydantic's type names and messages, as a FastAPI server would send them.
Where pydantic has no name, a parameter that takes one value and is sent twice is ``too_long``, an empty text is
``string_too_short``, and bytes that are not UTF-8 are ``string_unicode``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract import Operation, Parameter, Schema, non_null
from mockserver.errors import shown
from mockserver.mock.messages import Pair
from mockserver.values.parse import ParseError, parse

NOT_PARAMETERS = ("accept", "content-type", "authorization")
"""Header parameters with these names are ignored, as OpenAPI says."""


@dataclass(frozen=True)
class Violation:
    """One fault of a request, as pydantic describes it.

    ``loc`` is location, name and, in an array, index; ``input`` is the value that was sent, ``ctx`` has the bounds that
    are not met.
    """

    loc: tuple[str | int, ...]
    msg: str
    type: str
    input: Any = None
    ctx: Mapping[str, Any] = field(default_factory=dict)

    def detail(self) -> dict[str, Any]:
        """Return the fault as an entry of a 422 body; long input is shortened, invalid Unicode is replaced."""
        entry = {"loc": list(self.loc), "msg": self.msg, "type": self.type, "input": shown(self.input)}
        return entry | {"ctx": dict(self.ctx)} if self.ctx else entry


@dataclass(frozen=True)
class Parsed:
    """The parameters of one request by (location, name), their violations, and the unknown names in its query.

    ``given`` has the values that the caller sent, without null; `value` also looks at the defaults of the schemas.
    """

    given: Mapping[tuple[str, str], Any]
    defaults: Mapping[tuple[str, str], Any]
    violations: tuple[Violation, ...]
    unknown: tuple[str, ...]

    def value(self, name: str | None, location: str = "query") -> Any:
        """Return the value that was sent, or the default of the schema, or ``None``."""
        key = (location, name or "")
        return self.given.get(key, self.defaults.get(key))

    def understood(self, secret: Iterable[Pair] = (), violations: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
        """Return the values by name, as they may be shown: without those in ``secret`` places and of ``violations``.

        A place is (location, name), with the name in any case. ``violations`` are entries of a 422's detail, also those
        that were found after the validation.
        """
        values = {**self.defaults, **self.given}
        for violation in violations:
            where, name = violation["loc"][:2]
            values.pop((where, name), None)
        hidden = {(where, name.lower()) for where, name in secret}
        return {n: shown(v) for (where, n), v in values.items() if (where, n.lower()) not in hidden}

    def faulty(self, name: str | None, location: str = "query") -> bool:
        """Return whether a parameter has a violation."""
        return any(v.loc[:2] == (location, name) for v in self.violations)


def validate(
    operation: Operation,
    *,
    query: Sequence[Pair] = (),
    path: Mapping[str, str] | None = None,
    headers: Sequence[Pair] = (),
    clamp: str | None = None,
) -> Parsed:
    """Validate all parameters of a request and return all violations, in the order of the contract. Raises nothing.

    ``query`` and ``path`` are percent-decoded. ``clamp`` names a parameter that is moved to its nearest bound instead
    of being refused.
    """
    raw = {
        "query": _grouped(query, str),
        "path": {name: [value] for name, value in (path or {}).items()},
        "header": _grouped(headers, str.lower),
        "cookie": _cookies(headers),
    }
    parameters = [p for p in operation.parameters if p.location != "header" or p.name.lower() not in NOT_PARAMETERS]
    given: dict[tuple[str, str], Any] = {}
    violations: list[Violation] = []
    for parameter in parameters:
        name = parameter.name.lower() if parameter.location == "header" else parameter.name
        value, found = _read(parameter, raw[parameter.location].get(name), clamp == parameter.name)
        violations += found
        if value is not None and not found:
            given[parameter.location, parameter.name] = value
    defaults = {(p.location, p.name): p.schema["default"] for p in parameters if p.schema.get("default") is not None}
    known = {p.name for p in parameters if p.location == "query"}
    unknown = tuple(name for name in raw["query"] if name not in known)
    return Parsed(given, defaults, tuple(violations), unknown)


def _grouped(pairs: Iterable[Pair], fold: Callable[[str], str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(fold(name), []).append(value)
    return found


def _cookies(headers: Sequence[Pair]) -> dict[str, list[str]]:
    text = "; ".join(value for name, value in headers if name.lower() == "cookie")
    parts = (part.strip().partition("=") for part in text.split(";") if "=" in part)
    return {name: [value] for name, _, value in parts}


def _read(parameter: Parameter, values: list[str] | None, clamp: bool) -> tuple[Any, list[Violation]]:
    """Return the value (``None`` for absent or null) and the violations of one parameter."""
    loc = (parameter.location, parameter.name)
    if values is None:
        missing = parameter.required or parameter.location == "path"
        return None, [Violation(loc, "Field required", "missing")] if missing else []
    if "array" in parameter.types:
        return _read_array(parameter, values, loc)
    if len(values) > 1:
        error = _wrong_length("too_long", "most", len(values), "max_length", 1)
        return None, [Violation(loc, error.msg, error.kind, values, error.ctx)]
    if values[0] == "" and parameter.nullable:
        return None, []
    try:
        return parse(values[0], parameter.schema, clamp), []
    except ParseError as error:
        return None, [Violation(loc, error.msg, error.kind, values[0], error.ctx)]


def _read_array(parameter: Parameter, values: list[str], loc: tuple[str, str]) -> tuple[Any, list[Violation]]:
    if values == [""] and parameter.nullable:
        return None, []
    schema = non_null(parameter.schema)
    items, found, violations = schema.get("items", {}), [], []
    for index, value in enumerate(values):
        try:
            found.append(parse(value, items, False))
        except ParseError as error:
            violations.append(Violation((*loc, index), error.msg, error.kind, value, error.ctx))
    try:
        _check_length(schema, len(values))
    except ParseError as error:
        violations.append(Violation(loc, error.msg, error.kind, values, error.ctx))
    return found, violations


def _check_length(schema: Schema, length: int) -> None:
    low, high = schema.get("minItems"), schema.get("maxItems")
    if isinstance(low, int) and length < low:
        raise _wrong_length("too_short", "least", length, "min_length", low)
    if isinstance(high, int) and length > high:
        raise _wrong_length("too_long", "most", length, "max_length", high)


def _wrong_length(kind: str, word: str, length: int, name: str, bound: int) -> ParseError:
    items = "1 item" if bound == 1 else f"{bound} items"
    msg = f"List should have at {word} {items} after validation, not {length}"
    return ParseError(kind, msg, **{"field_type": "List", name: bound, "actual_length": length})
