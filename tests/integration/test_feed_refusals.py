"""What is wrong with a request for events is told when the stream opens, with a reason of its own, not at an event."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from conversation_gateway.v1 import event_feed_pb2 as pb

from gateway.events.cursor import Cursor
from tests import rich_status
from tests.integration.test_feed_over_grpc import served
from tests.unit.events.reading import OpenFeed
from tests.unit.state.sample import append_all

CURSOR = Cursor(b"epoch-00", 1, 0).encode()


@pytest.fixture
async def feed(tmp_path: Path) -> AsyncIterator[tuple[OpenFeed, Any]]:
    async with served(tmp_path) as (it, stub):
        await append_all(it.log, 3)
        yield it, stub


async def refusal(answers: Any) -> tuple[grpc.StatusCode, str]:
    """How a stream ends that is refused before its first answer."""
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await anext(aiter(answers))
    return refused.value.code(), rich_status.info(refused.value).reason


@pytest.mark.parametrize(
    "cursor",
    [b"", CURSOR[:-1], CURSOR + b"x", base64.b64encode(CURSOR), CURSOR[:-1] + b"?", b"\x02" + CURSOR[1:], b"x" * 65],
    ids=["empty", "cut", "longer", "as text", "another check", "another version", "too long"],
)
async def test_what_is_no_cursor_is_invalid(feed: tuple[OpenFeed, Any], cursor: bytes) -> None:
    _, stub = feed

    requests = [pb.SubscribeRequest(after_cursor=cursor), pb.SubscribeRequest(stop_at_cursor=cursor)]
    told = [await refusal(stub.Subscribe(request)) for request in requests]

    assert told == [(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_CURSOR")] * 2


async def test_a_cursor_of_another_log_and_one_of_the_future_have_reasons_of_their_own(
    feed: tuple[OpenFeed, Any],
) -> None:
    it, stub = feed
    future = Cursor(it.log.epoch, 4, 0).encode()

    foreign = await refusal(stub.Subscribe(pb.SubscribeRequest(after_cursor=CURSOR)))
    ahead = await refusal(stub.Subscribe(pb.SubscribeRequest(after_cursor=future)))

    assert foreign == (grpc.StatusCode.FAILED_PRECONDITION, "CURSOR_EPOCH_MISMATCH")
    assert ahead == (grpc.StatusCode.OUT_OF_RANGE, "CURSOR_FROM_FUTURE")


@pytest.mark.parametrize(
    "wanted",
    [
        pb.EventFilter(triggers=["T"] * 257),
        pb.EventFilter(message_ids=["x" * 1025]),
        pb.EventFilter(contact_ids=[""]),
        pb.EventFilter.FromString(b"\x08\x01"),
    ],
    ids=["too many values", "a value too long", "an empty value", "another type"],
)
async def test_a_filter_is_judged_when_the_stream_opens(feed: tuple[OpenFeed, Any], wanted: pb.EventFilter) -> None:
    _, stub = feed

    told = await refusal(stub.Subscribe(pb.SubscribeRequest(earliest={}, filter=wanted)))

    assert told == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST")
