"""Says what a law is, and declares each law beside its code.

A law is a function from what was seen of a list to the cases that it found there::

    @law("total", claim="the total is the number of records", parts=("base", "small"), applies=needs_total)
    def total(survey: Survey) -> Cases: ...

It is pure: it sends nothing, and reads what the parts of the survey saw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mockserver.errors import unknown
from mockserver.judge.exchange import Exchange
from mockserver.judge.registry import Registry
from mockserver.judge.survey import BASE, PARTS, Survey


@dataclass(frozen=True)
class Passed:
    """A case that is as the law claims."""


@dataclass(frozen=True)
class Finding:
    """A case that is not as the law claims: the fact, what the server gave, what the law expects, and the requests.

    ``certain`` says that moving data cannot be the reason for it.
    """

    fact: str
    got: str
    expected: str
    evidence: tuple[Exchange, ...]
    certain: bool = False


@dataclass(frozen=True)
class Note:
    """What a correct server may do, but is worth knowing (``docs/specification.md``, "What is left alone")."""

    text: str


Case = Passed | Finding | Note
Cases = Iterator[Case]
PASSED = Passed()


def always(_: Survey) -> str:
    """Apply to every list."""
    return ""


@dataclass(frozen=True)
class Law:
    """A claim about every list.

    ``examine`` yields the cases that it finds in a survey. ``applies`` returns an empty text, or the reason why the law
    does not apply. ``parts`` names the parts of a survey that are taken for its sake, ``required`` those of them
    without which it cannot pass. ``every_answer`` says that it looks at every answer, whatever part asked for it.
    ``compares_answers`` says that it compares answers with each other, and so needs data that do not move.
    ``repeatable`` says that a true finding shows again in a second survey. ``needs_walk`` says that it speaks of more
    than one page, and so needs a list whose next page was reached.
    """

    name: str
    claim: str
    examine: Callable[[Survey], Cases]
    parts: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    every_answer: bool = False
    compares_answers: bool = True
    applies: Callable[[Survey], str] = always
    repeatable: bool = True
    needs_walk: bool = False


REGISTRY: Registry[Law] = Registry("law")

Examine = Callable[[Survey], Cases]


def law(
    name: str,
    *,
    claim: str,
    parts: tuple[str, ...] = (),
    required: tuple[str, ...] = (),
    every_answer: bool = False,
    compares_answers: bool = True,
    applies: Callable[[Survey], str] = always,
    repeatable: bool = True,
    needs_walk: bool = False,
) -> Callable[[Examine], Examine]:
    """Declare the decorated function as the law of that name; the other arguments are those of `Law`.

    Raises `ValueError` if the name is taken, or a part is unknown.
    """
    for part in (*parts, *required):
        if part != BASE and part not in PARTS:
            raise ValueError(f"the law '{name}': {unknown('part of a survey', part, PARTS)}")

    def declare(examine: Examine) -> Examine:
        declared = Law(
            name, claim, examine, parts, required, every_answer, compares_answers, applies, repeatable, needs_walk
        )
        REGISTRY.add(name, declared)
        return examine

    return declare


WALKS = (
    BASE,
    "default",
    "small",
    "filters",
    "pairs",
    "sizes",
    "backward",
    "more-values",
    "offsets",
    "list-end",
    "sorting",
)
"""The parts that walk."""

FILTERS = ("filters", "pairs", "more-values", "unknown-values", "pasted-values", "offsets", "refresh")
"""The parts that filter."""
