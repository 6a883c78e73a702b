"""Holds every list to the same laws, as functions over what was seen of it.

Each law is declared beside its code; ``LAWS`` puts them in the order of ``docs/laws.md``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

# Imported for the laws that they declare.
import mockserver.judge.laws.back
import mockserver.judge.laws.filters
import mockserver.judge.laws.limits
import mockserver.judge.laws.links
import mockserver.judge.laws.more
import mockserver.judge.laws.offsets
import mockserver.judge.laws.pages
import mockserver.judge.laws.paging
import mockserver.judge.laws.records
import mockserver.judge.laws.refresh
import mockserver.judge.laws.replay
import mockserver.judge.laws.requests
import mockserver.judge.laws.totals  # noqa: F401
from mockserver.judge.laws.blame import blamed
from mockserver.judge.laws.law import REGISTRY, Case, Finding, Law, Note, Passed
from mockserver.judge.laws.verdict import Status, Verdict, verdict_of
from mockserver.judge.survey import Survey

__all__ = ["LAWS", "Case", "Finding", "Law", "Note", "Passed", "Status", "Verdict", "judge_survey", "parts_for"]

LAWS = REGISTRY.in_order(
    (
        "page-size", "no-repeat", "walk-ends", "has-more", "cursor-accepted", "limit-free", "replay", "back", "total",
        "filter-sound", "filter-complete", "filter-unknown", "offset-slice", "page-slice", "links", "limits",
        "no-crash", "both-cursors", "refresh", "record", "error-shape", "key",
    )
)  # fmt: skip
"""The laws by name."""


def judge_survey(survey: Survey, names: Sequence[str] | None = None) -> tuple[Verdict, ...]:
    """Return the verdict of every law on a survey, in the order of ``LAWS``; of those in ``names`` only, if given.

    One cause fails one law: what a failed law explains is inconclusive, and points to it.
    """
    verdicts = [verdict_of(law, survey) for law in LAWS.values() if names is None or law.name in names]
    return blamed(verdicts, survey)


def parts_for(names: Collection[str]) -> set[str]:
    """Return the parts of a survey that these laws need; an empty set means all parts, as no names mean all laws.

    The plain walks are always among them: they show the cursors and values that other parts send.
    """
    chosen = [LAWS[name] for name in names]
    if not chosen or any(law.every_answer for law in chosen):
        return set()
    return {"default", "small"}.union(*(law.parts for law in chosen))
