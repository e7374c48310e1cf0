import asyncio
from pathlib import Path

import pytest
from conversation_gateway.v1 import event_feed_pb2 as pb
from structlog.testing import capture_logs

from gateway.clock import Clock
from gateway.events.cursor import Cursor
from gateway.events.retention import Retention, RetentionLimits
from gateway.state.log import Keep
from tests.unit.events.reading import opened_feed
from tests.unit.state.sample import append_all, new_event


def keep(count: int) -> Keep:
    return Keep(age_s=1e9, size_bytes=1 << 40, count=count)


async def test_everything_beyond_the_limits_goes_however_much_it_is(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 1800)
        retention = Retention(log=it.log, clock=it.clock, limits=RetentionLimits(keep=keep(100), held=keep(200)))

        removed = await retention.trim()
        again = await retention.trim()

    assert (removed, again) == (1700, 0)
    assert it.log.head.trimmed_through == 1700


async def test_a_loss_is_told_once_with_its_name(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 50)
        cursor = Cursor(it.log.epoch, 10, 0).encode()
        await it.feed.commit(pb.CommitRequest(subscription="worker", cursor=cursor))
        retention = Retention(log=it.log, clock=it.clock, limits=RetentionLimits(keep=keep(5), held=keep(20)))

        with capture_logs() as lines:
            await retention.trim()
            await retention.trim()

    losses = [line for line in lines if line["event"] == "subscription_lost_events"]
    assert [(loss["subscription"], loss["committed"], loss["trimmed_through"]) for loss in losses] == [
        ("worker", 10, 30)
    ]
    assert losses[0]["log_level"] == "error"


@pytest.mark.embedded
async def test_repeats_are_forgotten_after_their_time(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 3)
        limits = RetentionLimits(keep=keep(0), held=keep(0), dedupe_s=3600)
        retention = Retention(log=it.log, clock=it.clock, limits=limits)
        await retention.trim()
        within = await it.log.append(new_event(1))
        it.clock.advance(3601)
        await retention.trim()
        after = await it.log.append(new_event(1))

    assert (within.duplicate, after.duplicate) == (True, False)


class Ticking(Clock):
    """Lets a sleeper go on when it is told to, and says when there is one."""

    def __init__(self) -> None:
        self._ticks: asyncio.Queue[None] = asyncio.Queue()
        self.asleep = asyncio.Event()
        self.delays_s: list[float] = []

    async def sleep(self, delay_s: float) -> None:
        self.delays_s.append(delay_s)
        self.asleep.set()
        await self._ticks.get()

    async def tick(self) -> None:
        self.asleep.clear()
        await self._ticks.put(None)
        await self.asleep.wait()


async def test_it_looks_by_itself_and_again(tmp_path: Path) -> None:
    clock = Ticking()
    async with opened_feed(tmp_path) as it:
        limits = RetentionLimits(keep=keep(1), held=keep(1), interval_s=7)
        retention = Retention(log=it.log, clock=clock, limits=limits)
        retention.start()
        await clock.asleep.wait()
        await append_all(it.log, 5)
        await clock.tick()
        await retention.close()

    assert it.log.head.trimmed_through == 4
    assert clock.delays_s == [7, 7]


async def test_a_store_that_is_away_postpones_it(tmp_path: Path) -> None:
    clock = Ticking()
    async with opened_feed(tmp_path) as it:
        retention = Retention(log=it.log, clock=clock, limits=RetentionLimits())

    with capture_logs() as lines:
        retention.start()
        await clock.asleep.wait()
        await retention.close()

    assert [(line["event"], line["error"]) for line in lines] == [("retention_postponed", "StoreError")]
