"""Shows the table of laws while a server is surveyed: live in a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from mockserver.judge.laws import Verdict, judge_survey
from mockserver.judge.outcome import KNOWN
from mockserver.judge.reports.summary import STYLES
from mockserver.judge.survey import Survey


class VerdictTable:
    """The verdicts on one operation as they are reached. Use it as a context: a terminal is redrawn until it is left.

    ``names`` are the laws, ``budget`` the number of requests at most, ``console`` where to write: standard output.
    """

    def __init__(self, label: str, names: Sequence[str], budget: int, console: Console | None = None) -> None:
        self.label, self.names, self.budget = label, names, budget
        self.console = console or Console(highlight=False, soft_wrap=True)
        self.live: Live | None = None
        if self.console.is_terminal:
            self.live = Live(console=self.console, auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        laws = "1 law" if len(self.names) == 1 else f"{len(self.names)} laws"
        self.print(f"{self.label}: {laws}, {self.budget} requests at most")
        if self.live is not None:
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.live is not None:
            self.live.stop()

    def print(self, text: str) -> None:
        """Print one or more lines that stay."""
        self.console.print(text, markup=False)

    def progress(self, part: str, sent: int, survey: Survey) -> None:
        """Show that a part of the survey was taken, and how many requests were ``sent`` so far."""
        if self.live is None:
            self.print(f"  surveyed {part:<14} {sent:>4} requests so far")
        else:
            verdicts = judge_survey(survey, self.names)
            self.live.update(self._table(verdicts, f"surveyed {part}, {sent} requests"), refresh=True)

    def finish(self, verdicts: Sequence[Verdict], survey: Survey, known: Collection[str] = ()) -> None:
        """Show the final verdicts, how many requests it took, and what was not reached.

        ``known`` are the laws that failed only as a baseline knows.
        """
        if self.live is not None:
            self.live.stop()
            self.console.print(self._table(verdicts, f"{len(survey.exchanges)} requests", known))
        else:
            for verdict in verdicts:
                status = KNOWN if verdict.law.name in known else verdict.status
                columns = f"  {verdict.law.name:<16} {status:<15} {verdict.requests:>4} requests"
                self.print(f"{columns}  {_remark(verdict)}".rstrip())
            self.print(f"  {len(survey.exchanges)} requests in total")
        if survey.second_look is not None:
            self.print(f"  {len(survey.second_look.exchanges)} more requests for a second survey of what seems wrong")
        if survey.unreached_parts:
            self.print(f"  Not reached within the budget: {', '.join(survey.unreached_parts)}")
        if not survey.base.complete:
            self.print(f"  The list was walked up to record {len(survey.base.ids)}; the rest was sampled.")

    def _table(self, verdicts: Sequence[Verdict], caption: str, known: Collection[str] = ()) -> Table:
        table = Table(title=self.label, caption=caption)
        for heading in ("law", "verdict", "requests", "remark"):
            table.add_column(heading, justify="right" if heading == "requests" else "left")
        for verdict in verdicts:
            status = KNOWN if verdict.law.name in known else verdict.status
            shown = Text(status, style=STYLES[status])
            table.add_row(verdict.law.name, shown, str(verdict.requests), Text(_remark(verdict)))
        return table


def _remark(verdict: Verdict) -> str:
    return verdict.reason or "; ".join(verdict.notes)
