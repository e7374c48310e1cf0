"""Two limiters to test with: one on virtual time, and one whose clock and timer are worked by hand."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import pytest

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.errors import LimitError
from gateway.upstream.dispatch import Timers
from gateway.upstream.rate_limit import Claim, RateLimiter
from tests.virtual_time import VirtualClock, run

HOUR_S = 3600.0


@asynccontextmanager
async def open_embedded(
    clock: VirtualClock, *, timers: Timers | None = None, **options: Any
) -> AsyncIterator[RateLimiter]:
    """A limiter that has the project's rate for itself."""
    yield RateLimiter(project_id="project", clock=clock, timers=timers or clock.loop, margin=0.0, **options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What may differ from arithmetic."""

    late_s: float = 0.0011
    """How much later than it is due a permit may come: event loops count milliseconds."""
    kept_s: float = 0.0
    """How much later than it came a permit may still be used."""
    asked_s: float = 0.0
    """How long a call that may not wait takes to find out that there is no permit."""


# The limiter of a test, and what it is allowed. Where the same tests run over the shared state, its own are here.
open_limiter: Callable[..., AbstractAsyncContextManager[RateLimiter]] = open_embedded
allowance = Allowance()


class Desk:
    """A limiter on virtual time: 100 permits a second, a burst of 10, unless told otherwise."""

    def __init__(self, clock: VirtualClock, limiter: RateLimiter) -> None:
        self.clock = clock
        self.limiter = limiter
        self.late_s = allowance.late_s
        self.admitted: list[tuple[str, float]] = []

    async def ask(self, claim: Claim, timeout_s: float = HOUR_S) -> float:
        started_s = self.clock.monotonic()
        wait_s = await self.limiter.acquire(claim, Deadline.after(timeout_s, self.clock))
        assert wait_s == pytest.approx(self.clock.monotonic() - started_s)
        self.admitted.append((claim.caller, wait_s))
        return wait_s

    async def wait(self, claim: Claim, timeout_s: float = HOUR_S) -> "asyncio.Task[float]":
        """Ask in a task, and come back when it stands in line."""
        task = asyncio.create_task(self.ask(claim, timeout_s))
        await asyncio.sleep(0)
        return task

    async def use_up(self, permits: int = 10) -> None:
        for _ in range(permits):
            assert await self.ask(Claim(caller="earlier")) <= self.late_s
        self.admitted.clear()

    def waiting(self) -> int:
        return sum(self.limiter.stats().waiting.values())


async def refusal_of(asking: Coroutine[object, object, float]) -> LimitError:
    with pytest.raises(LimitError) as caught:
        await asking
    assert caught.value.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    return caught.value


@asynccontextmanager
async def open_desk(clock: VirtualClock, **options: Any) -> AsyncIterator[Desk]:
    """A desk until the block ends."""
    async with open_limiter(clock, **{"rate_per_s": 100.0, "burst": 10} | options) as limiter:
        yield Desk(clock, limiter)


def on_virtual_time(scenario: Callable[[Desk], Coroutine[object, object, None]]) -> Callable[[], None]:
    """Run a test on a loop whose clock jumps."""

    async def story(clock: VirtualClock) -> None:
        async with open_desk(clock) as desk:
            await scenario(desk)

    def test() -> None:
        run(story)

    test.__name__ = scenario.__name__
    return test


class HeldTimers:
    """Timers that fire when the test says so, and a clock that stands still meanwhile."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.due: list[HeldTimer] = []
        self.asked = 0

    def monotonic(self) -> float:
        return self.now_s

    def call_later(self, delay: float, callback: Callable[[], object], /) -> "HeldTimer":
        assert delay > 0.00099, "event loops count milliseconds; less would spin"
        self.due.append(HeldTimer(self, callback))
        self.asked += 1
        return self.due[-1]

    def fire(self) -> None:
        (timer,) = self.due
        timer.cancel()
        timer.callback()


class HeldTimer:
    def __init__(self, timers: HeldTimers, callback: Callable[[], object]) -> None:
        self.timers = timers
        self.callback = callback

    def cancel(self) -> None:
        self.timers.due.remove(self)


class HeldClock(Clock):
    def __init__(self, timers: HeldTimers) -> None:
        self.monotonic = timers.monotonic


class HeldDesk:
    """A limiter whose clock and timers are worked by hand: 100 permits a second, a burst of 10."""

    def __init__(self) -> None:
        self.timers = HeldTimers()
        self.clock = HeldClock(self.timers)
        self.limiter = RateLimiter(
            project_id="project", clock=self.clock, timers=self.timers, rate_per_s=100.0, margin=0.0, burst=10
        )

    def ask(self, max_wait_s: float = 10.0, app_id: str = "") -> Coroutine[object, object, float]:
        return self.limiter.acquire(Claim(max_wait_s=max_wait_s, app_id=app_id), Deadline.after(HOUR_S, self.clock))

    async def wait(self, count: int, max_wait_s: float = 10.0, app_id: str = "") -> "list[asyncio.Task[float]]":
        tasks = [asyncio.create_task(self.ask(max_wait_s, app_id)) for _ in range(count)]
        await settle()
        return tasks

    def pass_time(self, seconds: float) -> None:
        self.timers.now_s += seconds
        self.timers.fire()


async def give_up(tasks: "list[asyncio.Task[float]]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def settle() -> None:
    """Let every task run that can."""
    for _ in range(5):
        await asyncio.sleep(0)
