"""The client spans of requests to the API, and the trace context that goes with them."""

from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context

from gateway.telemetry import tracing
from gateway.telemetry.tracing import Headers, Tracing
from gateway.upstream.exchange import OutboundRequest

CLIENT_ERROR = 400


class Sending:
    """One request that belongs to a trace: the headers that say so, and its span where that is recorded."""

    __slots__ = ("headers", "span")

    def __init__(self, headers: Headers, span: Span | None) -> None:
        """Begin now."""
        self.headers = headers
        self.span = span

    def end(self, status: int | None, fault: str) -> None:
        """The request has ended with this status, or for want of one with this fault."""
        if self.span is None:
            return
        if status is not None:
            self.span.set_attribute("http.response.status_code", status)
        if status is None or status >= CLIENT_ERROR:
            self.span.set_attribute("error.type", fault or str(status))
            self.span.set_status(Status(StatusCode.ERROR))
        self.span.end()


class ExchangeSpans:
    """The client spans of requests to the API, and the context that goes with them."""

    def __init__(self, tracing: Tracing, *, propagate_to: frozenset[str]) -> None:
        """Send the context to these host classes only."""
        self._tracing = tracing
        self._propagate_to = propagate_to

    def begin(self, request: OutboundRequest) -> Sending | None:
        """A request is about to be sent; None where it belongs to no trace."""
        trace = tracing.current()
        if trace is None:
            return None
        span, context = None, trace.context
        if trace.span is not None:
            name = f"{request.method} {request.template}"
            span = self._tracing.child(trace, name, kind=SpanKind.CLIENT, attributes=_attributes(request))
        if span is not None:
            context = set_span_in_context(span, context)
        goes_on = request.origin.pool in self._propagate_to
        return Sending(self._tracing.headers(context, trace.state) if goes_on else (), span)


def _attributes(request: OutboundRequest) -> dict[str, str | int]:
    """By the HTTP conventions. Paths and queries hold ids and phone numbers, so the URL is that of the template."""
    origin = request.origin
    attributes: dict[str, str | int] = {
        "http.request.method": request.method,
        "server.address": origin.host,
        "server.port": origin.port,
        "url.scheme": origin.scheme,
        "url.template": request.template,
        "url.full": f"{origin.scheme}://{origin.authority}{request.template}",
        "network.protocol.version": "1.1",
    }
    if request.resend_count:
        attributes["http.request.resend_count"] = request.resend_count
    return attributes
