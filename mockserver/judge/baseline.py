"""Knows the findings that are accepted for now: reads them from a TOML file, marks them, and writes the file anew."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from mockserver.errors import OptionError, unknown
from mockserver.judge.causes import is_part_of
from mockserver.judge.outcome import FAILED, PASSED, Mended, OperationOutcome, Outcome, ReportedFinding, RuleResult

VERSION = 1
"""The version of the file's format."""

_REQUIRED = ("operation", "law", "cause")
_KEYS = (*_REQUIRED, "until", "reason")

_HEAD = """\
# What `mockserver check --baseline` accepts for now: reported, but no failure. Give a finding a last day, after which
# it fails (until = 2030-12-31), and a reason; `--update-baseline` keeps both.
"""


@dataclass(frozen=True)
class Entry:
    """One accepted finding: ``law`` is a law or a check of single answers, ``until`` the last day of grace."""

    operation: str
    law: str
    cause: str
    until: date | None = None
    reason: str = ""

    def covers(self, found: ReportedFinding) -> bool:
        """Return whether a finding is this one: the same cause, perhaps with more parameters in the request."""
        return (self.operation, self.law) == (found.operation, found.rule) and is_part_of(self.cause, found.cause)


@dataclass(frozen=True)
class Baseline:
    """The findings that are accepted on the day ``today``."""

    entries: tuple[Entry, ...] = ()
    today: date = date.min

    def marked(self, operation: OperationOutcome) -> OperationOutcome:
        """Return what came of an operation, with the findings marked that the baseline has."""
        answers = operation.answers
        return replace(
            operation,
            laws=tuple(map(self._marked, operation.laws)),
            answers=None if answers is None else self._marked(answers),
        )

    def _marked(self, result: RuleResult) -> RuleResult:
        return replace(result, findings=tuple(map(self.mark, result.findings)))

    def mark(self, found: ReportedFinding) -> ReportedFinding:
        """Return a finding, marked if the baseline has it."""
        entry = next((entry for entry in self.entries if entry.covers(found)), None)
        if entry is None:
            return found
        until = entry.until.isoformat() if entry.until is not None else ""
        known = entry.until is None or self.today <= entry.until
        return replace(found, known=known, until=until, reason=entry.reason)

    def mended(self, outcome: Outcome, ids: Collection[str]) -> tuple[Entry, ...]:
        """Return the entries that a run judged and did not find, or whose operation is not among the contract's ids.

        What was not judged, or not to the end, may still be there.
        """
        operations = {operation.id: operation for operation in outcome.operations}
        return tuple(entry for entry in self.entries if _is_mended(entry, operations, ids))

    def updated(self, outcome: Outcome, ids: Collection[str]) -> Baseline:
        """Return the baseline with every new finding of a run, and without those that are mended."""
        gone = set(self.mended(outcome, ids))
        kept = [entry for entry in self.entries if entry not in gone]
        new = [found for found in outcome.findings if not any(entry.covers(found) for entry in kept)]
        entries = dict.fromkeys([*kept, *(Entry(found.operation, found.rule, found.cause) for found in new)])
        return replace(self, entries=tuple(entries))


def as_mended(entries: Iterable[Entry]) -> tuple[Mended, ...]:
    """Return entries as an outcome has them."""
    return tuple(Mended(entry.operation, entry.law, entry.cause) for entry in entries)


def _is_mended(entry: Entry, operations: Mapping[str, OperationOutcome], ids: Collection[str]) -> bool:
    if entry.operation not in ids:
        return True
    operation = operations.get(entry.operation)
    if operation is None or any(entry.covers(found) for found in operation.findings):
        return False
    result = next((law for law in operation.laws if law.rule == entry.law), operation.answers)
    return result is not None and result.verdict in (PASSED, FAILED)


# The file -------------------------------------------------------------------------------------------------------------


def load_baseline(path: Path, *, today: date, may_be_missing: bool = False) -> Baseline:
    """Return the baseline in a TOML file; an empty one if there is no file and that is allowed.

    Raises `OptionError` for a file that cannot be read or is not a baseline.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if may_be_missing:
            return Baseline((), today)
        raise OptionError(f"there is no baseline {path}; write it with --update-baseline") from None
    except OSError as error:
        raise OptionError(f"cannot read the baseline {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"the baseline {path} is not TOML: {error}") from None
    try:
        return Baseline(_entries(raw), today)
    except OptionError as error:
        raise OptionError(f"the baseline {path}: {error.message}") from None


def _entries(raw: Mapping[str, Any]) -> tuple[Entry, ...]:
    for key in raw:
        if key not in ("version", "finding"):
            raise OptionError(unknown("key", key, ("version", "finding")))
    if raw.get("version", VERSION) != VERSION:
        raise OptionError(f"got version {raw['version']!r}, expected {VERSION}")
    found = raw.get("finding", [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise OptionError("got a 'finding' of another kind, expected tables that begin with [[finding]]")
    return tuple(_entry(number, entry) for number, entry in enumerate(found, start=1))


def _entry(number: int, raw: Mapping[str, Any]) -> Entry:
    where = f"finding {number}"
    for key in raw:
        if key not in _KEYS:
            raise OptionError(f"{where}: {unknown('key', key, _KEYS)}")
    for key in _REQUIRED:
        if not isinstance(raw.get(key), str) or not raw[key]:
            raise OptionError(f"{where}: got {key} = {raw.get(key)!r}, expected a text")
    reason = raw.get("reason", "")
    if not isinstance(reason, str):
        raise OptionError(f"{where}: got reason = {reason!r}, expected a text")
    return Entry(raw["operation"], raw["law"], raw["cause"], _day(where, raw.get("until")), reason)


def _day(where: str, value: Any) -> date | None:
    """Return a day that is written as a date, or as a text."""
    if value is None or value == "":
        return None
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise OptionError(f"{where}: got until = {str(value)!r}, expected a day such as 2030-12-31") from None


def check_writable(path: Path) -> None:
    """Raise `OptionError` if a baseline cannot be written to a file: before a run rather than after it."""
    is_new = not path.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("a").close()
        if is_new:
            path.unlink()
    except OSError as error:
        raise OptionError(f"cannot write the baseline {path}: {error.strerror}") from None


def save_baseline(baseline: Baseline, path: Path) -> None:
    """Write a baseline. Raises `OptionError` if that is not possible."""
    tables = [_table(entry) for entry in sorted(baseline.entries, key=lambda e: (e.operation, e.law, e.cause))]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([_HEAD + f"version = {VERSION}\n", *tables]), encoding="utf-8")
    except OSError as error:
        raise OptionError(f"cannot write the baseline {path}: {error.strerror}") from None


def _table(entry: Entry) -> str:
    lines = ["[[finding]]", *(f"{key} = {_text(getattr(entry, key))}" for key in _REQUIRED)]
    lines += [f"until = {entry.until.isoformat()}"] if entry.until is not None else []
    lines += [f"reason = {_text(entry.reason)}"] if entry.reason else []
    return "\n".join([*lines, ""])


def _text(value: str) -> str:
    """Return a TOML string: JSON's escapes are among TOML's, which also wants DEL and what is no text escaped."""
    clean = value.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")
