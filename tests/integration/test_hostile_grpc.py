"""What hostile or broken peers can do to the gRPC door: each is bounded, and hurts nobody else."""

import asyncio
import struct
import time
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

import grpc
import pytest
from conversation_gateway.v1 import message_pb2
from google.protobuf.message import Message
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc

from gateway.rpc import entrance, server
from gateway.rpc.boundary import Call
from gateway.rpc.entrance import Bounds
from gateway.rpc.server import Connections
from tests import http2_peer as h2
from tests.grpc_door import SEND, STREAM, call, open_door
from tests.patience import PATIENCE_S
from tests.rich_status import detail, info

MIB = 1024 * 1024
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


def options(monkeypatch: pytest.MonkeyPatch, **changed: int) -> None:
    """Serve with other options, so that a test need not wait as long as a peer in production."""
    names = {f"grpc.{name}" for name in changed}
    kept = [(name, value) for name, value in server.OPTIONS if name not in names]
    monkeypatch.setattr(server, "OPTIONS", (*kept, *((f"grpc.{name}", value) for name, value in changed.items())))


async def failure(answer: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await answer
    return caught.value


async def test_a_message_over_the_limit_is_refused_with_both_sizes() -> None:
    async with open_door() as door, grpc.aio.insecure_channel(door.address) as channel:
        error = await failure(call(channel, data=b"x" * (5 * MIB)))
        after = await call(channel)

    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "larger than max (5242880 vs. 4194304)" in str(error.details())
    assert door.refusals == ["broken_off"]
    assert after.message_id


async def test_a_compressed_message_is_taken() -> None:
    async with open_door() as door, grpc.aio.insecure_channel(door.address) as channel:
        request = message_pb2.SendMessageRequest(app_id="a" * 10_000).SerializeToString()
        answer = await call(channel, data=request, compression=grpc.Compression.Gzip)

    assert answer.message_id


async def test_a_compressed_bomb_is_refused_before_it_unfolds() -> None:
    async with open_door() as door, grpc.aio.insecure_channel(door.address) as channel:
        # 64 KB on the wire.
        error = await failure(call(channel, data=bytes(64 * MIB), compression=grpc.Compression.Gzip))

    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert door.refusals == ["broken_off"]


async def test_huge_metadata_is_refused() -> None:
    async with open_door() as door, grpc.aio.insecure_channel(door.address) as channel:
        multi: Any = channel.unary_unary(SEND)
        error = await failure(multi(b"", metadata=(("x-huge", "x" * 20_000),), timeout=10))

    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_flood_of_pings_ends_the_connection_and_no_other() -> None:
    async with open_door() as door, grpc.aio.insecure_channel(door.address) as channel, h2.peer(door.address) as peer:
        peer.write(*(h2.frame(h2.PING, payload=bytes(8)) for _ in range(50)))
        goaway = await peer.until(h2.GOAWAY)
        await peer.closed()
        after = await call(channel)

    enhance_your_calm = 0xB
    assert struct.unpack(">II", goaway[:8])[1] == enhance_your_calm
    assert b"too_many_pings" in goaway
    assert after.message_id


async def test_a_connection_that_says_nothing_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    options(monkeypatch, server_handshake_timeout_ms=200)
    async with open_door() as door, h2.peer(door.address, greets=False) as peer:
        await peer.closed()

        assert peer.reader.at_eof()


async def test_a_connection_whose_call_never_begins_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    options(monkeypatch, max_connection_idle_ms=200)
    async with open_door() as door, h2.peer(door.address) as peer:
        # A header block without its end.
        peer.write(h2.frame(h2.HEADERS, 0, 1, h2.head(SEND)))
        await peer.closed()

        assert peer.reader.at_eof()


async def test_a_request_that_drips_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrance, "REQUEST_TIMEOUT_S", 0.2)
    async with open_door() as door, h2.peer(door.address) as peer:
        # A message of a megabyte is announced, and only its first byte comes.
        start = b"\0" + struct.pack(">I", MIB) + b"x"
        peer.write(h2.frame(h2.HEADERS, h2.END_HEADERS, 1, h2.head(SEND)), h2.frame(h2.DATA, 0, 1, start))
        trailers = await peer.until(h2.HEADERS, stream=1)

    assert b"did not arrive within" in trailers
    assert door.refusals == ["slow_request"]


async def test_requests_that_drip_keep_no_others_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrance, "MAX_ARRIVING", 1)
    monkeypatch.setattr(entrance, "GIVE_WAY_S", 0.05)
    async with open_door() as door, grpc.aio.insecure_channel(door.address) as channel, h2.peer(door.address) as peer:
        for stream in (1, 3, 5):
            peer.write(h2.frame(h2.HEADERS, h2.END_HEADERS, stream, h2.head(SEND)))
            peer.write(h2.frame(h2.DATA, 0, stream, b"\0"))
        await peer.until(h2.SETTINGS)
        answer = await call(channel)

    assert answer.message_id


async def test_a_burst_of_calls_is_answered_and_none_is_cancelled_without_a_word() -> None:
    async with open_door() as door, AsyncExitStack() as stack:
        channels = [
            await stack.enter_async_context(
                grpc.aio.insecure_channel(door.address, options=(("grpc.use_local_subchannel_pool", 1),))
            )
            for _ in range(2)
        ]
        calls = [asyncio.create_task(call(channels[number % 2])) for number in range(2900)]
        answers = await asyncio.gather(*calls)

    assert len(answers) == 2900


async def test_calls_beyond_those_that_may_wait_to_be_looked_at_are_cancelled_and_the_rest_answered() -> None:
    async with open_door() as door:
        with grpc.insecure_channel(door.address) as channel:
            await asyncio.to_thread(grpc.channel_ready_future(channel).result, 10)
            multi: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(SEND)
            calls = [multi.future(b"", timeout=30) for _ in range(3500)]
            # Nobody looks at any of them meanwhile: it is the door's own event loop that sleeps.
            time.sleep(2)  # noqa: ASYNC251
            codes = Counter([await asyncio.to_thread(each.code) for each in calls])
            later = await asyncio.to_thread(multi, b"", timeout=10)

    assert codes.keys() == {grpc.StatusCode.OK, grpc.StatusCode.CANCELLED}
    # A few more are on their way to the handler already.
    assert 3000 <= codes[grpc.StatusCode.OK] <= 3005
    assert message_pb2.SendMessageResponse.FromString(later).message_id


async def test_streams_beyond_those_of_one_connection_are_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    options(monkeypatch, max_concurrent_streams=2)
    async with open_door() as door, h2.peer(door.address) as peer:
        await peer.until(h2.SETTINGS)
        for stream in (1, 3, 5, 7):
            peer.write(h2.frame(h2.HEADERS, h2.END_HEADERS, stream, h2.head(SEND)))
        refused = await peer.until(h2.RST_STREAM)

    assert struct.unpack(">I", refused)[0] != 0


async def test_what_a_stream_may_send_before_it_is_read_is_bounded() -> None:
    async with open_door() as door, h2.peer(door.address) as peer:
        payload = await peer.until(h2.SETTINGS)

    settings = dict(struct.iter_unpack(">HI", payload))
    assert settings[h2.INITIAL_WINDOW_SIZE] == 256 * 1024


async def test_connections_beyond_the_bound_are_closed_and_the_others_served() -> None:
    async with (
        open_door(connections=Connections(max_count=2)) as door,
        grpc.aio.insecure_channel(door.address) as channel,
        h2.peer(door.address) as second,
    ):
        await call(channel)
        await second.until(h2.SETTINGS)
        async with h2.peer(door.address) as third:
            await third.closed()
        after = await call(channel)

    assert after.message_id


async def test_an_old_connection_is_replaced_and_what_is_under_way_on_it_goes_on() -> None:
    async with (
        open_door(connections=Connections(max_age_s=0.3, age_grace_s=30.0)) as door,
        h2.peer(door.address) as peer,
        grpc.aio.insecure_channel(door.address) as channel,
    ):
        multi: Any = channel.unary_stream(STREAM)
        stream = multi(b"")
        await stream.read()
        await peer.until(h2.GOAWAY)
        still = await stream.read()
        stream.cancel()
        after = await call(channel)

    assert still
    assert after.message_id


class Held:
    """A behaviour that answers when it is told to."""

    def __init__(self) -> None:
        self.answer = asyncio.Event()
        self.begun = asyncio.Semaphore(0)

    async def __call__(self, _request: Message, _call: Call) -> Message:
        self.begun.release()
        await self.answer.wait()
        return message_pb2.SendMessageResponse(message_id="done")


@pytest.mark.parametrize(
    ("bounds", "size_bytes", "reason"),
    [(Bounds(max_calls=3), 10, "calls"), (Bounds(max_request_bytes=3 * MIB), MIB, "bytes")],
    ids=["calls", "bytes"],
)
async def test_what_is_under_way_at_once_is_bounded(bounds: Bounds, size_bytes: int, reason: str) -> None:
    held = Held()
    request = message_pb2.SendMessageRequest(app_id="a" * (size_bytes - 10)).SerializeToString()
    async with open_door(behaviour=held, bounds=bounds) as door, grpc.aio.insecure_channel(door.address) as channel:
        under_way = [asyncio.create_task(call(channel, data=request)) for _ in range(3)]
        for _ in under_way:
            await held.begun.acquire()

        error = await failure(call(channel, data=request))
        held.answer.set()
        answers = await asyncio.gather(*under_way)
        after = await call(channel, data=request)

    retry = detail(error, error_details_pb2.RetryInfo)
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert info(error).reason == "TOO_MANY_CALLS"
    assert retry is not None
    assert retry.retry_delay.seconds == 1
    assert door.refusals == [reason]
    assert len(answers) == 3
    assert after.message_id == "done"


async def test_a_request_that_is_alone_always_has_room() -> None:
    request = message_pb2.SendMessageRequest(app_id="a" * MIB).SerializeToString()
    async with (
        open_door(bounds=Bounds(max_request_bytes=1)) as door,
        grpc.aio.insecure_channel(door.address) as channel,
    ):
        answer = await call(channel, data=request)

    assert answer.message_id


async def test_streams_are_bounded() -> None:
    async with open_door(bounds=Bounds(max_streams=2)) as door, grpc.aio.insecure_channel(door.address) as channel:
        multi: Any = channel.unary_stream(STREAM)
        streams = [multi(b"") for _ in range(2)]
        for stream in streams:
            await stream.read()

        error = await failure(multi(b"").read())
        unary = await call(channel)
        for stream in streams:
            stream.cancel()

    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert info(error).reason == "TOO_MANY_STREAMS"
    assert detail(error, error_details_pb2.RetryInfo)
    assert door.refusals == ["streams"]
    assert unary.message_id


async def test_watchers_of_health_are_bounded_and_take_no_room_from_the_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrance, "MAX_SIDE_STREAMS", 2)
    async with open_door(bounds=Bounds(max_streams=1)) as door, grpc.aio.insecure_channel(door.address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        watches = [stub.Watch(health_pb2.HealthCheckRequest()) for _ in range(2)]
        for watch in watches:
            await watch.read()

        error = await failure(stub.Watch(health_pb2.HealthCheckRequest()).read())
        multi: Any = channel.unary_stream(STREAM)
        feed = multi(b"")
        first = await feed.read()
        for stream in (*watches, feed):
            stream.cancel()

    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert info(error).reason == "TOO_MANY_STREAMS"
    assert first


async def test_a_watcher_that_takes_nothing_keeps_nobody_from_hearing_of_the_drain() -> None:
    async with (
        open_door() as door,
        h2.peer(door.address, window=0) as peer,
        grpc.aio.insecure_channel(door.address) as channel,
    ):
        watch = "/grpc.health.v1.Health/Watch"
        peer.write(h2.frame(h2.HEADERS, h2.END_HEADERS, 1, h2.head(watch)))
        peer.write(h2.frame(h2.DATA, h2.END_STREAM, 1, bytes(5)))
        await peer.until(h2.HEADERS, stream=1)
        honest = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        await honest.read()

        async with asyncio.timeout(PATIENCE_S):
            await door.server.pause()
            heard = await honest.read()
        honest.cancel()

    assert heard.status == NOT_SERVING
