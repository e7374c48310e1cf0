"""An open loop: the same moments for everybody, and no send hides what another waited."""

import asyncio
import itertools
import time

import pytest

from bench.arrivals import Alarm, Order, moments, offer
from bench.load import Novelty

ORDER = Order(rate_per_s=400.0, duration_s=0.1, seed=3, pids=[])


@pytest.fixture
async def alarm() -> Alarm:
    return Alarm()


def test_a_seed_draws_the_same_moments_for_both_sides() -> None:
    drawn = list(moments(ORDER))

    assert drawn == list(moments(ORDER))
    assert drawn == sorted(drawn)
    assert 0.0 < drawn[0] < drawn[-1] < ORDER.duration_s


async def test_a_send_that_takes_long_keeps_no_other_from_setting_out(alarm: Alarm) -> None:
    begun = 0
    all_begun = asyncio.Event()

    async def send() -> str:
        nonlocal begun
        begun += 1
        number = begun
        if begun == len(list(moments(ORDER))):
            all_begun.set()
        await all_begun.wait()
        return str(number)

    sample = await offer(send, ORDER, Novelty(), alarm)

    assert sample.send_count == begun == sample.most_in_flight


async def test_latency_counts_from_the_moment_a_send_was_due() -> None:
    class Late(Alarm):
        async def until(self, at_s: float) -> None:
            await asyncio.sleep(at_s + 0.02 - time.perf_counter())

    numbers = map(str, itertools.count())

    async def answered_at_once() -> str:
        return next(numbers)

    sample = await offer(answered_at_once, ORDER, Novelty(), Late())

    assert sample.p99_s >= sample.late_p99_s > 0.015
    assert sample.p50_s > 0.015


async def test_a_repeated_answer_is_noticed(alarm: Alarm) -> None:
    async def the_same() -> str:
        return "one"

    with pytest.raises(ValueError, match="repeat a message id"):
        await offer(the_same, ORDER, Novelty(), alarm)
