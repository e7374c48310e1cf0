"""One line per kind of trouble at the webhook door, not one per post: strangers must not be able to fill the log."""

from gateway.clock import Clock
from gateway.telemetry import logs
from gateway.webhooks.outcome import Outcome

_INTERVAL_S = 10.0


class RejectionLog:
    """Logs the first of each kind, then at most one line per ten seconds and kind; the metrics count them all."""

    def __init__(self, *, clock: Clock) -> None:
        """Start with nothing held back."""
        self._clock = clock
        self._log = logs.logger("webhooks")
        self._quiet_until_s: dict[tuple[str, Outcome], float] = {}
        self._held_back: dict[tuple[str, Outcome], int] = {}

    def note(self, *, webhook: str, outcome: Outcome) -> None:
        """A post to `webhook` (`""` for one that does not exist) was not taken."""
        kind = (webhook, outcome)
        now_s = self._clock.monotonic()
        if now_s < self._quiet_until_s.get(kind, now_s):
            self._held_back[kind] = self._held_back.get(kind, 0) + 1
            return
        self._quiet_until_s[kind] = now_s + _INTERVAL_S
        self._log.warning(
            "webhook_rejected", webhook=webhook, reason=outcome.value, held_back_count=self._held_back.pop(kind, 0)
        )
