"""The transport as an operator sees it: every request to the API is counted, timed and traced here, tokens included."""

from collections import Counter
from typing import Protocol

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.telemetry import tracing
from gateway.upstream.exchange import BadAnswer, ExchangeError, InboundResponse, OutboundRequest, Transport
from gateway.upstream.exchange_spans import ExchangeSpans


class ExchangeObserver(Protocol):
    """Learns how each request to the API has ended."""

    def exchanged(
        self, route: tuple[str, str], status: int | None, duration_s: float, exemplar: dict[str, str] | None
    ) -> None:
        """One has: `route` is its host class and path template, `status` is None where no answer was readable."""


class WatchedTransport:
    """Passes everything on to another transport, and watches."""

    def __init__(self, *, transport: Transport, observer: ExchangeObserver, spans: ExchangeSpans, clock: Clock) -> None:
        """Watch `transport`, which whoever made it closes."""
        self._transport = transport
        self._observer = observer
        self._spans = spans
        self._clock = clock
        self._in_flight: Counter[str] = Counter()

    def in_flight(self, host: str) -> int:
        """Requests to a host class that have not ended."""
        return self._in_flight[host]

    async def exchange(self, request: OutboundRequest, deadline: Deadline) -> InboundResponse:
        """Send the request once, as part of the trace that it belongs to; see `Transport`."""
        host, status, fault = request.origin.pool, None, "cancelled"
        started_s = self._clock.monotonic()
        sending = self._spans.begin(request)
        if sending is not None and sending.headers:
            request = request.carrying(*sending.headers)
        self._in_flight[host] += 1
        try:
            response = await self._transport.exchange(request, deadline)
            status, fault = response.status, ""
        except ExchangeError as error:
            status, fault = error.status if isinstance(error, BadAnswer) else None, error.kind
            raise
        finally:
            self._in_flight[host] -= 1
            exemplar = None
            if sending is not None:
                sending.end(status, fault)
                exemplar = tracing.exemplar(sending.span)
            duration_s = self._clock.monotonic() - started_s
            self._observer.exchanged((host, request.template), status, duration_s, exemplar)
        return response
