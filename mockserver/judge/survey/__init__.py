"""The requests that bring a server's faults to light: which walks and probes, in which order, within a budget."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass

from mockserver.judge.profile import Profile
from mockserver.judge.survey.evidence import Probe, Survey, filter_text
from mockserver.judge.survey.ground import BASE_PAGES, Each, largest_page
from mockserver.judge.survey.probing import Probing
from mockserver.judge.survey.recorder import Recorder, Spent
from mockserver.judge.survey.walking import Walking
from mockserver.judge.walk import Fetch, forward, walk
from mockserver.semantics import ListSemantics

__all__ = ["Each", "Probe", "Survey", "filter_text", "take_survey"]

_PARTS = (
    "default", "small", "filters", "pairs", "unknown", "offsets", "sizes", "back", "limits",
    "both", "replays", "crowd", "keys", "far", "refresh", "hostile", "values", "more",
)  # fmt: skip
"""What compares answers comes first; from `refresh` on the records may hold other things than in the base."""

Progress = Callable[[str, int, Survey], None]
_SNAPSHOT_AFTER = ("small", "pairs", "sizes", "crowd", "far")


def _silent(_part: str, _sent: int, _survey: Survey) -> None:
    """Tell nobody."""


def take_survey(
    fetch: Fetch,
    semantics: ListSemantics,
    *,
    budget: int = 300,
    seed: int = 0,
    refresh: bool = True,
    each: Each = map,
    profile: Profile | None = None,
    progress: Progress = _silent,
    parts: Collection[str] = (),
) -> Survey:
    """Look a list operation over, with ``budget`` requests at most.

    ``each`` maps a function over independent requests, concurrently if it likes. ``seed`` decides which values are
    sampled. ``refresh=False`` sends no request that could change the server's data. ``profile`` is kept for the laws.
    ``parts`` names those to be taken, all if empty.
    ``progress`` is called after each part with its name, the requests sent so far, and the survey as it stands.
    """
    recorder = Recorder(fetch, budget, semantics.cursors)
    direction, pages = forward(semantics) or "after", min(BASE_PAGES, max(1, budget - 1))
    base = walk(recorder, semantics, sizes=(largest_page(semantics),), direction=direction, max_pages=pages)
    survey = Survey(semantics, base, profile or Profile(), refresh)
    if not base.pages:
        # A server that fails at the largest page is still to be judged on the others.
        survey.walks.append(base)
        survey.base = walk(recorder, semantics, direction=direction, max_pages=pages)
    survey.exchanges = recorder.exchanges
    survey.spent["base"] = len(recorder.exchanges)
    surveyor = Surveyor(recorder, survey, random.Random(seed), each)
    for part in _PARTS if survey.base.pages else ():
        if (part != "refresh" or refresh) and (not parts or part in parts):
            before = len(recorder.exchanges)
            surveyor.take(part)
            survey.spent[part] = len(recorder.exchanges) - before
            progress(part, len(recorder.exchanges), survey)
    return survey


@dataclass
class Surveyor(Walking, Probing):
    """Takes the parts of a survey, one method each. A part leans on the base walk, and on parts taken before it."""

    def take(self, part: str) -> None:
        """Take one part; when the budget ends, the part is named as unseen."""
        try:
            getattr(self, part)()
            if part in _SNAPSHOT_AFTER:
                self._snapshot()
        except Spent:
            self.survey.unseen.append(part)

    def _snapshot(self) -> None:
        """The base once more (its first pages, where it is long), to see whether the data move."""
        if self.base.pages:
            pages = min(len(self.base.pages), 2)
            self.survey.snapshots.append(self.walk(sizes=self.base.sizes, pages=pages, direction=self.base.direction))
