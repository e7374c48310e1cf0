"""Traces: whose trace a call belongs to, what of it is recorded, and what of it goes on to the API.

A context that comes in goes out again, recorded or not. What is recorded is decided before there is a span: a call
that is not costs what it takes to ask the sampler. The SDK, its samplers and its exporters are imported only where the
`OTEL_*` variables ask for them; those variables are the SDK's own to read.
"""

import os
import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Any, Protocol

from opentelemetry.context import Context
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, get_current_span, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

Attributes = Mapping[str, Any]
Headers = tuple[tuple[bytes, bytes], ...]

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Recorder(Protocol):
    """Makes spans of what the sampler wants, and sees them exported."""

    def start(
        self,
        name: str,
        *,
        kind: SpanKind,
        parent: Context | None,
        attributes: Attributes,
        links: Sequence[Link] = (),
        start_ns: int | None = None,
        wanted: bool = False,
    ) -> Span | None:
        """A span, or None where the sampler wants none; `wanted` overrules it."""

    async def close(self, limit_s: float) -> None:
        """Export what is left, for a bounded time."""


class Trace:
    """One call's place in a trace: the context that its requests go out in, and its span where that is recorded."""

    __slots__ = ("context", "span", "state")

    def __init__(self, context: Context, span: Span | None, state: str = "") -> None:
        """Without a span, the context is the caller's own; `state` is the caller's `tracestate`."""
        self.context = context
        self.span = span
        self.state = state

    @property
    def span_context(self) -> SpanContext:
        """The ids."""
        return get_current_span(self.context).get_span_context()


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


class Tracing:
    """Knows the call that is being carried out, and makes its spans."""

    def __init__(self, *, propagator: TextMapPropagator | None = None, recorder: Recorder | None = None) -> None:
        """Record nothing without a `recorder`; pass on what `propagator` knows, W3C trace context if there is none."""
        self._propagator = propagator or TraceContextTextMapPropagator()
        self._fields = frozenset(self._propagator.fields)
        self._recorder = recorder

    @property
    def recording(self) -> bool:
        """Whether anything at all is recorded."""
        return self._recorder is not None

    def begin(self, name: str, metadata: Mapping[str, Any], attributes: Attributes, *, record: bool) -> Trace | None:
        """Take a call up that came with this metadata; None where there is nothing to record or to pass on.

        What is done from here on, in this task and in those that it starts, belongs to that call.
        """
        parent = None if self._fields.isdisjoint(metadata) else self._propagator.extract(metadata, Context())
        span = None
        if record and self._recorder is not None:
            span = self._recorder.start(name, kind=SpanKind.SERVER, parent=parent, attributes=attributes)
        if span is not None:
            above = get_current_span(parent).get_span_context() if parent else None
            state = above.trace_state.to_header() if above is not None else ""
            trace = Trace(set_span_in_context(span, parent or Context()), span, state)
        elif parent:
            trace = Trace(parent, None)
        else:
            return None
        _current.set(trace)
        return trace

    def child(
        self, trace: Trace, name: str, *, kind: SpanKind, attributes: Attributes, start_ns: int | None = None
    ) -> Span | None:
        """A span below a call's own; None where the call is not recorded."""
        if trace.span is None or self._recorder is None:
            return None
        return self._recorder.start(
            name, kind=kind, parent=trace.context, attributes=attributes, start_ns=start_ns, wanted=True
        )

    def root(
        self,
        name: str,
        *,
        kind: SpanKind,
        attributes: Attributes,
        links: Sequence[Link],
        start_ns: int | None = None,
        wanted: bool = False,
    ) -> Span | None:
        """The first span of a trace; None where the sampler does not want it, unless it is `wanted` all the same."""
        if self._recorder is None:
            return None
        return self._recorder.start(
            name, kind=kind, parent=None, attributes=attributes, links=links, start_ns=start_ns, wanted=wanted
        )

    def headers(self, context: Context, state: str) -> Headers:
        """What carries a context on, as HTTP headers.

        The caller's `tracestate` goes with it, and never into a span: what it holds is the caller's affair.
        """
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier, context)
        if state and "traceparent" in carrier:
            carrier["tracestate"] = state
        return tuple((name.encode(), value.encode()) for name, value in carrier.items() if value.isascii())

    def remote(self, carrier: Mapping[str, str]) -> SpanContext | None:
        """The span that a peer names, which may be anybody: fit to be linked, never to be a parent."""
        context = get_current_span(self._propagator.extract(carrier, Context())).get_span_context()
        return stateless(context) if context.is_valid else None

    async def close(self, limit_s: float) -> None:
        """Export what is left, for at most `limit_s` seconds."""
        if self._recorder is not None:
            await self._recorder.close(limit_s)


def current() -> Trace | None:
    """The place in a trace of the call that is being carried out."""
    return _current.get()


def stateless(context: SpanContext) -> SpanContext:
    """The ids of a span alone, fit to be exported as a link."""
    return SpanContext(context.trace_id, context.span_id, is_remote=True, trace_flags=context.trace_flags)


def exemplar(span: Span | None) -> dict[str, str] | None:
    """What joins a measurement to the span that it was taken in."""
    if span is None:
        return None
    ids = span.get_span_context()
    return {"trace_id": f"{ids.trace_id:032x}", "span_id": f"{ids.span_id:016x}"}


def since_ns(duration_s: float) -> int:
    """The instant so many seconds ago, as spans have it: for what is known to deserve a span only when it is over."""
    return time.time_ns() - int(duration_s * 1e9)


def from_environment(environment: Mapping[str, str] = os.environ) -> Tracing:
    """Tracing as the standard `OTEL_*` variables ask for it: nothing is recorded unless an exporter is named.

    Baggage may hold what callers know of people, and the API is somebody else's: it goes out only where
    `OTEL_PROPAGATORS` names it, and is not read otherwise. Raises `ValueError` for what is not installed.
    """
    propagator = None
    if environment.get("OTEL_PROPAGATORS", "").strip():
        from opentelemetry.propagate import get_global_textmap  # noqa: PLC0415 - reads the variable when imported

        propagator = get_global_textmap()
    if not _is_wanted(environment):
        return Tracing(propagator=propagator)
    from gateway.telemetry.recorder import SdkRecorder  # noqa: PLC0415 - imports the SDK

    recorder = SdkRecorder.from_environment(environment)
    return Tracing(propagator=propagator, recorder=recorder)


def _is_wanted(environment: Mapping[str, str]) -> bool:
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporters = environment.get("OTEL_TRACES_EXPORTER", "").strip()
    if exporters:
        return exporters != "none"
    return any(environment.get(name, "").strip() for name in ENDPOINTS)
