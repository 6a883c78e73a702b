"""What makes a run fail, beside the findings: the baseline, the coverage, and verdicts that decide nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from mockserver.judge.baseline import Baseline, as_mended, save_baseline
from mockserver.judge.outcome import Outcome


@dataclass(frozen=True)
class CiOptions:
    """``baseline_file`` is where the baseline came from; it is written anew if ``update_baseline``.

    ``min_coverage`` is in percent; ``fail_on`` are verdicts that are an error.
    """

    baseline: Baseline = field(default_factory=Baseline)
    baseline_file: Path | None = None
    update_baseline: bool = False
    min_coverage: float | None = None
    fail_on: Collection[str] = ()

    def applied(self, outcome: Outcome, ids: Collection[str]) -> Outcome:
        """Return the outcome with what is mended, and with all findings known if the baseline is to be updated.

        ``ids`` are those of the contract's operations. Raises `OptionError` if the baseline cannot be written.
        """
        mended = as_mended(self.baseline.mended(outcome, ids)) if outcome.is_judged else ()
        outcome = replace(outcome, mended=mended, min_coverage=self.min_coverage, fail_on=self.fail_on)
        if not self.update_baseline or self.baseline_file is None:
            return outcome
        if not outcome.is_judged:
            return _noted(outcome, f"the baseline {self.baseline_file} was left as it is, because no list was judged")
        updated = self.baseline.updated(outcome, ids)
        save_baseline(updated, self.baseline_file)
        added = len(set(updated.entries) - set(self.baseline.entries))
        text = f"the baseline {self.baseline_file} has {len(updated.entries)} findings: {added} added"
        outcome = replace(outcome, operations=tuple(map(updated.marked, outcome.operations)))
        return _noted(outcome, f"{text}, {len(mended)} taken out")


def _noted(outcome: Outcome, note: str) -> Outcome:
    return replace(outcome, notes=(*outcome.notes, note))
