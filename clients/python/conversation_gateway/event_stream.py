"""Events, one after the other, over as many connections as it takes: `FeedPosition`, driven by asyncio."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from conversation_gateway.errors import GatewayError
from conversation_gateway.feed_call import FeedCall
from conversation_gateway.feed_position import FeedPosition, Notice
from conversation_gateway.reconnect import Backoff
from conversation_gateway.v1 import event_feed_pb2 as pb

if TYPE_CHECKING:
    # Known to type checkers only; at run time there is one stub for both kinds of channel.
    from conversation_gateway.v1.event_feed_pb2_grpc import EventFeedServiceAsyncStub


class EventStream:
    """The events of one request, for one task at a time: `async for event in stream`.

    The call to the gateway is cancelled when the stream is closed, when waiting for an event is cancelled, and when
    the last reference to the stream is gone, as it is after leaving `async for event in client.events():` in any way.
    A stream that is kept may be iterated again and goes on after its cursor, unless it is closed, has ended, or has
    raised an error that trying again cannot mend.
    """

    def __init__(
        self,
        *,
        feed: "EventFeedServiceAsyncStub",
        request: pb.SubscribeRequest,
        notice: Notice | None = None,
        give_up_after_s: float | None = None,
        backoff: Backoff | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Prepare a stream; asking for its first event opens it. `Client.events` explains the parameters."""
        self._feed = feed
        self._position = FeedPosition(request, notice=notice, give_up_after_s=give_up_after_s, backoff=backoff)
        self._sleep = sleep
        self._call: FeedCall | None = None

    @property
    def cursor(self) -> bytes:
        """Everything up to here was handed out or did not pass the filter. Empty until the stream is open."""
        return self._position.cursor

    @property
    def opened(self) -> pb.Opened:
        """The gateway's last word on opening the stream: the log's epoch and ends, the fencing epoch."""
        return self._position.opened

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> pb.FeedEvent:
        """The next event, however long it takes; a typed error when trying again cannot help."""
        while (event := self._position.next_event()) is None:
            if self._position.over:
                raise StopAsyncIteration
            try:
                answer = await self._connection().read()
            except GatewayError as failure:
                self._disconnect()
                await self._sleep(self._position.failed(failure, self._now_s()))
                continue
            if answer is not None:
                self._position.follow(answer)
                continue
            wait_s = self._position.ended()
            self._disconnect()
            if not self._position.over:
                await self._sleep(wait_s)
        return event

    async def commit(self, event: pb.FeedEvent | None = None) -> bytes:
        """Record durably that everything up to this event, else up to `cursor`, is dealt with.

        Answers the committed cursor. Raises FENCED when another consumer has taken the subscription over, and
        `ValueError` for a stream without a subscription.
        """
        return (await self._feed.Commit(self._position.commit_request(event))).cursor

    def close(self) -> None:
        """Cancel the call for good; a task that waits for the next event sees the end. May be repeated."""
        self._position.close()
        self._disconnect()

    async def aclose(self) -> None:
        """`close`, as `contextlib.aclosing` wants it."""
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connection(self) -> FeedCall:
        """The call that is open, else a new one after the cursor."""
        if self._call is None or self._call.cancelled:
            patience_s = self._position.connecting(self._now_s())
            self._call = FeedCall(self._feed.Subscribe(self._position.request), patience_s=patience_s)
        return self._call

    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()

    def _disconnect(self) -> None:
        if self._call is not None:
            self._call.cancel()
            self._call = None
