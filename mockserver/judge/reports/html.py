"""The report for people: one HTML file that asks for nothing else."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment

from mockserver.judge.outcome import Outcome
from mockserver.judge.reports.summary import laws_text
from mockserver.judge.reports.text import baseline_text, clean, coverage_lines

_TEMPLATE = Path(__file__).parent / "report.html"


def html(outcome: Outcome) -> str:
    """Return a run as a page: the laws of each operation on top, findings and coverage below."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=_finalized)
    environment.globals.update(laws_text=laws_text, baseline_text=baseline_text)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(run=outcome, coverage=coverage_lines(outcome))


def _finalized(value: object) -> object:
    return clean(value) if type(value) is str else value
