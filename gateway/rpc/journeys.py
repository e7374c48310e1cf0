"""The RPCs that join a call with what comes back: a message with its receipts or its reply, a lookup and its answer."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from conversation_gateway.v1 import capability_pb2, message_pb2

from gateway.journeys.asker import Asker, feed_closed
from gateway.journeys.capabilities import Capabilities
from gateway.journeys.messages import MOST_REPLY_S, MessageJourneys
from gateway.journeys.tracking import End, State
from gateway.rpc.boundary import Boundary, Call, Handler

_MESSAGES = "/conversation_gateway.v1.MessageService"
_CAPABILITY = "/conversation_gateway.v1.CapabilityService"


def handlers(
    *, messages: MessageJourneys, capabilities: Capabilities, boundary: Boundary, fed: bool
) -> dict[str, Handler]:
    """The handlers by gRPC path; `fed` tells whether webhooks can reach the log at all."""

    def asker(call: Call) -> Asker:
        if not fed:
            raise feed_closed()
        return Asker(caller=call.peer, deadline=call.deadline, call_timeout_s=boundary.max_deadline_s)

    async def send_and_track(request: message_pb2.SendAndTrackRequest, call: Call) -> AsyncGenerator[bytes, None]:
        async with aclosing(messages.send_and_track(request, asker(call))) as states:
            async for said in states:
                yield _answer(message_pb2.SendAndTrackResponse(), said)

    async def track(request: message_pb2.TrackMessageRequest, call: Call) -> AsyncGenerator[bytes, None]:
        async with aclosing(messages.track(request, asker(call))) as states:
            async for said in states:
                yield _answer(message_pb2.TrackMessageResponse(), said)

    async def ask(request: message_pb2.AskAndAwaitReplyRequest, call: Call) -> message_pb2.AskAndAwaitReplyResponse:
        return await messages.ask_and_await_reply(request, asker(call))

    async def capability(
        request: capability_pb2.AwaitCapabilityRequest, call: Call
    ) -> capability_pb2.AwaitCapabilityResponse:
        return await capabilities.await_capability(request, asker(call))

    sending, tracking, asking = (
        f"{_MESSAGES}/SendAndTrack",
        f"{_MESSAGES}/TrackMessage",
        f"{_MESSAGES}/AskAndAwaitReply",
    )
    looking_up = f"{_CAPABILITY}/AwaitCapability"
    return {
        sending: boundary.server_stream(sending, message_pb2.SendAndTrackRequest, send_and_track),
        tracking: boundary.server_stream(tracking, message_pb2.TrackMessageRequest, track),
        asking: boundary.unary(asking, message_pb2.AskAndAwaitReplyRequest, ask, max_deadline_s=MOST_REPLY_S),
        looking_up: boundary.unary(looking_up, capability_pb2.AwaitCapabilityRequest, capability),
    }


def _answer(answer: message_pb2.SendAndTrackResponse | message_pb2.TrackMessageResponse, said: State | End) -> bytes:
    if isinstance(said, End):
        answer.end.CopyFrom(said)
    else:
        answer.state.CopyFrom(said)
    return answer.SerializeToString()
