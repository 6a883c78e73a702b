"""The law of refreshes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from mockserver.judge.exchange import Exchange
from mockserver.judge.laws.compare import difference, expected_ids, filters_text, matches, requested_size
from mockserver.judge.laws.law import PASSED, Case, Cases, Finding, Note, law
from mockserver.judge.survey import RefreshOff, RefreshTry, Survey
from mockserver.judge.volatile import steady
from mockserver.judge.walk import ReceivedPage, Walk, received_page
from mockserver.semantics.page import value_at
from mockserver.semantics.refreshes import is_sync_time

_FRESH = timedelta(minutes=1)
"""How old a sync time may be that a refresh does not move."""


def needs_refresh(survey: Survey) -> str:
    """Apply to lists with a refresh of one scope, if it may be tried."""
    refresh = survey.semantics.refresh
    if refresh is None or refresh.scope is None:
        return "the operation has no refresh"
    if not survey.base.ids:
        return "there is nothing to refresh"
    return "" if survey.may_refresh else "refreshes are turned off"


@law(
    "refresh",
    claim="a refresh keeps the list, and moves the sync times of what it refreshes forward",
    parts=("refresh",),
    applies=needs_refresh,
    repeatable=False,
)
def refresh(survey: Survey) -> Cases:
    """Check that a refresh of one scope keeps ids, order and all other records, and what it does to sync times."""
    for probe in survey.refresh_answers:
        page = received_page(probe.exchange, survey.semantics)
        if page is not None and all(matches(item, survey, probe.filters) for item in page.items):
            # Records that do not match are a fault of the filter, and found by the law `filter-sound`.
            yield _answer(page, expected_ids(survey, probe.filters), survey)
    for attempt in survey.refreshes:
        evidence = _evidence(attempt)
        wrong = difference(attempt.after.ids, attempt.before.ids)
        if wrong:
            fact = "a refresh changes which records there are, or their order"
            yield Finding(fact, wrong, "the same list", evidence)
        else:
            yield _other_records(attempt, survey, evidence)
            yield _backwards(attempt, survey, evidence)
    yield from _forwards(survey)
    yield from _switched_off(survey.refresh_off, survey)


def _evidence(attempt: RefreshTry) -> tuple[Exchange, ...]:
    firsts = [page.exchange for walk in (attempt.before, attempt.after) for page in walk.pages[:1]]
    return (*firsts[:1], attempt.probe.exchange, *firsts[1:])


def _answer(page: ReceivedPage, expected: Sequence[str], survey: Survey) -> Case:
    """Return the case of the answer itself: it holds the records of the scope, as far as the page goes."""
    size = min(requested_size(page.exchange, survey) or len(expected), len(expected))
    ids = page.ids
    if page.next or not survey.base.complete:
        # Of a list that was not walked to its end only the beginning is known.
        ids, size = ids if survey.base.complete else ids[: len(expected)], len(ids)
    wrong = difference(ids, expected[:size])
    if wrong:
        fact = "the answer of a refresh holds other records"
        return Finding(fact, wrong, "the records of that scope, in order", (page.exchange,))
    return PASSED


def _scope(attempt: RefreshTry, survey: Survey) -> dict[str, str]:
    """Return the filter that says what was refreshed, without the other filters of that request."""
    refresh = survey.semantics.refresh
    return {name: value for name, value in attempt.probe.filters.items() if refresh and name == refresh.scope}


def _other_records(attempt: RefreshTry, survey: Survey, evidence: tuple[Exchange, ...]) -> Case:
    """Return the case of the records that were not to be refreshed: they stay as they are, field by field."""
    scope = _scope(attempt, survey)
    for old, new, identity in _pairs(attempt.before, attempt.after):
        if matches(old, survey, scope) or steady(old, survey.volatile) == steady(new, survey.volatile):
            continue
        names = [name for name in old if old.get(name) != new.get(name)] if isinstance(new, dict) else []
        got = ", ".join(f"{name}: {new[name]!r} instead of {old[name]!r}" for name in names[:2] if name in new)
        fact = "a refresh changes records of another scope"
        expected = f"only records with {filters_text(scope)} change"
        return Finding(fact, f"{identity} has {got or 'other fields'}", expected, evidence)
    return PASSED


def _pairs(before: Walk, after: Walk) -> Iterator[tuple[Any, Any, str]]:
    """Yield each record of one walk, what it is in the other one, and its identity."""
    yield from zip(before.items, after.items, before.ids, strict=False)


# Sync times: the sync time is the first of what moves; the others may do anything. -----------------------------------


def _sync_time(survey: Survey) -> str | None:
    refresh = survey.semantics.refresh
    return refresh.moves[0] if refresh is not None and refresh.moves else None


def _backwards(attempt: RefreshTry, survey: Survey, evidence: tuple[Exchange, ...]) -> Case:
    """Return the case of sync times that move backwards."""
    name = _sync_time(survey)
    for old, new, identity in _pairs(attempt.before, attempt.after) if name else ():
        old_value, new_value = value_at(old, (str(name),)), value_at(new, (str(name),))
        earlier, later = _instant(old_value), _instant(new_value)
        if earlier is None:
            continue
        if later is None or (earlier - later).total_seconds() > survey.profile.clock_tolerance:
            got = f"{name} of {identity}: {old_value}, then {new_value}"
            return Finding("a refresh moves a sync time backwards", got, "the same or later", evidence)
    return PASSED


def _forwards(survey: Survey) -> Cases:
    """Check that a refresh moves the sync times of its scope forward.

    A refresh that was refused is not judged. Where the contract declares no refresh, one that moves nothing at all is
    only noted: its name may mean something else. One that moves some times of its scope does by halves what words say.
    """
    name = _sync_time(survey)
    answered = [attempt for attempt in survey.refreshes if attempt.probe.exchange.status == 200]
    tries = [(attempt, _after(attempt, name, survey)) for attempt in answered] if name else []
    known = [(attempt, times) for attempt, times in tries if times is not None]
    yield from (PASSED for _, times in known if not times.left)
    stale = [(attempt, times) for attempt, times in known if times.left]
    if not stale or name is None:
        return
    is_said = any(times.moved for _, times in stale) and is_sync_time(name, survey.semantics.properties.get(name, {}))
    if survey.semantics.why.get("refresh", "").startswith("inferred") and not is_said:
        yield Note(f"a refresh leaves {name} where it was")
        return
    attempt, times = stale[0]
    identity, value = times.left[0]
    got = f"{name} of {identity} stays {value}"
    expected = f"a later time for each of the {times.count} records with {filters_text(_scope(attempt, survey))}"
    fact = "a refresh does not move the sync times of its scope"
    yield Finding(fact, got, expected, _evidence(attempt))


@dataclass(frozen=True)
class _Times:
    """What a refresh did to the times of its scope of ``count`` records: how many moved, and which should have."""

    count: int
    moved: int
    left: tuple[tuple[str, str], ...]


def _after(attempt: RefreshTry, name: str, survey: Survey) -> _Times | None:
    """Return what a refresh did to times; ``None`` if it was of a part of its scope, or no record has a time."""
    after, scope = attempt.later or attempt.after, _scope(attempt, survey)
    size = requested_size(attempt.probe.exchange, survey)
    rows = [row for row in _pairs(attempt.before, after) if matches(row[0], survey, scope)]
    if (
        attempt.probe.filters != scope
        or (size is not None and size < len(rows))
        or difference(after.ids, attempt.before.ids)
    ):
        return None
    found = [(_instant(value_at(old, (name,))), _instant(value_at(new, (name,))), i) for old, new, i in rows]
    times = [(old, new, identity) for old, new, identity in found if old is not None and new is not None]
    newest = _newest(after, name)
    if not times or newest is None:
        return None
    # They may stay where they are the newest that the server shows, or a minute old at most.
    fresh = min(newest, _asked_at(attempt.probe.exchange) - _FRESH)
    left = [(identity, new.isoformat()) for old, new, identity in times if new <= old and new < fresh]
    return _Times(len(rows), sum(new > old for old, new, _ in times), tuple(left))


def _newest(walk: Walk, name: str) -> datetime | None:
    found = (_instant(value_at(item, (name,))) for item in walk.items)
    return max((time for time in found if time is not None), default=None)


def _asked_at(exchange: Exchange) -> datetime:
    """Return when a request was answered, by the server's clock if it says so."""
    date = next((value for name, value in exchange.response_headers if name.lower() == "date"), "")
    try:
        found = parsedate_to_datetime(date)
    except ValueError:
        return datetime.now(UTC)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _switched_off(tries: Sequence[RefreshOff], survey: Survey) -> Cases:
    """Check that sync times stay where they are when the request says that there is to be no refresh."""
    name = _sync_time(survey)
    moved = [attempt for attempt in tries if name and _moves_times(attempt, name, survey)]
    if tries and len(moved) == len(tries):
        attempt = moved[0]
        evidence = (attempt.before, attempt.answer, attempt.after)
        fact = "a refresh is made although the request says that there is to be none"
        yield Finding(fact, f"{name} moves", "the same times as before", evidence)
    elif tries:
        yield PASSED


def _moves_times(attempt: RefreshOff, name: str, survey: Survey) -> bool:
    before, after = (_times(exchange, name, survey) for exchange in (attempt.before, attempt.after))
    return any(after.get(identity, time) != time for identity, time in before.items())


def _times(exchange: Exchange, name: str, survey: Survey) -> Mapping[str, Any]:
    page = received_page(exchange, survey.semantics)
    if page is None:
        return {}
    return {identity: value_at(item, (name,)) for identity, item in zip(page.ids, page.items, strict=True)}


def _instant(value: Any) -> datetime | None:
    """Return a date-time, taken as UTC where it has no offset; ``None`` for anything else."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
