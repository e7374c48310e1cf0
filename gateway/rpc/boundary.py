"""What is the same for every RPC: decoding, the deadline, the error's translation, the metrics, the log line.

A handler never swallows `CancelledError`: grpc keeps native memory of a stream whose handler does
(grpc/grpc#43360), and a cancelled call must free its place at once.
"""

import asyncio
import itertools
import math
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import grpc
from google.protobuf.message import DecodeError, Message

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.errors import CallerError, GatewayError
from gateway.rpc import status
from gateway.rpc.callers import Callers
from gateway.rpc.dialogue import MAX_MESSAGE_BYTES, Context, Dialogue, slow_consumer, too_large, written
from gateway.rpc.entrance import MAX_LASTING_BYTES, Admission, Entrance, Kind
from gateway.rpc.observation import Watch, is_private
from gateway.telemetry.logs import logger
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.tracing import Tracing

_TOKEN = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")

log = logger("rpc")


@dataclass(slots=True, kw_only=True)
class Call:
    """One RPC as its behaviour sees it."""

    deadline: Deadline
    """A unary call always has one; a stream's never passes unless its caller set it."""
    peer: str
    """What waiting calls are shared between fairly: the caller where it has a name, else its connection."""
    caller: str
    """Who calls, for caps: the name the caller was recognised by, or its host where nobody has to prove who it is."""
    request_id: str
    """The id to quote when asking about this call: the caller's `x-request-id`, else one of ours."""
    trailers: dict[str, str] = field(default_factory=dict)
    """Answered as trailing metadata."""


class Frames(Protocol):
    """The serialised answers of a stream, made as they are asked for."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None:
        """Free what the stream holds."""


Unary = Callable[[Any, Call], Awaitable[Message]]
Stream = Callable[[Any, Call], Frames]
Bidi = Callable[[Dialogue, Call], Awaitable[None]]
TooSlow = Callable[[Any], GatewayError]
# Quoted, because it is generic for type checkers only.
Handler: TypeAlias = "grpc.RpcMethodHandler[bytes, bytes]"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rpc:
    """One method of the contract, as the door knows it."""

    request_class: type[Message]
    watch: Watch

    def admit(self, data: bytes, admission: Admission, call: Call) -> Message:
        """Take one message in, of a unary call or a stream; raises `CallerError` when it cannot be read."""
        self.watch.metrics.received.inc()
        try:
            request = self.request_class.FromString(data)
        except DecodeError:
            raise CallerError(
                "the request is not a readable message of this method's type",
                reason="MALFORMED_REQUEST",
                code=grpc.StatusCode.INVALID_ARGUMENT,
            ) from None
        admission.principal.cap(request, call.trailers)
        return request


class Boundary:
    """Wraps behaviours into gRPC handlers."""

    def __init__(
        self,
        *,
        metrics: Metrics,
        clock: Clock,
        max_deadline_s: float,
        entrance: Entrance | None = None,
        tracing: Tracing | None = None,
    ) -> None:
        """Unary calls without a deadline get `max_deadline_s` seconds; streams have none.

        Everyone may come in unless there is an `entrance` that knows better. Without `tracing` nothing is recorded.
        """
        self.entrance = entrance or Entrance(callers=Callers(clock=clock))
        self._metrics = metrics
        self._tracing = tracing or Tracing()
        self._clock = clock
        self.max_deadline_s = max_deadline_s
        self._in_flight = 0
        # Unique is enough for an id to quote: randomness of its own would cost every call a system call.
        self._ids, self._counter = os.urandom(4).hex(), itertools.count(1)
        self._idle = asyncio.Event()
        self._idle.set()
        self.draining = asyncio.Event()
        """Set when the gateway begins to shut down: streams take up nothing new from then on."""

    async def idle(self) -> None:
        """Return once no RPC of ours is in flight; health and reflection do not count."""
        await self._idle.wait()

    def unary(
        self, path: str, request_class: type[Message], behaviour: Unary, *, max_deadline_s: float | None = None
    ) -> Handler:
        """A handler for one request and one answer; `max_deadline_s` is for one that waits for people."""
        cap_s = max_deadline_s or self.max_deadline_s
        lasting = max_deadline_s is not None
        rpc = self._rpc(path, request_class, "unary")

        async def answer(call: Call, context: Context, admission: Admission) -> bytes:
            most_bytes = MAX_LASTING_BYTES if lasting else MAX_MESSAGE_BYTES
            request = rpc.admit(await admission.receive(context, most_bytes=most_bytes), admission, call)
            if lasting:
                admission.release()
            response = (await behaviour(request, call)).SerializeToString()
            if len(response) > MAX_MESSAGE_BYTES:
                raise too_large()
            rpc.watch.metrics.sent.inc()
            return response

        async def handle(_requests: object, context: Context) -> bytes:
            return await self._guard(rpc, context, answer, cap_s, "calls")

        # One request all the same: as a stream, it is not read before its caller is known.
        return grpc.stream_unary_rpc_method_handler(handle)

    def server_stream(
        self, path: str, request_class: type[Message], behaviour: Stream, *, too_slow: TooSlow | None = None
    ) -> Handler:
        """A handler for one request and many answers, each serialised already.

        A peer that takes nothing for 30 s ends the stream with the error that `too_slow` makes of it.
        """
        rpc = self._rpc(path, request_class, "server_stream")

        async def answer(call: Call, context: Context, admission: Admission) -> bytes:
            request = rpc.admit(await admission.receive(context, most_bytes=MAX_LASTING_BYTES), admission, call)
            admission.release()
            async with aclosing(behaviour(request, call)) as frames:
                async for frame in frames:
                    if len(frame) > MAX_MESSAGE_BYTES:
                        raise too_large()
                    if not await written(context, frame):
                        raise too_slow(frames) if too_slow else slow_consumer()
                    rpc.watch.metrics.sent.inc()
            return b""

        async def handle(_requests: object, context: Context) -> None:
            await self._guard(rpc, context, answer, math.inf, "streams")

        return grpc.stream_stream_rpc_method_handler(handle)

    def bidi(self, path: str, request_class: type[Message], behaviour: Bidi) -> Handler:
        """A handler for many requests and many answers, in whatever order the behaviour reads and writes them."""
        rpc = self._rpc(path, request_class, "bidi_stream")

        async def answer(call: Call, context: Context, admission: Admission) -> bytes:
            def admit(data: bytes) -> Message:
                return rpc.admit(data, admission, call)

            sent = rpc.watch.metrics.sent.inc
            try:
                await behaviour(Dialogue(context=context, admit=admit, held=admission.held, sent=sent), call)
            except ExceptionGroup as failures:
                # Of its tasks the first one that failed has ended the stream, and the others with it.
                raise failures.exceptions[0] from None
            return b""

        async def handle(_requests: object, context: Context) -> None:
            await self._guard(rpc, context, answer, math.inf, "streams")

        return grpc.stream_stream_rpc_method_handler(handle)

    async def _guard(
        self,
        rpc: "_Rpc",
        context: Context,
        answer: Callable[[Call, Context, Admission], Awaitable[bytes]],
        cap_s: float,
        kind: Kind,
    ) -> bytes:
        """Run one RPC from its head to its status; every way it can end is counted and logged once, here."""
        metadata = dict(context.invocation_metadata() or ())
        call = self._call(context, metadata, cap_s)
        code = grpc.StatusCode.OK
        error: GatewayError | None = None
        seen = rpc.watch.begin(metadata)
        self._in_flight += 1
        self._idle.clear()
        try:
            with self.entrance.admit(rpc.watch.path, context, kind) as admission:
                call.caller, call.peer = admission.principal.name, admission.principal.peer
                result = await answer(call, context, admission)
            context.set_trailing_metadata(_plain(call.trailers))
        except asyncio.CancelledError:
            code = grpc.StatusCode.DEADLINE_EXCEEDED if call.deadline.passed else grpc.StatusCode.CANCELLED
            raise
        except Exception as failure:  # noqa: BLE001 - whatever it is, its text must not reach the caller
            error = failure_of(failure, rpc.watch.path)
        else:
            return result
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()
            code = error.code if error else code
            seen.end(code, error, request_id=call.request_id, trailers=call.trailers)
        return await status.abort(context, error, call.request_id, _plain(call.trailers))

    def _next_id(self) -> str:
        return f"{self._ids}{next(self._counter):08x}"

    def _rpc(self, path: str, request_class: type[Message], kind: str) -> "_Rpc":
        watch = Watch(path=path, kind=kind, metrics=self._metrics, tracing=self._tracing, clock=self._clock)
        return _Rpc(request_class=request_class, watch=watch)

    def _call(self, context: Context, metadata: Mapping[str, Any], cap_s: float) -> Call:
        remaining_s = context.time_remaining()
        given = metadata.get("x-request-id", "")
        request_id = given if given and isinstance(given, str) and _is_quotable(given) else self._next_id()
        return Call(
            deadline=Deadline.after(cap_s if remaining_s is None else remaining_s, self._clock),
            peer="",
            caller="",
            request_id=request_id,
            trailers={"x-request-id": request_id},
        )


def failure_of(failure: Exception, method: str) -> GatewayError:
    """What the caller hears of an exception, be it a failure of ours, a passed deadline or a fault in the code."""
    if isinstance(failure, GatewayError):
        return failure
    if isinstance(failure, TimeoutError):
        return status.deadline_exceeded()
    # The kind and the place, not the text: it may quote a message or a number.
    log.error("rpc_crashed", method=method, kind=type(failure).__name__, place=_place(failure))
    return status.internal()


def _is_quotable(value: str) -> bool:
    """Whether an id may be logged and sent back: a token, and nothing that could be somebody's phone number."""
    return _TOKEN.fullmatch(value) is not None and not is_private(value)


def _plain(trailers: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The trailers that grpc can send: one that it cannot would fail a call that has succeeded."""
    return tuple([(key, value) for key, value in trailers.items() if value.isascii() and value.isprintable()])


def _place(failure: BaseException) -> str:
    """Where an exception came from, without its text."""
    trace = failure.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "unknown"
