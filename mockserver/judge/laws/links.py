"""The law of links: URLs of other pages, in the body or in a ``Link`` header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import quote, quote_plus, urlsplit

from mockserver.judge.following import host_of, is_documented, target
from mockserver.judge.laws.compare import difference, disagreement, expected_ids, filters_text, matches, requested_size
from mockserver.judge.laws.law import PASSED, WALKS, Case, Cases, Finding, law
from mockserver.judge.survey import Survey
from mockserver.judge.walk import FOLLOWING, ReceivedPage, Walk, received_page


def needs_links(survey: Survey) -> str:
    """Apply to lists whose pages have links."""
    has_links = any(page.links or page.header_links for page in (*survey.base.pages, *_pages(survey)))
    return "" if has_links else "the pages have no links"


@law(
    "links",
    claim="following next gives the walk, and previous its way back",
    parts=(*WALKS, "links"),
    applies=needs_links,
    needs_walk=True,
)
def links(survey: Survey) -> Cases:
    """Check how links are written, and where they lead."""
    for page in _pages(survey):
        for url in (*page.links.values(), *page.header_links.values()):
            yield from _written(url, page, survey)
    for walk in _followed(survey):
        yield _forward(walk, survey)
    for page, walk in survey.linked_back:
        ids = expected_ids(survey, walk.filters)
        if page.ids and page.ids[0] in ids:
            yield from _back(page, walk, ids)


def _followed(survey: Survey) -> Iterator[Walk]:
    """Yield every walk that followed next links from the beginning."""
    for walk in (survey.base, *survey.walks, *survey.filtered, *survey.linked):
        if walk.direction in FOLLOWING and walk.pages:
            yield walk


def _pages(survey: Survey) -> Iterator[ReceivedPage]:
    for walk in (survey.base, *survey.walks, *survey.filtered, *survey.linked):
        yield from walk.pages
    for _, walk in survey.linked_back:
        yield from walk.pages
    for probe in (*survey.offsets, *survey.pages):
        page = received_page(probe.exchange, survey.semantics)
        if page is not None:
            yield page


def _written(url: str, page: ReceivedPage, survey: Survey) -> Cases:
    """Check one link by itself: its host, its escaping, its parameters."""
    asked, operation = page.exchange.url, survey.semantics.operation
    evidence = (page.exchange,)

    def wrong(fact: str, expected: str) -> Finding:
        return Finding(fact, url, expected, evidence, certain=True)

    host = host_of(url, asked)
    if host.split(":")[0] != urlsplit(asked).netloc.split(":")[0] and not is_documented(url, operation):
        yield wrong("a link leads to another host", urlsplit(asked).netloc)
    elif "&amp;" in url:
        yield wrong("a link is escaped as HTML", "& between parameters")
    else:
        yield _parameters(url, page, survey)


def _parameters(url: str, page: ReceivedPage, survey: Survey) -> Case:
    query = target(url, page.exchange.url, survey.semantics.operation).query
    evidence = (page.exchange,)
    given = Counter(name for name, _ in page.exchange.query)
    twice = [name for name, count in Counter(name for name, _ in query).items() if count > max(1, given[name])]
    if twice:
        fact = "a link repeats a parameter"
        return Finding(fact, url, f"{twice[0]} once", evidence, certain=True)
    sent = dict(page.exchange.query)
    for name, value in query:
        raw = sent.get(name, "") if name in survey.semantics.filters else ""
        if value != raw and value in (quote(raw, safe=""), quote_plus(raw), quote(raw)):
            fact = "a link is escaped twice"
            return Finding(fact, url, f"{name}={quote_plus(raw)}", evidence, certain=True)
        if name in (survey.semantics.offset, survey.semantics.page) and _is_negative(value):
            return Finding("a link has a negative position", url, "0 or more, or no link", evidence, certain=True)
    return PASSED


def _is_negative(text: str) -> bool:
    return text.startswith("-") and text[1:].isdigit()


def _forward(walk: Walk, survey: Survey) -> Case:
    """Check where next leads: to the pages of the walk, under the same filters and page size, and to its end."""
    evidence = tuple(page.exchange for page in walk.pages[-2:])
    if walk.ending in ("refused", "unreadable") and walk.last is not None and not walk.last.crashed:
        fact = "a next link is refused"
        return Finding(fact, walk.last.outcome, "a page", (walk.pages[-1].exchange, walk.last))
    for before, page in zip(walk.pages, walk.pages[1:], strict=False):
        strangers = [item for item in page.items if not matches(item, survey, walk.filters)]
        if strangers and all(matches(item, survey, walk.filters) for item in walk.pages[0].items):
            fact = "a next link drops a filter"
            got = f"{len(strangers)} of {len(page.items)} records do not match"
            return Finding(fact, got, filters_text(walk.filters), (before.exchange, page.exchange), certain=True)
        case = _same_size(walk, before, page, survey)
        if case is not None:
            return case
    if walk.ending == "loop":
        return Finding("next links go round in a circle", "a URL that was returned before", "a new one", evidence)
    if sum(not page.ids for page in walk.pages) > 1 and not walk.pages[-1].ids:
        return Finding("next links go on past the end", "empty pages", "no next link on the last page", evidence)
    return _same_walk(walk, survey)


def _same_size(walk: Walk, before: ReceivedPage, page: ReceivedPage, survey: Survey) -> Finding | None:
    """Return the finding that a link lost the page size: more than was asked for came, or another size each time."""
    size = walk.sizes[0]
    if size is None or requested_size(walk.pages[0].exchange, survey) is None:
        return None
    is_full, is_last = len(walk.pages[0].ids) == size, page is walk.pages[-1]
    carries = any(name == survey.semantics.limit for name, _ in page.exchange.query)
    is_other = is_full and not carries and len(page.ids) != size and not is_last
    if len(page.ids) > size or is_other:
        fact, got = "a next link drops the page size", f"{len(page.ids)} records"
        rest = len(page.ids) > size and is_last and carries
        return None if rest else Finding(fact, got, f"{size}", (before.exchange, page.exchange))
    return None


def _same_walk(walk: Walk, survey: Survey) -> Case:
    if survey.base.direction == walk.direction:
        # The laws of walks judge it.
        return PASSED
    ids = expected_ids(survey, walk.filters)
    wrong = disagreement(walk, ids, to_end=survey.base.complete)
    if not wrong:
        return PASSED
    fact, expected = "following next is not the walk", f"the {len(ids)} records with {filters_text(walk.filters)}"
    return Finding(fact, wrong, expected, tuple(page.exchange for page in walk.pages[:2]))


def _back(page: ReceivedPage, walk: Walk, ids: Sequence[str]) -> Cases:
    """Check that previous links lead back: each page is the run that ends just before the one that it came from."""
    start, evidence = ids.index(page.ids[0]), [page.exchange]
    if walk.last is not None and not walk.last.crashed:
        came_from = walk.pages[-1].exchange if walk.pages else page.exchange
        yield Finding("a previous link is refused", walk.last.outcome, "a page", (came_from, walk.last))
        return
    for one in walk.pages:
        evidence = [*evidence[-1:], one.exchange]
        run = tuple(ids[max(0, start - len(one.ids)) : start])
        if one.ids != run or (not one.ids and start > 0):
            got = difference(one.ids, run) or "nothing"
            expected = f"the run that ends just before {page.ids[0]}"
            yield Finding("a previous link leads to another page", got, expected, tuple(evidence))
            return
        start -= len(one.ids)
        yield PASSED
    if walk.complete and start > 0:
        got = f"no previous link, {start} records before the beginning"
        yield Finding("previous links do not lead to the beginning", got, "the first page", tuple(evidence))
