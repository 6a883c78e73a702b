"""Reads YAML into JSON values, with the line of each part, in one pass over the parser's events.

What is read is the part of YAML 1.2 that JSON has too: no dates, no ``yes`` and ``no``, no ``0x``; keys are text and
unique. PyYAML's parser finds the events; its constructors would go through the file a second time.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import yaml

MAX_DEPTH = 100
"""Deepest nesting that is read, in levels. The C parser has no limit of its own, and crashes the process far beyond."""

_TAG = "tag:yaml.org,2002:"
_MERGE = "<<"

_PLAIN = re.compile(
    r"""(?P<null>~|null|Null|NULL|)
    | (?P<bool>true|True|TRUE|false|False|FALSE)
    | (?P<int>[-+]?[0-9]+)
    | (?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)""",
    re.VERBOSE,
)
"""Plain scalars that are not text; the name of the group is their tag."""

_MAY_BE_NO_TEXT = frozenset("~nNtTfF-+.0123456789")
"""The characters that such a scalar begins with."""


class YamlError(Exception):
    """A text is not YAML, or YAML that JSON has no value for. ``line`` counts from 1."""

    def __init__(self, line: int, text: str) -> None:
        self.line = line
        super().__init__(text)


class Parts(NamedTuple):
    """A value, and where its parts are: ``lines`` has those of a mapping's keys or a list's items by its ``id``.

    ``first`` is the line of the value itself, ``None`` in an empty text.
    """

    value: Any
    first: int | None
    lines: dict[int, list[int]]

    def line(self, keys: tuple[str, ...]) -> int | None:
        """Return the line (from 1) of the part at ``keys``, or of the closest enclosing part that exists."""
        line, node = self.first, self.value
        for key in keys:
            if isinstance(node, list) and re.fullmatch(r"[0-9]{1,9}", key) and int(key) < len(node):
                line, node = self.lines[id(node)][int(key)], node[int(key)]
            elif isinstance(node, dict) and key in node:
                line, node = self.lines[id(node)][list(node).index(key)], node[key]
            else:
                break
        return line


def read_yaml(text: str) -> Parts:
    """Return the value of a YAML document, and the lines of its parts. Raises `YamlError`."""
    try:
        return _Builder(yaml.parse(text, Loader=yaml.CSafeLoader)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = ", ".join(filter(None, [error.context, error.problem]))
        raise YamlError(mark.line + 1 if mark else 1, f"not YAML: {problem}") from None
    except yaml.reader.ReaderError as error:
        line = text.encode().count(b"\n", 0, error.position) + 1
        raise YamlError(line, f"not YAML: {error.reason} (U+{error.character:04X})") from None


def _not_yaml(event: yaml.Event, text: str) -> YamlError:
    return YamlError(_line(event), f"not YAML: {text}")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


_BEING_READ = object()
"""The value of an anchor whose end is not reached yet."""


class _Builder:
    """Builds the value of one document. ``anchors`` are the values by name."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events
        self.lines: dict[int, list[int]] = {}
        self.anchors: dict[str, Any] = {}

    def document(self) -> Parts:
        """Return the one document of the stream; an empty stream is null."""
        next(self.events)
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            return Parts(None, None, self.lines)
        event = next(self.events)
        value = self.value(event, 0)
        next(self.events)
        other = next(self.events)
        if not isinstance(other, yaml.StreamEndEvent):
            text = "expected a single document in the stream, but found another document"
            raise _not_yaml(other, text)
        return Parts(value, _line(event), self.lines)

    def value(self, event: yaml.Event, depth: int) -> Any:
        """Return the value that begins with an event."""
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        assert isinstance(event, yaml.NodeEvent)
        if event.anchor is not None:
            self.anchors[event.anchor] = _BEING_READ
        made = _scalar(event) if isinstance(event, yaml.ScalarEvent) else self._collection(event, depth + 1)
        if event.anchor is not None:
            self.anchors[event.anchor] = made
        return made

    def _collection(self, event: yaml.Event, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise YamlError(_line(event), f"nested more than {MAX_DEPTH} levels deep")
        return (
            self._mapping(event, depth) if isinstance(event, yaml.MappingStartEvent) else self._sequence(event, depth)
        )

    def _alias(self, event: yaml.AliasEvent) -> Any:
        if event.anchor not in self.anchors:
            raise _not_yaml(event, f"found undefined alias '{event.anchor}'")
        found = self.anchors[event.anchor]
        if found is _BEING_READ:
            raise _not_yaml(event, f"the alias '{event.anchor}' is part of what it stands for")
        return found

    def _sequence(self, start: yaml.Event, depth: int) -> list[Any]:
        _check_tag(start, "seq")
        made: list[Any] = []
        lines = self.lines[id(made)] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            lines.append(_line(event))
            made.append(self.value(event, depth))
        return made

    def _mapping(self, start: yaml.Event, depth: int) -> dict[str, Any]:
        _check_tag(start, "map")
        made: dict[str, Any] = {}
        merged: dict[str, Any] | None = None
        lines: list[int] = []
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event)
            is_merge = key == _MERGE and _is_plain(event)
            if key in made or (is_merge and merged is not None):
                raise _not_yaml(event, f"duplicate key '{key}'")
            first = next(self.events)
            value = self.value(first, depth)
            if is_merge:
                merged = self._merged(value, _line(first))
            else:
                made[key] = value
                lines.append(_line(event))
        if merged is not None:
            made, lines = _below(merged, made, lines, _line(start))
        self.lines[id(made)] = lines
        return made

    def _merged(self, value: Any, line: int) -> dict[str, Any]:
        """Return the keys that ``<<`` merges in: of one mapping, or of a list of mappings, where the first one wins."""
        parts, lines = (value, self.lines[id(value)]) if isinstance(value, list) else ([value], [line])
        result: dict[str, Any] = {}
        for part, where in zip(reversed(parts), reversed(lines), strict=True):
            if not isinstance(part, dict):
                raise YamlError(where, "not YAML: '<<' takes mappings")
            result |= part
        return result

    def _key(self, event: yaml.Event) -> str:
        """Return a key as it is written: ``200`` and ``true`` are text here."""
        if isinstance(event, yaml.ScalarEvent):
            if event.anchor is not None:
                self.anchors[event.anchor] = _scalar(event)
            return str(event.value)
        if isinstance(event, yaml.AliasEvent) and isinstance(found := self._alias(event), str):
            return found
        raise _not_yaml(event, "a key must be text")


def _below(
    merged: dict[str, Any], own: dict[str, Any], lines: list[int], start: int
) -> tuple[dict[str, Any], list[int]]:
    """Return a mapping with what is merged in, where its own keys win, and the lines of all keys."""
    where = dict.fromkeys(merged, start) | dict(zip(own, lines, strict=True))
    return merged | own, list(where.values())


def _is_plain(event: yaml.Event) -> bool:
    return isinstance(event, yaml.ScalarEvent) and event.implicit[0]


# Scalars --------------------------------------------------------------------------------------------------------------


def _scalar(event: yaml.ScalarEvent) -> Any:
    """Return the value of a scalar: by its tag, or by its spelling where it is plain."""
    text: str = event.value
    tag: str | None = event.tag
    if tag is None or tag == "!":
        if not _is_plain(event) or (text and text[0] not in _MAY_BE_NO_TEXT):
            return text
        found = _PLAIN.fullmatch(text)
        if found is None:
            return text
        tag = f"{_TAG}{found.lastgroup}"
    kind, read = _SCALARS.get(tag, ("", None))
    if read is None:
        raise _not_yaml(event, f"could not determine a constructor for the tag '{tag}'")
    try:
        return read(text)
    except ValueError:
        raise _not_yaml(event, f"'{text[:40]}' cannot be read as {kind}") from None


def _check_tag(event: yaml.Event, kind: str) -> None:
    if isinstance(event, yaml.CollectionStartEvent) and event.tag not in (None, "!", f"{_TAG}{kind}"):
        raise _not_yaml(event, f"could not determine a constructor for the tag '{event.tag}'")


def finite(text: str) -> float:
    """Return a number. Raises `ValueError` for one that is too large."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


_SCALARS: dict[str, tuple[str, Callable[[str], Any]]] = {
    f"{_TAG}null": ("null", lambda _: None),
    f"{_TAG}bool": ("true or false", _truth),
    f"{_TAG}int": ("an integer", int),
    f"{_TAG}float": ("a number", finite),
    f"{_TAG}str": ("text", str),
}
"""How a scalar of each tag is called in messages, and how it is read."""
