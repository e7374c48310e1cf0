"""What is known of an app's queue, how it is kept fresh, and what follows from it."""

import asyncio
from dataclasses import replace

import pytest

from gateway.deadline import Deadline
from gateway.errors import LimitError
from gateway.upstream.app_queue import MAX_APPS, AppQueues, Joining
from gateway.upstream.rate_limit import Priority
from tests.unit.upstream.app_desk import APP, REGION, FakeLookup, on_virtual_time

POLL_S = 30.0
ONE = Joining(app_id=APP, region=REGION)


def queues(lookup: FakeLookup, *, refuse: bool = False) -> AppQueues:
    return AppQueues(lookup=lookup, clock=lookup.clock, poll_s=POLL_S, refuse=refuse)


async def known(lookup: FakeLookup, *, refuse: bool = False) -> AppQueues:
    """Queues that have just read the app."""
    subject = queues(lookup, refuse=refuse)
    subject.joined(ONE)
    await lookup.clock.sleep(2.0)
    lookup.asked.clear()
    return subject


@on_virtual_time
async def test_nothing_is_told_before_the_first_read(lookup: FakeLookup) -> None:
    subject = queues(lookup)

    assert subject.joined(ONE) is None
    assert subject.longest_eta_s() == 0.0
    assert not subject.is_dispatch(APP, REGION)
    await subject.close()
    assert lookup.asked == []


@on_virtual_time
async def test_the_forecast_counts_what_was_sent_and_what_has_drained(lookup: FakeLookup) -> None:
    lookup.facts = replace(lookup.facts, waiting=2000)
    subject = await known(lookup)

    at_first = subject.joined(replace(ONE, message_count=200))
    with_more = subject.joined(ONE)
    await lookup.clock.sleep(10.0)
    later = subject.eta_s(APP, REGION)

    # 2000 waiting and 20 a second, one second after the read; then 200 more; then 201 more and ten seconds less.
    assert at_first == pytest.approx(99.0)
    assert with_more == pytest.approx(109.0)
    assert later == pytest.approx(99.05)


@on_virtual_time
async def test_an_app_in_use_is_read_once_per_poll_as_bulk_work(lookup: FakeLookup) -> None:
    subject = await known(lookup)

    for _ in range(600):
        subject.joined(ONE)
        await lookup.clock.sleep(0.5)

    assert len(lookup.asked) == 10
    assert {priority for *_, priority in lookup.asked} == {Priority.BULK}


@on_virtual_time
async def test_an_app_out_of_use_is_not_read_and_forgotten_after_two_polls(lookup: FakeLookup) -> None:
    subject = await known(lookup)

    await lookup.clock.sleep(2 * POLL_S)

    assert subject.eta_s(APP, REGION) is None
    assert not subject.is_dispatch(APP, REGION)
    assert lookup.asked == []


@on_virtual_time
async def test_a_read_that_fails_is_tried_again_after_a_poll(lookup: FakeLookup) -> None:
    lookup.failing = True
    subject = queues(lookup)

    for _ in range(100):
        subject.joined(ONE)
        await lookup.clock.sleep(1.0)

    assert 3 <= len(lookup.asked) <= 4


@on_virtual_time
async def test_a_guard_that_refuses_everything_still_learns_that_the_queue_has_drained(lookup: FakeLookup) -> None:
    lookup.facts = replace(lookup.facts, waiting=500_000)
    subject = await known(lookup, refuse=True)

    with pytest.raises(LimitError) as caught:
        subject.admit(replace(ONE, message_count=1000))
    lookup.facts = replace(lookup.facts, waiting=0)
    await lookup.clock.sleep(POLL_S)
    with pytest.raises(LimitError):
        subject.admit(replace(ONE, message_count=1000))
    await lookup.clock.sleep(1.0)
    subject.admit(replace(ONE, message_count=1000))

    assert caught.value.reason == "APP_QUEUE_FULL"


@on_virtual_time
async def test_refused_together_calls_ask_once_and_urgently(lookup: FakeLookup) -> None:
    lookup.facts = replace(lookup.facts, waiting=500_000)
    lookup.delay_s = 0.2
    subject = queues(lookup)
    deadline = Deadline.after(10.0, lookup.clock)

    answers = await asyncio.gather(*(subject.is_full(ONE, deadline) for _ in range(50)))
    afterwards = await subject.is_full(ONE, deadline)

    assert {*answers, afterwards} == {True}
    assert lookup.asked == [(APP, REGION, Priority.URGENT)]


@pytest.mark.parametrize(("limit_s", "waited_s"), [(0.5, 0.5), (60.0, 2.0)])
def test_the_question_is_bounded_and_without_an_answer_it_is_the_projects_rate(limit_s: float, waited_s: float) -> None:
    async def scenario(lookup: FakeLookup) -> None:
        lookup.delay_s = 9.0
        subject = queues(lookup)
        started_s = lookup.clock.monotonic()

        assert not await subject.is_full(ONE, Deadline.after(limit_s, lookup.clock))

        assert lookup.clock.monotonic() - started_s == pytest.approx(waited_s)
        await subject.close()

    on_virtual_time(scenario)()


@on_virtual_time
async def test_the_apps_that_are_watched_are_bounded(lookup: FakeLookup) -> None:
    subject = queues(lookup)

    for number in range(MAX_APPS + 50):
        subject.joined(replace(ONE, app_id=f"app-{number}"))
    await lookup.clock.sleep(2.0)

    assert len(lookup.asked) == MAX_APPS
    assert ("app-0", REGION, Priority.BULK) not in lookup.asked
