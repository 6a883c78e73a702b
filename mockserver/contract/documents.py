"""Files of YAML or JSON, parsed into JSON values, and the lines of their parts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from mockserver.contract.yaml_reader import Parts, YamlError, finite, read_yaml
from mockserver.errors import ContractError


class Document:
    """One parsed file, and the lines of its parts. ``shown`` is its name as the user gave it.

    With ``data``, no file is read: a copy of ``data`` is kept, converted to JSON values, and no part has a line.
    A reader may replace ``data`` by what it means; ``place_in_text`` then says where in the text a part was.
    ``what`` names the file in messages ("cannot read the contract"). Raises `ContractError`.
    """

    def __init__(self, path: Path, shown: str, data: Any = None, *, what: str = "the contract") -> None:
        self.path = path
        self.shown = shown
        self.text = ""
        self.place_in_text: Callable[[tuple[str, ...]], tuple[str, ...]] = lambda keys: keys
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
        return None if self._parts is None else self._parts.line(self.place_in_text(keys))

    @cached_property
    def _parts(self) -> Parts | None:
        """The values with their lines; those of a JSON file are looked up only when somebody asks."""
        try:
            return read_yaml(self.text) if self.text else None
        except YamlError:
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
            self._parts = read_yaml(self.text)
        except YamlError as error:
            tab = "; indent with spaces, not tabs" if self._begins_with_tab(error.line - 1) else ""
            raise ContractError(self.shown, error.line, f"{error}{tab}") from None
        return self._parts.value

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
        return json.loads(text, object_pairs_hook=_unique, parse_float=finite, parse_constant=_refuse_constant)
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
