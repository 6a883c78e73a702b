"""Writes the reports of a run into a folder, under names that stay the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from mockserver.errors import OptionError
from mockserver.judge.outcome import Outcome
from mockserver.judge.reports.as_json import as_json
from mockserver.judge.reports.html import html
from mockserver.judge.reports.junit import junit
from mockserver.judge.reports.markdown import markdown
from mockserver.judge.reports.sarif import sarif

OWN_REPORTS: dict[str, tuple[str, Callable[[Outcome], str]]] = {
    "junit": ("junit-report.xml", junit),
    "markdown": ("markdown-report.md", markdown),
    "sarif": ("sarif-report.sarif", sarif),
    "json": ("json-report.json", as_json),
    "html": ("html-report.html", html),
}
"""The reports of this project: each with its file, and what makes its text."""


def prepare(folder: Path) -> None:
    """Make the folder for reports. Raises `OptionError` if nothing can be written there."""
    if folder.is_file():
        raise OptionError(f"cannot write reports to {folder}: it is a file, expected a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "junit-report.xml").touch()
        (folder / "junit-report.xml").unlink()
    except OSError as error:
        raise OptionError(f"cannot write reports to {folder}: {error.strerror}") from None


def write_reports(outcome: Outcome, names: Iterable[str], folder: Path) -> tuple[Path, ...]:
    """Write those of the reports that are this project's own, and return their paths. Raises `OptionError`."""
    written = []
    for name in dict.fromkeys(names):
        if name not in OWN_REPORTS:
            continue
        file, made = OWN_REPORTS[name]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(made(outcome), encoding="utf-8", errors="replace")
        except OSError as error:
            raise OptionError(f"cannot write {folder / file}: {error.strerror}") from None
        written.append(folder / file)
    return tuple(written)
