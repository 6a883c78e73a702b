"""Texts that match a regular expression, written from its parts as Python reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from mockserver.values.conforms import Misfit
from mockserver.values.seeded import Key


def matching_text(pattern: str, draw_at: Callable[..., int], least: int, most: int) -> str:
    """A text that matches the pattern, from ``least`` to ``most`` characters long as far as its repeats can give that.

    ``draw_at`` gives a large number for each path of places in the pattern. Anchors are taken as met: check the whole.
    Raises `Misfit` for a pattern that cannot be read, or whose texts cannot be written from left to right.
    """
    parts = _parsed(pattern)
    width: int = parts.getwidth()[0]
    return "".join(_Text(draw_at, least - width, most - width).pieces(parts, ()))


@cache
def _parsed(pattern: str) -> Any:
    """The pattern as Python's own parser reads it: the only public way to its parts is this module of ``re``."""
    try:
        return import_module("re._parser").parse(pattern, re.ASCII)
    except re.error as error:
        raise Misfit(f"its pattern {pattern!r} is not understood: {error}") from None


class _Text:
    """The writing of one text: ``need`` is what repeats must still add to the shortest match, ``room`` the most."""

    def __init__(self, draw_at: Callable[..., int], need: int, room: int) -> None:
        self._draw_at = draw_at
        self._need = need
        self._room = room

    def pieces(self, parts: Any, at: tuple[Key, ...]) -> Iterator[str]:
        """The text of these parts of the pattern, which stand at that place in it."""
        for index, (code, value) in enumerate(parts):
            here = (*at, index)
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
                raise Misfit(f"its pattern uses what only a reader of text can follow: {name.lower()}")

    def _more(self, most: int, inner: Any, here: tuple[Key, ...]) -> int:
        """How often to repeat beyond the least, at most ``most`` times: a few, or what the length still asks for."""
        width: int = max(inner.getwidth()[0], 1)
        extra = max(self._draw_at(*here) % (min(most, 8) + 1), -(-self._need // width))
        extra = max(min(extra, most, self._room // width), 0)
        self._need -= extra * width
        self._room -= extra * width
        return extra


_PRINTABLE = [chr(i) for i in range(32, 127)]


@cache
def _class_letters(part: str) -> str:
    return "".join(c for c in _PRINTABLE if re.match(part, c, re.ASCII))


def _letters(name: str, value: Any) -> Sequence[str]:
    """The characters that a class such as ``[^a-z_]`` or ``.`` allows: printable ASCII, unless it names others."""
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
        raise Misfit("its pattern has a class without printable characters")
    return letters


_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}
