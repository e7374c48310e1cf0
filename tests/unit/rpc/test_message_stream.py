"""Whatever an item comes to, its stream goes on."""

import asyncio
import math
from types import SimpleNamespace
from typing import Any

from conversation_gateway.v1 import message_pb2

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.rpc.boundary import Call
from gateway.rpc.dialogue import MAX_MESSAGE_BYTES
from gateway.rpc.message_stream import MessageStream
from gateway.upstream.attempts import Answer
from tests.unit.rpc.test_dialogue import Stream, over


class Sends:
    """A caller whose first answer is larger than a message may be, and whose second is a fault in the code."""

    def __init__(self) -> None:
        self._answers = ["x" * MAX_MESSAGE_BYTES, None, "id"]

    async def call(self, *_: object, caller: str) -> Answer:
        assert caller == "p"
        message_id = self._answers.pop(0)
        if message_id is None:
            raise KeyError("canary")
        return Answer(message=message_pb2.SendMessageResponse(message_id=message_id))


async def test_an_answer_too_large_and_a_fault_of_ours_are_their_items_own() -> None:
    sends: Any = Sends()
    boundary: Any = SimpleNamespace(draining=asyncio.Event(), max_deadline_s=60.0)
    nothing: Any = None
    items = [message_pb2.SendMessagesRequest(item_id=str(number), send={}).SerializeToString() for number in range(3)]
    stream = Stream(*items)
    call = Call(deadline=Deadline.after(math.inf, Clock()), peer="p", caller="c", request_id="r")

    served = MessageStream(calls=sends, operation=nothing, boundary=boundary, clock=Clock())
    await served.serve(over(stream), call)

    answers = {a.item_id: a for a in map(message_pb2.SendMessagesResponse.FromString, stream.written)}
    assert b"UPSTREAM_RESPONSE_TOO_LARGE" in answers["0"].error.details[0].value
    assert b"INTERNAL" in answers["1"].error.details[0].value
    assert answers["2"].sent.message_id == "id"
    assert b"canary" not in b"".join(stream.written)
