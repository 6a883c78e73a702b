"""The counter in the text format of Prometheus."""

from __future__ import annotations

import pytest

from mockserver.server.control.metrics import exposition
from mockserver.state.counters import Counter


def test_the_text_is_read_by_the_parser_of_prometheus() -> None:
    from prometheus_client.parser import text_string_to_metric_families

    counter = Counter()
    for duration in (10**5, 10**8, 10**10):
        counter.count(('a"\n', "GET", "200"), duration)
    text = exposition(counter.series(), gauges={"records": ("Records.", 3)}, info={"world": "w"}).decode()
    found = {s.name + s.labels.get("le", ""): s.value for f in text_string_to_metric_families(text) for s in f.samples}
    assert found["mockserver_requests_total"] == 3
    assert found["mockserver_request_seconds_count"] == 3
    assert found["mockserver_request_seconds_sum"] == pytest.approx(10.1001)
    assert (found["mockserver_request_seconds_bucket0.0005"], found["mockserver_request_seconds_bucket0.1"]) == (1, 2)
    assert found["mockserver_request_seconds_bucket+Inf"] == 3
    assert (found["mockserver_records"], found["mockserver_world_info"]) == (3, 1)
