"""The spans of a call: the RPC itself, and its wait for the rate limit."""

from collections.abc import Mapping
from typing import Any, Protocol

import grpc
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from gateway.telemetry import tracing
from gateway.telemetry.tracing import Trace, Tracing

# The codes for which a server's span is an error: the fault is not the caller's.
SERVER_FAULTS = frozenset(
    {
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.UNIMPLEMENTED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DATA_LOSS,
    }
)
# A subscription lasts for hours, so it has a span for each event instead.
ENDLESS = frozenset({"conversation_gateway.v1.EventFeedService/Subscribe"})
COUNTED = {
    "x-gateway-attempts": "gateway.attempt_count",
    "x-gateway-queue-wait-ms": "gateway.queue_wait_ms",
    "x-gateway-app-queue-eta-s": "gateway.app_queue_eta_s",
}


class RpcSpans:
    """The spans of one method's calls."""

    def __init__(self, tracing: Tracing, path: str) -> None:
        """`path` is the gRPC path."""
        self._tracing = tracing
        self._name = path.removeprefix("/")
        self._record = self._name not in ENDLESS
        self._attributes = {"rpc.system.name": "grpc", "rpc.method": self._name}

    def begin(self, metadata: Mapping[str, Any]) -> Trace | None:
        """A call has come in."""
        return self._tracing.begin(self._name, metadata, self._attributes, record=self._record)

    def end(self, span: Span, code: grpc.StatusCode, reason: str | None, trailers: Mapping[str, str]) -> None:
        """It is over: `reason` is that of its error, `trailers` say what it took."""
        span.set_attribute("rpc.response.status_code", code.name)
        if code is not grpc.StatusCode.OK:
            span.set_attribute("error.type", code.name)
        if code in SERVER_FAULTS:
            span.set_status(Status(StatusCode.ERROR))
        if reason:
            span.set_attribute("gateway.reason", reason)
        span.set_attribute("gateway.request_id", trailers.get("x-request-id", ""))
        for trailer, name in COUNTED.items():
            if trailer in trailers:
                span.set_attribute(name, int(trailers[trailer]))
        if "x-gateway-replayed" in trailers:
            span.set_attribute("gateway.replayed", value=True)
        span.end()


class LimiterObserver(Protocol):
    """Who else wants to know of permits."""

    def granted(self, priority: int, waited_s: float) -> None:
        """A call has its permit."""

    def refused(self, priority: int) -> None:
        """A call will not get one in time."""


class WaitSpans:
    """Shows a call's wait for its permit, and tells another observer."""

    def __init__(self, tracing: Tracing, observer: LimiterObserver) -> None:
        """Tell `observer` everything."""
        self._tracing = tracing
        self._observer = observer

    def granted(self, priority: int, waited_s: float) -> None:
        """A call has its permit; a wait becomes a span now that it is over."""
        self._observer.granted(priority, waited_s)
        trace = tracing.current()
        if waited_s and trace is not None:
            start_ns = tracing.since_ns(waited_s)
            waits = {"gateway.priority": priority}
            span = self._tracing.child(trace, "rate limit", kind=SpanKind.INTERNAL, attributes=waits, start_ns=start_ns)
            if span is not None:
                span.end()

    def refused(self, priority: int) -> None:
        """A call will not get one in time."""
        self._observer.refused(priority)
        trace = tracing.current()
        if trace is not None and trace.span is not None:
            trace.span.add_event("rate limit refused", {"gateway.priority": priority})
