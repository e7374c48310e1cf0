"""The region of an app is searched for once an hour, whoever asks."""

import asyncio

from gateway.deadline import Deadline
from gateway.upstream.regions import KEPT_S, MAX_APPS, AppRegions
from tests.unit.upstream.app_desk import APP, FakeLookup, on_virtual_time


def regions(lookup: FakeLookup) -> AppRegions:
    return AppRegions(lookup=lookup, clock=lookup.clock)


def soon(lookup: FakeLookup, timeout_s: float = 10.0) -> Deadline:
    return Deadline.after(timeout_s, lookup.clock)


@on_virtual_time
async def test_what_was_found_is_kept_for_an_hour(lookup: FakeLookup) -> None:
    subject = regions(lookup)

    first = await subject.besides("eu", APP, soon(lookup))
    await lookup.clock.sleep(KEPT_S - 1)
    second = await subject.besides("eu", APP, soon(lookup))
    asked = len(lookup.asked)
    await lookup.clock.sleep(2)
    third = await subject.besides("eu", APP, soon(lookup))

    assert (first, second, third) == ("us", "us", "us")
    assert (asked, len(lookup.asked)) == (1, 2)


@on_virtual_time
async def test_what_was_not_found_is_kept_too(lookup: FakeLookup) -> None:
    subject = regions(lookup)

    answers = [await subject.besides("us", APP, soon(lookup)) for _ in range(5)]

    assert set(answers) == {""}
    assert len(lookup.asked) == 2


@on_virtual_time
async def test_a_caller_that_gives_up_does_not_end_the_search_for_the_others(lookup: FakeLookup) -> None:
    lookup.delay_s = 1.0
    subject = regions(lookup)
    leaving = asyncio.create_task(subject.besides("eu", APP, soon(lookup)))
    staying = asyncio.create_task(subject.besides("eu", APP, soon(lookup)))
    await lookup.clock.sleep(0.1)

    impatient = await subject.besides("eu", APP, soon(lookup, 0.1))
    leaving.cancel()

    assert (impatient, await staying) == ("", "us")
    assert len(lookup.asked) == 1


@on_virtual_time
async def test_a_search_that_failed_is_not_remembered(lookup: FakeLookup) -> None:
    subject = regions(lookup)
    lookup.failing = True
    failed = await subject.besides("eu", APP, soon(lookup))
    lookup.failing = False

    assert (failed, await subject.besides("eu", APP, soon(lookup))) == ("", "us")


@on_virtual_time
async def test_what_is_kept_is_bounded(lookup: FakeLookup) -> None:
    subject = regions(lookup)

    for number in range(MAX_APPS + 10):
        await subject.besides("eu", f"app-{number}", soon(lookup))

    assert len(subject._found) == MAX_APPS


@on_virtual_time
async def test_closing_ends_every_search(lookup: FakeLookup) -> None:
    lookup.delay_s = 4.0
    subject = regions(lookup)
    waiting = asyncio.create_task(subject.besides("eu", APP, soon(lookup)))
    await lookup.clock.sleep(0.1)

    await subject.close()

    assert await waiting == ""
