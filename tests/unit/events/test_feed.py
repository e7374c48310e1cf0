import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from gateway.events.limits import FeedLimits
from gateway.state.sqlite_log import SqliteEventLog
from tests.unit.events.reading import opened_feed
from tests.unit.state.sample import append_all, new_event


async def test_live_subscribers_read_nothing_from_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[dict[str, Any]] = []
    read_page = SqliteEventLog.read_page

    async def counted(self: SqliteEventLog, **request: int) -> Any:
        reads.append(request)
        return await read_page(self, **request)

    monkeypatch.setattr(SqliteEventLog, "read_page", counted)
    async with opened_feed(tmp_path) as it, AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(it.stream()) for _ in range(100)]
        for answers in streams:
            await answers.next("opened", "caught_up")
        received = [asyncio.ensure_future(answers.positions(20)) for answers in streams]
        for number in range(1, 21):
            await it.log.append(new_event(number))

        assert await asyncio.gather(*received) == [list(range(1, 21))] * 100
        assert reads == []


async def test_all_subscribers_see_one_order(tmp_path: Path) -> None:
    limits = FeedLimits(window_count=10, page_count=16, batch_count=4)
    async with opened_feed(tmp_path, limits=limits) as it, AsyncExitStack() as stack:
        await append_all(it.log, 50)
        streams = [await stack.enter_async_context(it.stream(earliest={})) for _ in range(10)]
        received = [asyncio.ensure_future(answers.positions(150)) for answers in streams]
        await asyncio.gather(*(it.log.append(new_event(number)) for number in range(51, 151)))

        assert await asyncio.gather(*received) == [list(range(1, 151))] * 10


async def test_a_stream_that_was_never_read_holds_no_place(tmp_path: Path) -> None:
    async with opened_feed(tmp_path, limits=FeedLimits(streams_per_caller=1)) as it:
        async with it.stream(), it.stream() as answers:
            await answers.next("opened")
            assert it.feed.stream_count == 1

        assert it.feed.stream_count == 0


async def test_a_cancelled_reader_frees_its_place(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        async with it.stream() as answers:
            await answers.next("opened", "caught_up")
            waiting = asyncio.ensure_future(answers.next("batch"))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

        assert waiting.cancelled()
        assert it.feed.stream_count == 0


async def test_a_closed_feed_follows_the_log_no_more(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await it.feed.close()
        await it.log.append(new_event(1))

        assert it.feed._tail.position == 0
