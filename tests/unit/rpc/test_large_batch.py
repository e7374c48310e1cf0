"""A connection that broke looks like the end of the recipients; what is not whole then must not be sent."""

import asyncio
import math
from contextlib import nullcontext, suppress
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from conversation_gateway.v1 import batch_pb2 as pb
from google.protobuf.message import Message

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.rpc import large_batch
from gateway.rpc.boundary import Call
from gateway.rpc.dialogue import Dialogue
from gateway.upstream.attempts import Answer

SEND = SimpleNamespace(method=SimpleNamespace(path="/conversation_gateway.v1.BatchService/SendBatch"))


class Sends:
    """A caller that sends nothing and remembers what it was asked to."""

    def __init__(self) -> None:
        self.requests: list[pb.SendBatchRequest] = []

    async def call(self, _operation: object, request: Any, _deadline: Deadline, *, caller: str) -> Answer:
        if not request.options.validate_only:
            self.requests.append(request)
        return Answer(message=pb.SendBatchResponse(batch_id=caller))


class Stream:
    """What gRPC shows of a stream: these requests, and then their end; `alive` is whether it takes an answer still."""

    def __init__(self, *requests: Message, alive: bool) -> None:
        self._requests: list[Any] = [*(request.SerializeToString() for request in requests), grpc.aio.EOF]
        self._alive = alive
        self.tried = asyncio.Event()

    async def read(self) -> object:
        return self._requests.pop(0)

    async def write(self, _frame: bytes) -> None:
        self.tried.set()
        if not self._alive:
            await asyncio.Event().wait()


@pytest.mark.parametrize(("alive", "sent_count"), [(True, 1), (False, 0)], ids=["half-closed", "broken"])
async def test_the_last_batch_goes_out_only_when_the_stream_takes_an_answer(*, alive: bool, sent_count: int) -> None:
    sends, behaviours = Sends(), []
    boundary: Any = SimpleNamespace(
        draining=asyncio.Event(),
        max_deadline_s=60.0,
        bidi=lambda _path, _class, behaviour: behaviours.append(behaviour),
    )
    large_batch.handlers(calls=sends, operations=[SEND], boundary=boundary, clock=Clock())  # type: ignore[arg-type, list-item]  # as much of them as is used
    row = pb.RecipientAndParams(recipient={"contact_id": "c"})
    stream = Stream(
        pb.SendLargeBatchRequest(start={"batch": {"message": {"text_message": {"text": "Hello"}}}}),
        pb.SendLargeBatchRequest(recipients={"recipient_and_params": [row]}),
        alive=alive,
    )
    dialogue = Dialogue(
        context=stream,  # type: ignore[arg-type]  # as much of it as is used
        admit=pb.SendLargeBatchRequest.FromString,
        held=lambda _request: nullcontext(),
        sent=lambda: None,
    )
    call = Call(deadline=Deadline.after(math.inf, Clock()), peer="p", caller="c", request_id="r")

    serving = asyncio.create_task(behaviours[0](dialogue, call))
    await stream.tried.wait()
    if not alive:
        serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving

    assert len(sends.requests) == sent_count
