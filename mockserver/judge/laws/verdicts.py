"""What a law is made of, and what it says: cases, breaches, notes, verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mockserver.judge.survey import Survey, filter_text
from mockserver.judge.walk import Exchange, Walk

Status = Literal["kept", "broken", "inconclusive", "not applicable"]


@dataclass(frozen=True)
class Kept:
    """A case that was looked at, and is as the law claims."""


@dataclass(frozen=True)
class Breach:
    """A case that is against the law: the fact, what came, what had to come, and the requests that show it.

    ``certain`` says that moving data cannot be the reason.
    """

    fact: str
    came: str
    expected: str
    evidence: tuple[Exchange, ...]
    certain: bool = False


@dataclass(frozen=True)
class Note:
    """Something that a correct server may do, worth a mention (SEMANTICS.md, section 4)."""

    text: str


Case = Kept | Breach | Note
Cases = Iterator[Case]
KEPT = Kept()


def always(_: Survey) -> str:
    """Applicable to every list."""
    return ""


@dataclass(frozen=True)
class Law:
    """A claim about every list.

    ``cases`` gives what it finds; ``steady`` says that it compares answers, and so needs data that do not move
    meanwhile; ``applies`` gives the reason why it is not applicable, or an empty text; ``parts`` names the parts of a
    survey that it looks at, all if empty, and ``main`` those without which it cannot say that it is kept;
    ``repeatable`` says whether a breach, if it is one, is there again at a second look.
    """

    name: str
    claim: str
    cases: Callable[[Survey], Cases]
    parts: tuple[str, ...]
    steady: bool = True
    applies: Callable[[Survey], str] = always
    repeatable: bool = True
    main: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What a law says of a server: ``reason`` is for people, ``breach`` is there when it is broken, ``looked`` counts
    the cases that were looked at, ``requests`` those that were sent for what it looks at (laws share them)."""

    law: Law
    status: Status
    reason: str = ""
    breach: Breach | None = None
    looked: int = 0
    requests: int = 0
    notes: tuple[str, ...] = ()


def verdict(one: Law, survey: Survey) -> Verdict:
    """The verdict of one law on a survey."""
    reason = "turned off by the profile" if one.name in survey.profile.off else one.applies(survey)
    if reason:
        return Verdict(one, "not applicable", reason)
    cases = list(one.cases(survey))
    notes = tuple(dict.fromkeys(c.text for c in cases if isinstance(c, Note)))
    breaches = [c for c in cases if isinstance(c, Breach)]
    sent = sum(count for part, count in survey.spent.items() if not one.parts or part in one.parts)
    looked = sum(not isinstance(c, Note) for c in cases)
    moved = bool(breaches) and one.steady and survey.moved
    sure = [b for b in breaches if b.certain or not moved]
    if sure and _gone_at_second_look(one, sure, survey):
        reason = f"seen once, and not again from a fresh walk: {sure[0].fact}"
        return Verdict(one, "inconclusive", reason, None, looked, sent, notes)
    if sure:
        smallest = min(sure, key=_weight)
        return Verdict(one, "broken", smallest.fact, smallest, looked, sent, notes)
    if breaches:
        reason = f"the data moved while they were looked at; seen meanwhile: {breaches[0].fact}"
        return Verdict(one, "inconclusive", reason, None, looked, sent, notes)
    missed = [part for part in one.main if part in survey.unseen]
    if missed:
        reason = f"not seen to its end within the budget: {', '.join(missed)}"
        return Verdict(one, "inconclusive", reason, None, looked, sent, notes)
    if not looked:
        unseen = f"; not reached within the budget: {', '.join(survey.unseen)}" if survey.unseen else ""
        return Verdict(one, "inconclusive", f"too little data to tell{unseen}", None, 0, sent, notes)
    return Verdict(one, "kept", "", None, looked, sent, notes)


def _gone_at_second_look(one: Law, breaches: Sequence[Breach], survey: Survey) -> bool:
    """Whether a breach that moving data could explain was not there when it was looked at again."""
    again = survey.second_look
    if again is None or not one.steady or not one.repeatable or any(b.certain for b in breaches):
        return False
    return again.moved or verdict(one, again).status == "kept"


def _weight(breach: Breach) -> tuple[int, int]:
    """The smallest evidence is shown: fewest requests, then shortest."""
    return len(breach.evidence), sum(len(str(e.query)) for e in breach.evidence)


# What several laws need --------------------------------------------------------------------------------------------


def matches(item: Any, survey: Survey, filters: Mapping[str, str]) -> bool:
    """Whether a record matches every filter. UUIDs and EVM addresses are compared without case."""
    loose = survey.profile.caseless
    return all(_equal(item, survey.semantics.filters[n], v, caseless=n in loose) for n, v in filters.items())


def _equal(item: Any, name: str, value: str, *, caseless: bool) -> bool:
    found = item.get(name) if isinstance(item, dict) else None
    if isinstance(found, list):
        return value in map(str, found)
    text = filter_text(item, name)
    return text == value or ((caseless or _caseless(value)) and text.lower() == value.lower())


def _caseless(value: str) -> bool:
    plain = value.lower().replace("-", "").removeprefix("0x")
    return len(plain) in (32, 40) and all(c in "0123456789abcdef" for c in plain)


def expected_ids(survey: Survey, filters: Mapping[str, str]) -> tuple[str, ...]:
    """The base walk restricted to these filters, in list order."""
    key = tuple(filters.items())
    if key not in survey.restricted:
        pairs = zip(survey.base.ids, survey.base.items, strict=True)
        survey.restricted[key] = tuple(i for i, item in pairs if matches(item, survey, filters))
    return survey.restricted[key]


def difference(came: Sequence[str], expected: Sequence[str]) -> str:
    """How one run of ids differs from another, in words; empty where they are equal."""
    if list(came) == list(expected):
        return ""
    lost = [i for i in expected if i not in set(came)]
    more = [i for i in came if i not in set(expected)]
    parts = [f"{len(rows)} {what} ({_some(rows)})" for rows, what in ((lost, "missing"), (more, "too many")) if rows]
    if not parts and len(came) != len(expected):
        return f"{len(came)} records where {len(expected)} belong: some come twice"
    return ", ".join(parts) or f"the same records in another order (from {_first_difference(came, expected)} on)"


def _first_difference(came: Sequence[str], expected: Sequence[str]) -> str:
    return next(f"record {n}" for n, (a, b) in enumerate(zip(came, expected, strict=False), 1) if a != b)


def _some(ids: Iterable[str]) -> str:
    rows = list(ids)
    return ", ".join(rows[:3]) + (", ..." if len(rows) > 3 else "")


def disagreement(there: Walk, expected: Sequence[str], *, whole: bool) -> str:
    """How a walk from the list's beginning differs from what had to come; empty where it agrees.

    ``whole``: ``expected`` goes to the end of the list. A walk that was stopped is compared as far as it went.
    """
    came = there.ids
    if there.complete and whole:
        return difference(came, expected)
    if there.complete and len(came) < len(expected):
        return difference(came, expected)
    common = min(len(came), len(expected))
    return difference(came[:common], expected[:common])


def shown(filters: Mapping[str, str]) -> str:
    """Filters as a person would say them."""
    return " and ".join(f"{n}={v}" for n, v in filters.items()) or "no filter"


def sizes_shown(there: Walk) -> str:
    """The page sizes of a walk as a person would say them."""
    return "sizes " + ", ".join("default" if s is None else str(s) for s in there.sizes)
