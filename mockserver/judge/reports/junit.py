"""The report for test dashboards: JUnit XML, a suite for each operation and a test case for each law."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from mockserver.judge.outcome import FAILED, PASSED, OperationOutcome, Outcome, RuleResult
from mockserver.judge.reports.text import clean, finding_text, why_undecided

_COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def junit(outcome: Outcome) -> str:
    """Return a run as JUnit XML.

    Laws without a verdict, and those that failed only as the baseline knows, are skipped, each with the reason.
    """
    root = Xml.Element("testsuites", name="mockserver check", time=f"{outcome.seconds:.3f}")
    for operation in outcome.operations:
        root.append(_suite(operation, outcome))
    if outcome.min_coverage is not None:
        root.append(_coverage(outcome))
    for name in ("tests", *_COUNTED):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _suite(operation: OperationOutcome, outcome: Outcome) -> Xml.Element:
    suite = Xml.Element("testsuite", name=clean(operation.label))
    if outcome.started:
        suite.set("timestamp", outcome.started)
    for result in operation.results:
        suite.append(_case(operation, result))
    if operation.reason and not outcome.is_judged:
        case = Xml.SubElement(suite, "testcase", name="first page", classname=clean(operation.id))
        Xml.SubElement(case, "error", message=clean(operation.reason))
    return _counted(suite)


def _case(operation: OperationOutcome, result: RuleResult) -> Xml.Element:
    case = Xml.Element("testcase", name=clean(result.rule), classname=clean(operation.id))
    if result.status == FAILED:
        new = [found for found in result.findings if not found.known]
        facts = "; ".join(found.fact for found in new) or result.reason
        failure = Xml.SubElement(case, "failure", message=clean(facts), type=clean(result.rule))
        texts = [f"{found.rule}: {found.fact}\n{finding_text(found)}" for found in new]
        failure.text = clean("\n\n".join([f"Claim:    {result.claim}", *texts]))
    elif result.status != PASSED:
        Xml.SubElement(case, "skipped", message=clean(why_undecided(result)))
    if result.notes:
        Xml.SubElement(case, "system-out").text = clean("\n".join(f"Note: {note}" for note in result.notes))
    return case


def _coverage(outcome: Outcome) -> Xml.Element:
    suite = Xml.Element("testsuite", name="coverage of the contract")
    case = Xml.SubElement(suite, "testcase", name="coverage", classname="coverage")
    if outcome.is_coverage_missed:
        text = f"got {outcome.coverage.percent:.1f} %, expected {outcome.min_coverage:g} %"
        failure = Xml.SubElement(case, "failure", message=text, type="coverage")
        missed = (f"{item.operation}: {item.kind} {item.name}: {item.reason}" for item in outcome.coverage.missed)
        failure.text = clean("\n".join(missed))
    return _counted(suite)


def _counted(suite: Xml.Element) -> Xml.Element:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for name, tag in _COUNTED.items():
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))
    return suite
