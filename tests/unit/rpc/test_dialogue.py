"""Both ways of a stream hold back whoever is too fast, and end for whoever is too slow."""

import asyncio
from contextlib import nullcontext
from typing import Any

import grpc
import pytest
from conversation_gateway.v1 import message_pb2
from google.protobuf.message import DecodeError

from gateway.errors import CallerError, GatewayError
from gateway.rpc import dialogue
from gateway.rpc.dialogue import Dialogue

Answer = message_pb2.SendMessagesResponse


class Stream:
    """What gRPC shows of a stream: some requests, then silence or their end, and an ear that may be deaf."""

    def __init__(self, *requests: bytes, ends: bool = True, deaf: bool = False) -> None:
        self._requests: list[Any] = [*requests, *([grpc.aio.EOF] if ends else [])]
        self._deaf = deaf
        self.written: list[bytes] = []

    async def read(self) -> object:
        if not self._requests:
            await asyncio.Event().wait()
        return self._requests.pop(0)

    async def write(self, frame: bytes) -> None:
        if self._deaf:
            await asyncio.Event().wait()
        self.written.append(frame)


def admit(data: bytes) -> message_pb2.SendMessagesRequest:
    try:
        return message_pb2.SendMessagesRequest.FromString(data)
    except DecodeError:
        raise CallerError("no", reason="MALFORMED_REQUEST", code=grpc.StatusCode.INVALID_ARGUMENT) from None


def over(stream: Stream) -> Dialogue:
    context: Any = stream
    return Dialogue(context=context, admit=admit, held=lambda _request: nullcontext(), sent=lambda: None)


async def test_requests_are_taken_in_order_to_their_end_and_unreadable_ones_are_told() -> None:
    good = message_pb2.SendMessagesRequest(item_id="good").SerializeToString()
    taken: list[object] = []

    async def take(request: object) -> None:
        taken.append(request)

    ended = await over(Stream(good, b"\xff", good)).listen(take, until=asyncio.Event())

    assert ended
    assert [isinstance(request, CallerError) for request in taken] == [False, True, False]


async def test_listening_ends_when_it_is_told_to() -> None:
    stop = asyncio.Event()

    async def take(_request: object) -> None:
        stop.set()

    assert not await over(Stream(b"", ends=False)).listen(take, until=stop)


async def test_nothing_is_read_while_a_request_is_being_taken() -> None:
    stream = Stream(b"", b"", ends=False)
    taking, stop = asyncio.Event(), asyncio.Event()

    async def take(_request: object) -> None:
        taking.set()
        await asyncio.Event().wait()

    listening = asyncio.create_task(over(stream).listen(take, until=stop))
    await taking.wait()
    stop.set()

    assert not await listening
    assert await stream.read() == b""


async def test_what_the_taker_raises_ends_listening() -> None:
    async def take(_request: object) -> None:
        raise KeyError("taker")

    with pytest.raises(KeyError, match="taker"):
        await over(Stream(b"")).listen(take, until=asyncio.Event())


async def test_a_caller_that_takes_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "WRITE_TIMEOUT_S", 0.01)

    with pytest.raises(GatewayError) as caught:
        await over(Stream(deaf=True)).send(Answer(item_id="1"))

    assert caught.value.reason == "SLOW_CONSUMER"


async def test_a_caller_that_leaves_between_two_answers_is_no_fault_of_ours() -> None:
    class Left(Stream):
        async def write(self, frame: bytes) -> None:
            raise grpc.aio.InternalError(f"{len(frame)} bytes for nobody")

    with pytest.raises(CallerError) as caught:
        await over(Left()).send(Answer(item_id="1"))

    assert (caught.value.reason, caught.value.code) == ("CANCELLED", grpc.StatusCode.CANCELLED)


async def test_an_answer_that_no_client_would_take_is_not_written() -> None:
    stream = Stream()

    with pytest.raises(GatewayError) as caught:
        await over(stream).send(Answer(item_id="x" * dialogue.MAX_MESSAGE_BYTES))

    assert caught.value.reason == "UPSTREAM_RESPONSE_TOO_LARGE"
    assert stream.written == []
