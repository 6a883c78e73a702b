"""The metrics of a running mock in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from mockserver.state.counters import BOUNDS, Series

if TYPE_CHECKING:
    from prometheus_client.core import Metric

_LABELS = ("operation", "method", "status")


def exposition(series: Iterable[Series], *, gauges: Mapping[str, tuple[str, float]], info: Mapping[str, str]) -> bytes:
    """Return all metrics as text, whose media type is `media_type`.

    ``gauges`` are values by name, each with its description; ``info`` describes the world.
    """
    # Imported here, because it takes longer than all other imports of the start.
    from prometheus_client import CollectorRegistry, generate_latest

    class Collector:
        def collect(self) -> Iterator[Metric]:
            return _metrics(list(series), gauges, info)

    registry = CollectorRegistry()
    registry.register(Collector())
    text: bytes = generate_latest(registry)
    return text


def media_type() -> str:
    """Return the media type of `exposition`."""
    from prometheus_client import CONTENT_TYPE_LATEST

    return str(CONTENT_TYPE_LATEST)


def _metrics(
    series: list[Series], gauges: Mapping[str, tuple[str, float]], info: Mapping[str, str]
) -> Iterator[Metric]:
    from prometheus_client.core import (
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
        InfoMetricFamily,
    )

    requests: Any = CounterMetricFamily("mockserver_requests", "Requests answered.", labels=_LABELS)
    seconds: Any = HistogramMetricFamily(
        "mockserver_request_seconds", "Seconds to make an answer, without the delays of scenarios.", labels=_LABELS
    )
    for one in series:
        requests.add_metric(one.label, one.count)
        sums = list(accumulate(one.buckets))
        buckets = [(str(bound), total) for bound, total in zip((*BOUNDS, "+Inf"), sums, strict=True)]
        seconds.add_metric(one.label, buckets, one.seconds)
    yield requests
    yield seconds
    for name, (about, value) in gauges.items():
        yield GaugeMetricFamily(f"mockserver_{name}", about, value=value)
    yield InfoMetricFamily("mockserver_world", "The world that is served.", value=dict(info))
