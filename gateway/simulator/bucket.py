"""A token bucket: so many requests at once, so many per second after that."""

import time


class Bucket:
    """Allows `burst` at once and `rate_per_s` on average; a rate of zero allows everything."""

    def __init__(self, *, rate_per_s: float, burst: float) -> None:
        """Start full."""
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._level = burst
        self._filled_at = time.monotonic()

    def take(self) -> bool:
        """Take one permit if there is one."""
        if self._rate_per_s <= 0:
            return True
        now = time.monotonic()
        self._level = min(self._burst, self._level + (now - self._filled_at) * self._rate_per_s)
        self._filled_at = now
        if self._level < 1:
            return False
        self._level -= 1
        return True
