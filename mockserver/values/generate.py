"""(schema, seed, key path) becomes a value that fits the schema: pure, order-free, the same everywhere.

Schemas are those of `mockserver.contract`: references resolved, the 3.1 dialect; one that contains itself ends after
`DEEP` levels. What a schema demands in a way that cannot be aimed at (``not``, ``oneOf``, ``if``, ``contains``, a
pattern with a length) is met by trying: draw, check, draw again, `TRIES` times; then `ContractError` says where.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from mockserver.contract import Schema
from mockserver.errors import ContractError
from mockserver.values.conforms import CHECKED, Misfit, comparable, conforms
from mockserver.values.merge import all_of, merge
from mockserver.values.numeric import integer_within, number_within
from mockserver.values.patterns import matching_text
from mockserver.values.seeded import Key, draw
from mockserver.values.text import NOUNS, Providers, call_faker, faker_method, formatted, words

DEEP = 4
"""The number of levels after which a value takes the short way: null, nothing, the least."""

TRIES = 48
"""How often a value is drawn before its schema is held to be one that nothing fits."""

_BUDGET = 4000
# The words whose wishes are met by trying: a schema without any of them is right at the first draw.
_HARD = CHECKED - {"type", "format", "properties", "required", "items", "additionalProperties", "minimum", "maximum"}
_WORDS_OF_TYPE = {
    "object": ("properties", "required", "additionalProperties", "minProperties", "maxProperties", "patternProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


class _Hopeless(Misfit):
    """No further draw is worth its time."""


def generate(schema: Schema, *, seed: str, path: Sequence[Key], providers: Providers = ()) -> Any:
    """A JSON value that fits the schema, decided by the seed and the path alone.

    ``path`` names the value (collection, record, field); the values inside it get longer paths. ``providers`` make
    Faker providers beside Faker's own for ``x-faker``. Raises `ContractError` where no fitting value was found.
    """
    maker = _Maker(seed, providers)
    try:
        return maker.value(schema, tuple(path), 0)
    except Misfit as misfit:
        raise ContractError("/".join(map(str, path)), None, f"no value fits this schema: {misfit}") from None


class _Maker:
    """Makes values for one seed. ``path`` is always the key path, ``depth`` the number of levels above."""

    def __init__(self, seed: str, providers: Providers) -> None:
        self.seed = seed
        self.providers = providers
        self.tries = 0

    def draw(self, *path: Key) -> int:
        return draw(self.seed, *path)

    def pick(self, options: Sequence[Any], *path: Key) -> Any:
        return options[draw(self.seed, *path) % len(options)] if len(options) > 1 else options[0]

    def value(self, schema: Schema, path: tuple[Key, ...], depth: int) -> Any:
        hard = not _HARD.isdisjoint(schema)
        problem = "no draw met all that it asks for"
        for attempt in range(TRIES if hard else 1):
            # The first draw has the plain path, so that easy and hard schemas share it.
            tried = (*path, "try", attempt) if attempt else path
            try:
                made = self._flat_value(self._flat(schema, tried, depth), tried, depth)
                if not hard or conforms(made, schema):
                    return made
            except _Hopeless:
                raise
            except Misfit as misfit:
                problem = str(misfit)
            self.tries += 1
            if self.tries > _BUDGET:
                raise _Hopeless(problem)
        raise Misfit(problem)

    def _flat(self, schema: Schema, path: tuple[Key, ...], depth: int) -> Schema:
        """The schema with one branch of each ``anyOf`` and ``oneOf`` chosen, and everything merged into one mapping."""
        if depth > DEEP + 24:
            raise _Hopeless("it contains itself without end")
        plain: Schema = {k: v for k, v in schema.items() if k not in ("allOf", "anyOf", "oneOf")}
        branches = list(enumerate(schema.get("allOf", ())))
        for key in ("anyOf", "oneOf"):
            options = schema.get(key, ())
            if options:
                branches.append((-1, self._branch(options, (*path, key), depth)))
        for index, branch in branches:
            plain = merge(plain, self._flat(branch, (*path, "of", index), depth + (index < 0 or "allOf" in branch)))
        return plain

    def _branch(self, options: Sequence[Schema], path: tuple[Key, ...], depth: int) -> Schema:
        nulls = [o for o in options if o.get("type") == "null"]
        others = [o for o in options if o.get("type") != "null"]
        if not others or (nulls and (depth >= DEEP or self._rarely(*path, "null"))):
            return nulls[0]
        if depth >= DEEP:
            others = [o for o in others if _is_shallow(o)] or others
        branch: Schema = self.pick(others, *path)
        return branch

    def _rarely(self, *path: Key) -> bool:
        return self.draw(*path) % 8 == 0

    def _flat_value(self, schema: Schema, path: tuple[Key, ...], depth: int) -> Any:
        given = _given(schema)
        if given is not None:
            fitting = [v for v in given if conforms(v, {"type": schema["type"]})] if "type" in schema else given
            if not fitting:
                raise Misfit("its enum and its type exclude each other")
            # A copy: what a caller does to a record must not change the contract.
            return deepcopy(self.pick(fitting, *path))
        kind = self._type(schema, path, depth)
        if kind == "null":
            return None
        if "x-faker" in schema:
            return self._by_faker(schema["x-faker"], path)
        if kind in ("string", "integer", "number", "boolean"):
            # Examples show what a plain text looks like better than we can; elsewhere they are half of the values.
            told = [v for v in _examples(schema) if conforms(v, schema) and conforms(v, {"type": kind})]
            bare = kind == "string" and "format" not in schema and "pattern" not in schema
            if told and (bare or self.draw(*path, "example") % 2):
                return self.pick(told, *path)
        if kind in ("array", "object"):
            return getattr(self, f"_{kind}")(schema, path, depth)
        return getattr(self, f"_{kind}")(schema, path)

    def _type(self, schema: Schema, path: tuple[Key, ...], depth: int) -> str:
        declared = schema.get("type", _implied(schema))
        types = [declared] if isinstance(declared, str) else sorted(declared)
        others = [t for t in types if t != "null"]
        if not types:
            raise Misfit("its types exclude each other")
        too_deep = depth >= DEEP and not {"array", "object"}.isdisjoint(others)
        if not others or (len(others) < len(types) and (too_deep or self._rarely(*path, "null"))):
            return "null"
        return str(self.pick(others, *path, "type"))

    def _by_faker(self, wanted: Any, path: tuple[Key, ...]) -> Any:
        method, arguments = (wanted, {}) if isinstance(wanted, str) else (wanted.get("method"), wanted.get("args", {}))
        positional, named = ((), arguments) if isinstance(arguments, Mapping) else (tuple(arguments), {})
        try:
            return call_faker(str(method), self.draw(*path, "faker"), self.providers, *positional, **named)
        except (AttributeError, TypeError, ValueError) as error:
            raise Misfit(f"x-faker: {error}") from None

    # One method for each JSON type -----------------------------------------------------------------------------------

    def _boolean(self, _schema: Schema, path: tuple[Key, ...]) -> bool:
        return self.draw(*path) % 2 == 1

    def _integer(self, schema: Schema, path: tuple[Key, ...]) -> int:
        return integer_within(schema, self.draw(*path))

    def _number(self, schema: Schema, path: tuple[Key, ...]) -> int | float:
        return number_within(schema, self.draw(*path))

    def _string(self, schema: Schema, path: tuple[Key, ...]) -> str:
        if "pattern" in schema:
            least, most = schema.get("minLength", 0), schema.get("maxLength", 2**20)
            return matching_text(schema["pattern"], lambda *at: self.draw(*path, *at), least, most)
        made = formatted(schema.get("format"), self.draw(*path))
        if made is not None:
            return made
        names = [k for k in path if isinstance(k, str) and k != "try"]
        bounded = "maxLength" in schema or "minLength" in schema
        method = faker_method(schema.get("format"), names[-1] if names and not bounded else None)
        if method is not None:
            return str(self._by_faker(method, path))
        return words(self.draw(*path), schema.get("minLength", 0), schema.get("maxLength"))

    def _array(self, schema: Schema, path: tuple[Key, ...], depth: int) -> list[Any]:
        first = list(schema.get("prefixItems", ()))
        if "contains" in schema:
            first += [all_of(schema["contains"], schema.get("items", {}))] * schema.get("minContains", 1)
        least = max(schema.get("minItems", 0), len(first) if "contains" in schema else 0)
        most = min(schema.get("maxItems", least + 3), least + 3)
        some = max(least, min(most, 1))
        count = least if depth >= DEEP else some + self.draw(*path) % max(most - some + 1, 1)
        if count > schema.get("maxItems", count):
            raise Misfit("its minItems is above its maxItems")
        made: list[Any] = []
        seen: set[Any] = set()
        for index in range(count):
            inner = first[index] if index < len(first) else schema.get("items", {})
            for attempt in range(TRIES):
                item = self.value(inner, (*path, index, *(("again", attempt) if attempt else ())), depth + 1)
                if not schema.get("uniqueItems") or comparable(item) not in seen:
                    seen.add(comparable(item))
                    made.append(item)
                    break
        return made

    def _object(self, schema: Schema, path: tuple[Key, ...], depth: int) -> dict[str, Any]:
        properties, extra = schema.get("properties", {}), schema.get("additionalProperties", {})
        names = self._names(schema, path, depth)
        return {n: self.value(properties.get(n, extra), (*path, n), depth + 1) for n in names}

    def _names(self, schema: Schema, path: tuple[Key, ...], depth: int) -> list[str]:
        """The properties that an object has: as many of the optional ones, and of ones never named, as are allowed."""
        required = dict.fromkeys(schema.get("required", ()))
        properties: Mapping[str, Schema] = schema.get("properties", {})
        wanted = [n for n, s in properties.items() if n in required or self._shown(s, (*path, n), depth)]
        wanted += [n for n in required if n not in properties]
        if not properties and schema.get("additionalProperties", {"not": {}}) != {"not": {}} and depth < DEEP:
            wanted += [self.pick(NOUNS, *path, "key", i) for i in range(2)]
        wanted = list(dict.fromkeys(wanted))
        for name in [n for n in reversed(wanted) if n not in required]:
            if len(wanted) > schema.get("maxProperties", len(wanted)):
                wanted.remove(name)
        left = [n for n in properties if n not in wanted] + [f"key_{i}" for i in range(schema.get("minProperties", 0))]
        return wanted + left[: max(schema.get("minProperties", 0) - len(wanted), 0)]

    def _shown(self, schema: Schema, path: tuple[Key, ...], depth: int) -> bool:
        """Whether an optional property is there: normally, but never what is only written, nor without end."""
        if schema.get("writeOnly") or (depth >= DEEP and not _is_shallow(schema)):
            return False
        return schema != {"not": {}} and not self._rarely(*path, "absent")


def _given(schema: Schema) -> list[Any] | None:
    """The values of ``const`` and ``enum``, or ``None``."""
    if "const" in schema:
        return [schema["const"]] if conforms(schema["const"], {"enum": schema.get("enum", [schema["const"]])}) else []
    return list(schema["enum"]) if "enum" in schema else None


def _examples(schema: Schema) -> list[Any]:
    several = schema.get("examples")
    single = [schema[k] for k in ("example", "default") if k in schema]
    return [*(several if isinstance(several, list) else ()), *single]


def _implied(schema: Schema) -> str:
    """The type of a schema that names none, by the words that it uses."""
    for kind, keywords in _WORDS_OF_TYPE.items():
        if any(word in schema for word in keywords):
            return kind
    return "string"


def _is_shallow(schema: Schema) -> bool:
    return not any(k in schema for k in ("properties", "items", "allOf", "anyOf", "oneOf", "additionalProperties"))
