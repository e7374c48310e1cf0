"""Time that stands still until a test moves it."""

from gateway.clock import Clock


class HeldClock(Clock):
    """A clock that moves when told."""

    now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s
