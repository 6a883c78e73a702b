"""Texts that match a regular expression, written part by part as Python's parser reads the expression."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from mockserver.values.conforms import Unsatisfiable
from mockserver.values.seeded import Key


def matching_text(pattern: str, draw_at: Callable[..., int], least: int, most: int) -> str:
    """Return a text that matches the pattern, ``least`` to ``most`` characters long if its repeats make that possible.

    ``draw_at`` returns a large number for each path of positions in the pattern. Anchors and lookarounds are assumed to
    hold, so the caller has to check the result. Raises `Unsatisfiable` for a pattern that is invalid or has a part that
    is not supported, such as a backreference.
    """
    parts = _parsed(pattern)
    width: int = parts.getwidth()[0]
    return "".join(_Text(draw_at, least - width, most - width).pieces(parts, ()))


@cache
def _parsed(pattern: str) -> Any:
    """Return the pattern as Python's own parser reads it: only this module of ``re`` gives access to the parts."""
    try:
        return import_module("re._parser").parse(pattern, re.ASCII)
    except re.error as error:
        raise Unsatisfiable(f"its pattern {pattern!r} is invalid: {error}") from None


class _Text:
    """One text while it is written.

    The shortest match still lacks ``need`` characters, and may get ``room`` more at most; repeats add them.
    """

    def __init__(self, draw_at: Callable[..., int], need: int, room: int) -> None:
        self._draw_at = draw_at
        self._need = need
        self._room = room

    def pieces(self, parts: Any, path: tuple[Key, ...]) -> Iterator[str]:
        """Yield the text of some parts of the pattern, which are at ``path`` in it."""
        for index, (code, value) in enumerate(parts):
            here = (*path, index)
            name = str(code)
            if name == "LITERAL":
                yield chr(value)
            elif name in ("IN", "ANY", "NOT_LITERAL"):
                letters = _letters(name, value)
                yield letters[self._draw_at(*here) % len(letters)]
            elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
                least, most, inner = value
                for turn in range(least + self._more(most - least, inner, here)):
                    yield from self.pieces(inner, (*here, turn))
            elif name in ("SUBPATTERN", "ATOMIC_GROUP"):
                yield from self.pieces(value[-1] if name == "SUBPATTERN" else value, here)
            elif name == "BRANCH":
                yield from self.pieces(value[1][self._draw_at(*here) % len(value[1])], here)
            elif name not in ("AT", "ASSERT_NOT", "ASSERT"):
                raise Unsatisfiable(f"its pattern has a part that is not supported: {name.lower()}")

    def _more(self, most: int, inner: Any, path: tuple[Key, ...]) -> int:
        """Return how often a part is repeated beyond its minimum, at most ``most`` times.

        That is a few times, or as often as the length of the text requires.
        """
        width: int = max(inner.getwidth()[0], 1)
        required = -(-self._need // width)  # divided, and rounded up
        extra = max(self._draw_at(*path) % (min(most, 8) + 1), required)
        extra = max(min(extra, most, self._room // width), 0)
        self._need -= extra * width
        self._room -= extra * width
        return extra


_PRINTABLE = [chr(i) for i in range(32, 127)]


@cache
def _class_letters(part: str) -> str:
    return "".join(c for c in _PRINTABLE if re.match(part, c, re.ASCII))


def _letters(name: str, value: Any) -> Sequence[str]:
    """Return the characters that a class such as ``[^a-z_]`` or ``.`` allows: printable ASCII and those it names."""
    if name == "ANY":
        return _PRINTABLE
    if name == "NOT_LITERAL":
        return [c for c in _PRINTABLE if ord(c) != value]
    named: list[str] = []
    for code, part in value:
        if str(code) == "LITERAL":
            named.append(chr(part))
        elif str(code) == "RANGE":
            named += [chr(i) for i in range(part[0], min(part[1], part[0] + 255) + 1)]
        elif str(code) == "CATEGORY":
            named += _class_letters(_CATEGORIES[str(part)])
    letters = [c for c in _PRINTABLE if c not in named] if str(value[0][0]) == "NEGATE" else named
    if not letters:
        raise Unsatisfiable("its pattern has a character class without printable ASCII characters")
    return letters


_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}
