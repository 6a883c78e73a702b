"""The laws as pure functions: every correct list server passes, and every mutation of one fails."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.judge.exchange import Exchange, KeyUse, Query
from mockserver.judge.laws import LAWS, Verdict, judge_survey
from mockserver.judge.laws.compare import difference
from mockserver.judge.laws.report import report
from mockserver.judge.survey import take_survey
from tests.support.list_server import MAXIMUM, Answer, Design, ListServer, Record, semantics

SEMANTICS = semantics()
COLOURS, SHAPES = ("red", "green", "blue", "redder"), ("disc", "cube", "a+b")


def records(count: int) -> list[Record]:
    """A list in which every filter has values that are common, rare, and begin with one another."""
    rows = []
    for n in range(count):
        colour = COLOURS[n % 3] if n % 7 else "redder"
        rows.append({"id": f"{n * 7919 % 1009:04}", "colour": colour, "shape": SHAPES[(n // 2) % 3]})
    return rows


def verdicts(server: ListServer, budget: int = 300) -> dict[str, Verdict]:
    survey = take_survey(server, SEMANTICS, budget=budget)
    return {v.law.name: v for v in judge_survey(survey)}


def failed(server: ListServer) -> dict[str, Verdict]:
    return {n: v for n, v in verdicts(server).items() if v.status == "failed"}


designs = st.builds(
    Design,
    total=st.booleans(),
    forward_has_more=st.booleans(),
    dead_end_cursor=st.booleans(),
    absent_cursors=st.booleans(),
    bad_cursor=st.sampled_from(["reject", "first_page"]),
    clamps=st.booleans(),
    cursor_of=st.sampled_from(["id", "place"]),
    short=st.booleans(),
)
lists = st.lists(
    st.tuples(st.sampled_from(COLOURS), st.sampled_from(SHAPES)), max_size=70
).map(lambda rows: [{"id": f"r{n * 31 % 997}", "colour": c, "shape": s} for n, (c, s) in enumerate(rows)])  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(lists, designs)
def test_every_correct_server_passes_every_law(rows: list[Record], design: Design) -> None:
    """Whatever its size, order, values and design: no law fails."""
    found = failed(ListServer(rows, design))
    assert not found, "\n".join(report(v) for v in found.values())


def beyond_first(change: Callable[[Answer], None]) -> Callable[[Answer], None]:
    """The change, on every page but the first."""

    def mutation(answer: Answer) -> None:
        if answer.start > 0 and "offset" not in answer.values:
            change(answer)

    return mutation


def edit(**edits: object) -> Callable[[Answer], None]:
    return lambda answer: answer.edits.update(edits)


def replace_rows(change: Callable[[list[Record], Answer], list[Record]]) -> Callable[[Answer], None]:
    def mutation(answer: Answer) -> None:
        answer.rows = change(answer.page(), answer)

    return mutation


def ignore(name: str) -> Callable[[Answer], None]:
    def mutation(answer: Answer) -> None:
        kept = {n: v for n, v in answer.values.items() if n != name and n in ("colour", "shape")}
        answer.matching = [r for r in answer.server.records if all(r[n] == v for n, v in kept.items())]
        answer.total = len(answer.matching)

    return mutation


def offset_off_by_one(answer: Answer) -> None:
    if "offset" in answer.values:
        answer.start += 1


def wraps_to_first(answer: Answer) -> None:
    if not answer.page()[answer.size - 1 :] and "before" not in answer.values and "offset" not in answer.values:
        answer.edits.update(after=answer._cursor(answer.server.records[0]), has_more=True)


def crash_on(character: str) -> Callable[[Answer], None]:
    def mutation(answer: Answer) -> None:
        answer.crash = any(character in value for value in answer.values.values())

    return mutation


def before_gives_first_page(answer: Answer) -> None:
    if answer.backward:
        answer.start = 0


MUTATIONS: dict[str, tuple[Callable[[Answer], None], set[str]]] = {
    "a record lost on each page after the first": (beyond_first(replace_rows(lambda r, _: r[1:])), {"limit-free"}),
    "a record repeated on each page": (
        beyond_first(replace_rows(lambda r, a: [a.matching[a.start - 1], *r])),
        {"no-repeat", "page-size"},
    ),
    "the look-ahead row is not cut off": (
        lambda a: setattr(a, "size", a.size + 1) if "before" not in a.values else None,
        {"page-size"},
    ),
    "has_more always true": (edit(has_more=True), {"has-more"}),
    "has_more always false": (edit(has_more=False), {"has-more"}),
    "no cursor leads on": (edit(after=None), {"limit-free", "has-more"}),
    "no cursor leads back": (edit(before=None), {"back"}),
    "the last page leads to the first": (wraps_to_first, {"no-repeat", "walk-ends", "has-more"}),
    "the total is one more": (lambda a: setattr(a, "total", a.total + 1), {"total"}),
    "the total is the page's": (lambda a: setattr(a, "total", len(a.page())), {"total"}),
    "one filter is ignored": (ignore("colour"), {"filter-sound"}),
    "the other filter is ignored": (ignore("shape"), {"filter-sound"}),
    "pages are reversed": (beyond_first(replace_rows(lambda r, _: r[::-1])), {"limit-free", "back"}),
    "before gives the first page": (before_gives_first_page, {"back"}),
    "offset is off by one": (offset_off_by_one, {"offset-slice"}),
    "the echo of the offset is wrong": (edit(offset=3), {"offset-slice"}),
    "a NUL makes it fail": (crash_on("\0"), {"no-crash"}),
    "a snowman makes it fail": (crash_on("\N{SNOWMAN}"), {"no-crash"}),
    "a value is never found": (
        lambda a: setattr(a, "matching", [] if a.values.get("shape") == "a+b" else a.matching),
        {"filter-complete"},
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
@settings(max_examples=8, deadline=None)
@given(st.integers(25, 60), st.builds(Design, clamps=st.booleans(), cursor_of=st.sampled_from(["id", "place"])))
def test_every_mutation_fails_its_law(name: str, count: int, design: Design) -> None:
    """One change to a correct server, and one of the laws that name it fails, with evidence to paste."""
    mutation, laws = MUTATIONS[name]
    found = failed(ListServer(records(count), design, mutation))
    assert set(found) & laws, f"failed only: {', '.join(found) or 'none'}"
    assert all(v.finding is not None and v.finding.evidence for v in found.values())


def test_an_empty_list_is_not_a_passed_law() -> None:
    """Without records a law that looks at records cannot tell, and says so."""
    found = verdicts(ListServer([]))
    assert found["filter-sound"].status == "inconclusive"
    assert "too little data" in found["filter-sound"].reason
    assert found["no-crash"].status == "passed"


def test_what_does_not_apply_says_why() -> None:
    """No refresh, no key, and not judged as passed."""
    found = verdicts(ListServer(records(30)))
    assert (found["refresh"].status, found["refresh"].reason) == ("not applicable", "the operation has no refresh")
    assert found["key"].status == "not applicable"


def test_the_budget_is_kept_and_its_end_is_reported() -> None:
    """No more requests than the budget, and a law that was not reached is inconclusive, with the reason."""
    sent: list[Query] = []
    server = ListServer(records(60))

    def counting(query: Query, *, key: KeyUse = True) -> Exchange:
        sent.append(query)
        return server(query, key=key)

    survey = take_survey(counting, SEMANTICS, budget=30)
    assert len(sent) <= 30
    assert survey.unreached_parts
    (verdict,) = judge_survey(survey, ["both-cursors"])
    assert verdict.status == "inconclusive"
    assert "budget" in verdict.reason


@pytest.mark.parametrize("budget", [1, 2, 3, 10])
def test_a_tiny_budget_condemns_nothing(budget: int) -> None:
    """However little was seen, a correct server is not condemned for it."""
    server = ListServer(records(60))
    assert all(v.status != "failed" for v in verdicts(server, budget).values())


def test_moving_data_are_inconclusive_not_failed() -> None:
    """A record is inserted before every request: nothing is condemned, and the reason is given."""
    server = ListServer(records(40))
    count = 0

    def moving(query: Query, *, key: KeyUse = True) -> Exchange:
        nonlocal count
        count += 1
        server.records = [{"id": f"new{count}", "colour": "red", "shape": "disc"}, *server.records]
        return server(query, key=key)

    found = {v.law.name: v for v in judge_survey(take_survey(moving, SEMANTICS))}
    assert not [v for v in found.values() if v.status == "failed"]
    assert "moved" in found["total"].reason


def test_the_same_seed_sends_the_same_requests() -> None:
    """A survey can be repeated: it is decided by the seed and the answers alone."""

    def queries(seed: int) -> list[Query]:
        return [e.query for e in take_survey(ListServer(records(60)), SEMANTICS, seed=seed).exchanges]

    assert queries(3) == queries(3)
    assert queries(3) != queries(4)


def test_evidence_is_the_smallest_found() -> None:
    """Of all findings the one with the fewest requests is shown."""
    found = failed(ListServer(records(40), mutation=edit(has_more=True)))
    finding = found["has-more"].finding
    assert finding is not None
    assert len(finding.evidence) == 1


def test_names_of_laws_are_those_of_the_specification() -> None:
    """Twenty-two laws, in the order in which they are documented."""
    assert list(LAWS) == [
        "page-size", "no-repeat", "walk-ends", "has-more", "cursor-accepted", "limit-free", "replay", "back", "total",
        "filter-sound", "filter-complete", "filter-unknown", "offset-slice", "page-slice", "links", "limits",
        "no-crash", "both-cursors", "refresh", "record", "error-shape", "key",
    ]  # fmt: skip
    assert SEMANTICS.max_limit == MAXIMUM


@pytest.mark.parametrize(
    ("missing", "law", "reason"),
    [
        ({"after": None, "offset": None}, "has-more", "the operation has no cursor"),
        ({"after": None}, "cursor-accepted", "the operation has no cursor"),
        ({"before": None}, "back", "the operation has no cursor for the preceding page"),
        ({"previous_cursor": None}, "back", "the operation has no cursor for the preceding page"),
        ({"before": None}, "both-cursors", "the operation does not have two cursors"),
        ({"limit": None}, "limit-free", "the operation has no page size"),
        ({"limit": None}, "limits", "the operation has no page size"),
        ({"offset": None}, "offset-slice", "the operation has no offset"),
        ({"filters": {}}, "filter-complete", "the operation has no filters"),
        ({"total": None}, "total", "the operation has no total"),
        ({"total_kind": "none"}, "total", "the operation has no total"),
        ({"total_kind": "estimate"}, "total", "the contract declares the total to be an estimate"),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else " ".join(value),
)
def test_a_list_that_lacks_something_is_judged_without_it(missing: dict[str, Any], law: str, reason: str) -> None:
    """The law about it is not applicable, and no other law fails for it."""
    survey = take_survey(ListServer(records(45)), replace(SEMANTICS, **missing))
    found = {v.law.name: v for v in judge_survey(survey)}
    assert (found[law].status, found[law].reason) == ("not applicable", reason)
    assert not [name for name, v in found.items() if v.status == "failed"]


def by_number(query: Query, *, key: KeyUse = True) -> Exchange:
    """A list with page numbers only, from 1, in the place of offsets."""
    values = dict(query)
    page = int(values.pop("page", "1"))
    limit = int(values.get("limit", "6"))
    return ListServer(records(45))((*values.items(), ("offset", str((page - 1) * limit))))


NUMBERED = replace(
    SEMANTICS, after=None, before=None, next_cursor=None, previous_cursor=None, offset=None, page="page", has_more=None
)


def test_a_list_with_page_numbers_is_walked_by_them() -> None:
    survey = take_survey(by_number, NUMBERED, parts={"default", "small", "sizes"})
    assert survey.base.complete
    assert survey.base.ids == tuple(record["id"] for record in records(45))
    statuses = {v.law.name: v.status for v in judge_survey(survey, ["no-repeat", "walk-ends", "limit-free", "record"])}
    assert set(statuses.values()) == {"passed"}


def test_a_server_that_fails_at_the_largest_page_is_judged_at_others() -> None:
    server = ListServer(records(45))

    def failing(query: Query, *, key: KeyUse = True) -> Exchange:
        return Exchange(query, 500) if ("limit", str(MAXIMUM)) in query else server(query)

    found = {v.law.name: v for v in judge_survey(take_survey(failing, SEMANTICS))}
    assert found["no-crash"].status == "failed"
    assert found["total"].status == "passed"


def test_a_refusal_at_the_largest_page_is_a_fault_of_limits() -> None:
    server = ListServer(records(45))

    def refusing(query: Query, *, key: KeyUse = True) -> Exchange:
        return Exchange(query, 422) if ("limit", str(MAXIMUM)) in query else server(query)

    finding = judge_survey(take_survey(refusing, SEMANTICS), ["limits"])[0].finding
    assert finding is not None
    assert (finding.fact, finding.got) == ("a page size in range is refused", "status 422")


@pytest.mark.parametrize(
    ("ids", "got"),
    [
        (["a", "b", "c"], ""),
        (["a", "c"], "1 missing (b)"),
        (["a", "b", "c", "d"], "1 too many (d)"),
        (["a", "d", "c"], "1 missing (b), 1 too many (d)"),
        (["a", "b", "b", "c"], "4 records instead of 3: some are repeated"),
        (["a", "c", "b"], "the same records in another order (from record 2 on)"),
        (["e", "f", "g", "h"], "3 missing (a, b, c), 4 too many (e, f, g, ...)"),
    ],
)
def test_a_difference_is_worded(ids: list[str], got: str) -> None:
    assert difference(ids, ["a", "b", "c"]) == got
