"""Blames one cause on one law: what another law's failure explains is inconclusive, with a pointer to that law."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus

from mockserver.judge.exchange import Exchange
from mockserver.judge.laws.compare import requested_size
from mockserver.judge.laws.law import Finding
from mockserver.judge.laws.verdict import Verdict
from mockserver.judge.survey import Survey

Explains = Callable[[Sequence[Finding], Survey], Callable[[Finding], bool]]
"""Makes, of the findings of the law to blame, what says whether they explain a finding of another law."""

_USE_FILTERS = (
    *("filter-complete", "filter-unknown", "total", "limit-free", "offset-slice", "page-slice", "back", "links"),
    *("has-more", "replay", "refresh", "cursor-accepted", "no-repeat", "walk-ends"),
)
"""Laws that are judged under filters too."""


def _same_filters(found: Sequence[Finding], survey: Survey) -> Callable[[Finding], bool]:
    """Explain what was asked with the same filters, or more of them."""
    broken = [names for names in (_filters(finding, survey) for finding in found) if names]
    return lambda finding: any(names <= _filters(finding, survey) for names in broken)


def _filters(finding: Finding, survey: Survey) -> frozenset[str]:
    """Return the filters of the request that showed a finding."""
    last = finding.evidence[-1].query if finding.evidence else ()
    return frozenset(name for name, _ in last if name in survey.semantics.filters)


def _same_answer(found: Sequence[Finding], survey: Survey) -> Callable[[Finding], bool]:
    """Explain what was seen in the same answers."""
    answers = [_last(finding) for finding in found]
    return lambda finding: any(answer is _last(finding) for answer in answers)


def _shared_answer(found: Sequence[Finding], survey: Survey) -> Callable[[Finding], bool]:
    """Explain what is shown by any of the same answers."""
    answers = {id(exchange) for finding in found for exchange in finding.evidence}
    return lambda finding: any(id(exchange) in answers for exchange in finding.evidence)


def _crash(found: Sequence[Finding], survey: Survey) -> Callable[[Finding], bool]:
    """Explain what was seen where the server failed instead of answering."""
    return lambda finding: any(exchange.crashed for exchange in finding.evidence)


def _followed(found: Sequence[Finding], survey: Survey) -> Callable[[Finding], bool]:
    """Explain what a link led to."""
    return lambda finding: any(exchange.followed for exchange in finding.evidence)


def _unreadable(found: Sequence[Finding], survey: Survey) -> Callable[[Finding], bool]:
    """Explain what was seen where a page was expected, and the answer is not JSON that can be read."""
    return lambda finding: any(one.status == HTTPStatus.OK and one.body is None for one in finding.evidence)


def _after_refresh(found: Sequence[Finding], survey: Survey) -> Callable[[Finding], bool]:
    """Explain what was seen after the first refresh."""
    refreshes = {id(attempt.probe.exchange) for attempt in survey.refreshes}
    places = {id(exchange): place for place, exchange in enumerate(survey.exchanges)}
    first = min((places[one] for one in refreshes if one in places), default=len(places))
    return lambda finding: any(places.get(id(exchange), -1) > first for exchange in finding.evidence[-1:])


def _last(finding: Finding) -> Exchange | None:
    return finding.evidence[-1] if finding.evidence else None


def _sizes(found: Sequence[Finding], survey: Survey) -> Callable[[Finding], bool]:
    """Explain what shows where the page size changes on the way, and what is in another order only."""
    reordered = any("another order" in finding.got for finding in found)

    def is_explained(finding: Finding) -> bool:
        asked = {requested_size(exchange, survey) for exchange in finding.evidence}
        return len(asked) > 1 or (reordered and "another order" in finding.got)

    return is_explained


_RULES: tuple[tuple[str, Sequence[str] | None, Explains], ...] = (
    ("no-crash", None, _crash),
    ("record", None, _unreadable),
    ("filter-unknown", ("filter-sound", "total"), _same_answer),
    ("links", ("filter-sound", "page-size"), _followed),
    ("filter-sound", _USE_FILTERS, _same_filters),
    ("page-size", ("refresh", "back"), _shared_answer),
    ("limit-free", ("no-repeat", "walk-ends", "filter-complete", "offset-slice", "back"), _sizes),
    ("filter-complete", ("total", "back", "offset-slice", "page-slice", "refresh"), _same_filters),
    ("refresh", ("filter-complete", "total", "replay"), _after_refresh),
)
"""A law to blame, the laws that it may explain (``None`` for all), and how: the first rule that fits decides."""


def blamed(verdicts: Sequence[Verdict], survey: Survey) -> tuple[Verdict, ...]:
    """Return verdicts in which a law is inconclusive if others that failed explain each of its findings."""
    failed = {verdict.law.name: verdict for verdict in verdicts if verdict.status == "failed"}
    if len(failed) < 2:
        return tuple(verdicts)
    findings = {name: list(_findings(verdict, survey)) for name, verdict in failed.items()}
    left, explained = dict(findings), dict[str, str]()
    for root, laws, explains in _RULES:
        if root not in failed or root in explained:
            continue
        is_explained = explains(findings[root], survey)
        for name, found in left.items():
            may_be = name != root and name not in explained and (laws is None or name in laws)
            if may_be and found:
                left[name] = [finding for finding in found if not is_explained(finding)]
                explained |= {} if left[name] else {name: root}
    return tuple(_pointing(verdict, explained, failed) for verdict in verdicts)


def _findings(verdict: Verdict, survey: Survey) -> Iterator[Finding]:
    found = [case for case in verdict.law.examine(survey) if isinstance(case, Finding)]
    yield from found or ([verdict.finding] if verdict.finding is not None else [])


def _pointing(verdict: Verdict, explained: Mapping[str, str], failed: Mapping[str, Verdict]) -> Verdict:
    root = explained.get(verdict.law.name)
    if root is None:
        return verdict
    reason = f"seen: {verdict.reason}; see the law {root}, which explains it: {failed[root].reason}"
    return replace(verdict, status="inconclusive", reason=reason, finding=None)
