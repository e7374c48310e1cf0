"""Reading a stream through the Python client: errors have types, and a call does not outlive its loop."""

import asyncio
from collections.abc import Iterable

import grpc
import pytest
from conversation_gateway import answers, connect, sync
from conversation_gateway.errors import Unavailable
from conversation_gateway.v1 import event_feed_pb2 as pb

from tests.integration.scripted_gateway import ScriptedGateway, batch, opened, says, scripted_gateway
from tests.patience import PATIENCE_S

ENDLESS = says(opened(), batch(1), silent=True)


async def left(gateway: ScriptedGateway) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await gateway.left.wait()


async def test_leaving_the_loop_cancels_the_call() -> None:
    async with scripted_gateway(ENDLESS) as gateway, connect(gateway.address) as client:
        async for answer in answers(client.feed.Subscribe(pb.SubscribeRequest())):
            if answer.HasField("batch"):
                break

        await left(gateway)

        assert gateway.left.is_set()


async def test_cancelling_whoever_waits_cancels_the_call() -> None:
    async with scripted_gateway(ENDLESS) as gateway, connect(gateway.address) as client:
        reading = asyncio.Event()

        async def read() -> None:
            async for _ in answers(client.feed.Subscribe(pb.SubscribeRequest())):
                reading.set()

        task = asyncio.create_task(read())
        await reading.wait()
        task.cancel()

        await left(gateway)

        assert gateway.left.is_set()


async def test_a_stream_that_breaks_raises_a_typed_error_after_its_answers() -> None:
    broken = says(opened(), batch(1), then=grpc.StatusCode.UNAVAILABLE)
    async with scripted_gateway(broken) as gateway, connect(gateway.address) as client:
        stream = answers(client.feed.Subscribe(pb.SubscribeRequest()))
        first, second = await anext(stream), await anext(stream)

        with pytest.raises(Unavailable):
            await anext(stream)

    assert first.HasField("opened")
    assert second.HasField("batch")


def opens(call: Iterable[pb.SubscribeResponse]) -> bool:
    """Whether the stream opens; its loop is left then."""
    for answer in sync.answers(call):
        return bool(answer.HasField("opened"))
    return False


async def test_leaving_a_blocking_loop_cancels_the_call() -> None:
    async with scripted_gateway(ENDLESS) as gateway:
        with sync.connect(gateway.address) as client:
            # Kept: grpc cancels a blocking call by itself only when nobody refers to it any more.
            call = client.feed.Subscribe(pb.SubscribeRequest())
            opened_first = await asyncio.to_thread(opens, call)

            await left(gateway)

    assert opened_first


def read_out(address: str) -> None:
    with sync.connect(address) as client:
        list(sync.answers(client.feed.Subscribe(pb.SubscribeRequest())))


async def test_a_blocking_stream_that_breaks_raises_a_typed_error() -> None:
    async with scripted_gateway(says(opened(), then=grpc.StatusCode.UNAVAILABLE)) as gateway:
        with pytest.raises(Unavailable):
            await asyncio.to_thread(read_out, gateway.address)
