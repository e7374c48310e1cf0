"""A gateway that does what a test tells it, over a real socket: what a real one does too rarely, or never should."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from conversation_gateway.v1 import event_feed_pb2 as pb

Stream = AsyncGenerator[pb.SubscribeResponse, None]
# Its published type takes no plain function as a callback, and lacks `done`.
Context = Any
Act = Callable[[pb.SubscribeRequest, Context], Stream]


@dataclass
class ScriptedGateway:
    """Plays one act per `Subscribe`, the last one again and again; answers, or refuses, `GetFeed` and `SendMessage`."""

    acts: Sequence[Act] = ()
    refusals: int = 0
    """How many unary calls get UNAVAILABLE before one is answered."""
    hangs: bool = False
    """Whether unary calls are never answered."""
    subscriptions: list[pb.SubscribeRequest] = field(default_factory=list)
    remaining_s: list[float] = field(default_factory=list)
    """Seconds that each unary call had left."""
    user_agents: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    """What each call said about who makes it, where it did."""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client has cancelled a call."""
    address: str = ""

    async def subscribe(self, data: bytes, context: Context) -> AsyncIterator[bytes]:
        request = pb.SubscribeRequest.FromString(data)
        act = self.acts[min(len(self.subscriptions), len(self.acts) - 1)]
        self.subscriptions.append(request)
        self._note_caller(context)
        context.add_done_callback(self._over)
        async with aclosing(act(request, context)) as answers:
            async for answer in answers:
                yield answer.SerializeToString()

    async def answer(self, _data: bytes, context: Context) -> bytes:
        """Any unary call: the answer is empty."""
        self.remaining_s.append(context.time_remaining() or 0.0)
        self.user_agents.append(str(dict(context.invocation_metadata() or ())["user-agent"]))
        self._note_caller(context)
        if len(self.remaining_s) <= self.refusals:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "not yet")
        context.add_done_callback(self._over)
        if self.hangs:
            await forever()
        return b""

    def _note_caller(self, context: Context) -> None:
        metadata = dict(context.invocation_metadata() or ())
        if "authorization" in metadata:
            self.authorizations.append(str(metadata["authorization"]))

    def _over(self, context: Context) -> None:
        # A handler does not see every cancellation: one that comes while an answer is on its way passes it by.
        if not context.done():
            self.left.set()

    def handlers(self) -> Iterator[grpc.GenericRpcHandler]:
        stream, unary = grpc.unary_stream_rpc_method_handler, grpc.unary_unary_rpc_method_handler
        feed: dict[str, Any] = {"Subscribe": stream(self.subscribe), "GetFeed": unary(self.answer)}
        messages: dict[str, Any] = {"SendMessage": unary(self.answer)}
        yield grpc.method_handlers_generic_handler("conversation_gateway.v1.EventFeedService", feed)
        yield grpc.method_handlers_generic_handler("conversation_gateway.v1.MessageService", messages)


@asynccontextmanager
async def scripted_gateway(
    *acts: Act, options: Sequence[tuple[str, Any]] = (), tls: grpc.ServerCredentials | None = None, **how: Any
) -> AsyncIterator[ScriptedGateway]:
    """A scripted gateway on a port of its own."""
    gateway = ScriptedGateway(acts, **how)
    server = grpc.aio.server(options=options)
    server.add_generic_rpc_handlers(tuple(gateway.handlers()))
    port = server.add_secure_port("127.0.0.1:0", tls) if tls else server.add_insecure_port("127.0.0.1:0")
    gateway.address = f"localhost:{port}" if tls else f"127.0.0.1:{port}"
    await server.start()
    try:
        yield gateway
    finally:
        await server.stop(None)


async def forever() -> None:
    """Wait until cancelled."""
    await asyncio.Event().wait()


def opened(cursor: bytes = b"start", *, heartbeat_s: float = 10.0, newest: bytes = b"newest") -> pb.SubscribeResponse:
    """The first answer of a stream."""
    answer = pb.SubscribeResponse(opened=pb.Opened(cursor=cursor, newest_cursor=newest, fencing_epoch=7))
    answer.opened.heartbeat_interval.FromMicroseconds(round(heartbeat_s * 1_000_000))
    return answer


def batch(*numbers: int) -> pb.SubscribeResponse:
    """Events whose ids and cursors are these numbers."""
    events = [pb.FeedEvent(event_id=str(number), cursor=str(number).encode()) for number in numbers]
    return pb.SubscribeResponse(batch=pb.EventBatch(events=events))


def says(*answers: pb.SubscribeResponse, then: grpc.StatusCode | None = None, silent: bool = False) -> Act:
    """An act: these answers, then silence, this status, or the end of the stream."""

    async def act(_request: pb.SubscribeRequest, context: Context) -> Stream:
        for answer in answers:
            yield answer
        if silent:
            await forever()
        if then is not None:
            await context.abort(then, "as scripted")

    return act


def numbers_after(cursor: bytes) -> Iterator[int]:
    """The numbers of the events after a cursor."""
    number = int(cursor or b"0")
    while True:
        number += 1
        yield number
