import asyncio
import base64
from pathlib import Path

import pytest
from conversation_gateway.v1 import event_feed_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.clock import Clock
from gateway.errors import GatewayError
from gateway.events.cursor import Cursor
from gateway.events.limits import FeedLimits
from gateway.events.plan import Heartbeats
from gateway.state.log import Keep
from tests.unit.events.reading import Answers, all_positions, batch_positions, kinds, opened_feed, position_of
from tests.unit.state.sample import append_all, new_event

NOTHING_HELD = Keep(age_s=0, size_bytes=0, count=0)


def keep(count: int) -> Keep:
    return Keep(age_s=1e9, size_bytes=1 << 40, count=count)


async def test_opened_comes_first_and_says_where_everything_is(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 5)
        await it.log.trim(keep=keep(3), held=NOTHING_HELD)
        async with it.stream(earliest={}) as answers:
            opened = (await answers.next("opened")).opened

    assert (position_of(opened.cursor), position_of(opened.oldest_cursor), position_of(opened.newest_cursor)) == (
        2,
        2,
        5,
    )
    assert opened.epoch == it.log.epoch.hex()
    assert opened.heartbeat_interval.seconds == 10
    assert (opened.subscription, opened.fencing_epoch) == ("", 0)


async def test_a_live_subscriber_gets_each_event_as_it_comes(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it, it.stream() as answers:
        await answers.next("opened", "caught_up")

        for number in (1, 2, 3):
            await it.log.append(new_event(number))
            assert batch_positions(await answers.next("batch")) == [number]


async def test_an_event_arrives_whole(tmp_path: Path) -> None:
    posted = new_event(1)
    async with opened_feed(tmp_path) as it:
        await it.log.append(posted)
        await it.log.append(new_event(1, body=b"{}"))
        (first, second), (basic, _) = [
            [event for answer in await it.drained(earliest={}, view=view) for event in answer.batch.events]
            for view in (pb.FEED_VIEW_RAW, pb.FEED_VIEW_BASIC)
        ]

    assert (first.raw, second.raw, basic.raw) == (posted.raw, b"{}", b"")
    assert first.event_id == posted.dedupe_key.hex()
    assert (first.possible_duplicate, second.possible_duplicate) == (False, True)
    assert first.message_delivery_report.message_id == "message-1"


async def test_what_is_there_comes_in_full_batches_and_then_the_stream_is_live(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 200)
        async with it.stream(earliest={}) as answers:
            batches = [await answers.next(kind) for kind in ("opened", *["batch"] * 4, "caught_up")]

    assert [len(batch.batch.events) for batch in batches] == [0, 64, 64, 64, 8, 0]
    assert all_positions(batches) == list(range(1, 201))


async def test_a_batch_ends_before_it_grows_too_large(tmp_path: Path) -> None:
    async with opened_feed(tmp_path, limits=FeedLimits(batch_bytes=25_000)) as it:
        for number, size in enumerate([10_000, 10_000, 10_000, 60_000, 10_000]):
            await it.log.append(new_event(number, body=b"x" * size))
        answers = await it.drained(earliest={})

    assert [batch_positions(answer) for answer in answers] == [[], [1, 2], [3], [4], [5]]


async def test_a_stream_resumes_after_its_cursor(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 10)
        events = [event for answer in await it.drained(earliest={}) for event in answer.batch.events]

        resumed = await it.drained(after_cursor=events[6].cursor)

    assert all_positions(resumed) == [8, 9, 10]


async def test_a_cursor_outlives_a_restart(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 10)
        events = [event for answer in await it.drained(earliest={}) for event in answer.batch.events]

    async with opened_feed(tmp_path) as it:
        resumed = await it.drained(after_cursor=events[6].cursor)

    assert all_positions(resumed) == [8, 9, 10]


async def test_a_time_starts_with_the_first_event_received_then(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        for number in range(1, 6):
            await it.log.append(new_event(number))
            it.clock.advance(10)
        instant = Timestamp()
        instant.FromMicroseconds(it.clock.now_us() - 25_000_000)

        answers = await it.drained(at_time=instant)

    assert all_positions(answers) == [4, 5]


async def test_a_time_to_come_lets_nothing_pass_until_then(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        instant = Timestamp()
        instant.FromMicroseconds(it.clock.now_us() + 10_000_000)
        async with it.stream(at_time=instant) as answers:
            await answers.next("opened", "caught_up")
            await it.log.append(new_event(1))
            it.clock.advance(10)
            await it.log.append(new_event(2))
            first = await answers.positions(1)

    assert first == [2]


async def test_a_filter_lets_through_only_what_passes(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        for number in range(1, 301):
            await it.log.append(new_event(number, channel="SMS" if number % 100 == 0 else "RCS"))
        answers = await it.drained(earliest={}, filter={"channels": ["SMS"]})

    assert all_positions(answers) == [100, 200, 300]


async def test_another_projects_events_are_not_served(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await it.log.append(new_event(1, project_id="project-2"))
        await it.log.append(new_event(2))

        own, others = await it.drained(earliest={}), await it.drained(earliest={}, project_id="project-2")

    assert (all_positions(own), all_positions(others)) == ([2], [1])


async def test_a_heartbeat_proves_how_far_a_silent_stream_is(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it, it.stream(filter={"triggers": ["OTHER"]}) as answers:
        await answers.next("opened", "caught_up")
        await append_all(it.log, 7)
        it.clock.advance(10)
        heartbeat = (await answers.next("heartbeat")).heartbeat

    assert (position_of(heartbeat.cursor), position_of(heartbeat.newest_cursor)) == (7, 7)
    assert (heartbeat.lag_event_count, heartbeat.lag.ToMicroseconds()) == (0, 0)


async def test_a_heartbeat_tells_how_far_behind_a_searching_stream_is(tmp_path: Path) -> None:
    async with opened_feed(tmp_path, limits=FeedLimits(page_count=10, window_count=1)) as it:
        await append_all(it.log, 100)
        async with it.stream(earliest={}, filter={"triggers": ["OTHER"]}) as answers:
            await answers.next("opened")
            it.clock.advance(30)
            heartbeat = (await answers.next("heartbeat")).heartbeat

    assert (position_of(heartbeat.cursor), heartbeat.lag_event_count) == (10, 90)
    assert heartbeat.lag.seconds == 30


async def test_heartbeats_go_on_by_themselves(tmp_path: Path) -> None:
    every_ms = FeedLimits(heartbeats=Heartbeats(least_s=0.001))
    async with (
        opened_feed(tmp_path, limits=every_ms, clock=Clock()) as it,
        it.stream(heartbeat_interval={"nanos": 1}) as answers,
    ):
        await answers.next("opened", "caught_up", "heartbeat", "heartbeat", "heartbeat")


async def test_a_finite_read_ends_at_the_newest_event_of_its_opening(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 3)
        async with it.stream(earliest={}, stop_at_newest={}) as answers:
            await answers.next("opened")
            await append_all(it.log, 3, first=4)
            rest = [answer async for answer in answers]

    assert all_positions(rest) == [1, 2, 3]


async def test_a_finite_read_ends_at_its_cursor_inclusive(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 9)
        events = [event for answer in await it.drained(earliest={}) for event in answer.batch.events]
        async with it.stream(earliest={}, stop_at_cursor=events[4].cursor) as answers:
            read = [answer async for answer in answers]

    assert all_positions(read) == [1, 2, 3, 4, 5]


async def test_a_finite_read_of_nothing_ends_at_once(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        assert kinds(await it.drained(earliest={})) == ["opened"]


async def test_a_finite_read_proves_that_it_saw_the_filtered_rest(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await it.log.append(new_event(1, channel="SMS"))
        await append_all(it.log, 5, first=2)
        answers = await it.drained(earliest={}, filter={"channels": ["SMS"]})

    assert kinds(answers) == ["opened", "batch", "heartbeat"]
    assert position_of(answers[-1].heartbeat.cursor) == 6


async def test_falling_behind_is_said_once_and_catching_up_again(tmp_path: Path) -> None:
    async with opened_feed(tmp_path, limits=FeedLimits(behind_count=50)) as it, it.stream() as answers:
        await answers.next("opened", "caught_up")
        await append_all(it.log, 100)
        behind = (await answers.next("fell_behind")).fell_behind
        events = [await answers.next(kind) for kind in ("batch", "batch", "caught_up")]

    assert (position_of(behind.cursor), behind.lag_event_count) == (0, 100)
    assert all_positions(events) == list(range(1, 101))


async def test_a_start_that_is_no_longer_kept_fails_with_the_oldest_cursor(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 10)
        events = [event for answer in await it.drained(earliest={}) for event in answer.batch.events]
        it.feed.restarted()
        await it.log.trim(keep=keep(4), held=NOTHING_HELD)

        with pytest.raises(GatewayError) as refusal:
            await it.drained(after_cursor=events[2].cursor)
        resumed = await it.drained(after_cursor=base64.b64decode(refusal.value.metadata["oldest_cursor"]))

    assert refusal.value.reason == "CURSOR_COMPACTED"
    assert all_positions(resumed) == [7, 8, 9, 10]


async def test_a_gap_is_said_before_it_is_skipped(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 10)
        events = [event for answer in await it.drained(earliest={}) for event in answer.batch.events]
        it.feed.restarted()
        await it.log.trim(keep=keep(4), held=NOTHING_HELD)

        answers = await it.drained(after_cursor=events[2].cursor, on_gap=pb.ON_GAP_RESUME_AT_OLDEST)

    skipped = answers[1].gap_skipped
    assert kinds(answers) == ["opened", "gap_skipped", "batch"]
    assert (position_of(skipped.lost_from_cursor), position_of(skipped.resumed_at_cursor)) == (3, 6)
    assert all_positions(answers) == [7, 8, 9, 10]


async def test_a_stream_that_is_overtaken_by_retention_is_told(tmp_path: Path) -> None:
    limits = FeedLimits(page_count=10, window_count=1, batch_count=10)
    async with opened_feed(tmp_path, limits=limits) as it:
        await append_all(it.log, 100)
        async with it.stream(earliest={}) as answers:
            await answers.next("opened", "batch")
            await it.log.trim(keep=keep(5), held=NOTHING_HELD)
            with pytest.raises(GatewayError) as refusal:
                await answers.next("batch")

    assert refusal.value.reason == "CURSOR_COMPACTED"


@pytest.mark.embedded
async def test_a_cursor_of_another_log_is_refused(tmp_path: Path) -> None:
    async with opened_feed(tmp_path / "one") as it:
        foreign = Cursor(it.log.epoch, 0, 0).encode()

    async with (
        opened_feed(tmp_path / "two") as it,
        it.stream(after_cursor=foreign) as after,
        it.stream(stop_at_cursor=foreign) as until,
    ):
        for answers in (after, until):
            with pytest.raises(GatewayError) as refusal:
                await answers.next("opened")
            assert refusal.value.reason == "CURSOR_EPOCH_MISMATCH"


async def test_a_cursor_ahead_of_the_log_is_refused(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 3)
        with pytest.raises(GatewayError) as refusal:
            await it.drained(after_cursor=Cursor(it.log.epoch, 4, 0).encode())

    assert refusal.value.reason == "CURSOR_FROM_FUTURE"


@pytest.mark.embedded
async def test_a_log_restored_from_an_older_copy_does_not_continue_a_newer_cursor(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 5)
    copy = (tmp_path / "log.db").read_bytes()
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 5, first=6)
        events = [event for answer in await it.drained(earliest={}) for event in answer.batch.events]
    (tmp_path / "log.db").write_bytes(copy)

    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 10, first=100)
        with pytest.raises(GatewayError) as refusal:
            await it.drained(after_cursor=events[7].cursor)
        common = await it.drained(after_cursor=events[3].cursor)

    assert refusal.value.reason == "CURSOR_EPOCH_MISMATCH"
    assert all_positions(common) == list(range(5, 16))


async def test_draining_tells_every_stream_its_cursor_and_ends_it(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it, it.stream() as one, it.stream(caller="other") as two:
        await append_all(it.log, 2)
        for answers in (one, two):
            await answers.next("opened")
        waiting = [asyncio.ensure_future(_rest(answers)) for answers in (one, two)]
        await asyncio.sleep(0)

        await it.feed.drain()
        rests = await asyncio.gather(*waiting)

    for rest in rests:
        assert kinds(rest)[-1] == "draining"
        assert position_of(rest[-1].draining.cursor) == 2
        assert rest[-1].draining.reconnect_delay.seconds == 1
    assert it.feed.stream_count == 0


async def test_no_stream_is_opened_while_draining(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await it.feed.drain()
        with pytest.raises(GatewayError) as refusal:
            await it.drained()

    assert refusal.value.reason == "SHUTTING_DOWN"


async def test_a_caller_may_have_only_so_many_streams(tmp_path: Path) -> None:
    async with opened_feed(tmp_path, limits=FeedLimits(streams_per_caller=2)) as it:
        async with it.stream() as one, it.stream() as two, it.stream() as three, it.stream(caller="other") as other:
            for answers in (one, two, other):
                await answers.next("opened")
            with pytest.raises(GatewayError) as refusal:
                await three.next("opened")
        async with it.stream() as again:
            await again.next("opened")

    assert refusal.value.reason == "TOO_MANY_STREAMS"


async def test_a_slow_consumer_is_told_the_last_cursor_it_took(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 150)
        async with it.stream(earliest={}) as answers:
            await answers.next("opened", "batch", "batch")
            error = answers.stream.slow_consumer()

    # The second batch was handed out but nobody has said that it was written.
    assert (error.reason, error.code.name) == ("SLOW_CONSUMER", "ABORTED")
    assert position_of(base64.b64decode(error.metadata["cursor"])) == 64


async def test_a_stream_that_nobody_reads_costs_its_position_only(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it, it.stream() as slow, it.stream() as quick:
        for answers in (slow, quick):
            await answers.next("opened", "caught_up")
        for number in range(1, 301):
            await it.log.append(new_event(number))
            assert await quick.positions(1) == [number]
        read = await slow.positions(300)

    assert read == list(range(1, 301))


@pytest.mark.embedded
async def test_a_replaced_log_ends_every_stream(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it, it.stream() as answers:
        await answers.next("opened", "caught_up")
        it.log._replace()
        with pytest.raises(GatewayError) as refusal:
            await answers.next("batch")

    assert refusal.value.reason == "CURSOR_EPOCH_MISMATCH"


@pytest.mark.embedded
async def test_a_damaged_event_ends_the_stream_with_a_cursor_after_it(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 1200)
    raw = new_event(70).raw
    path = tmp_path / "log.db"
    path.write_bytes(path.read_bytes().replace(raw, raw[::-1]))

    async with opened_feed(tmp_path) as it:
        async with it.stream(earliest={}) as answers:
            before = await answers.positions(69)
            with pytest.raises(GatewayError) as refusal:
                await answers.next("batch")
        async with it.stream(after_cursor=base64.b64decode(refusal.value.metadata["cursor"])) as answers:
            after = await answers.positions(5)

    assert refusal.value.reason == "EVENT_CORRUPTED"
    assert before[-1] == 69
    assert after[:5] == [71, 72, 73, 74, 75]


async def _rest(answers: Answers) -> list[pb.SubscribeResponse]:
    return [answer async for answer in answers]
