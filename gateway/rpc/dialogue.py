"""One bidirectional stream as its behaviour sees it: requests to take one by one, and answers to give at any time."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any, TypeAlias

import grpc
from google.protobuf.message import Message

from gateway.errors import CallerError, GatewayError, LimitError, UpstreamError

# Both ways; clients refuse more than this unless told otherwise.
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
WRITE_TIMEOUT_S = 30.0

# Quoted, because it is generic for type checkers only.
Context: TypeAlias = "grpc.aio.ServicerContext[bytes, bytes]"
Take = Callable[[Any], Awaitable[None]]


class Dialogue:
    """Reads what the caller writes, no faster than it is taken, and writes answers from any number of tasks."""

    def __init__(
        self,
        *,
        context: Context,
        admit: Callable[[bytes], Message],
        held: Callable[[Message], AbstractContextManager[None]],
        sent: Callable[[], None],
    ) -> None:
        """`admit` makes a message of bytes or raises `CallerError`, `sent` counts an answer.

        `held` counts the bytes of a request that is under way, and raises `LimitError` where there are too many: every
        request that is worked on must be, for its size bounds what a caller can make the gateway hold.
        """
        self.held = held
        self._context = context
        self._admit = admit
        self._sent = sent
        self._turn = asyncio.Lock()

    async def listen(self, take: Take, *, until: asyncio.Event) -> bool:
        """Hand each request to `take`, one at a time; whether that ended because there are no more.

        It ends early, with False, once `until` is set: what was read and not yet taken is then dropped, and what the
        caller has written behind it stays unread. A request that cannot be read is taken as the `CallerError` about
        it. While `take` waits nothing is read, so the caller is held back by the stream's flow control. What `take`
        raises is raised here.

        gRPC does not tell the end of the requests from the end of the connection: for a moment both look like a
        half-close. Who acts upon the end has to `send` something first: only a living stream takes it.
        """
        reading = asyncio.create_task(self._read(take), name="dialogue-read")
        stopped = asyncio.create_task(until.wait(), name="dialogue-until")
        try:
            await asyncio.wait({reading, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                return False
            reading.result()
            return True
        finally:
            reading.cancel()
            stopped.cancel()
            await asyncio.gather(reading, stopped, return_exceptions=True)

    async def _read(self, take: Take) -> None:
        while True:
            data: Any = await self._context.read()
            if data is grpc.aio.EOF:
                return
            try:
                request: Message | CallerError = self._admit(data)
            except CallerError as error:
                request = error
            await take(request)

    async def send(self, answer: Message) -> None:
        """Write one answer, after those that were given before it.

        Raises `LimitError` SLOW_CONSUMER when the caller takes nothing for 30 s, and `UpstreamError` when the answer
        is larger than a message may be. On a stream that is broken or cancelled it raises `CallerError` CANCELLED or
        never returns, as the handler's task is cancelled instead.
        """
        frame = answer.SerializeToString()
        if len(frame) > MAX_MESSAGE_BYTES:
            raise too_large()
        async with self._turn:
            if not await written(self._context, frame):
                raise slow_consumer()
        self._sent()


async def written(context: Context, frame: bytes) -> bool:
    """Whether the peer made room for another message in time; raises `CallerError` CANCELLED when it has gone."""
    try:
        async with asyncio.timeout(WRITE_TIMEOUT_S):
            await context.write(frame)
    except TimeoutError:
        return False
    except grpc.aio.InternalError:
        # A peer that leaves between two writes fails the next one a moment before grpc cancels the handler.
        raise _gone() from None
    return True


def _gone() -> CallerError:
    return CallerError("the caller has left", reason="CANCELLED", code=grpc.StatusCode.CANCELLED)


def too_large() -> UpstreamError:
    """An answer that no client would take."""
    return UpstreamError(
        "the answer is larger than a gRPC message may be; ask for smaller pages. What was asked for has been done",
        reason="UPSTREAM_RESPONSE_TOO_LARGE",
        code=grpc.StatusCode.INTERNAL,
        metadata={"request_state": "done"},
    )


def slow_consumer() -> GatewayError:
    """A peer that stopped reading."""
    return LimitError(
        "the caller took nothing for 30 s", reason="SLOW_CONSUMER", code=grpc.StatusCode.ABORTED, retry_after_s=1.0
    )
