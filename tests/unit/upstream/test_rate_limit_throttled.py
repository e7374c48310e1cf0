"""What a 429 does: to the project, to one app, and to nobody else.

It is the same over both states but for what `test_rate_limit` says; the rate as the metrics tell it is that of the last
lease, so a call goes before each look at it.
"""

import asyncio

import pytest

from gateway.upstream.rate_limit import Claim
from tests.limiter_desk import Desk, on_virtual_time, open_desk, refusal_of
from tests.virtual_time import VirtualClock, run

NORMAL_CALL = Claim(caller="caller")


@on_virtual_time
async def test_after_a_429_nothing_leaves_until_the_pause_is_over_and_then_no_burst(desk: Desk) -> None:
    desk.limiter.throttled("app", 2.0, app_queue_full=False)

    tasks = [await desk.wait(NORMAL_CALL) for _ in range(3)]
    await asyncio.sleep(0.5)
    paused = desk.limiter.stats()
    waits_s = await asyncio.gather(*tasks)

    assert paused.pause_left_s == pytest.approx(1.5)
    assert paused.rate_per_s == pytest.approx(70.0)
    assert waits_s == pytest.approx([2.0, 2.0 + 1 / 70, 2.0 + 2 / 70], abs=desk.late_s)
    assert min(waits_s) >= 2.0


@pytest.mark.parametrize("retry_after_s", [None, 0.0])
def test_a_429_that_names_no_delay_pauses_for_a_second(retry_after_s: float | None) -> None:
    async def scenario(clock: VirtualClock) -> None:
        async with open_desk(clock) as desk:
            desk.limiter.throttled("", retry_after_s, app_queue_full=False)

            assert await desk.ask(NORMAL_CALL) == pytest.approx(1.0, abs=desk.late_s)

    run(scenario)


@on_virtual_time
async def test_the_rate_recovers_within_fifteen_seconds_of_a_pause(desk: Desk) -> None:
    desk.limiter.throttled("", 1.0, app_queue_full=False)

    await asyncio.sleep(8.5)
    await desk.ask(NORMAL_CALL)
    midway = desk.limiter.stats().rate_per_s
    await asyncio.sleep(7.5)
    await desk.ask(NORMAL_CALL)

    assert midway == pytest.approx(85.0)
    assert desk.limiter.stats().rate_per_s == pytest.approx(100.0)


@on_virtual_time
async def test_calls_refused_together_cut_the_rate_once(desk: Desk) -> None:
    for _ in range(30):
        desk.limiter.throttled("", 1.0, app_queue_full=False)
    await desk.ask(NORMAL_CALL)

    assert desk.limiter.stats().rate_per_s == pytest.approx(70.0, abs=0.2)


@on_virtual_time
async def test_the_rate_never_falls_below_a_twentieth(desk: Desk) -> None:
    for _ in range(30):
        desk.limiter.throttled("", 1.0, app_queue_full=False)
        await asyncio.sleep(1.0)
    await desk.ask(NORMAL_CALL)

    assert desk.limiter.stats().rate_per_s == pytest.approx(5.0, abs=2.0)


@on_virtual_time
async def test_a_monstrous_retry_after_is_capped(desk: Desk) -> None:
    desk.limiter.throttled("", 1e9, app_queue_full=False)

    assert await desk.ask(NORMAL_CALL) == pytest.approx(60.0, abs=desk.late_s)


@on_virtual_time
async def test_an_app_whose_queue_is_full_is_slowed_and_holds_up_nobody_else(desk: Desk) -> None:
    full, other = Claim(caller="a", app_id="full"), Claim(caller="a", app_id="other")
    desk.limiter.throttled("full", 2.0, app_queue_full=True)

    slow = [await desk.wait(full) for _ in range(3)]
    quick_s = [await desk.ask(other) for _ in range(5)]
    slow_s = await asyncio.gather(*slow)

    assert max(quick_s) <= desk.late_s
    assert slow_s == pytest.approx([2.0, 2.05, 2.1], abs=0.005 + desk.late_s)
    assert desk.limiter.stats().slowed_apps == 1


@on_virtual_time
async def test_calls_that_wait_already_when_their_app_is_slowed_let_the_others_pass(desk: Desk) -> None:
    await desk.use_up()
    slow = [await desk.wait(Claim(caller="a", app_id="full")) for _ in range(3)]
    quick = await desk.wait(Claim(caller="a", app_id="other"))

    desk.limiter.throttled("full", 2.0, app_queue_full=True)

    assert await quick == pytest.approx(0.01, abs=desk.late_s)
    assert await asyncio.gather(*slow) == pytest.approx([2.0, 2.05, 2.1], abs=0.005 + desk.late_s)


@on_virtual_time
async def test_a_refusal_for_an_app_whose_queue_is_full_says_so(desk: Desk) -> None:
    desk.limiter.throttled("full", 2.0, app_queue_full=True)

    refusal = await refusal_of(desk.ask(Claim(app_id="full"), timeout_s=1.0))

    assert refusal.reason == "APP_QUEUE_FULL"
    assert refusal.retry_after_s == pytest.approx(2.0)
    assert refusal.metadata["quota_subject"] == "app:full"


@on_virtual_time
async def test_an_app_that_has_recovered_is_forgotten(desk: Desk) -> None:
    desk.limiter.throttled("full", 2.0, app_queue_full=True)

    await asyncio.sleep(2.0 + 80.0)

    assert desk.limiter.stats().slowed_apps == 0
    assert await desk.ask(Claim(app_id="full")) <= desk.late_s


@on_virtual_time
async def test_a_slowed_app_gets_back_what_a_cancelled_call_was_given(desk: Desk) -> None:
    slowed = Claim(app_id="full")
    desk.limiter.throttled("full", 1.0, app_queue_full=True)
    desk.limiter.throttled("", 1.5, app_queue_full=False)
    first, second = await desk.wait(slowed), await desk.wait(slowed)
    await asyncio.sleep(1.02)

    first.cancel()

    assert await second == pytest.approx(1.5, abs=desk.late_s)
