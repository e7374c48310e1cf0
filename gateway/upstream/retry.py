"""When a call is repeated: how long to wait before it, and whether the gateway as a whole can afford it.

Whether repeating is *safe* is the verdict's to say; this is arithmetic only. Two bounds together keep retries from
turning a failure into an overload: each call backs off further every time, and all calls share one budget.
"""

import random
from dataclasses import dataclass

from gateway.clock import Clock

# 2**20 times any base is beyond any cap; it keeps the power small whatever the number of attempts.
_MOST_DOUBLINGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Exponential back-off with full jitter.

    The first wait is up to a tenth of a second, about one answer of a healthy host, and each further one up to twice
    as long, at most five seconds: five attempts then take about 1.5 s at most, well inside an ordinary deadline, while
    an outage sees callers thin out. Full jitter, because it spreads callers that failed together the furthest.
    """

    base_s: float = 0.1
    cap_s: float = 5.0
    max_attempts: int = 5

    def backoff_s(
        self, *, attempt: int, retry_after_s: float | None, remaining_s: float, randomness: random.Random
    ) -> float | None:
        """Seconds to wait before repeating a call whose attempt number `attempt` (from 1) has failed.

        With `retry_after_s` from the server the jitter comes on top: never sooner than asked, and not all at once.
        None means give up: the attempts are used up, or the wait would outlast the `remaining_s` of the deadline.
        """
        if attempt >= self.max_attempts:
            return None
        ceiling_s = min(self.cap_s, self.base_s * 2 ** min(attempt - 1, _MOST_DOUBLINGS))
        delay_s = max(retry_after_s or 0.0, 0.0) + randomness.uniform(0.0, ceiling_s)
        return delay_s if delay_s < remaining_s else None


class RetryBudget:
    """Lets retries be a tenth of all calls, and a few when there are hardly any calls.

    Every call puts `share` of a retry into the budget and every retry takes a whole one out. What is saved is bounded
    by `most`, so that a calm hour does not pay for a storm; and whatever the traffic, the budget refills to `floor` at
    `floor_per_s`, so that a single caller on an idle gateway may repeat its call. Over any span of `t` seconds retries
    are at most `most + share * calls + floor_per_s * t`.
    """

    def __init__(
        self, *, clock: Clock, share: float = 0.1, most: float = 100.0, floor: float = 10.0, floor_per_s: float = 1.0
    ) -> None:
        """Start at the floor."""
        self._clock = clock
        self._share = share
        self._most = most
        self._floor = floor
        self._floor_per_s = floor_per_s
        self._balance = floor
        self._refilled_s = clock.monotonic()

    def called(self) -> None:
        """Count a call, once whatever its number of attempts."""
        self._balance = min(self._balance + self._share, self._most)

    def spend(self) -> bool:
        """Take one retry out; False means that it must not happen."""
        now_s = self._clock.monotonic()
        if self._balance < self._floor:
            refill = (now_s - self._refilled_s) * self._floor_per_s
            self._balance = min(self._balance + refill, self._floor)
        self._refilled_s = now_s
        if self._balance < 1:
            return False
        self._balance -= 1
        return True
