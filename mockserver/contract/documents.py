"""Files of YAML or JSON, parsed into JSON values, and the lines of their parts."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import yaml

from mockserver.errors import ContractError

MAX_DEPTH = 100
"""Deepest nesting that is read, in levels. The C parser has no limit of its own, and crashes the process far beyond."""

_TAG = "tag:yaml.org,2002:"
_MERGE = _TAG + "merge"


class _Loader(yaml.CSafeLoader):
    """The part of YAML 1.2 that JSON has too: no dates, no ``yes``/``no``, no ``0x``; keys are text and unique."""


# Plain scalars: tag, pattern, and the characters that one may begin with. Anything else is text.
_PLAIN = (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    ("int", r"[-+]?[0-9]+", [*"-+0123456789"]),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", [*"-+.0123456789"]),
    ("merge", r"<<", ["<"]),
)
_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in _PLAIN:
    _Loader.add_implicit_resolver(_TAG + _tag, re.compile(f"^(?:{_pattern})$"), _first)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _scalar(kind: str, read: Callable[[str], Any]) -> Callable[[_Loader, yaml.ScalarNode], Any]:
    def construct(loader: _Loader, node: yaml.ScalarNode) -> Any:
        text = loader.construct_scalar(node)
        try:
            return read(text)
        except ValueError:
            raise yaml.constructor.ConstructorError(
                None, None, f"'{text[:40]}' cannot be read as {kind}", node.start_mark
            ) from None

    return construct


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    own: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, "a key must be text", key.start_mark)
        if key.value in own or (key.tag == _MERGE and merged):
            raise yaml.constructor.ConstructorError(None, None, f"duplicate key '{key.value}'", key.start_mark)
        if key.tag == _MERGE:
            merged = _merged(loader, value)
        else:
            own[key.value] = loader.construct_object(value, deep=True)
    return merged | own


def _merged(loader: _Loader, node: yaml.Node) -> dict[str, Any]:
    """Return the keys that ``<<`` merges in: of one mapping, or of a list of mappings, where the first one wins."""
    result: dict[str, Any] = {}
    for part in reversed(node.value) if isinstance(node, yaml.SequenceNode) else [node]:
        if not isinstance(part, yaml.MappingNode):
            raise yaml.constructor.ConstructorError(None, None, "'<<' takes mappings", part.start_mark)
        result |= loader.construct_object(part, deep=True)
    return result


def _sequence(loader: _Loader, node: yaml.SequenceNode) -> list[Any]:
    return [loader.construct_object(item, deep=True) for item in node.value]


_Loader.yaml_constructors = {None: _Loader.construct_undefined}
_Loader.add_constructor(_TAG + "null", lambda *_: None)
_Loader.add_constructor(_TAG + "bool", _scalar("true or false", _truth))
_Loader.add_constructor(_TAG + "int", _scalar("an integer", int))
_Loader.add_constructor(_TAG + "float", _scalar("a number", _finite))
_Loader.add_constructor(_TAG + "str", _scalar("text", str))
_Loader.add_constructor(_TAG + "seq", _sequence)
_Loader.add_constructor(_TAG + "map", _mapping)


class Document:
    """One parsed file, and the lines of its parts. ``shown`` is its name as the user gave it.

    With ``data``, no file is read: a copy of ``data`` is kept, converted to JSON values, and no part has a line.
    ``what`` names the file in messages ("cannot read the contract"). Raises `ContractError`.
    """

    def __init__(self, path: Path, shown: str, data: Any = None, *, what: str = "the contract") -> None:
        self.path = path
        self.shown = shown
        self.text = ""
        if data is None:
            self.bytes, self.text = _read(path, shown, what)
            self.data = self._parse()
            return
        try:
            self.bytes = json.dumps(data, default=str).encode()
        except (TypeError, ValueError, RecursionError) as error:
            raise ContractError(shown, None, f"the document is not plain data: {error}") from None
        self.data = json.loads(self.bytes)

    def line(self, *keys: str) -> int | None:
        """Return the line (from 1) of the part at ``keys``, or of the closest enclosing part that exists."""
        node = self._tree
        line = None if node is None else node.start_mark.line + 1
        for key in keys:
            found = _child(node, key)
            if found is None:
                break
            mark, node = found
            line = mark.line + 1
        return line

    @cached_property
    def _tree(self) -> Any:
        try:
            return yaml.compose(self.text, Loader=_Loader)
        except yaml.YAMLError:
            return None

    def _parse(self) -> Any:
        if self.path.suffix.lower() != ".json":
            return self._yaml()
        try:
            return _json(self.text, self.shown)
        except _DuplicateKeyError:
            return self._yaml()  # the YAML parser knows the line of the duplicate

    def _yaml(self) -> Any:
        try:
            self._check_depth()
            return yaml.load(self.text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line if mark else 0
            problem = ", ".join(filter(None, [error.context, error.problem]))
            tab = "; indent with spaces, not tabs" if self._begins_with_tab(line) else ""
            raise ContractError(self.shown, line + 1, f"not YAML: {problem}{tab}") from None
        except yaml.reader.ReaderError as error:
            line = self.text.encode().count(b"\n", 0, error.position) + 1
            raise ContractError(self.shown, line, f"not YAML: {error.reason} (U+{error.character:04X})") from None

    def _check_depth(self) -> None:
        depth = 0
        for event in yaml.parse(self.text, Loader=_Loader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                line = event.start_mark.line + 1 if event.start_mark else None
                raise ContractError(self.shown, line, f"nested more than {MAX_DEPTH} levels deep")

    def _begins_with_tab(self, line: int) -> bool:
        rows = self.text.split("\n")
        return line < len(rows) and re.match(r" *\t", rows[line]) is not None


def load_document(path: str | Path, what: str) -> Document:
    """Read a YAML or JSON file that is not a contract; ``what`` names it in messages. Raises `ContractError`."""
    return Document(Path(path), str(path), what=what)


def load_lines(path: str | Path, what: str) -> dict[int, Any]:
    """Read a file of JSON lines into values by line (from 1), without blank lines. Raises `ContractError`."""
    _, text = _read(Path(path), str(path), what)
    rows = {number: row for number, row in enumerate(text.split("\n"), start=1) if row.strip()}
    try:
        return {number: _json(row, str(path), number) for number, row in rows.items()}
    except _DuplicateKeyError as error:
        raise ContractError(str(path), error.line, f"not JSON: duplicate key '{error}'") from None


def _read(path: Path, shown: str, what: str) -> tuple[bytes, str]:
    raw = b""
    try:
        raw = path.read_bytes()
        return raw, raw.decode("utf-8-sig")
    except OSError as error:
        raise ContractError(shown, None, f"cannot read {what}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ContractError(shown, line, f"{what} is not UTF-8 text (byte {error.start})") from None


def _json(text: str, shown: str, line: int | None = None) -> Any:
    """Parse a JSON file, or one line of it. Raises `ContractError` and `_DuplicateKeyError`."""
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_float=_finite, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ContractError(shown, line or error.lineno, f"not JSON: {error.msg}") from None
    except _DuplicateKeyError as error:
        error.line = line
        raise
    except RecursionError:
        raise ContractError(shown, line, "nested too deeply to be read") from None
    except ValueError as error:
        raise ContractError(shown, line, f"not JSON: '{str(error)[:80]}' is not a number") from None


class _DuplicateKeyError(Exception):
    """A JSON object has the same key twice."""

    line: int | None = None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        left = [name for name, _ in pairs]
        for name in result:
            left.remove(name)
        raise _DuplicateKeyError(left[0])
    return result


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(text)


def child(node: Any, key: str) -> Any:
    """Return the value at a key of a mapping or at an index of a list. Raises `KeyError` if there is none."""
    if isinstance(node, list) and re.fullmatch(r"[0-9]{1,9}", key) and int(key) < len(node):
        return node[int(key)]
    if isinstance(node, dict):
        return node[key]
    raise KeyError(key)


def _child(node: Any, key: str) -> tuple[Any, Any] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((k.start_mark, v) for k, v in node.value if k.value == key), None)
    if isinstance(node, yaml.SequenceNode) and re.fullmatch(r"[0-9]{1,9}", key) and int(key) < len(node.value):
        item = node.value[int(key)]
        return item.start_mark, item
    return None
