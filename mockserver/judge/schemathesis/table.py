"""The table of laws that fills in while a server is looked over: live in a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from mockserver.judge.laws import Verdict, judge
from mockserver.judge.survey import Survey

_STYLES = {"kept": "green", "broken": "bold red", "inconclusive": "yellow", "not applicable": "dim"}


class Board:
    """One operation's verdicts as they come. Use it as a context: in a terminal it redraws until it is left."""

    def __init__(self, label: str, names: Sequence[str], budget: int) -> None:
        self.label, self.names, self.budget = label, names, budget
        self.console = Console(highlight=False, soft_wrap=True)
        self.live = Live(console=self.console, auto_refresh=False, transient=True) if self.console.is_terminal else None

    def __enter__(self) -> Self:
        self.say(f"{self.label}: {len(self.names)} laws, {self.budget} requests at most")
        if self.live is not None:
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.live is not None:
            self.live.stop()

    def say(self, text: str) -> None:
        """A line, or several, that stay."""
        self.console.print(text, markup=False)

    def progress(self, part: str, sent: int, survey: Survey) -> None:
        """A part of the survey was taken: redraw, or say so in a line."""
        if self.live is None:
            self.say(f"  looked at {part:<10} {sent:>4} requests so far")
        else:
            self.live.update(self._table(judge(survey, self.names), f"looked at {part}, {sent} requests"), refresh=True)

    def final(self, verdicts: Sequence[Verdict], survey: Survey) -> None:
        """The verdicts that stand, what was not seen, and how many requests it took."""
        if self.live is not None:
            self.live.stop()
            self.console.print(self._table(verdicts, f"{len(survey.exchanges)} requests"))
        else:
            for one in verdicts:
                self.say(f"  {one.law.name:<16} {one.status:<15} {one.requests:>4} requests  {_remark(one)}".rstrip())
            self.say(f"  {len(survey.exchanges)} requests in all")
        if survey.second_look is not None:
            self.say(f"  {len(survey.second_look.exchanges)} more to look again at what seemed broken")
        if survey.unseen:
            self.say(f"  Not seen within the budget: {', '.join(survey.unseen)}")
        if not survey.base.complete:
            self.say(f"  The list was seen as far as record {len(survey.base.ids)}; what lies beyond was sampled only.")

    def _table(self, verdicts: Sequence[Verdict], caption: str) -> Table:
        table = Table(title=self.label, caption=caption)
        for heading in ("law", "verdict", "requests", "remark"):
            table.add_column(heading, justify="right" if heading == "requests" else "left")
        for one in verdicts:
            verdict = Text(one.status, style=_STYLES[one.status])
            table.add_row(one.law.name, verdict, str(one.requests), Text(_remark(one)))
        return table


def _remark(verdict: Verdict) -> str:
    return verdict.reason or "; ".join(verdict.notes)
