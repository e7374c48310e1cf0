"""Writes the metrics reference from what is declared: `python -m gateway.cli.metrics_reference > docs/metrics.md`."""

import sys
from collections import defaultdict

from prometheus_client.metrics_core import Metric

from gateway.telemetry.metrics import Metrics, Rpc
from gateway.upstream.contract import routes
from gateway.upstream.tokens import PATH as TOKEN_PATH
from gateway.webhooks.outcome import Outcome
from gateway.webhooks.spellings import TRIGGERS

INTRODUCTION = """\
# Metrics

Served at `/metrics` of `GATEWAY_ADMIN_ADDRESS`, in the Prometheus text format, or as OpenMetrics to a scraper that
asks for it. Every series is there from the start, at zero, and their number does not grow: no label holds an id, a
number or a text. Names, labels and units stay as they are from one version to the next.

A histogram is read by its `_bucket`, `_sum` and `_count` series.

| metric | type | labels | meaning |
| --- | --- | --- | --- |
"""
# Labels whose values are those of the contract, too many to list or not known before a method is served.
DESCRIBED = {
    "grpc_type": "`unary`, `server_stream`, `client_stream` or `bidi_stream`",
    "grpc_service": "a service, with its package",
    "grpc_method": "a method",
    "grpc_code": "a status in Go's spelling: `OK`, `NotFound`, …",
    "template": "a path of the API with its variables in braces, or `raw`",
    "trigger": "a webhook's trigger, or `other`",
    "version": "",
}
PARTS_OF_A_HISTOGRAM = frozenset({"le"})


def reference() -> str:
    """The page, in the order in which metrics are declared."""
    metrics = Metrics()
    metrics.exchanges((*routes(), ("auth", TOKEN_PATH)))
    metrics.webhooks(tuple(Outcome), TRIGGERS)
    metrics.rpc(Rpc(kind="unary", service="any", method="any"))
    return INTRODUCTION + "".join(_row(family) for family in metrics.registry.collect())


def _row(family: Metric) -> str:
    # The registry knows a counter by its name without the suffix that its series have, and an info likewise.
    suffix, kind = {"counter": ("_total", "counter"), "info": ("_info", "gauge")}.get(family.type, ("", family.type))
    labels = "; ".join(_label(name, values) for name, values in _labels(family).items())
    return f"| `{family.name}{suffix}` | {kind} | {labels} | {family.documentation} |\n"


def _labels(family: Metric) -> dict[str, list[str]]:
    values: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for sample in family.samples:
        for name in sample.labels.keys() - PARTS_OF_A_HISTOGRAM:
            values[name][sample.labels[name]] = None
    return {name: list(values[name]) for name in sorted(values)}


def _label(name: str, values: list[str]) -> str:
    meaning = DESCRIBED.get(name, ", ".join(f"`{value}`" for value in values))
    return f"`{name}`: {meaning}" if meaning else f"`{name}`"


if __name__ == "__main__":
    sys.stdout.write(reference())
