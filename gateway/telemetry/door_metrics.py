"""Whom the doors turned away, and why: what an attack, or a client gone wrong, looks like from here."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter


class DoorMetrics:
    """Refusals, by closed sets of reasons."""

    def __init__(self, registry: CollectorRegistry) -> None:
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

    def callers(self, reasons: Iterable[str]) -> Callable[[str], None]:
        """Count a refused RPC by its reason, one of these."""
        series = {reason: self._callers.labels(reason) for reason in reasons}
        return lambda reason: series[reason].inc()

    def http(self, door: str, reasons: Iterable[str]) -> Callable[[str], None]:
        """Count what one HTTP door refused by its reason, one of these."""
        series = {reason: self._http.labels(door, reason) for reason in reasons}
        return lambda reason: series[reason].inc()
