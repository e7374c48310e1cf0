import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
from conversation_gateway.v1 import event_feed_pb2 as pb

from gateway.errors import GatewayError
from gateway.events.cursor import Cursor
from gateway.events.limits import FeedLimits
from gateway.events.vitals import Vitals
from gateway.state.log import Keep
from tests.unit.events.reading import OpenFeed, all_positions, kinds, opened_feed, position_of
from tests.unit.state.sample import PROJECT, append_all, new_event


async def commit(it: OpenFeed, cursor: bytes, **request: Any) -> int:
    response = await it.feed.commit(pb.CommitRequest(**{"subscription": "worker", "cursor": cursor} | request))
    return position_of(response.cursor)


async def delete(it: OpenFeed, subscription: str = "worker") -> None:
    await it.feed.delete_subscription(pb.DeleteSubscriptionRequest(subscription=subscription))


async def cursors(it: OpenFeed) -> list[bytes]:
    return [event.cursor for answer in await it.drained(earliest={}) for event in answer.batch.events]


async def test_a_consumer_goes_on_after_what_was_committed(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 10)
        first = await it.drained(subscription="worker")
        committed = await commit(it, (await cursors(it))[3])

    async with opened_feed(tmp_path) as it:
        second = await it.drained(subscription="worker")

    assert committed == 4
    assert all_positions(first) == list(range(1, 11))
    assert all_positions(second) == list(range(5, 11))
    assert 0 < first[0].opened.fencing_epoch < second[0].opened.fencing_epoch
    assert second[0].opened.subscription == "worker"


async def test_a_commit_is_answered_with_the_position_that_stands(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 10)
        known = await cursors(it)

        answers = [await commit(it, known[index]) for index in (2, 6, 4)]

    assert answers == [3, 7, 7]


async def test_a_new_consumer_ends_the_former_one(tmp_path: Path) -> None:
    async with (
        opened_feed(tmp_path) as it,
        it.stream(subscription="worker", heartbeat_interval={"seconds": 60}) as former,
    ):
        await former.next("opened", "caught_up")
        waiting = asyncio.ensure_future(former.next("batch"))
        await asyncio.sleep(0)
        async with it.stream(subscription="worker") as current:
            await current.next("opened", "caught_up")
            with pytest.raises(GatewayError) as refusal:
                # Told, and not found out by itself at the next heartbeat.
                await asyncio.wait_for(waiting, 20)
            await it.log.append(new_event(1))
            received = await current.positions(1)

    assert (refusal.value.reason, refusal.value.code.name) == ("FENCED", "ABORTED")
    assert received == [1]


async def test_what_was_committed_can_be_delivered_again(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 10)
        known = await cursors(it)
        await commit(it, known[8])

        committed = await commit(it, known[3], rewind=True)
        again = await it.drained(subscription="worker")

    assert committed == 4
    assert all_positions(again) == list(range(5, 11))


async def test_a_subscription_can_go_back_to_a_time(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 3)
        it.clock.advance(60)
        await append_all(it.log, 3, first=4)
        await commit(it, (await cursors(it))[5])
        since = await it.drained(at_time={"seconds": int(it.clock.now().timestamp()) - 30})

        await commit(it, since[0].opened.cursor, rewind=True)
        again = await it.drained(subscription="worker")

    assert all_positions(again) == [4, 5, 6]


async def test_a_rewound_subscription_is_taken_from_its_consumer(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 3)
        known = await cursors(it)
        async with it.stream(subscription="worker", heartbeat_interval={"seconds": 60}) as consumer:
            fence = (await consumer.next("opened")).opened.fencing_epoch
            await consumer.next("batch", "caught_up")
            waiting = asyncio.ensure_future(consumer.next("batch"))
            await asyncio.sleep(0)
            await commit(it, known[0], rewind=True)
            with pytest.raises(GatewayError) as told:
                # Told, and not found out by itself at the next heartbeat.
                await asyncio.wait_for(waiting, 20)
            with pytest.raises(GatewayError) as refusal:
                await commit(it, known[2], fencing_epoch=fence)
        [status] = (await it.feed.get_feed(pb.GetFeedRequest())).subscriptions

    assert (told.value.reason, refusal.value.reason) == ("FENCED", "FENCED")
    assert (position_of(status.cursor), status.active) == (1, False)


async def test_a_deleted_subscription_is_taken_from_its_consumer(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 3)
        known = await cursors(it)
        async with it.stream(subscription="worker", heartbeat_interval={"seconds": 60}) as consumer:
            fence = (await consumer.next("opened")).opened.fencing_epoch
            await consumer.next("batch", "caught_up")
            waiting = asyncio.ensure_future(consumer.next("batch"))
            await asyncio.sleep(0)
            await delete(it)
            with pytest.raises(GatewayError) as told:
                # Told, and not found out by itself at the next heartbeat.
                await asyncio.wait_for(waiting, 20)
            with pytest.raises(GatewayError) as refusal:
                await commit(it, known[2], fencing_epoch=fence)
        feed = await it.feed.get_feed(pb.GetFeedRequest())
        anew = await it.drained(subscription="worker")

    assert (told.value.reason, refusal.value.reason) == ("FENCED", "FENCED")
    assert not feed.subscriptions
    assert all_positions(anew) == [1, 2, 3]
    assert anew[0].opened.fencing_epoch > fence


async def test_a_consumer_of_the_next_subscription_of_that_name_is_left_alone(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        for _ in range(3):
            await it.drained(subscription="worker")
        fence = await it.log.delete_subscription(project_id=PROJECT, name="worker")
        async with it.stream(subscription="worker") as consumer:
            await consumer.next("opened", "caught_up")
            # Another replica's word of the deletion may come late.
            it.feed.fenced(PROJECT, "worker", fence)
            await it.log.append(new_event(1))
            received = await consumer.positions(1)

    assert received == [1]


async def test_no_lag_is_told_of_a_subscription_that_was_deleted(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 3)
        await commit(it, Cursor(it.log.epoch, 0, 0).encode())
        vitals = Vitals(events=it.log, feed=it.feed, clock=it.clock, project_ids=[PROJECT])
        await vitals.refresh()
        before = vitals.subscription_lag()

        await delete(it)
        await vitals.refresh()
        after = vitals.subscription_lag()

    assert (before, after) == (3, 0)


@pytest.mark.parametrize(
    ("name", "reason"), [("worker", "SUBSCRIPTION_NOT_FOUND"), ("no good", "INVALID_REQUEST"), ("", "INVALID_REQUEST")]
)
async def test_what_is_no_subscription_cannot_be_deleted(tmp_path: Path, name: str, reason: str) -> None:
    async with opened_feed(tmp_path) as it:
        with pytest.raises(GatewayError) as refusal:
            await delete(it, subscription=name)

    assert refusal.value.reason == reason


async def test_one_subscription_too_many_is_refused_until_another_is_deleted(tmp_path: Path) -> None:
    async with opened_feed(tmp_path, limits=FeedLimits(subscription_count=2)) as it:
        start = Cursor(it.log.epoch, 0, 0).encode()
        await commit(it, start, subscription="first")
        await it.drained(subscription="worker")

        refused = []
        for attempt in (
            it.drained(subscription="third"),
            commit(it, start, subscription="third"),
            commit(it, start, subscription="third", rewind=True),
        ):
            with pytest.raises(GatewayError) as refusal:
                await attempt
            refused.append(refusal.value.reason)
        again = await it.drained(subscription="worker")
        await delete(it, subscription="first")
        third = await it.drained(subscription="third")

    assert refused == ["TOO_MANY_SUBSCRIPTIONS"] * 3
    assert kinds(again)[0] == kinds(third)[0] == "opened"


async def test_nothing_goes_back_to_where_events_are_no_longer_kept(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 10)
        known = await cursors(it)
        await commit(it, known[8])
        await it.log.trim(keep=Keep(age_s=1e9, size_bytes=1 << 40, count=4), held=Keep(age_s=0, size_bytes=0, count=0))
        it.feed.restarted()

        with pytest.raises(GatewayError) as refusal:
            await commit(it, known[4], rewind=True)
        oldest = base64.b64decode(refusal.value.metadata["oldest_cursor"])
        committed = await commit(it, oldest, rewind=True)

    assert refusal.value.reason == "CURSOR_COMPACTED"
    assert committed == 6


async def test_a_fenced_consumer_cannot_commit(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 3)
        known = await cursors(it)
        former, current = [(await it.drained(subscription="worker"))[0].opened.fencing_epoch for _ in range(2)]
        with pytest.raises(GatewayError) as refusal:
            await commit(it, known[2], fencing_epoch=former)
        committed = await commit(it, known[1], fencing_epoch=current)

    assert refusal.value.reason == "FENCED"
    assert committed == 2


async def test_only_one_of_many_that_take_over_at_once_remains(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:

        async def consume() -> list[pb.SubscribeResponse]:
            async with it.stream(subscription="worker", stop_at_cursor=last) as answers:
                return [answer async for answer in answers]

        await append_all(it.log, 1)
        await it.feed.commit(pb.CommitRequest(subscription="worker", cursor=(await cursors(it))[0]))
        last = Cursor(it.log.epoch, 1, 0).encode()
        outcomes = await asyncio.gather(*(consume() for _ in range(10)), return_exceptions=True)

    fences = [outcome[0].opened.fencing_epoch for outcome in outcomes if not isinstance(outcome, BaseException)]
    assert len(set(fences)) == len(fences)
    assert {outcome.reason for outcome in outcomes if isinstance(outcome, GatewayError)} <= {"FENCED"}


async def test_a_subscription_is_not_created_against_the_callers_will(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        with pytest.raises(GatewayError) as refusal:
            await it.drained(subscription="worker", new_subscription=pb.NEW_SUBSCRIPTION_FAIL)
        feed = await it.feed.get_feed(pb.GetFeedRequest())

    assert refusal.value.reason == "SUBSCRIPTION_NOT_FOUND"
    assert not feed.subscriptions


async def test_a_new_subscription_may_begin_with_what_comes(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 3)
        latest = pb.NEW_SUBSCRIPTION_LATEST
        async with it.stream(subscription="worker", new_subscription=latest) as answers:
            opened = (await answers.next("opened")).opened

    assert position_of(opened.cursor) == 3


async def test_a_subscription_that_lost_events_says_so(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        await append_all(it.log, 10)
        await commit(it, (await cursors(it))[2])
        everything = Keep(age_s=0, size_bytes=0, count=0)
        await it.log.trim(keep=Keep(age_s=1e9, size_bytes=1 << 40, count=4), held=everything)
        it.feed.restarted()

        with pytest.raises(GatewayError) as refusal:
            await it.drained(subscription="worker")
        skipping = await it.drained(subscription="worker", on_gap=pb.ON_GAP_RESUME_AT_OLDEST)
        (status,) = (await it.feed.get_feed(pb.GetFeedRequest())).subscriptions

    assert refusal.value.reason == "CURSOR_COMPACTED"
    assert kinds(skipping) == ["opened", "gap_skipped", "batch"]
    assert status.gap


@pytest.mark.parametrize(
    ("request_fields", "reason"),
    [
        ({"subscription": "no good"}, "INVALID_REQUEST"),
        ({"fencing_epoch": -1}, "INVALID_REQUEST"),
        ({"fencing_epoch": 1, "rewind": True}, "INVALID_REQUEST"),
        ({"cursor": b"nonsense"}, "INVALID_CURSOR"),
        ({"cursor": Cursor(b"another!", 0, 0).encode()}, "CURSOR_EPOCH_MISMATCH"),
    ],
)
async def test_a_commit_that_makes_no_sense_is_refused(
    tmp_path: Path, request_fields: dict[str, Any], reason: str
) -> None:
    async with opened_feed(tmp_path) as it:
        with pytest.raises(GatewayError) as refusal:
            await commit(it, **{"cursor": Cursor(it.log.epoch, 0, 0).encode()} | request_fields)

    assert refusal.value.reason == reason


async def test_a_commit_ahead_of_the_log_is_refused(tmp_path: Path) -> None:
    async with opened_feed(tmp_path) as it:
        with pytest.raises(GatewayError) as refusal:
            await commit(it, Cursor(it.log.epoch, 1, 0).encode())

    assert refusal.value.reason == "CURSOR_FROM_FUTURE"
