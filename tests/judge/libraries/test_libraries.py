"""The judge on lists that real libraries page: no correct one condemned, every known bug found."""

from __future__ import annotations

import functools
import importlib
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.judge import judge_server
from mockserver.judge.laws import Verdict
from tests.judge.libraries.library import Library
from tests.judge.libraries.records import COUNT
from tests.judge.libraries.table import CORRECT, FAULTY, MODULES, Listing
from tests.judge.libraries.today import ENDS, TODAY

LISTS = (*CORRECT, *FAULTY)

pytestmark = [
    pytest.mark.slow,
    # The library says itself what the list shows.
    pytest.mark.filterwarnings("ignore:Ordering by nullable column:UserWarning"),
]


@functools.cache
def load(library: str) -> Library:
    """Return the application and the document of a library, made once."""
    try:
        module = importlib.import_module(f"tests.judge.libraries.{MODULES[library]}")
    except ModuleNotFoundError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no {error.name}: it is in the extra 'libraries'")
    made: Library = module.create_library()
    return made


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keep the tracebacks of requests that crash an application on purpose out of the output."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_the_table_is_the_lists() -> None:
    """Every list of every document is in the table, once, but the twin of one that shows its bug."""
    for library in MODULES:
        listed = [listing.name for listing in LISTS if listing.library == library]
        assert sorted(listed) == sorted(set(load(library).names) - {"cursor-mixed"})
    assert set(TODAY) <= {listing.key for listing in LISTS}


@pytest.mark.parametrize("listing", CORRECT, ids=lambda listing: listing.key)
def test_a_correct_list_shows_every_record_once(listing: Listing) -> None:
    """By a walk that owes nothing to the judge."""
    for size in (7, 100):
        ids = load(listing.library).walk(listing.name, listing.paging, size)
        assert sorted(ids) == list(range(1, COUNT + 1))


@pytest.mark.parametrize("listing", FAULTY, ids=lambda listing: listing.key)
def test_a_faulty_list_has_its_bug(listing: Listing) -> None:
    """Shown without the judge: else a release of the library has mended it."""
    assert listing.proof is not None
    assert listing.proof(load(listing.library), listing), f"mended: {listing.bug}"


@pytest.mark.parametrize("listing", LISTS, ids=lambda listing: listing.key)
def test_the_judge_says_what_is_so(listing: Listing, tmp_path: Path) -> None:
    library = load(listing.library)
    contract = tmp_path / "openapi.json"
    contract.write_text(json.dumps(library.document), encoding="utf-8")
    try:
        verdicts = judge_server(library.application, contract, operation=listing.name)
    except Exception as error:
        wrong, details = {ENDS}, f"{type(error).__name__}: {error}"
    else:
        wrong = _wrong(listing, verdicts)
        details = "\n".join(_line(verdict) for verdict in verdicts)
    known = set(TODAY.get(listing.key, ()))
    assert not wrong - known, f"wrong: {', '.join(sorted(wrong - known))}\n{details}"
    assert not known - wrong, f"right, so take it out of today.py: {', '.join(sorted(known - wrong))}\n{details}"


def _wrong(listing: Listing, verdicts: tuple[Verdict, ...]) -> set[str]:
    """Return the laws that fail and should not, and those that should fail, or pass, and do not."""
    status = {verdict.law.name: verdict.status for verdict in verdicts}
    failed = {law for law, found in status.items() if found == "failed"}
    alarms = failed - listing.failed - listing.also
    unsure = {law for law in listing.passed if status.get(law) != "passed"}
    return alarms | (listing.failed - failed) | unsure


def _line(verdict: Verdict) -> str:
    """Return a verdict for people."""
    found = verdict.finding
    facts = "" if found is None else f": got {found.got}, expected {found.expected}: {found.evidence[-1].curl}"
    return f"{verdict.law.name}: {verdict.status} {verdict.reason}{facts}"
