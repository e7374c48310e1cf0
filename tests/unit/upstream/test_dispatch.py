"""One timer, late and early ones, and cancels in the moment of a permit: with the clock worked by hand."""

import pytest

from gateway.upstream.rate_limit import Priority
from tests.limiter_desk import HeldDesk, give_up, refusal_of, settle


async def test_one_timer_serves_everyone_who_waits() -> None:
    desk = HeldDesk()

    tasks = await desk.wait(10 + 20, max_wait_s=10.0) + await desk.wait(1, max_wait_s=5.0)

    assert desk.timers.asked == len(desk.timers.due) == 1
    await give_up(tasks)


async def test_the_timer_is_called_off_when_something_is_due_sooner() -> None:
    desk = HeldDesk()
    desk.limiter.throttled("full", 2.0, app_queue_full=True)
    slow = await desk.wait(1, app_id="full")

    quick = await desk.wait(10 + 1)

    assert (desk.timers.asked, len(desk.timers.due)) == (2, 1)
    await give_up(slow + quick)


async def test_a_late_timer_costs_no_rate() -> None:
    desk = HeldDesk()
    tasks = await desk.wait(10 + 20)

    desk.pass_time(0.055)
    await settle()

    assert sum(task.done() for task in tasks) == 10 + 5
    await give_up(tasks)


async def test_a_newcomer_does_not_take_the_permit_that_is_due_to_the_one_who_waits() -> None:
    desk = HeldDesk()
    await desk.wait(10)
    (first,) = await desk.wait(1)
    desk.timers.now_s += 0.011

    (newcomer,) = await desk.wait(1)

    assert first.done()
    assert not newcomer.done()
    await give_up([newcomer])


async def test_calls_of_a_slowed_app_are_served_even_if_it_recovers_before_them() -> None:
    desk = HeldDesk()
    desk.limiter.throttled("full", 2.0, app_queue_full=True)
    (slow,) = await desk.wait(1, max_wait_s=300.0, app_id="full")
    desk.timers.now_s += 100.0
    assert desk.limiter.stats().waiting[Priority.NORMAL] == 1

    desk.pass_time(0.0)

    assert await slow == pytest.approx(100.0)
    assert desk.limiter.stats().slowed_apps == 0


async def test_a_permit_granted_in_the_moment_of_a_cancel_goes_to_the_next() -> None:
    desk = HeldDesk()
    await desk.wait(10)
    first, second = await desk.wait(2)

    desk.pass_time(0.01)
    first.cancel()
    await settle()

    assert first.cancelled()
    assert second.done()
    assert second.result() == pytest.approx(0.01)


async def test_a_permit_granted_in_the_moment_of_a_cancel_is_there_for_whoever_comes() -> None:
    desk = HeldDesk()
    await desk.wait(10)
    (only,) = await desk.wait(1)

    desk.pass_time(0.01)
    only.cancel()
    await settle()

    assert only.cancelled()
    assert await desk.ask(max_wait_s=0.0) == 0.0
    await refusal_of(desk.ask(max_wait_s=0.0))


async def test_a_cancel_just_before_the_permit_leaves_it_to_the_next() -> None:
    desk = HeldDesk()
    await desk.wait(10)
    (first,) = await desk.wait(1, max_wait_s=9.0)
    (second,) = await desk.wait(1, max_wait_s=5.0)

    first.cancel()
    desk.pass_time(0.01)
    await settle()

    assert first.cancelled()
    assert second.done()


async def test_an_early_timer_gives_nothing_away_and_does_not_spin() -> None:
    desk = HeldDesk()
    await desk.wait(10)
    (only,) = await desk.wait(1)

    desk.pass_time(0.0095)
    await settle()

    # Half a millisecond was left; the timer was asked for a whole one, see HeldTimers.
    assert not only.done()
    desk.pass_time(0.001)
    assert await only == pytest.approx(0.0105)
