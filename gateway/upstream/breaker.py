"""A host that fails most of its calls is left alone for a while, so that callers hear it at once and it can recover.

    CLOSED      calls pass; failures are counted over the last ten seconds
    OPEN        calls are refused, for five seconds at first, twice as long each time the probes fail
    HALF_OPEN   one call at a time passes as a probe; three successes in a row close, one failure opens again

One breaker per host class: an outage of the batch host is nothing to the conversation host. A refusal by the API
(429 and every other 4xx) is an answer: it proves that the host works.
"""

import enum
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import grpc

from gateway.clock import Clock
from gateway.errors import UpstreamError

# Ten seconds hold enough calls to judge by, and an outage is noticed within five of them.
WINDOW_S = 10
# Fewer calls than this say nothing: two failures of three calls are no outage.
LEAST_CALLS = 20
FAILING_SHARE = 0.5
FIRST_OPEN_S = 5.0
LONGEST_OPEN_S = 60.0
PROBES_TO_CLOSE = 3
# A call given up after this long without an answer counts as a failure: so does a host show that hangs. Time in which
# this process did not run is not the host's.
SLOW_S = 5.0
PROBE_RETRY_AFTER_S = 1.0
SERVER_FAULT = 500


class State(enum.Enum):
    """What a breaker does with the next call."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


# As a metric has it.
LEVELS = {State.CLOSED: 0, State.HALF_OPEN: 1, State.OPEN: 2}


class Attempt:
    """One call under the breaker's eyes; say inside the `with` block what came of it, or nothing when it was given up.

    Leaving the block without an outcome, by cancellation or any exception, counts as a failure when it took `SLOW_S`
    and as nothing otherwise; either way a probe's place is free again.
    """

    __slots__ = ("_breaker", "era", "failed", "lost_s", "probing", "started_s")

    def __init__(self, breaker: "Breaker", *, started_s: float, lost_s: float, era: int, probing: bool) -> None:
        """Made by `Breaker.attempt` alone."""
        self._breaker = breaker
        self.started_s = started_s
        self.lost_s = lost_s
        self.era = era
        self.probing = probing
        self.failed: bool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._breaker.finished(self)

    def answered(self, status: int) -> None:
        """An answer came, with this HTTP status."""
        self.failed = status >= SERVER_FAULT

    def unanswered(self) -> None:
        """The host could not be reached, or broke the connection, or took too long."""
        self.failed = True


class Breaker:
    """Watches the calls to one host, and refuses them while most fail."""

    def __init__(self, *, host: str, clock: Clock, lost_s: Callable[[], float] = lambda: 0.0) -> None:
        """Start closed. `host` is the class as it appears in errors: conversation, batch, template.

        `lost_s` tells for how many seconds altogether this process has been kept from running.
        """
        self.host = host
        self._clock = clock
        self._lost_s = lost_s
        self._seconds: deque[_Second] = deque()
        self._open_s = FIRST_OPEN_S
        self._opened_until_s: float | None = None
        self._probe_since_s: float | None = None
        self._successes = 0
        # Counts openings and closings: what an attempt from before says is no news any more.
        self._era = 0

    @property
    def state(self) -> State:
        """Whether calls pass at this moment."""
        if self._opened_until_s is None:
            return State.CLOSED
        return State.OPEN if self._clock.monotonic() < self._opened_until_s else State.HALF_OPEN

    def attempt(self) -> Attempt:
        """Let one call through: `with breaker.attempt() as attempt:` around it.

        Raises `UpstreamError` (CIRCUIT_OPEN) while the host is left alone.
        """
        now_s, probing = self._clock.monotonic(), self._opened_until_s is not None
        if probing:
            self._begin_probe(now_s)
        return Attempt(self, started_s=now_s, lost_s=self._lost_s(), era=self._era, probing=probing)

    def check(self) -> None:
        """Raise like `attempt` where that would, without taking a probe's place: before a call queues for nothing."""
        if self._opened_until_s is not None:
            self._refuse_for(self._wait_s(self._clock.monotonic()))

    def finished(self, attempt: Attempt) -> None:
        """Learn from an attempt that is over, unless the breaker opened or closed since it began."""
        if attempt.era != self._era:
            return
        now_s, failed = self._clock.monotonic(), attempt.failed
        if attempt.probing and self._probe_since_s == attempt.started_s:
            self._probe_since_s = None
        if failed is None and now_s - attempt.started_s - (self._lost_s() - attempt.lost_s) >= SLOW_S:
            failed = True
        if failed is not None:
            self._learn(now_s, failed=failed, probing=attempt.probing)

    def _begin_probe(self, now_s: float) -> None:
        """Take the probe's place, or refuse."""
        self._refuse_for(self._wait_s(now_s))
        self._probe_since_s = now_s

    def _wait_s(self, now_s: float) -> float:
        """Seconds until a probe may pass; one that hangs keeps its place no longer than `SLOW_S`."""
        wait_s = (self._opened_until_s or 0.0) - now_s
        if wait_s <= 0 and self._probe_since_s is not None and now_s - self._probe_since_s < SLOW_S:
            return PROBE_RETRY_AFTER_S
        return wait_s

    def _refuse_for(self, wait_s: float) -> None:
        if wait_s > 0:
            raise UpstreamError(
                f"the API's {self.host} host is failing, so the call was not made",
                reason="CIRCUIT_OPEN",
                code=grpc.StatusCode.UNAVAILABLE,
                retry_after_s=wait_s,
                metadata={"host": self.host, "request_state": "not_sent"},
            )

    def _learn(self, now_s: float, *, failed: bool, probing: bool) -> None:
        if not probing:
            self._count(now_s, failed=failed)
        elif failed:
            self._open_s = min(self._open_s * 2, LONGEST_OPEN_S)
            self._open(now_s)
        else:
            self._successes += 1
            if self._successes == PROBES_TO_CLOSE:
                self._close()

    def _count(self, now_s: float, *, failed: bool) -> None:
        """Add an outcome to the window, and open when most of it are failures."""
        second = int(now_s)
        if not self._seconds or self._seconds[-1].second != second:
            self._seconds.append(_Second(second))
        while self._seconds[0].second <= second - WINDOW_S:
            self._seconds.popleft()
        self._seconds[-1].calls += 1
        if not failed:
            return
        self._seconds[-1].failures += 1
        calls, failures = sum(each.calls for each in self._seconds), sum(each.failures for each in self._seconds)
        if calls >= LEAST_CALLS and failures > calls * FAILING_SHARE:
            self._open(now_s)

    def _open(self, now_s: float) -> None:
        self._era += 1
        self._opened_until_s = now_s + self._open_s
        self._probe_since_s = None
        self._successes = 0

    def _close(self) -> None:
        self._era += 1
        self._opened_until_s = None
        self._open_s = FIRST_OPEN_S
        self._seconds.clear()


@dataclass(slots=True)
class _Second:
    """What happened in one second of the clock."""

    second: int
    calls: int = 0
    failures: int = 0
