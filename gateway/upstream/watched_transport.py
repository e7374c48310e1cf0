"""The transport as an operator sees it: every request to the API is counted and timed here, tokens included."""

from collections import Counter
from typing import Protocol

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.upstream.exchange import BadAnswer, InboundResponse, OutboundRequest, Transport


class ExchangeObserver(Protocol):
    """Learns how each request to the API has ended."""

    def exchanged(self, route: tuple[str, str], status: int | None, duration_s: float) -> None:
        """One has: `route` is its host class and path template, `status` is None where no answer was readable."""


class WatchedTransport:
    """Passes everything on to another transport, and watches."""

    def __init__(self, *, transport: Transport, observer: ExchangeObserver, clock: Clock) -> None:
        """Watch `transport`, which whoever made it closes."""
        self._transport = transport
        self._observer = observer
        self._clock = clock
        self._in_flight: Counter[str] = Counter()

    def in_flight(self, host: str) -> int:
        """Requests to a host class that have not ended."""
        return self._in_flight[host]

    async def exchange(self, request: OutboundRequest, deadline: Deadline) -> InboundResponse:
        """Send the request once; see `Transport`."""
        host, status = request.origin.pool, None
        started_s = self._clock.monotonic()
        self._in_flight[host] += 1
        try:
            response = await self._transport.exchange(request, deadline)
            status = response.status
        except BadAnswer as error:
            status = error.status
            raise
        finally:
            self._in_flight[host] -= 1
            self._observer.exchanged((host, request.template), status, self._clock.monotonic() - started_s)
        return response
