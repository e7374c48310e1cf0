"""How fast permits may leave: the generic cell rate algorithm, and what a refusal by the API does to it.

No I/O and no clock of its own: every method is told the monotonic instant. The rule it keeps, whatever is taken, given
back or throttled: in any span of `t` seconds no more than `burst + rate_per_s * t` permits are used.
"""

import math
from typing import Protocol

# Sums of intervals are off by less than this; without it the last permit of a burst could come a moment late.
ROUNDING_S = 1e-9


class Permits(Protocol):
    """Where the dispatch takes permits from; every method is told the monotonic instant."""

    @property
    def due_s(self) -> float:
        """The instant from which the next permit may be taken; it may lie in the past."""

    @property
    def question_s(self) -> float:
        """The longest that it takes to find out whether there is a permit."""

    def wanted(self) -> None:
        """Somebody waits for a permit."""

    def wait_s(self, permits: int, now_s: float) -> float:
        """Seconds until the last of the next `permits` is due, if nobody else takes any."""

    def take(self, now_s: float) -> int:
        """Take the permit that is due, and get what `give_back` needs to undo it."""

    def give_back(self, busy_period: int, now_s: float) -> None:
        """Return a permit that was taken and not used."""

    def throttle(self, now_s: float, *, pause_s: float, rate_per_s: float) -> None:
        """Give nothing for `pause_s` seconds, then continue at a lower rate, rising steadily."""

    def rate_per_s(self, now_s: float) -> float:
        """The rate at an instant; during a pause, the one it will end with."""

    def pause_left_s(self, now_s: float) -> float:
        """Seconds until a pause ends; zero without one."""

    def recovered(self, now_s: float) -> bool:
        """Whether nothing is left of the last throttling."""


class Pace:
    """Hands out permits at a steady rate, with a burst for those who come after a lull.

    One number carries the state: the instant at which everything taken so far has been paid for. A permit is due as
    soon as that instant is no further ahead than the burst allows. Instants must not run backwards.
    """

    __slots__ = (
        "_busy_period",
        "_full_at_s",
        "_interval_s",
        "_paid_at_s",
        "_paused_until_s",
        "_recovery",
        "_tolerance_s",
    )

    def __init__(self, *, rate_per_s: float, burst: int, recovery_per_s2: float) -> None:
        """Start full.

        `recovery_per_s2` is how many permits per second the rate regains each second after it was throttled.
        """
        self._interval_s = 1 / rate_per_s
        self._tolerance_s = (burst - 1) * self._interval_s + ROUNDING_S
        self._recovery = recovery_per_s2
        self._paid_at_s = float("-inf")
        self._paused_until_s = float("-inf")
        self._full_at_s = float("-inf")
        self._busy_period = 0

    @property
    def due_s(self) -> float:
        """The instant from which the next permit may be taken; it may lie in the past."""
        return self._paid_at_s - self._tolerance_s

    @property
    def question_s(self) -> float:
        """Nothing: these permits are here or not."""
        return 0.0

    def wanted(self) -> None:
        """Somebody waits for a permit; these need no fetching."""

    def wait_s(self, permits: int, now_s: float) -> float:
        """Seconds until the last of the next `permits` is due, if nobody else takes any; recovery is reckoned in."""
        start_s = max(self.due_s, now_s)
        full, rate = 1 / self._interval_s, self.rate_per_s(start_s)
        climb_s = max(self._full_at_s - start_s, 0.0)
        beyond = permits - 1 - climb_s * (rate + full) / 2
        if beyond >= 0:
            return start_s - now_s + climb_s + beyond / full
        # Uniform acceleration: rate * t + recovery * t**2 / 2 permits within t seconds.
        climbed = math.sqrt(rate**2 + 2 * self._recovery * (permits - 1)) - rate
        return start_s - now_s + climbed / self._recovery

    def take(self, now_s: float) -> int:
        """Take the permit that is due, and get what `give_back` needs to undo it."""
        if self._paid_at_s < now_s:
            self._paid_at_s = now_s
            self._busy_period += 1
        self._paid_at_s += self._cost_s(now_s)
        return self._busy_period

    def give_back(self, busy_period: int, now_s: float) -> None:
        """Return a permit that was taken and not used.

        Once everything was paid for, the permit has been regained by waiting; returning it as well would count it
        twice, so permits of an earlier busy period are let go.
        """
        if busy_period == self._busy_period:
            # The rate may have risen since, never fallen: at most what the permit had cost comes back.
            self._paid_at_s -= self._cost_s(now_s)

    def throttle(self, now_s: float, *, pause_s: float, rate_per_s: float) -> None:
        """Give nothing for `pause_s` seconds, then continue without a burst at `rate_per_s`, rising steadily.

        Calls in flight are refused together, so while a pause lasts a further refusal can only extend it: the rate
        is cut once.
        """
        if now_s >= self._paused_until_s:
            lag_s = (1 / self._interval_s - rate_per_s) / self._recovery
        elif now_s + pause_s > self._paused_until_s:
            lag_s = self._full_at_s - self._paused_until_s
        else:
            return
        self._paused_until_s = now_s + pause_s
        self._full_at_s = self._paused_until_s + lag_s
        self._paid_at_s = max(self._paid_at_s, self._paused_until_s + self._tolerance_s)
        # Permits out now were paid for before the line was drawn: none of them comes back.
        self._busy_period += 1

    def rate_per_s(self, now_s: float) -> float:
        """The rate at an instant; during a pause, the one it will end with."""
        return 1 / self._cost_s(now_s)

    def _cost_s(self, now_s: float) -> float:
        """What one permit costs at an instant."""
        if now_s >= self._full_at_s:
            return self._interval_s
        lag_s = self._full_at_s - max(now_s, self._paused_until_s)
        return 1 / (1 / self._interval_s - lag_s * self._recovery)

    def pause_left_s(self, now_s: float) -> float:
        """Seconds until a pause ends; zero without one."""
        return max(self._paused_until_s - now_s, 0.0)

    def recovered(self, now_s: float) -> bool:
        """Whether nothing is left of the last throttling."""
        return now_s >= self._full_at_s
