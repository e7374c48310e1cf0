from pathlib import Path
from typing import Any

import pytest
from conversation_gateway.v1 import event_feed_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.errors import GatewayError
from gateway.events import reads
from gateway.events.cursor import Cursor
from gateway.state.log import Keep
from tests.unit.events.reading import OpenFeed, opened_feed, position_of
from tests.unit.state.sample import append_all, new_event

NOTHING_HELD = Keep(age_s=0, size_bytes=0, count=0)


async def listed(it: OpenFeed, **request: Any) -> pb.ListFeedEventsResponse:
    return await it.feed.list_events(pb.ListFeedEventsRequest(**request))


def positions(page: pb.ListFeedEventsResponse) -> list[int]:
    return [position_of(event.cursor) for event in page.events]


async def test_pages_follow_each_other_without_hole_or_repeat(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 250)
        pages = [await listed(it)]
        while pages[-1].next_page_token:
            pages.append(await listed(it, page_token=pages[-1].next_page_token))

    assert [len(page.events) for page in pages] == [100, 100, 50]
    assert [position for page in pages for position in positions(page)] == list(range(1, 251))
    assert position_of(pages[-1].cursor) == 250


async def test_a_page_has_the_size_that_was_asked_for_within_the_maximum(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 1100)

        sizes = [len((await listed(it, page_size=size)).events) for size in (1, 7, 1000, 5000)]

    assert sizes == [1, 7, 1000, 1000]


async def test_a_page_ends_before_it_grows_too_large(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        for number in range(8):
            await it.log.append(new_event(number, body=b"x" * 700_000))
        first = await listed(it, view=pb.FEED_VIEW_RAW)
        second = await listed(it, view=pb.FEED_VIEW_RAW, page_token=first.next_page_token)

    assert (positions(first), positions(second)) == ([1, 2], [3, 4])
    assert first.ByteSize() < 3 * 1024 * 1024


async def test_an_empty_log_has_one_empty_page(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        page = await listed(it)

    assert (len(page.events), page.next_page_token, position_of(page.cursor)) == (0, "", 0)


async def test_a_list_starts_where_it_is_told_to(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        for number in range(1, 6):
            await it.log.append(new_event(number))
            it.clock.advance(10)
        instant = Timestamp()
        instant.FromMicroseconds(it.clock.now_us() - 25_000_000)

        after = await listed(it, after_cursor=(await listed(it)).events[1].cursor)
        at_time = await listed(it, at_time=instant)

    assert (positions(after), positions(at_time)) == ([3, 4, 5], [4, 5])


async def test_a_filter_that_passes_little_gets_short_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "_SCANNED_COUNT", 100)
    async with opened_feed(tmp_path) as it:
        for number in range(1, 251):
            await it.log.append(new_event(number, channel="SMS" if number == 230 else "RCS"))
        pages = [await listed(it, filter={"channels": ["SMS"]})]
        while pages[-1].next_page_token:
            token = pages[-1].next_page_token
            pages.append(await listed(it, filter={"channels": ["SMS"]}, page_token=token))

    assert [positions(page) for page in pages] == [[], [], [230]]
    assert position_of(pages[-1].cursor) == 250


async def test_a_list_from_before_what_is_kept_says_so(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 10)
        cursor = (await listed(it)).events[0].cursor
        await it.log.trim(keep=Keep(age_s=1e9, size_bytes=1 << 40, count=4), held=NOTHING_HELD)

        with pytest.raises(GatewayError) as refusal:
            await listed(it, after_cursor=cursor)

        assert refusal.value.reason == "CURSOR_COMPACTED"
        assert positions(await listed(it)) == [7, 8, 9, 10]


@pytest.mark.parametrize(
    ("request_fields", "reason"),
    [
        ({"page_size": -1}, "INVALID_REQUEST"),
        ({"view": 9}, "INVALID_REQUEST"),
        ({"filter": {"triggers": [""]}}, "INVALID_REQUEST"),
        ({"page_token": "nonsense"}, "INVALID_CURSOR"),
        ({"after_cursor": b"nonsense"}, "INVALID_CURSOR"),
    ],
)
async def test_a_list_that_makes_no_sense_is_refused(
    tmp_path: Path, request_fields: dict[str, Any], reason: str
) -> None:
    async with opened_feed(tmp_path) as it:
        with pytest.raises(GatewayError) as refusal:
            await listed(it, **request_fields)

    assert refusal.value.reason == reason


async def test_an_event_is_found_by_its_cursor_and_by_its_id(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 3)
        known = (await listed(it, view=pb.FEED_VIEW_RAW)).events[1]

        by_cursor = await it.feed.get_event(pb.GetFeedEventRequest(cursor=known.cursor))
        by_id = await it.feed.get_event(pb.GetFeedEventRequest(event_id=known.event_id))
        basic = await it.feed.get_event(pb.GetFeedEventRequest(event_id=known.event_id, view=pb.FEED_VIEW_BASIC))

    assert by_cursor.event == by_id.event == known
    assert known.raw == new_event(2).raw
    assert basic.event.raw == b""


async def test_of_events_with_one_id_the_newest_is_found(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await it.log.append(new_event(1))
        await it.log.append(new_event(1, body=b"{}"))

        found = await it.feed.get_event(pb.GetFeedEventRequest(event_id=new_event(1).dedupe_key.hex()))

    assert (found.event.raw, found.event.possible_duplicate) == (b"{}", True)


async def test_an_event_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 10)
        trimmed = (await listed(it)).events[0]
        await it.log.trim(keep=Keep(age_s=1e9, size_bytes=1 << 40, count=4), held=NOTHING_HELD)
        requests = (
            pb.GetFeedEventRequest(event_id="no id at all"),
            pb.GetFeedEventRequest(event_id="ab" * 32),
            pb.GetFeedEventRequest(event_id=trimmed.event_id),
            pb.GetFeedEventRequest(cursor=trimmed.cursor),
            pb.GetFeedEventRequest(cursor=Cursor(it.log.epoch, 0, 0).encode()),
            pb.GetFeedEventRequest(event_id=new_event(8).dedupe_key.hex(), project_id="project-2"),
        )
        for request in requests:
            with pytest.raises(GatewayError) as refusal:
                await it.feed.get_event(request)
            assert refusal.value.reason == "EVENT_NOT_FOUND"


@pytest.mark.parametrize(
    ("request_fields", "reason"),
    [
        ({}, "REQUIRED_FIELD_MISSING"),
        ({"event_id": "ab", "view": 9}, "INVALID_REQUEST"),
        ({"cursor": b"nonsense"}, "INVALID_CURSOR"),
        ({"cursor": Cursor(b"another!", 0, 0).encode()}, "CURSOR_EPOCH_MISMATCH"),
    ],
)
async def test_an_event_that_is_named_wrongly_is_refused(
    tmp_path: Path, request_fields: dict[str, Any], reason: str
) -> None:
    async with opened_feed(tmp_path) as it:
        with pytest.raises(GatewayError) as refusal:
            await it.feed.get_event(pb.GetFeedEventRequest(**request_fields))

    assert refusal.value.reason == reason


async def test_the_feed_describes_itself(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        for number in range(1, 6):
            await it.log.append(new_event(number))
            it.clock.advance(10)
        first = (await listed(it)).events[1].cursor
        await it.feed.commit(pb.CommitRequest(subscription="worker", cursor=first))
        async with it.stream(subscription="worker") as answers:
            opened = (await answers.next("opened")).opened
            feed = await it.feed.get_feed(pb.GetFeedRequest())

    (status,) = feed.subscriptions
    assert (position_of(feed.oldest_cursor), position_of(feed.newest_cursor)) == (0, 5)
    assert (feed.epoch, feed.event_count) == (it.log.epoch.hex(), 5)
    assert feed.size_bytes > 0
    assert feed.newest_time.seconds - feed.oldest_time.seconds == 40
    assert (status.subscription, position_of(status.cursor), status.lag_event_count) == ("worker", 2, 3)
    assert (status.lag.seconds, status.active, status.gap) == (30, True, False)
    assert status.fencing_epoch == opened.fencing_epoch > 0


async def test_an_empty_feed_has_no_times(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        feed = await it.feed.get_feed(pb.GetFeedRequest())

    assert not feed.HasField("oldest_time")
    assert not feed.HasField("newest_time")
