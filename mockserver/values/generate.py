"""Generate a value that fits a schema, from a seed and a key path alone.

The result does not depend on the order of calls, on the process or on the machine. Schemas are those of
`mockserver.contract`: references resolved, in the dialect of OpenAPI 3.1. A schema that contains itself gives short
values below `DEEP` levels.

Some keywords cannot be aimed at (``not``, ``oneOf``, ``if``, ``contains``, a pattern with a length). They are met by
trial: a value is made and checked, up to `TRIES` times; then `ContractError` names the path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from mockserver.contract import Schema
from mockserver.errors import ContractError, shown
from mockserver.values.branches import fitting_one
from mockserver.values.conforms import CHECKED, Unsatisfiable, comparable, conforms
from mockserver.values.merge import all_of, merge
from mockserver.values.numeric import integer_within, number_within
from mockserver.values.patterns import matching_text
from mockserver.values.properties import may_be_named, names_beyond, of_property
from mockserver.values.seeded import Key, draw
from mockserver.values.text import NOUNS, Providers, call_faker, faker_method, formatted, words
from mockserver.values.traits import enumerated, examples, implied_type, is_shallow

DEEP = 4
"""The number of levels below which a value is kept short: null, absent, or as small as the schema allows."""

TRIES = 48
"""How many values are made before a schema counts as one that no value fits."""

_MAX_ATTEMPTS = 4000
_MAX_LEVELS = DEEP + 24
# A value of a schema without any of these keywords fits without being checked.
_MET_BY_TRIAL = CHECKED - {
    *("type", "format", "properties", "required", "items", "additionalProperties", "minimum", "maximum")
}
# Where the chosen branch of an ``anyOf`` or ``oneOf`` stands among the branches of an ``allOf``.
_CHOSEN = -1


_HOPELESS: dict[int, tuple[Schema, bool]] = {}
"""Whether a value of a schema was found, by its ``id``; with the schema, so that no other one gets its ``id``."""

_MAX_KNOWN = 100_000
_NAMES_TRIED = 4


class _GaveUp(Unsatisfiable):
    """No further attempt is made, anywhere in the value."""


def generate(schema: Schema, *, seed: str, path: Sequence[Key], providers: Providers = ()) -> Any:
    """Return a JSON value that fits the schema, determined by the seed and the path alone.

    ``path`` names the value (collection, record, field); the values inside it get longer paths. ``providers`` return
    Faker providers that ``x-faker`` can use besides Faker's own. Raises `ContractError` if no fitting value was found.
    """
    generator = _Generator(seed, providers)
    try:
        return generator.value(schema, tuple(path), 0)
    except Unsatisfiable as error:
        raise ContractError("/".join(map(str, path)), None, f"no value fits this schema: {error}") from None


class _Generator:
    """Generates values for one seed. ``path`` is always the key path, ``depth`` the number of levels above."""

    def __init__(self, seed: str, providers: Providers) -> None:
        self.seed = seed
        self.providers = providers
        self.attempts = 0

    def draw(self, *path: Key) -> int:
        return draw(self.seed, *path)

    def pick(self, options: Sequence[Any], *path: Key) -> Any:
        return options[draw(self.seed, *path) % len(options)] if len(options) > 1 else options[0]

    def value(self, schema: Schema, path: tuple[Key, ...], depth: int) -> Any:
        by_trial = not _MET_BY_TRIAL.isdisjoint(schema)
        problem = "no attempt met all of its keywords"
        for attempt in range(TRIES if by_trial else 1):
            # The first attempt has the plain path, as a schema that is met without trial has.
            attempt_path = (*path, "try", attempt) if attempt else path
            try:
                made = self._flat_value(self._flat(schema, attempt_path, depth), attempt_path, depth)
                if not by_trial or conforms(made, schema):
                    return made
                spoiled = fitting_one(made, schema)
                if spoiled is not None:
                    return spoiled
            except _GaveUp:
                raise
            except Unsatisfiable as error:
                problem = str(error)
            self.attempts += 1
            if self.attempts > _MAX_ATTEMPTS:
                raise _GaveUp(problem)
        raise Unsatisfiable(problem)

    def _flat(self, schema: Schema, path: tuple[Key, ...], depth: int) -> Schema:
        """Return the schema as one mapping: a branch of each ``anyOf`` and ``oneOf`` is chosen, and all are merged."""
        if depth > _MAX_LEVELS:
            raise _GaveUp("it contains itself without end")
        plain: Schema = {k: v for k, v in schema.items() if k not in ("allOf", "anyOf", "oneOf")}
        branches = list(enumerate(schema.get("allOf", ())))
        for key in ("anyOf", "oneOf"):
            options = schema.get(key, ())
            if options:
                branches.append((_CHOSEN, self._branch(options, (*path, key), depth)))
        for index, branch in branches:
            goes_deeper = index == _CHOSEN or "allOf" in branch
            flat = self._flat(branch, (*path, "of", index), depth + 1 if goes_deeper else depth)
            plain = merge(plain, flat)
        return plain

    def _branch(self, options: Sequence[Schema], path: tuple[Key, ...], depth: int) -> Schema:
        nulls = [o for o in options if o.get("type") == "null"]
        others = [o for o in options if o.get("type") != "null"]
        if not others or (nulls and (depth >= DEEP or self._rarely(*path, "null"))):
            return nulls[0]
        if depth >= DEEP:
            others = [o for o in others if is_shallow(o)] or others
        branch: Schema = self.pick(others, *path)
        return branch

    def _rarely(self, *path: Key) -> bool:
        """Return true for one path of eight."""
        return self.draw(*path) % 8 == 0

    def _flat_value(self, schema: Schema, path: tuple[Key, ...], depth: int) -> Any:
        choices = enumerated(schema)
        if choices is not None:
            fitting = [v for v in choices if conforms(v, {"type": schema["type"]})] if "type" in schema else choices
            if not fitting:
                raise Unsatisfiable("its enum and its type exclude each other")
            # A copy, because a caller may change a record, but not the contract.
            return deepcopy(self.pick(fitting, *path))
        kind = self._type(schema, path, depth)
        if kind == "null":
            return None
        if "x-faker" in schema:
            return self._by_faker(schema["x-faker"], path)
        if kind == "object":
            return self._object(schema, path, depth)
        if kind == "array":
            return self._array(schema, path, depth)
        return self._scalar(kind, schema, path)

    def _type(self, schema: Schema, path: tuple[Key, ...], depth: int) -> str:
        declared = schema.get("type", implied_type(schema))
        types = [declared] if isinstance(declared, str) else sorted(declared)
        others = [t for t in types if t != "null"]
        if not types:
            raise Unsatisfiable("its types exclude each other")
        too_deep = depth >= DEEP and not {"array", "object"}.isdisjoint(others)
        if not others or (len(others) < len(types) and (too_deep or self._rarely(*path, "null"))):
            return "null"
        return str(self.pick(others, *path, "type"))

    def _by_faker(self, requested: Any, path: tuple[Key, ...]) -> Any:
        """Return what Faker makes; ``requested`` is the value of ``x-faker``: a method, or a method and arguments."""
        asked = {"method": requested} if isinstance(requested, str) else requested
        arguments = asked.get("args", {}) if isinstance(asked, Mapping) else None
        if not isinstance(arguments, Mapping | list) or not isinstance(asked.get("method"), str):
            raise Unsatisfiable(f"x-faker: got {shown(requested)!r}, expected a method, or {{method: ..., args: ...}}")
        positional, named = ((), arguments) if isinstance(arguments, Mapping) else (tuple(arguments), {})
        try:
            return call_faker(asked["method"], self.draw(*path, "faker"), self.providers, *positional, **named)
        except (AttributeError, TypeError, ValueError) as error:
            raise Unsatisfiable(f"x-faker: {error}") from None

    # Values by their JSON type ---------------------------------------------------------------------------------------

    def _scalar(self, kind: str, schema: Schema, path: tuple[Key, ...]) -> Any:
        # An example shows best what a string without a format looks like; elsewhere half of the values are examples.
        shown_values = [v for v in examples(schema) if conforms(v, schema) and conforms(v, {"type": kind})]
        is_plain = kind == "string" and "format" not in schema and "pattern" not in schema
        if shown_values and (is_plain or self.draw(*path, "example") % 2):
            return self.pick(shown_values, *path)
        if kind == "string":
            return self._string(schema, path)
        if kind == "boolean":
            return self.draw(*path) % 2 == 1
        if kind == "integer":
            return integer_within(schema, self.draw(*path))
        return number_within(schema, self.draw(*path))

    def _string(self, schema: Schema, path: tuple[Key, ...]) -> str:
        if "pattern" in schema:
            least, most = schema.get("minLength", 0), schema.get("maxLength", 2**20)
            return matching_text(schema["pattern"], lambda *inner: self.draw(*path, *inner), least, most)
        made = formatted(schema.get("format"), self.draw(*path))
        if made is not None:
            return made
        names = [k for k in path if isinstance(k, str) and k != "try"]
        is_bounded = "maxLength" in schema or "minLength" in schema
        method = faker_method(schema.get("format"), names[-1] if names and not is_bounded else None)
        if method is not None:
            return str(self._by_faker(method, path))
        return words(self.draw(*path), schema.get("minLength", 0), schema.get("maxLength"))

    def _array(self, schema: Schema, path: tuple[Key, ...], depth: int) -> list[Any]:
        first = list(schema.get("prefixItems", ()))
        if "contains" in schema:
            first += [all_of(schema["contains"], schema.get("items", {}))] * schema.get("minContains", 1)
        made: list[Any] = []
        seen: set[Any] = set()
        for index in range(self._length(schema, len(first) if "contains" in schema else 0, path, depth)):
            inner = first[index] if index < len(first) else schema.get("items", {})
            for attempt in range(TRIES):
                item = self.value(inner, (*path, index, *(("again", attempt) if attempt else ())), depth + 1)
                if not schema.get("uniqueItems") or comparable(item) not in seen:
                    seen.add(comparable(item))
                    made.append(item)
                    break
        return made

    def _length(self, schema: Schema, required: int, path: tuple[Key, ...], depth: int) -> int:
        """Return how many items an array gets: at least ``required``, up to three more than the schema demands."""
        least = max(schema.get("minItems", 0), required)
        most = min(schema.get("maxItems", least + 3), least + 3)
        usual = max(least, min(most, 1))
        length = least if depth >= DEEP else usual + self.draw(*path) % max(most - usual + 1, 1)
        if length > schema.get("maxItems", length):
            raise Unsatisfiable("its minItems is above its maxItems")
        return int(length)

    def _object(self, schema: Schema, path: tuple[Key, ...], depth: int) -> dict[str, Any]:
        made = {}
        for name in self._names(schema, path, depth):
            inner = of_property(name, schema)
            if name in schema.get("required", ()) or not self._is_hopeless(inner):
                made[name] = self.value(inner, (*path, name), depth + 1)
        return made

    def _is_hopeless(self, schema: Schema) -> bool:
        """Return whether no value of a schema was found, so that an optional property with it is left out.

        It is tried once, with a path of its own: the answer depends on the schema alone.
        """
        if _MET_BY_TRIAL.isdisjoint(schema) and is_shallow(schema):
            return False
        known = _HOPELESS.get(id(schema))
        if known is None:
            if len(_HOPELESS) > _MAX_KNOWN:
                _HOPELESS.clear()
            _HOPELESS[id(schema)] = schema, False  # while it is tried, for a schema that contains itself
            try:
                _Generator("hopeless", self.providers).value(schema, ("value",), 0)
                return False
            except Unsatisfiable:
                known = _HOPELESS[id(schema)] = schema, True
        return known[1]

    def _names(self, schema: Schema, path: tuple[Key, ...], depth: int) -> list[str]:
        """Return the names of the properties that an object gets, within ``minProperties`` and ``maxProperties``."""
        required = dict.fromkeys(schema.get("required", ()))
        properties: Mapping[str, Schema] = schema.get("properties", {})
        names = [n for n, s in properties.items() if n in required or self._is_present(s, (*path, n), depth)]
        names += [n for n in required if n not in properties]
        if not properties and depth < DEEP:
            names += self._further_names(schema, path, 2)
        names = [n for n in dict.fromkeys(names) if n in required or may_be_named(n, schema)]
        for name in [n for n in reversed(names) if n not in required]:
            if len(names) > schema.get("maxProperties", len(names)):
                names.remove(name)
        missing = schema.get("minProperties", 0) - len(names)
        if missing <= 0:
            return names
        others = [n for n in properties if n not in names and may_be_named(n, schema)]
        others += [n for n in self._further_names(schema, path, missing + len(names)) if n not in names]
        return names + list(dict.fromkeys(others))[:missing]

    def _further_names(self, schema: Schema, path: tuple[Key, ...], count: int) -> list[str]:
        """Return names beyond those of ``properties``, as many as the schema allows and ``count`` at most."""
        asked = names_beyond(schema, lambda patterns: self.pick(patterns, *path, "pattern"))
        if asked is None:
            return []
        if asked:
            made = [self.value(asked, (*path, "name", i), DEEP) for i in range(count * _NAMES_TRIED)]
            return [n for n in dict.fromkeys(made) if may_be_named(n, schema)][:count]
        if schema.get("minProperties"):
            return [f"key_{i}" for i in range(count)]
        return [self.pick(NOUNS, *path, "key", i) for i in range(count)]

    def _is_present(self, schema: Schema, path: tuple[Key, ...], depth: int) -> bool:
        """Return whether an optional property is present: usually, but not if it is write-only or nested too deep."""
        if schema.get("writeOnly") or (depth >= DEEP and not is_shallow(schema)):
            return False
        return schema != {"not": {}} and not self._rarely(*path, "absent")
