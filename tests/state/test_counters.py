"""Counters of requests: by label and bucket, and bounded."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.state.counters import BOUNDS, MAX_SERIES, OTHER, Counter, label_of
from mockserver.state.mapped_journal import FileCounter


def test_requests_are_counted_by_label_and_bucket() -> None:
    counter = Counter()
    durations = [1, int(BOUNDS[0] * 1e9), int(BOUNDS[0] * 1e9) + 1, 10**10]
    for duration in durations:
        counter.count(("a", "GET", "200"), duration)
    counter.count(("b", "GET", "404"), 5)
    one, two = counter.series()
    assert (one.label, one.count, one.seconds) == (("a", "GET", "200"), 4, sum(durations) / 1e9)
    assert one.buckets == (2, 1, *[0] * (len(BOUNDS) - 2), 1)
    assert (two.label, two.count) == (("b", "GET", "404"), 1)


def test_the_number_of_labels_is_bounded() -> None:
    counter = Counter()
    for number in range(MAX_SERIES + 50):
        counter.count((str(number), "GET", "200"), 1)
    counter.count(("x" * 1000, "GET", "200"), 1)
    series = {s.label: s.count for s in counter.series()}
    assert len(series) == MAX_SERIES
    assert series[OTHER] == 52
    assert sum(series.values()) == MAX_SERIES + 51


@pytest.mark.parametrize("letter", ["x", "é", '"', "\U0001f600", "\ud800"])
def test_long_operations_have_labels_of_their_own(letter: str, tmp_path: Path) -> None:
    names = [letter * 300 + last for last in "ab"]
    for build in (Counter, lambda: FileCounter(tmp_path / "s")):
        counter = build()
        for name in names:
            counter.count(label_of(name, "OPTIONS", 200), 1)
            counter.count(label_of(name, "OPTIONS", 200), 1)
        series = counter.series()
        assert [s.count for s in series] == [2, 2]
        assert all(s.label[0].startswith(letter * 5) and s.label[1:] == ("OPTIONS", "200") for s in series)


def test_labels_that_fit_are_not_changed() -> None:
    fitting = "x" * (128 - len('["", "OPTIONS", "200"]'))
    assert label_of(fitting, "OPTIONS", 200) == (fitting, "OPTIONS", "200")
    assert label_of(fitting + "x", "OPTIONS", 200)[0] != fitting + "x"
    assert label_of(None, "GET", 404) == ("", "GET", "404")
