"""Sends to those who have opted out, and how much is known of them."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter

from gateway.telemetry.watched import Watches


class ConsentMetrics:
    """What the consent gate does; nothing while it is off."""

    def __init__(self, registry: CollectorRegistry, watches: Watches) -> None:
        """Declare."""
        self._sends = Counter(
            "gateway_consent_verdicts",
            "Sends that could reach somebody who has opted out, by what became of them: `refused`, sent (`warned`, "
            "`exempt`), or refused because it was not known (`unknown`).",
            ("verdict",),
            registry=registry,
        )
        self.entries = watches.gauge("gateway_consent_entries", "Entries held of who has opted out, or in again.")
        self.age = watches.gauge(
            "gateway_consent_lists_age_seconds",
            "Time since the opt-out lists at the API were read completely. Of several apps, the longest.",
            max,
        )

    def verdicts(self, verdicts: Iterable[str]) -> Callable[[str], None]:
        """Count a send by its verdict, one of these."""
        series = {verdict: self._sends.labels(verdict) for verdict in verdicts}
        return lambda verdict: series[verdict].inc()
