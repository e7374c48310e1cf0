"""A caller's share of the rate: the most it gets, whatever else is free, and nobody else's trouble."""

import asyncio

import pytest

from gateway.upstream.rate_limit import Claim, Priority
from tests.limiter_desk import HOUR_S, Desk, on_virtual_time, refusal_of


@on_virtual_time
async def test_a_caller_gets_no_more_than_its_share_even_when_all_else_is_free(desk: Desk) -> None:
    desk.limiter.share({"campaign": 0.2})

    async with asyncio.TaskGroup() as group:
        for _ in range(42):
            group.create_task(desk.ask(Claim(caller="campaign")))

    # 100 a second and a burst of 10: a fifth of both.
    assert max(wait_s for _, wait_s in desk.admitted) == pytest.approx(40 / 20, abs=0.01 + desk.late_s)


@on_virtual_time
async def test_a_caller_at_its_share_holds_nobody_else_up(desk: Desk) -> None:
    desk.limiter.share({"campaign": 0.1})
    for _ in range(50):
        await desk.wait(Claim(caller="campaign"))

    wait_s = await desk.ask(Claim(caller="person"))

    assert wait_s <= desk.late_s


@on_virtual_time
async def test_inside_a_share_the_urgent_go_first(desk: Desk) -> None:
    desk.limiter.share({"shop": 0.1})
    bulk = [await desk.wait(Claim(caller="shop", priority=Priority.BULK)) for _ in range(20)]

    await desk.ask(Claim(caller="shop", priority=Priority.URGENT))

    assert sum(not task.done() for task in bulk) >= 18


@on_virtual_time
async def test_a_call_that_its_share_cannot_admit_in_time_is_refused_by_that_name(desk: Desk) -> None:
    desk.limiter.share({"campaign": 0.01})
    await desk.ask(Claim(caller="campaign"))

    refusal = await refusal_of(desk.ask(Claim(caller="campaign"), timeout_s=0.5))

    assert refusal.reason == "RATE_LIMITED"
    assert refusal.metadata["quota_subject"] == "caller:campaign"
    assert refusal.retry_after_s == pytest.approx(1.0, abs=0.01)


@on_virtual_time
async def test_a_share_may_change_while_calls_wait(desk: Desk) -> None:
    desk.limiter.share({"campaign": 0.01})
    waiting = [await desk.wait(Claim(caller="campaign")) for _ in range(20)]

    desk.limiter.share({})
    async with asyncio.timeout(HOUR_S):
        await asyncio.gather(*waiting)
    unbound_s = await desk.ask(Claim(caller="campaign"))

    assert max(wait_s for _, wait_s in desk.admitted) < 1.5
    assert unbound_s < 0.05 + desk.late_s


@on_virtual_time
async def test_a_slowed_app_holds_up_a_caller_with_a_share_as_well(desk: Desk) -> None:
    desk.limiter.share({"campaign": 0.5})
    desk.limiter.throttled("app", 1.0, app_queue_full=True)

    wait_s = await desk.ask(Claim(caller="campaign", app_id="app"))

    assert wait_s == pytest.approx(1.0, abs=0.05)
