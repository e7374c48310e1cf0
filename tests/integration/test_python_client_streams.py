"""What the Python client's event stream does when things go wrong, against a gateway that lets them."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from datetime import datetime

import grpc
import pytest
from conversation_gateway import Client, EventStream, connect
from conversation_gateway.errors import GatewayError, Unavailable
from conversation_gateway.reconnect import Backoff
from conversation_gateway.v1 import event_feed_pb2 as pb

from tests.integration.scripted_gateway import (
    Context,
    ScriptedGateway,
    Stream,
    batch,
    numbers_after,
    opened,
    says,
    scripted_gateway,
)
from tests.patience import PATIENCE_S

UNAVAILABLE = grpc.StatusCode.UNAVAILABLE


class Sleeps(list[float]):
    """Takes note of every wait and waits for nothing."""

    async def __call__(self, delay_s: float) -> None:
        self.append(delay_s)
        await asyncio.sleep(0)


async def ids(stream: AsyncIterator[pb.FeedEvent], count: int) -> list[str]:
    async with asyncio.timeout(PATIENCE_S):
        return [(await anext(stream)).event_id for _ in range(count)]


async def left(gateway: ScriptedGateway) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await gateway.left.wait()


async def test_a_silent_stream_is_replaced_by_one_after_the_last_event() -> None:
    silence = says(opened(heartbeat_s=0.05), batch(1, 2), silent=True)
    async with (
        scripted_gateway(silence, says(opened(b"2"), batch(3), silent=True)) as gateway,
        connect(gateway.address) as client,
    ):
        async with client.events(after=b"0") as stream:
            seen = await ids(stream, 3)

        await left(gateway)
        assert seen == ["1", "2", "3"]
        assert [request.after_cursor for request in gateway.subscriptions] == [b"0", b"2"]


async def test_a_gateway_that_never_opens_the_stream_is_given_three_heartbeats() -> None:
    async with (
        scripted_gateway(says(silent=True), says(opened(), batch(1), silent=True)) as gateway,
        connect(gateway.address) as client,
    ):
        async with client.events(heartbeat_interval_s=0.05) as stream:
            seen = await ids(stream, 1)

        assert seen == ["1"]


@pytest.mark.parametrize(
    ("answers", "cursor"),
    [
        ([], b"start"),
        ([pb.SubscribeResponse(heartbeat=pb.Heartbeat(cursor=b"quiet"))], b"quiet"),
        ([pb.SubscribeResponse(caught_up=pb.CaughtUp(cursor=b"there"))], b"there"),
        ([pb.SubscribeResponse(fell_behind=pb.FellBehind(cursor=b"slow"))], b"slow"),
        ([pb.SubscribeResponse(gap_skipped=pb.GapSkipped(resumed_at_cursor=b"oldest"))], b"oldest"),
        ([batch(1), pb.SubscribeResponse(heartbeat=pb.Heartbeat(cursor=b"later"))], b"later"),
        ([pb.SubscribeResponse()], b"start"),
    ],
    ids=["opened", "heartbeat", "caught_up", "fell_behind", "gap_skipped", "heartbeat after an event", "unknown"],
)
async def test_a_broken_stream_is_resumed_after_what_the_gateway_last_proved(
    answers: list[pb.SubscribeResponse], cursor: bytes
) -> None:
    async with (
        scripted_gateway(says(opened(), *answers, then=UNAVAILABLE), says(opened(cursor), batch(9))) as gateway,
        connect(gateway.address) as client,
    ):
        async with client.events() as stream:
            async with asyncio.timeout(PATIENCE_S):
                while (await anext(stream)).event_id != "9":
                    pass

        first, second = gateway.subscriptions
        assert first.WhichOneof("start") is None
        assert second.after_cursor == cursor


async def test_every_answer_without_events_can_be_seen() -> None:
    seen: list[str | None] = []
    skipped = pb.SubscribeResponse(gap_skipped=pb.GapSkipped(resumed_at_cursor=b"oldest"))
    async with (
        scripted_gateway(says(opened(), skipped, batch(1), silent=True)) as gateway,
        connect(gateway.address) as client,
        client.events(notice=lambda answer: seen.append(answer.WhichOneof("answer"))) as stream,
    ):
        await ids(stream, 1)

    assert seen == ["opened", "gap_skipped"]


async def test_a_drained_stream_comes_back_after_the_delay_it_was_told() -> None:
    draining = pb.SubscribeResponse(draining=pb.Draining(cursor=b"1", reconnect_delay={"seconds": 5}))
    sleeps = Sleeps()
    async with (
        scripted_gateway(says(opened(), batch(1), draining), says(opened(), batch(2))) as gateway,
        connect(gateway.address) as client,
    ):
        stream = EventStream(feed=client.feed, request=pb.SubscribeRequest(), sleep=sleeps)
        seen = await ids(stream, 2)
        stream.close()

        assert seen == ["1", "2"]
        assert gateway.subscriptions[1].after_cursor == b"1"
    assert 5 <= sleeps[0] <= 10
    assert len(sleeps) == 1


async def test_no_event_is_lost_or_repeated_while_connections_are_aged_out() -> None:
    async def counting(request: pb.SubscribeRequest, _context: Context) -> Stream:
        yield opened(request.after_cursor)
        for number in numbers_after(request.after_cursor):
            yield batch(number)
            await asyncio.sleep(0.001)

    ageing = [("grpc.max_connection_age_ms", 100), ("grpc.max_connection_age_grace_ms", 50)]
    seen: list[str] = []
    async with (
        scripted_gateway(counting, options=ageing) as gateway,
        connect(gateway.address) as client,
        asyncio.timeout(PATIENCE_S),
    ):
        async for event in client.events(after=b"0"):
            seen.append(event.event_id)
            if len(gateway.subscriptions) == 4:
                break

    assert seen == [str(number) for number in range(1, len(seen) + 1)]


async def test_back_off_doubles_up_to_its_bound_and_starts_anew_after_an_event() -> None:
    failing = says(then=UNAVAILABLE)
    sleeps = Sleeps()
    async with (
        scripted_gateway(*[failing] * 4, says(opened(), batch(1), then=UNAVAILABLE), says(batch(2))) as gateway,
        connect(gateway.address) as client,
    ):
        backoff = Backoff(initial_s=1, max_s=4, chance=lambda: 0.5)
        stream = EventStream(feed=client.feed, request=pb.SubscribeRequest(), backoff=backoff, sleep=sleeps)
        await ids(stream, 2)
        stream.close()

    assert sleeps == [0.5, 1, 2, 2, 0.5]


@pytest.mark.parametrize("code", ["PERMISSION_DENIED", "UNAUTHENTICATED", "UNIMPLEMENTED", "DATA_LOSS", "OUT_OF_RANGE"])
async def test_a_failure_that_stays_ends_the_stream(code: str) -> None:
    async with (
        scripted_gateway(says(opened(), batch(1), then=grpc.StatusCode[code])) as gateway,
        connect(gateway.address) as client,
    ):
        stream = client.events()
        await anext(stream)

        with pytest.raises(GatewayError) as caught:
            await anext(stream)

        assert caught.value.code is grpc.StatusCode[code]
        assert await anext(stream, None) is None
        assert len(gateway.subscriptions) == 1


async def test_giving_up_is_bounded_and_raises_the_last_failure() -> None:
    async with scripted_gateway(says(then=UNAVAILABLE)) as gateway, connect(gateway.address) as client:
        with pytest.raises(GatewayError) as caught:
            async with asyncio.timeout(PATIENCE_S):
                await anext(client.events(give_up_after_s=0.5))

    assert caught.value.code is UNAVAILABLE


async def test_giving_up_on_a_silent_gateway_says_so() -> None:
    async with scripted_gateway(says(silent=True)) as gateway, connect(gateway.address) as client:
        with pytest.raises(Unavailable, match="the gateway said nothing"):
            async with asyncio.timeout(PATIENCE_S):
                await anext(client.events(give_up_after_s=0.2))


async def test_a_finite_stream_that_breaks_still_ends_where_it_was_to_end() -> None:
    async with (
        scripted_gateway(says(opened(newest=b"2"), batch(1), then=UNAVAILABLE), says(opened(), batch(2))) as gateway,
        connect(gateway.address) as client,
    ):
        async with asyncio.timeout(PATIENCE_S):
            seen = [event.event_id async for event in client.events(stop_at_newest=True)]

        assert seen == ["1", "2"]
        assert gateway.subscriptions[1].stop_at_cursor == b"2"


async def test_a_subscription_is_resumed_by_its_name() -> None:
    async with (
        scripted_gateway(says(opened(), batch(1), then=UNAVAILABLE), says(opened(), batch(2))) as gateway,
        connect(gateway.address) as client,
        client.events(subscription="billing") as stream,
    ):
        await ids(stream, 2)

        assert [request.subscription for request in gateway.subscriptions] == ["billing", "billing"]


@pytest.fixture
async def endless() -> AsyncIterator[ScriptedGateway]:
    async with scripted_gateway(says(opened(), batch(1), silent=True)) as gateway:
        yield gateway


async def test_leaving_the_loop_cancels_the_call(endless: ScriptedGateway) -> None:
    async with connect(endless.address) as client:
        async for _ in client.events():
            break

        await left(endless)


async def test_an_exception_in_the_loop_cancels_the_call(endless: ScriptedGateway) -> None:
    async def follow(client: Client) -> None:
        async for _ in client.events():
            raise ZeroDivisionError

    async with connect(endless.address) as client:
        with pytest.raises(ZeroDivisionError):
            await follow(client)

        await left(endless)


async def test_cancelling_the_task_cancels_the_call(endless: ScriptedGateway) -> None:
    started = asyncio.Event()

    async def follow() -> None:
        async for _ in stream:
            started.set()

    async with connect(endless.address) as client:
        stream = client.events()
        task = asyncio.create_task(follow())
        await started.wait()

        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task
        await left(endless)


async def test_waiting_that_was_cut_short_is_taken_up_after_the_cursor() -> None:
    silence, rest = says(opened(), batch(1), silent=True), says(opened(b"1"), batch(2), silent=True)
    async with scripted_gateway(silence, rest) as gateway, connect(gateway.address) as client:
        async with client.events() as stream:
            first = await anext(stream)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(stream), 0.05)
            seen = await ids(stream, 1)

        assert (first.event_id, seen) == ("1", ["2"])
        assert gateway.subscriptions[1].after_cursor == b"1"


async def test_closing_ends_the_stream_for_whoever_waits_for_it(endless: ScriptedGateway) -> None:
    async with connect(endless.address) as client:
        stream = client.events()
        await anext(stream)
        waiting = asyncio.create_task(anext(stream, None))
        await asyncio.sleep(0)

        stream.close()

        assert await waiting is None
        await left(endless)


async def test_a_closed_stream_hands_out_nothing_more() -> None:
    play = says(opened(), batch(1, 2), silent=True)
    async with scripted_gateway(play) as gateway, connect(gateway.address) as client:
        stream = client.events()
        await anext(stream)

        await stream.aclose()

        assert await anext(stream, None) is None
        assert stream.cursor == b"1"


async def test_closing_the_client_ends_its_streams(endless: ScriptedGateway) -> None:
    client = connect(endless.address)
    stream = client.events()
    await anext(stream)

    await client.close()

    assert await anext(stream, None) is None
    await left(endless)


async def test_a_stream_that_is_forgotten_after_the_loop_was_closed_is_no_error(
    recwarn: pytest.WarningsRecorder,
) -> None:
    def forgotten() -> None:
        async def main() -> EventStream:
            client = connect("127.0.0.1:1")
            stream = client.events()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await anext(stream)
            stream._connection()
            return stream

        del asyncio.run(main())._call

    await asyncio.to_thread(forgotten)
    gc.collect()

    assert list(recwarn) == []


async def test_no_task_is_left_behind(endless: ScriptedGateway) -> None:
    async def leftovers() -> set[asyncio.Task[object]]:
        async with connect(endless.address) as client:
            async for _ in client.events():
                break
        others = asyncio.all_tasks() - {asyncio.current_task()}
        return (await asyncio.wait(others, timeout=15))[1] if others else set()

    # On a loop of its own, where the server's tasks are not.
    left_behind = await asyncio.to_thread(asyncio.run, leftovers())

    assert left_behind == set()


async def test_a_gateway_that_is_away_is_awaited_until_cancelled(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="conversation_gateway")
    async with connect("127.0.0.1:1") as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await anext(client.events())

    assert "Connection refused" in caplog.text


async def test_more_than_one_start_is_refused_before_any_call() -> None:
    async with connect("127.0.0.1:1") as client:
        with pytest.raises(ValueError, match="after_cursor, subscription"):
            client.events(after=b"1", subscription="billing")


async def test_a_time_without_a_zone_is_refused_before_any_call() -> None:
    async with connect("127.0.0.1:1") as client:
        with pytest.raises(ValueError, match="time zone"):
            client.events(at_time=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


async def test_a_stream_without_a_subscription_cannot_be_committed() -> None:
    async with connect("127.0.0.1:1") as client:
        with pytest.raises(ValueError, match="named subscription"):
            await client.events().commit()
