"""What is counted without a lock is exposed exactly as prometheus_client exposes its own."""

import re

import prometheus_client
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import choose_encoder

from gateway.telemetry import tallies

BOUNDS = (0.001, 0.5, 1.0, 60.0)
EXEMPLAR = {"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b7"}
# Of the exemplars, which both stamp with the clock.
INSTANT = re.compile(rb"(# \{.*\} \S+) \S+")


@pytest.fixture(autouse=True)
def as_the_gateway_has_it() -> None:
    prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]


def test_a_counter_is_exposed_as_the_library_does_it() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    mine = tallies.Counter("calls", "Calls made.", ("method", "code"), registry=ours)
    other = prometheus_client.Counter("calls", "Calls made.", ("method", "code"), registry=theirs)

    for counter in (mine, other):
        counter.labels("a", "OK").inc()
        counter.labels("a", "OK").inc()
        counter.labels("b", 'quo"ted').inc()
        counter.labels("b", "never")

    assert generate_latest(ours) == generate_latest(theirs)
    assert b'calls_total{code="OK",method="a"} 2.0' in generate_latest(ours)


def test_a_histogram_is_exposed_as_the_library_does_it_with_bounds_inclusive_and_exemplars() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    mine = tallies.Histogram("spans_seconds", "Time.", ("host",), buckets=BOUNDS, registry=ours)
    other = prometheus_client.Histogram("spans_seconds", "Time.", ("host",), buckets=BOUNDS, registry=theirs)

    for histogram in (mine, other):
        for value in (0.0, 0.001, 0.0011, 1.0, 60.0, 61.0):
            histogram.labels("a").observe(value)
        histogram.labels("a").observe(0.4, EXEMPLAR)
        histogram.labels("never")

    open_metrics, _ = choose_encoder("application/openmetrics-text")
    assert _without_instants(open_metrics(ours)) == _without_instants(open_metrics(theirs))
    assert b"trace_id" in open_metrics(ours)


def _without_instants(page: bytes) -> bytes:
    return INSTANT.sub(rb"\1", page)
