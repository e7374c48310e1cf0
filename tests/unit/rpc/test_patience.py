"""Waits of one length share a timer, and each ends as it would with a timer of its own."""

import asyncio

import pytest

from gateway.rpc.patience import Patience
from tests.virtual_time import VirtualClock, run

TIMEOUT_S = 10.0


async def forever() -> None:
    await asyncio.Event().wait()


def test_what_comes_in_time_is_given_and_leaves_no_wait_behind() -> None:
    async def scenario(clock: VirtualClock) -> str:
        patience = Patience(TIMEOUT_S)

        async def answer() -> str:
            await clock.sleep(9.0)
            return "here"

        first = await patience.wait(answer())
        # The timer goes off for nobody, and nothing happens to the next wait before its own time.
        second = await patience.wait(answer())
        await clock.sleep(60.0)
        return first + second

    assert run(scenario) == "herehere"


def test_each_wait_ends_after_its_own_time_although_there_is_one_timer() -> None:
    async def scenario(clock: VirtualClock) -> list[float]:
        patience, ended = Patience(TIMEOUT_S), []

        async def waiter(begin_s: float) -> None:
            await clock.sleep(begin_s)
            started_s = clock.monotonic()
            with pytest.raises(TimeoutError):
                await patience.wait(forever())
            ended.append(round(clock.monotonic() - started_s, 6))

        await asyncio.gather(*(waiter(begin_s) for begin_s in (0.0, 0.0, 3.0, 9.5, 25.0)))
        return ended

    assert run(scenario) == [TIMEOUT_S] * 5


def test_a_wait_that_was_ended_does_not_leave_its_task_cancelled() -> None:
    async def scenario(clock: VirtualClock) -> str:
        with pytest.raises(TimeoutError):
            await Patience(TIMEOUT_S).wait(forever())
        await clock.sleep(1.0)
        return "goes on"

    assert run(scenario) == "goes on"


@pytest.mark.parametrize("cancelled_at_s", [1.0, TIMEOUT_S])
def test_a_cancelled_task_is_cancelled_even_in_the_moment_in_which_its_time_is_over(cancelled_at_s: float) -> None:
    async def scenario(clock: VirtualClock) -> bool:
        task = asyncio.create_task(Patience(TIMEOUT_S).wait(forever()))
        await asyncio.sleep(0)
        clock.loop.call_at(clock.monotonic() + cancelled_at_s, task.cancel)
        await asyncio.wait({task})
        return task.cancelled()

    assert run(scenario)
