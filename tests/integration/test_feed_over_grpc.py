"""The feed as its consumers see it, over real connections."""

import asyncio
import base64
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from conversation_gateway.v1 import event_feed_pb2 as pb
from conversation_gateway.v1 import event_feed_pb2_grpc
from google.rpc import error_details_pb2

from gateway.clock import Clock
from gateway.errors import LimitError
from gateway.events.limits import FeedLimits
from gateway.events.stream import FeedStream
from gateway.rpc import dialogue, event_feed
from gateway.rpc.boundary import Boundary
from gateway.rpc.server import Door, RpcServer
from gateway.telemetry.metrics import Metrics
from tests import rich_status
from tests.unit.events.reading import OpenFeed, all_positions, batch_positions, opened_feed, position_of
from tests.unit.state.sample import PROJECT, append_all, new_event


@asynccontextmanager
async def served(folder: Path, limits: FeedLimits | None = None) -> AsyncIterator[tuple[OpenFeed, Any]]:
    """A feed, and a stub that reaches it over TCP."""
    async with opened_feed(folder, limits=limits) as it:
        door = Boundary(metrics=Metrics(), clock=Clock(), max_deadline_s=60)
        handlers = event_feed.handlers(feed=it.feed, boundary=door, projects=[PROJECT])
        server = RpcServer(
            handlers,
            door=Door(address="127.0.0.1:0"),
            entrance=door.entrance,
            reflection_on=False,
            idle=door.idle,
            drain=door.draining.set,
        )
        async with grpc.aio.insecure_channel(await server.start()) as channel:
            yield it, event_feed_pb2_grpc.EventFeedServiceStub(channel)
            await it.feed.drain()
            await server.stop(5)


async def test_events_arrive_live_over_a_connection(tmp_path: Path) -> None:
    async with served(tmp_path) as (it, stub):
        answers = aiter(stub.Subscribe(pb.SubscribeRequest()))
        kinds = [(await anext(answers)).WhichOneof("answer") for _ in range(2)]
        await it.log.append(new_event(1))
        live = await anext(answers)

    assert kinds == ["opened", "caught_up"]
    assert batch_positions(live) == [1]


async def test_a_consumer_that_stops_reading_is_let_go_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = asyncio.Event()
    slow_consumer = FeedStream.slow_consumer

    def telling(stream: FeedStream) -> LimitError:
        let_go.set()
        return slow_consumer(stream)

    monkeypatch.setattr(dialogue, "WRITE_TIMEOUT_S", 0.2)
    monkeypatch.setattr(FeedStream, "slow_consumer", telling)
    async with served(tmp_path) as (it, stub):
        for number in range(1, 61):
            await it.log.append(new_event(number, body=b"x" * 900_000))
        slow = aiter(stub.Subscribe(pb.SubscribeRequest(earliest={}, view=pb.FEED_VIEW_RAW)))
        received = [await anext(slow) for _ in range(3)]
        await let_go.wait()
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await _take_all(slow, received)
        rest = pb.SubscribeRequest(after_cursor=received[-1].batch.events[-1].cursor, stop_at_newest={})
        await _take_all(stub.Subscribe(rest), received)

    told = rich_status.info(ended.value)
    assert (ended.value.code(), told.reason) == (grpc.StatusCode.ABORTED, "SLOW_CONSUMER")
    assert 1 <= position_of(base64.b64decode(told.metadata["cursor"])) < 60
    assert all_positions(received) == list(range(1, 61))


async def test_the_finite_calls_answer(tmp_path: Path) -> None:
    async with served(tmp_path) as (it, stub):
        await append_all(it.log, 3)
        with pytest.raises(grpc.aio.AioRpcError) as missing:
            await stub.GetFeedEvent(pb.GetFeedEventRequest(event_id="ab"))
        feed = await stub.GetFeed(pb.GetFeedRequest())
        page = await stub.ListFeedEvents(pb.ListFeedEventsRequest(page_size=2))
        committed = await stub.Commit(pb.CommitRequest(subscription="worker", cursor=page.cursor))

    assert rich_status.info(missing.value).reason == "EVENT_NOT_FOUND"
    assert position_of(feed.newest_cursor) == 3
    assert len(page.events) == 2
    assert committed.cursor == page.cursor


async def test_a_subscription_that_is_deleted_ends_its_stream_and_makes_room(tmp_path: Path) -> None:
    async with served(tmp_path, FeedLimits(subscription_count=1)) as (_, stub):
        consumer = aiter(stub.Subscribe(pb.SubscribeRequest(subscription="abandoned")))
        await anext(consumer)
        with pytest.raises(grpc.aio.AioRpcError) as full:
            await stub.Subscribe(pb.SubscribeRequest(subscription="wanted")).read()

        gone = pb.DeleteSubscriptionRequest(project_id=PROJECT, subscription="abandoned")
        await stub.DeleteSubscription(gone)
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await _take_all(consumer, [])
        with pytest.raises(grpc.aio.AioRpcError) as missing:
            await stub.DeleteSubscription(gone)
        with pytest.raises(grpc.aio.AioRpcError) as foreign:
            await stub.DeleteSubscription(pb.DeleteSubscriptionRequest(project_id="another", subscription="abandoned"))
        opened = await stub.Subscribe(pb.SubscribeRequest(subscription="wanted", stop_at_newest={})).read()

    refusals = [full.value, ended.value, missing.value, foreign.value]
    assert [(refusal.code().name, rich_status.info(refusal).reason) for refusal in refusals] == [
        ("RESOURCE_EXHAUSTED", "TOO_MANY_SUBSCRIPTIONS"),
        ("ABORTED", "FENCED"),
        ("NOT_FOUND", "SUBSCRIPTION_NOT_FOUND"),
        ("INVALID_ARGUMENT", "PROJECT_UNKNOWN"),
    ]
    resource = rich_status.detail(missing.value, error_details_pb2.ResourceInfo)
    assert resource is not None
    assert (resource.resource_type, resource.resource_name) == ("subscription", "abandoned")
    assert opened.opened.subscription == "wanted"


async def _take_all(answers: AsyncIterable[pb.SubscribeResponse], received: list[pb.SubscribeResponse]) -> None:
    async for answer in answers:
        received.append(answer)  # noqa: PERF401  # what came before an error counts
