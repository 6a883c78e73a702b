"""Shares the time that a run may take among the lists, and leaves some for single answers."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from mockserver.judge.schemathesis.patience import Pace

SINGLE_ANSWERS_SHARE = 0.25
"""The part of the time that is kept for the phases of Schemathesis: the laws tell more."""

SHORTEST_PHASES = 1.0
"""With fewer seconds the phases of Schemathesis are left out."""


@dataclass(frozen=True)
class Clock:
    """The time of one run. ``seconds`` is ``None`` if it is not limited; ``started`` is a `time.monotonic`."""

    seconds: float | None
    started: float
    laws_only: bool = False

    def end_of_list(self, lists_left: int) -> float | None:
        """Return when the next list has to be done; time that one does not need goes to the others."""
        if self.seconds is None:
            return None
        share = self.seconds if self.laws_only else self.seconds * (1 - SINGLE_ANSWERS_SHARE)
        now = time.monotonic()
        return now + max(0.0, self.started + share - now) / max(1, lists_left)

    def limit_phases(self, pace: Pace, config: Any) -> bool:
        """Limit the phases of Schemathesis to the time that is left; return whether there is any.

        ``config`` are the settings of the document.
        """
        if self.seconds is None:
            pace.start_anew(None)
            return True
        end = self.started + self.seconds
        pace.start_anew(end)
        left = end - time.monotonic()
        config.max_time = max(1, int(left))
        return left >= SHORTEST_PHASES
