"""A run of the judge with all that a report can show, and with text that is dangerous in some of them."""

from __future__ import annotations

from mockserver.judge.coverage import Coverage, Item
from mockserver.judge.outcome import Evidence, Mended, OperationOutcome, Outcome, ReportedFinding, RuleResult

NASTY = "a|b <script>alert(1)</script> `code` & ]]> ``` [x](http://evil.example) \x00\x1b[31m\ud800 \N{SNOWMAN}"
"""Text that breaks XML, HTML, Markdown or a terminal where it is not escaped."""

CLAIM = "the total is the number of records"
URL = "http://a.example/things?colour=red%7Cblue"


def finding(cause: str = "the total is wrong", law: str = "total", **more: object) -> ReportedFinding:
    """Return a finding on a list, with one request as evidence."""
    headers = (("Content-Type", "application/json"),)
    evidence = (Evidence("GET", URL, 200, f"curl -s '{URL}'", (), headers, NASTY), Evidence("GET", URL, None, "curl"))
    found = ReportedFinding("list_things", law, cause, f"wrong: {NASTY}", NASTY, "12", "the server", evidence)
    return ReportedFinding(**{**found.__dict__, **more})


def outcome(*laws: RuleResult, **more: object) -> Outcome:
    """Return a run on two lists, the second of which was not judged; ``laws`` replace those of the first."""
    old = finding("old", "back", known=True, until="2030-01-02", reason=NASTY)
    judged = laws or (
        RuleResult("total", CLAIM, "failed", NASTY, (NASTY,), 3, 5, (finding(), finding("another", known=True))),
        RuleResult("back", "back is right", "failed", "", (), 1, 1, (old,)),
        RuleResult("replay", "again", "inconclusive", f"moved {NASTY}"),
        RuleResult("limits", "limits", "not understood", "no way to page two"),
        RuleResult("key", "keys", "not applicable", "no key"),
        RuleResult("record", "records fit", "passed", "", (), 9, 9),
    )
    crash = finding("not_a_server_error: ServerError", "not_a_server_error")
    answers = RuleResult("single answers", "every answer fits", "failed", "crash", (), 7, 7, (crash,))
    things = OperationOutcome("list_things", "GET", "/things", "api.yaml", 12, True, URL, judged, answers, "", 17)
    shut = RuleResult("total", CLAIM, "inconclusive", "GET http://a.example/shut: status 403")
    other = OperationOutcome("GET /shut", "GET", "/shut", "api.yaml", 90, True, URL, (shut,), None, shut.reason, 1)
    items = (
        Item("operation", "GET /things", "list_things", True),
        Item("value", "GET /things", f"colour={NASTY}", False, "no request sent it"),
        Item("status", "GET /things", "500", False, "no answer had it", counts=False),
        Item("law", "GET /shut", "total", False, "inconclusive: status 403"),
    )
    values = {
        "notes": (NASTY,),
        "started": "2030-01-01T00:00:00+00:00",
        "seconds": 1.5,
        "mended": (Mended("list_things", "has-more", "has_more is false | though records follow"),),
        "coverage": Coverage(items),
        "min_coverage": 80.0,
        "version": "1.2.3",
    }
    return Outcome("http://a.example", "api.yaml", (things, other), **{**values, **more})  # type: ignore[arg-type]
