"""A limiter whose permits come from a cell goes on, whatever the cell answers."""

import asyncio

import pytest

from gateway.deadline import Deadline
from gateway.errors import LimitError, StoreError
from gateway.state.permits import Lease, Wish
from gateway.upstream.rate_limit import Claim, RateLimiter
from tests.limiter_desk import HOUR_S
from tests.virtual_time import VirtualClock, run

RATE_PER_S = 100.0


class Cell:
    """Gives what is wished for, or raises what it is told to."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.asked = 0
        self.delay_s = 0.0
        self.nothing_for_s = 0.0

    async def lease(self, wish: Wish) -> Lease:
        self.asked += 1
        await asyncio.sleep(self.delay_s)
        if self.error is not None:
            raise self.error
        count = 0 if self.nothing_for_s else sum(wish.wanted)
        return Lease(
            count=count, due_s=0.0, interval_s=0.01, busy_period=1, again_s=self.nothing_for_s,
            rate_per_s=RATE_PER_S, pause_left_s=0.0, contenders=0,
        )  # fmt: skip


@pytest.mark.parametrize("error", [StoreError.unavailable("away"), ValueError("not enough values to unpack")])
def test_calls_go_on_at_the_local_share_and_at_the_shared_rate_when_the_cell_is_back(error: Exception) -> None:
    cell = Cell()
    away = []

    async def scenario(clock: VirtualClock) -> None:
        limiter = limiter_over(cell, clock, local_share=0.25)
        cell.error = error
        await limiter.acquire(Claim(), Deadline.after(HOUR_S, clock))
        away.append(limiter.local)
        cell.error = None
        await clock.sleep(1.0)
        await limiter.acquire(Claim(), Deadline.after(HOUR_S, clock))
        away.append(limiter.local)
        await limiter.close()

    run(scenario)

    assert away == [True, False]


def test_a_call_that_may_not_wait_is_refused_soon_where_the_cell_does_not_answer() -> None:
    async def scenario(clock: VirtualClock) -> float:
        cell = Cell()
        cell.delay_s = 1.0
        limiter = limiter_over(cell, clock, local_share=0.25)
        started_s = clock.monotonic()
        with pytest.raises(LimitError):
            await limiter.acquire(Claim(max_wait_s=0.0), Deadline.after(HOUR_S, clock))
        await limiter.close()
        return clock.monotonic() - started_s

    assert run(scenario) == pytest.approx(0.05, abs=0.0011)


def test_a_cell_that_has_nothing_for_long_is_asked_again_before_that_is_over() -> None:
    async def scenario(clock: VirtualClock) -> float:
        cell = Cell()
        cell.nothing_for_s = 600.0
        limiter = limiter_over(cell, clock, local_share=0.25)
        call = asyncio.create_task(limiter.acquire(Claim(), Deadline.after(HOUR_S, clock)))
        await clock.sleep(0.5)
        cell.nothing_for_s = 0.0
        waited_s = await call
        await limiter.close()
        return waited_s

    assert run(scenario) == pytest.approx(1.0, abs=0.0011)


@pytest.mark.parametrize("steps", range(5))
def test_a_limiter_that_is_woken_just_as_it_is_closed_closes(steps: int) -> None:
    async def scenario(clock: VirtualClock) -> None:
        limiter = limiter_over(Cell(), clock, local_share=0.25)
        await asyncio.sleep(0)
        limiter.throttled("", 1.0, app_queue_full=False)
        for _ in range(steps):
            await asyncio.sleep(0)

        async with asyncio.timeout(10 * HOUR_S):
            await limiter.close()

    run(scenario)


def limiter_over(cell: Cell, clock: VirtualClock, *, local_share: float) -> RateLimiter:
    return RateLimiter(
        project_id="project",
        clock=clock,
        timers=clock.loop,
        rate_per_s=RATE_PER_S,
        margin=0.0,
        burst=1,
        cell=cell,
        local_share=local_share,
    )
