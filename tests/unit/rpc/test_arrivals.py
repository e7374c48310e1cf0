"""Few requests arrive at once and each has its time, with one timer for all as with one for each."""

import asyncio
from functools import partial

import pytest

from gateway.rpc.arrivals import Arrivals
from tests.virtual_time import VirtualClock, run

TIMEOUT_S = 10.0
GIVE_WAY_S = 0.5


def arrivals(most: int = 100) -> Arrivals:
    return Arrivals(most=most, give_way_s=GIVE_WAY_S, timeout_s=TIMEOUT_S)


async def forever() -> None:
    await asyncio.Event().wait()


def test_what_comes_in_time_is_given_and_leaves_no_wait_behind() -> None:
    async def scenario(clock: VirtualClock) -> str:
        arriving = arrivals()

        async def answer() -> str:
            await clock.sleep(9.0)
            return "here"

        first = await arriving.take(answer)
        # The timer goes off for nobody, and nothing happens to the next wait before its own time.
        second = await arriving.take(answer)
        await clock.sleep(60.0)
        return first + second

    assert run(scenario) == "herehere"


def test_each_wait_ends_after_its_own_time_although_there_is_one_timer() -> None:
    async def scenario(clock: VirtualClock) -> list[float]:
        arriving, ended = arrivals(), []

        async def waiter(begin_s: float) -> None:
            await clock.sleep(begin_s)
            started_s = clock.monotonic()
            with pytest.raises(TimeoutError):
                await arriving.take(forever)
            ended.append(round(clock.monotonic() - started_s, 6))

        await asyncio.gather(*(waiter(begin_s) for begin_s in (0.0, 0.0, 3.0, 9.5, 25.0)))
        return ended

    assert run(scenario) == [TIMEOUT_S] * 5


def test_a_wait_that_was_ended_does_not_leave_its_task_cancelled() -> None:
    async def scenario(clock: VirtualClock) -> str:
        with pytest.raises(TimeoutError):
            await arrivals().take(forever)
        await clock.sleep(1.0)
        return "goes on"

    assert run(scenario) == "goes on"


@pytest.mark.parametrize("cancelled_at_s", [1.0, TIMEOUT_S])
def test_a_cancelled_task_is_cancelled_even_in_the_moment_in_which_its_time_is_over(cancelled_at_s: float) -> None:
    async def scenario(clock: VirtualClock) -> bool:
        task = asyncio.create_task(arrivals().take(forever))
        await asyncio.sleep(0)
        clock.loop.call_at(clock.monotonic() + cancelled_at_s, task.cancel)
        await asyncio.wait({task})
        return task.cancelled()

    assert run(scenario)


def test_no_more_arrive_at_once_than_may_and_the_others_follow_in_order() -> None:
    async def scenario(clock: VirtualClock) -> tuple[list[int], int]:
        arriving, order, reading, most = arrivals(most=2), [], 0, 0

        async def read(number: int) -> None:
            nonlocal reading, most
            reading += 1
            most = max(most, reading)
            order.append(number)
            await clock.sleep(0.1)
            reading -= 1

        await asyncio.gather(*(arriving.take(partial(read, number)) for number in range(7)))
        return order, most

    assert run(scenario) == ([0, 1, 2, 3, 4, 5, 6], 2)


def test_those_that_take_their_time_give_way_and_still_end_in_time() -> None:
    async def scenario(clock: VirtualClock) -> tuple[list[float], list[float]]:
        arriving, started_s = arrivals(most=2), clock.monotonic()
        served, ended = [], []

        async def drip() -> None:
            with pytest.raises(TimeoutError):
                await arriving.take(forever)
            ended.append(round(clock.monotonic() - started_s, 6))

        async def read() -> None:
            served.append(round(clock.monotonic() - started_s, 6))

        drips = [asyncio.create_task(drip()) for _ in range(5)]
        await asyncio.sleep(0)
        await asyncio.gather(*(arriving.take(read) for _ in range(3)))
        await asyncio.gather(*drips)
        return served, ended

    # Two drip, then two more, then one beside the first reader; their time is counted from where they begin.
    assert run(scenario) == ([1.0, 1.0, 1.0], [10.0, 10.0, 10.5, 10.5, 11.0])


def test_a_place_given_in_the_moment_in_which_its_taker_leaves_goes_to_the_next() -> None:
    async def scenario(_: VirtualClock) -> list[str]:
        arriving, read, first_may_end = arrivals(most=1), [], asyncio.Event()

        async def note(name: str) -> None:
            read.append(name)

        async def first() -> None:
            await arriving.take(first_may_end.wait)
            leaving.cancel()

        tasks = [asyncio.create_task(first())]
        await asyncio.sleep(0)
        leaving, last = (asyncio.create_task(arriving.take(partial(note, name))) for name in ("leaving", "last"))
        await asyncio.sleep(0)
        first_may_end.set()
        await asyncio.wait({*tasks, leaving, last})
        await arriving.take(partial(note, "after"))
        return read

    assert run(scenario) == ["last", "after"]


def test_nobody_waits_longer_for_a_place_than_a_request_may_take() -> None:
    async def scenario(clock: VirtualClock) -> list[float]:
        arriving, started_s = Arrivals(most=1, give_way_s=1000.0, timeout_s=TIMEOUT_S), clock.monotonic()
        ended = []

        async def drip() -> None:
            with pytest.raises(TimeoutError):
                await arriving.take(forever)
            ended.append(round(clock.monotonic() - started_s, 6))

        await asyncio.gather(*(drip() for _ in range(3)))
        return ended

    assert run(scenario) == [TIMEOUT_S] * 3
