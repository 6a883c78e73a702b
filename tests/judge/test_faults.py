"""Every planted fault is found by a law that its table names, and a correct server passes every law.

The table is written with the faults, in ``tests/reference_servers/faults_*.py``: the names after a fault's own are the
laws (or the checks of single answers) of which at least one has to find it.

Most servers are called in process, one request after another. `OVER_HTTP` names those that are served: faults that only
show on a connection, and designs that are likely to be misjudged there. The marker ``slow`` has the other designs over
HTTP.
"""

import re
from collections.abc import Iterator, Mapping

import pytest

from mockserver.judge.laws import LAWS, Verdict
from mockserver.judge.laws.report import report
from tests.reference_servers.designs import DESIGNS
from tests.reference_servers.faults import FAULTS
from tests.support.paths import ROOT
from tests.support.targets import second_server
from tests.support.verdicts import failed_laws, verdicts

KEY = "sesame"
BY_LAW = [name for name, fault in FAULTS.items() if set(fault.laws) & set(LAWS)]

AT_ONCE = {name for name, fault in FAULTS.items() if fault.area == "concurrency"}
"""Faults that only requests at the same time can show."""

HEADERS = {"key-unchecked-with-cursor", "key-unchecked-with-filter", "content-type-text", "error-page"}
"""Faults in what is done with the headers of a request, and in those of an answer."""

ENCODINGS = {
    "cursor-plus-lost",
    "cursor-equals-lost",
    "filter-undecoded",
    "nul-in-filter-crashes",
    "non-ascii-cursor-crashes",
    "long-cursor-crashes",
    "limit-zero-is-default",
}
"""Faults in how a query string is read."""

BODIES = {"body-encoded-twice", "error-empty-body", "late-nan-amount"}
"""Faults in the bytes of a body."""

SERVED_DESIGNS = {
    "has-more-forward",
    "cursors-with-reserved-characters",
    "cursors-are-long",
    "cursors-used-once",
    "first-of-repeated",
    "repeated-refused",
    "live-inserts",
}
"""The base server, those that read a query string otherwise, and those that requests at the same time change."""

OVER_HTTP = AT_ONCE | HEADERS | ENCODINGS | BODIES | SERVED_DESIGNS

Verdicts = Mapping[str, Verdict]

OTHER_STYLES = {"page-slice", "links"}
"""Laws of paging styles that the wallet contract does not have: `tests.judge.designs` has servers for them."""


def examples() -> Iterator[tuple[str, tuple[str, str, str]]]:
    """Yield each example of ``docs/laws.md``: its fault, and its law with what is got and what is expected."""
    page = (ROOT / "docs" / "laws.md").read_text(encoding="utf-8")
    for section in page.split("\n## ")[2:]:
        if section.split("\n")[0] in OTHER_STYLES:
            continue
        example = re.search(r"The fault `(.+)`:\n\n```text\nGot: +(.*)\nExpected: +(.*)\n", section)
        assert example is not None, section.split("\n")[0]
        yield example[1], (section.split("\n")[0], example[2], example[3])


EXAMPLES = dict(examples())


@pytest.fixture(autouse=True)
def _caller_has_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_KEY", KEY)


def test_there_are_enough() -> None:
    """There are 80 faults and 6 designs at least, and for each law a fault that it has to find."""
    assert len(FAULTS) >= 80
    assert len(DESIGNS) >= 6
    assert {name for fault in FAULTS.values() for name in fault.laws} >= set(LAWS) - OTHER_STYLES
    assert len(OVER_HTTP) >= 20
    assert {*BY_LAW, *DESIGNS} >= OVER_HTTP
    assert [law for law, _, _ in EXAMPLES.values()] == [law for law in LAWS if law not in OTHER_STYLES]


@pytest.mark.parametrize("name", BY_LAW)
def test_fault_is_found(name: str) -> None:
    """A law that the table names finds the planted fault, and says by which requests."""
    fault = FAULTS[name]
    keys = (KEY,) if fault.area == "key" else ()
    with second_server(fault=name, api_keys=keys, over_http=name in OVER_HTTP) as target:
        found = failed_laws(target)
    assert set(found) & set(fault.laws), f"{fault.description} Found only by: {', '.join(found) or 'none'}"
    for verdict in found.values():
        assert verdict.finding is not None and verdict.finding.evidence, "a verdict without evidence"
        assert "curl" in report(verdict)
        assert KEY not in report(verdict)
    if name in EXAMPLES:
        law, got, expected = EXAMPLES[name]
        finding = found[law].finding
        assert finding is not None
        assert is_shortened(got, finding.got) and is_shortened(expected, finding.expected)


def is_shortened(shown: str, text: str) -> bool:
    """Return whether a document shows a text, perhaps with dots in place of a part of it."""
    return re.fullmatch(".*".join(map(re.escape, shown.split("..."))), text) is not None


@pytest.mark.parametrize("name", DESIGNS)
def test_correct_server_passes(name: str) -> None:
    """A correct server fails no law, whatever its design; moving data are reported as such."""
    with second_server(design=name, over_http=name in OVER_HTTP) as target:
        found = verdicts(target)
    assert_clean(found)
    if DESIGNS[name].moving:
        reasons = [v.reason for v in found.values() if v.status == "inconclusive"]
        assert any("moved" in reason for reason in reasons)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in DESIGNS if name not in OVER_HTTP])
def test_correct_server_passes_over_http(name: str) -> None:
    """A correct server fails no law if it answers requests at the same time."""
    with second_server(design=name) as target:
        assert_clean(verdicts(target))


def assert_clean(found: Verdicts) -> None:
    """Fail with every law that failed, and why."""
    assert not any(v.status == "failed" for v in found.values()), "\n\n".join(
        report(v) for v in found.values() if v.status == "failed"
    )


@pytest.mark.parametrize("over_http", [False, True], ids=["in process", "over HTTP"])
def test_second_server_is_clean_with_a_key(over_http: bool) -> None:
    """The base server, with a key demanded, passes every law, the law of keys among them."""
    with second_server(api_keys=(KEY,), over_http=over_http) as target:
        found = verdicts(target)
    expected = dict.fromkeys(LAWS, "passed") | dict.fromkeys(OTHER_STYLES, "not applicable")
    assert {n: v.status for n, v in found.items()} == expected
