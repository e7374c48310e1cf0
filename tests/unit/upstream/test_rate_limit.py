"""The rate limit as its callers see it: who waits, how long, and who is refused with what.

The same over both states, but for what `limiter_desk.Allowance` measures: leased permits come a few at a time, each few
a moment after the last, and may be used a little later than they were due. A call may have its permit so much later, or
earlier by what was leased ahead; and the rate, as the metrics tell it, is that of the last lease.
"""

import asyncio
from collections.abc import Callable

import pytest

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.upstream.rate_limit import Claim, Priority, RateLimiter
from tests.limiter_desk import HOUR_S, Desk, on_virtual_time, open_desk, refusal_of
from tests.virtual_time import VirtualClock, run

URGENT, NORMAL, BULK = Priority
URGENT_CALL, NORMAL_CALL, BULK_CALL = (Claim(priority=priority, caller="caller") for priority in Priority)


@on_virtual_time
async def test_a_burst_passes_at_once_and_the_next_waits_its_turn(desk: Desk) -> None:
    waits_s = [await desk.ask(NORMAL_CALL) for _ in range(12)]

    assert waits_s[:10] == pytest.approx([0.0] * 10, abs=desk.late_s)
    assert waits_s[10:] == pytest.approx([0.01, 0.01], abs=desk.late_s)
    assert sum(waits_s) == pytest.approx(0.02, abs=desk.late_s)


class Idle:
    """Timers that must not be asked for."""

    def call_later(self, _delay: float, _callback: Callable[[], object], /) -> asyncio.TimerHandle:
        raise AssertionError("a permit that nobody competes for needs no timer")


@pytest.mark.embedded
async def test_a_permit_that_nobody_competes_for_is_had_without_waiting_for_the_loop() -> None:
    limiter = RateLimiter(project_id="project", clock=Clock(), timers=Idle())
    asking = limiter.acquire(NORMAL_CALL, Deadline.after(1.0, Clock()))

    with pytest.raises(StopIteration) as finished:
        asking.send(None)

    assert finished.value.value == 0.0


@on_virtual_time
async def test_the_more_urgent_call_overtakes(desk: Desk) -> None:
    await desk.use_up()

    async with asyncio.TaskGroup() as group:
        for claim in (BULK_CALL, NORMAL_CALL, URGENT_CALL):
            group.create_task(desk.ask(Claim(priority=claim.priority, caller=claim.priority.name)))

    assert [caller for caller, _ in desk.admitted] == ["URGENT", "NORMAL", "BULK"]


@on_virtual_time
async def test_a_caller_with_ten_thousand_calls_in_line_does_not_delay_the_first_of_another(desk: Desk) -> None:
    await desk.use_up()
    flood = [asyncio.create_task(desk.ask(Claim(caller="campaign"))) for _ in range(10_000)]
    await asyncio.sleep(1.0)

    wait_s = await desk.ask(Claim(caller="person"))

    assert wait_s < 0.03 + desk.late_s
    assert desk.waiting() > 9_800
    for task in flood:
        task.cancel()
    await asyncio.gather(*flood, return_exceptions=True)


@on_virtual_time
async def test_bulk_calls_get_their_share_while_urgent_ones_flood(desk: Desk) -> None:
    await desk.use_up()
    flood = [await desk.wait(URGENT_CALL) for _ in range(500)]

    wait_s = await desk.ask(BULK_CALL)

    assert wait_s == pytest.approx(0.4, abs=0.01 + desk.late_s)
    await asyncio.gather(*flood)


@on_virtual_time
async def test_a_call_that_cannot_be_admitted_in_time_is_refused_at_once_and_takes_nothing(desk: Desk) -> None:
    await desk.use_up()
    queued = [await desk.wait(NORMAL_CALL) for _ in range(20)]
    asked_s = desk.clock.monotonic()

    refusal = await refusal_of(desk.ask(NORMAL_CALL, timeout_s=0.1))

    assert desk.clock.monotonic() == asked_s
    assert refusal.reason == "RATE_LIMITED"
    assert refusal.retry_after_s == pytest.approx(0.21, abs=desk.late_s)
    assert refusal.metadata == {
        "quota_subject": "project:project",
        "quota_description": "100 calls per second, all apps and regions together",
    }
    assert max(await asyncio.gather(*queued)) == pytest.approx(0.2, abs=desk.late_s)


@on_virtual_time
async def test_a_call_that_may_not_wait_is_admitted_only_when_a_permit_is_free(desk: Desk) -> None:
    impatient = Claim(caller="caller", max_wait_s=0.0)
    started_s = desk.clock.monotonic()

    refusal = await refusal_of(_asked_until_refused(desk, impatient))

    assert refusal.reason == "RATE_LIMITED"
    assert 10 <= len(desk.admitted) <= 10 + (desk.clock.monotonic() - started_s) * 100


async def _asked_until_refused(desk: Desk, claim: Claim) -> float:
    for _ in range(30):
        assert await desk.ask(claim) <= desk.late_s
    return 0.0


@on_virtual_time
async def test_a_call_that_may_not_wait_is_admitted_where_nobody_asked_for_long(desk: Desk) -> None:
    for _ in range(3):
        await asyncio.sleep(10.0)

        assert await desk.ask(Claim(caller="caller", max_wait_s=0.0)) <= desk.late_s


@on_virtual_time
async def test_a_deadline_that_has_passed_takes_no_permit(desk: Desk) -> None:
    await refusal_of(desk.ask(NORMAL_CALL, timeout_s=0.0))

    await desk.use_up(10)


@on_virtual_time
async def test_a_call_overtaken_until_its_time_is_over_is_refused_then_and_takes_nothing(desk: Desk) -> None:
    await desk.use_up()
    patient = await desk.wait(Claim(priority=BULK, max_wait_s=0.1))
    asked_s = desk.clock.monotonic()
    urgent = [await desk.wait(URGENT_CALL) for _ in range(15)]

    refusal = await refusal_of(_result_of(patient))

    assert refusal.reason == "RATE_LIMITED"
    assert desk.clock.monotonic() - asked_s == pytest.approx(0.1, abs=0.0011)
    assert max(await asyncio.gather(*urgent)) == pytest.approx(0.15, abs=desk.late_s)


async def _result_of(task: "asyncio.Task[float]") -> float:
    return await task


@on_virtual_time
async def test_a_cancelled_call_frees_its_place(desk: Desk) -> None:
    await desk.use_up()
    given_up = [await desk.wait(NORMAL_CALL) for _ in range(50)]
    last = await desk.wait(NORMAL_CALL)

    for task in given_up:
        task.cancel()
    await asyncio.gather(*given_up, return_exceptions=True)

    assert desk.waiting() == 1
    assert await last == pytest.approx(0.01, abs=desk.late_s)


@on_virtual_time
async def test_a_call_whose_coroutine_is_closed_leaves_the_line(desk: Desk) -> None:
    await desk.use_up()
    asking = desk.limiter.acquire(NORMAL_CALL, Deadline.after(1.0, desk.clock))
    asking.send(None)
    assert desk.waiting() == 1

    asking.close()

    assert desk.waiting() == 0


def test_a_full_line_refuses_one_more_and_leaves_other_priorities_alone() -> None:
    async def scenario(clock: VirtualClock) -> None:
        async with open_desk(clock, max_waiting=3) as desk:
            await desk.use_up()
            queued = [await desk.wait(Claim(priority=BULK, caller=name)) for name in "abc"]

            refusal = await refusal_of(desk.ask(Claim(priority=BULK, caller="d")))

            assert refusal.reason == "QUEUE_FULL"
            assert refusal.retry_after_s == pytest.approx(0.04, abs=desk.late_s)
            await desk.ask(URGENT_CALL)
            await asyncio.gather(*queued)

    run(scenario)


def test_one_caller_cannot_fill_the_line_for_the_others() -> None:
    async def scenario(clock: VirtualClock) -> None:
        async with open_desk(clock, max_waiting_per_caller=3) as desk:
            await desk.use_up()
            queued = [await desk.wait(Claim(caller="a")) for _ in range(3)]

            assert (await refusal_of(desk.ask(Claim(caller="a")))).reason == "QUEUE_FULL"
            await desk.ask(Claim(caller="b"))
            await asyncio.gather(*queued)

    run(scenario)


@on_virtual_time
async def test_stats_count_who_waits_by_priority(desk: Desk) -> None:
    await desk.use_up()
    queued = [await desk.wait(claim) for claim in (URGENT_CALL, NORMAL_CALL, NORMAL_CALL, BULK_CALL)]

    stats = desk.limiter.stats()

    assert stats.waiting == {URGENT: 1, NORMAL: 2, BULK: 1}
    assert (stats.rate_per_s, stats.pause_left_s, stats.slowed_apps) == (100.0, 0.0, 0)
    await asyncio.gather(*queued)


@on_virtual_time
async def test_the_limiter_remembers_nothing_of_calls_long_answered(desk: Desk) -> None:
    await desk.use_up()
    last = await desk.wait(NORMAL_CALL, timeout_s=HOUR_S)
    for number in range(1_000):
        # Each has an earlier deadline than those before it, so the answered ones stay behind those that wait.
        previous, last = last, await desk.wait(NORMAL_CALL, timeout_s=HOUR_S - number)
        await previous

    assert len(desk.limiter._dispatch._expiries) < 100
    await last
