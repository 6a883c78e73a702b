"""The table of laws: live in a terminal, plain lines elsewhere."""

from __future__ import annotations

import re
from io import StringIO

from rich.console import Console

from mockserver.judge.laws import LAWS, judge_survey
from mockserver.judge.schemathesis.table import VerdictTable
from mockserver.judge.survey import take_survey
from tests.support.list_server import ListServer, semantics

RECORDS = [{"id": f"r{n}", "colour": "red", "shape": "disc"} for n in range(30)]


def shown(*, terminal: bool, budget: int = 300) -> str:
    out = StringIO()
    environment = {"TERM": "xterm-256color"}
    console = Console(file=out, force_terminal=terminal, width=100, height=50, highlight=False, _environ=environment)
    with VerdictTable("GET /things", list(LAWS), budget, console) as table:
        survey = take_survey(ListServer(RECORDS), semantics(), budget=budget, progress=table.progress)
        table.finish(judge_survey(survey), survey)
    return out.getvalue()


def test_plain_lines_say_what_was_surveyed_and_how_each_law_stands() -> None:
    lines = shown(terminal=False).splitlines()
    assert lines[0] == "GET /things: 22 laws, 300 requests at most"
    assert re.fullmatch(r"  surveyed default +\d+ requests so far", lines[1])
    verdicts = [re.match(r"  ([\w-]+) +(passed|not applicable|inconclusive) +\d+ requests", line) for line in lines]
    assert [match[1] for match in verdicts if match] == list(LAWS)
    assert re.fullmatch(r"  \d+ requests in total", lines[-1])
    assert "\x1b" not in "".join(lines)


def test_a_terminal_is_redrawn_and_keeps_the_last_table() -> None:
    text = shown(terminal=True)
    assert "\x1b[" in text
    assert "surveyed hostile" in text
    last = re.sub(r"\x1b\[[\d;?]*\w", "", text).rpartition("GET /things")[2]
    assert re.search(r"total +│ +passed +│ +\d+ +│", last)
    assert "surveyed" not in last


def test_what_the_budget_did_not_reach_is_named() -> None:
    text = shown(terminal=False, budget=20)
    assert "  Not reached within the budget: " in text
    assert "more-hostile" in text
