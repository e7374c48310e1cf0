"""What is seen of an RPC from outside: its metrics, its span and its line in the log. One place, so that they agree."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import grpc

from gateway.clock import Clock
from gateway.errors import GatewayError
from gateway.telemetry import tracing
from gateway.telemetry.call_spans import RpcSpans
from gateway.telemetry.logs import EveryCall
from gateway.telemetry.metrics import Metrics, Rpc, RpcSeries
from gateway.telemetry.tracing import Trace, Tracing

# Products with their version. Whatever else a client says of itself is left out: it may be anything.
_PRODUCT = re.compile(r"(?<!\S)[A-Za-z][A-Za-z._-]{0,39}/[0-9][0-9A-Za-z.+-]{0,19}(?!\S)")
_MOST_PRODUCTS = 3
# More of them could be a telephone number.
_MOST_DIGITS = 6
_NUMBER = re.compile(r"\+?[\d.-]{6,}")
# A run of digits as long as a number with its country's code, and not a part of a hexadecimal word.
_NUMBER_INSIDE = re.compile(r"(?<![0-9A-Fa-f])\d{9,15}(?![0-9A-Fa-f])")

log = EveryCall("rpc")


class Watch:
    """Watches one method: what its calls have in common is made once."""

    def __init__(self, *, path: str, kind: str, metrics: Metrics, tracing: Tracing, clock: Clock) -> None:
        """`path` is the gRPC path, `kind` one of the four."""
        _, service, method = path.split("/")
        self.path = path
        self.metrics: RpcSeries = metrics.rpc(Rpc(kind=kind, service=service, method=method))
        self.spans = RpcSpans(tracing, path)
        self.clock = clock

    def begin(self, metadata: Mapping[str, Any]) -> "Observation":
        """A call has come in with this metadata. What it does from here on belongs to its trace."""
        self.metrics.started.inc()
        return Observation(self, metadata, self.spans.begin(metadata))


class Observation:
    """One call, from its head to its status."""

    __slots__ = ("_metadata", "_started_s", "_trace", "_watch")

    def __init__(self, watch: Watch, metadata: Mapping[str, Any], trace: Trace | None) -> None:
        """Made by `Watch.begin` alone."""
        self._watch = watch
        self._metadata = metadata
        self._trace = trace
        self._started_s = watch.clock.monotonic()

    def end(
        self, code: grpc.StatusCode, error: GatewayError | None, *, request_id: str, trailers: Mapping[str, str]
    ) -> None:
        """The call has ended: count it, and say so once."""
        watch, trace = self._watch, self._trace
        duration_s = watch.clock.monotonic() - self._started_s
        reason = error.reason if error else None
        span = trace.span if trace is not None else None
        watch.metrics.handled[code].inc()
        watch.metrics.seconds.observe(duration_s, tracing.exemplar(span))
        ids = trace.span_context if trace is not None else None
        log.info(
            "rpc",
            method=watch.path,
            code=code.name,
            reason=reason,
            duration_ms=round(duration_s * 1000, 3),
            request_id=request_id,
            trace_id=f"{ids.trace_id:032x}" if ids else None,
            span_id=f"{ids.span_id:016x}" if ids else None,
            user_agent=_products(str(self._metadata.get("user-agent", ""))),
        )
        if span is not None:
            watch.spans.end(span, code, reason, trailers)


def is_private(value: str) -> bool:
    """Whether a text that a caller has chosen could be somebody's phone number."""
    return _NUMBER.fullmatch(value) is not None or _NUMBER_INSIDE.search(value) is not None


@lru_cache(maxsize=256)
def _products(user_agent: str) -> str | None:
    """Which programs call, of what they say themselves; remembered, as few programs make many calls."""
    products = [found for found in _PRODUCT.findall(user_agent) if sum(map(str.isdigit, found)) <= _MOST_DIGITS]
    return " ".join(products[:_MOST_PRODUCTS]) or None
