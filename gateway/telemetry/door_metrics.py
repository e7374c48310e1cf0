"""Whom the doors turned away, and why: what an attack, or a client gone wrong, looks like from here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter

from gateway.telemetry.watched import Watches


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionCounts:
    """The connections of the gRPC door: how many are open, and how many there have been since it listens."""

    open: int = 0
    accepted: int = 0
    """With those whose TLS handshake has failed or is under way."""
    ready: int = 0
    """Those that could be used."""


class DoorMetrics:
    """Refusals, by closed sets of reasons, and the connections of the gRPC door."""

    def __init__(self, registry: CollectorRegistry, watches: Watches) -> None:
        """Declare."""
        self._callers = Counter(
            "gateway_callers_refused", "RPCs that were turned away before they began.", ("reason",), registry=registry
        )
        self._http = Counter(
            "gateway_http_refused",
            "Requests and connections that an HTTP door ended by itself.",
            ("door", "reason"),
            registry=registry,
        )
        self._open = watches.gauge(
            "gateway_grpc_connections_open", "Connections of the gRPC door that are ready for calls now."
        )
        self._max = watches.gauge(
            "gateway_grpc_connections_max",
            "How many connections of the gRPC door there may be; one more is closed at once.",
        )
        connections = Counter(
            "gateway_grpc_connections",
            "Connections of the gRPC door by how far they came: accepted, or through TLS, if any, and ready for calls.",
            ("reached",),
            registry=registry,
        )
        self._accepted, self._ready = connections.labels("accepted"), connections.labels("ready")
        self._counted = ConnectionCounts()

    def callers(self, reasons: Iterable[str]) -> Callable[[str], None]:
        """Count a refused RPC by its reason, one of these."""
        series = {reason: self._callers.labels(reason) for reason in reasons}
        return lambda reason: series[reason].inc()

    def http(self, door: str, reasons: Iterable[str]) -> Callable[[str], None]:
        """Count what one HTTP door refused by its reason, one of these."""
        series = {reason: self._http.labels(door, reason) for reason in reasons}
        return lambda reason: series[reason].inc()

    def connections(self, look: Callable[[], ConnectionCounts], *, max_count: int) -> None:
        """Count the connections of the gRPC door whenever somebody scrapes."""

        def count() -> int:
            counts, before = look(), self._counted
            self._accepted.inc(counts.accepted - before.accepted)
            self._ready.inc(counts.ready - before.ready)
            self._counted = counts
            return counts.open

        self._open.add(count)
        self._max.add(lambda: max_count)
