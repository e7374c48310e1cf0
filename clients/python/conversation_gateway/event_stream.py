"""Events, one after the other, over as many connections as it takes.

*The stream is a cursor.* What was handed out, or proven not to concern the caller, is behind it, and a connection that
breaks is replaced by one that starts after it. Nothing is read ahead but the batch that the last event came in.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

from conversation_gateway.errors import GatewayError
from conversation_gateway.feed_call import SILENT_INTERVALS, FeedCall
from conversation_gateway.reconnect import Backoff, can_pass
from conversation_gateway.v1 import event_feed_pb2 as pb

if TYPE_CHECKING:
    # Known to type checkers only; at run time there is one stub for both kinds of channel.
    from conversation_gateway.v1.event_feed_pb2_grpc import EventFeedServiceAsyncStub

DEFAULT_HEARTBEAT_S = 10.0

log = logging.getLogger("conversation_gateway")

Notice = Callable[[pb.SubscribeResponse], None]


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
        self._request = pb.SubscribeRequest()
        self._request.CopyFrom(request)
        self._notice = notice
        self._give_up_after_s = give_up_after_s
        self._backoff = backoff or Backoff()
        self._sleep = sleep
        self._call: FeedCall | None = None
        self._batch: Iterator[pb.FeedEvent] = iter(())
        self._draining: pb.Draining | None = None
        self._trying_since_s: float | None = None
        self._over = False
        self.cursor = request.after_cursor
        """Everything up to here was handed out or did not pass the filter. Empty until the stream is open."""
        self.opened = pb.Opened()
        """The gateway's last word on opening the stream: the log's epoch and ends, the fencing epoch."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> pb.FeedEvent:
        """The next event, however long it takes; a typed error when trying again cannot help."""
        while (event := next(self._batch, None)) is None:
            if self._over:
                raise StopAsyncIteration
            try:
                answer = await self._connection().read()
            except GatewayError as failure:
                await self._recover(failure)
            else:
                await self._follow(answer)
        self.cursor = event.cursor
        return event

    async def commit(self, event: pb.FeedEvent | None = None) -> bytes:
        """Record durably that everything up to this event, else up to `cursor`, is dealt with.

        Answers the committed cursor. Raises FENCED when another consumer has taken the subscription over, and
        `ValueError` for a stream without a subscription.
        """
        if not self._request.subscription:
            raise ValueError("only a stream of a named subscription can be committed")
        request = pb.CommitRequest(
            project_id=self._request.project_id,
            subscription=self._request.subscription,
            cursor=self.cursor if event is None else event.cursor,
            fencing_epoch=self.opened.fencing_epoch,
        )
        return (await self._feed.Commit(request)).cursor

    def close(self) -> None:
        """Cancel the call for good; a task that waits for the next event sees the end. May be repeated."""
        self._over = True
        self._batch = iter(())
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
        if self._call is not None and not self._call.cancelled:
            return self._call
        if self.cursor and not self._request.subscription:
            # Setting one start clears the others. A subscription has its own: what was committed.
            self._request.after_cursor = self.cursor
        now_s = asyncio.get_running_loop().time()
        if self._trying_since_s is None:
            self._trying_since_s = now_s
        heartbeat_s = self._request.heartbeat_interval.ToTimedelta().total_seconds() or DEFAULT_HEARTBEAT_S
        patience_s = SILENT_INTERVALS * heartbeat_s
        if self._give_up_after_s is not None:
            left_s = self._trying_since_s + self._give_up_after_s - now_s
            patience_s = min(patience_s, max(left_s, 0.0))
        self._draining = None
        self._call = FeedCall(self._feed.Subscribe(self._request), patience_s=patience_s)
        return self._call

    async def _follow(self, answer: pb.SubscribeResponse | None) -> None:
        """Move on as an answer says; one of a kind that is not known here says nothing."""
        if answer is None:
            await self._ended()
            return
        match answer.WhichOneof("answer"):
            case "opened":
                self._opened(answer.opened)
            case "batch":
                self._batch = iter(answer.batch.events)
                self._backoff.reset()
                return
            case "heartbeat":
                self.cursor = answer.heartbeat.cursor
                self._backoff.reset()
            case "caught_up":
                self.cursor = answer.caught_up.cursor
            case "fell_behind":
                self.cursor = answer.fell_behind.cursor
            case "gap_skipped":
                self.cursor = answer.gap_skipped.resumed_at_cursor
                log.warning("events were asked for that are no longer kept; going on with the oldest")
            case "draining":
                self.cursor = answer.draining.cursor
                self._draining = answer.draining
        if self._notice is not None:
            self._notice(answer)

    def _opened(self, opened: pb.Opened) -> None:
        self.opened = opened
        self.cursor = opened.cursor
        self._trying_since_s = None
        if self._request.HasField("stop_at_newest"):
            # Newest when the stream was first opened, not when it is opened again.
            self._request.stop_at_cursor = opened.newest_cursor

    async def _ended(self) -> None:
        """The call ended well: as it was asked to, or because the gateway goes away."""
        finite = self._request.WhichOneof("stop") is not None
        if self._over or (finite and self._draining is None):
            self.close()
            return
        self._disconnect()
        delay_s = self._draining.reconnect_delay.ToTimedelta().total_seconds() if self._draining else 0.0
        await self._sleep(self._backoff.next_s(delay_s))

    async def _recover(self, failure: GatewayError) -> None:
        """Wait before the next attempt; raise when it would not help, or when there is no more time for it."""
        self._disconnect()
        wait_s = self._backoff.next_s(failure.retry_after_s or 0.0)
        now_s = asyncio.get_running_loop().time()
        if self._trying_since_s is None:
            self._trying_since_s = now_s
        late = self._give_up_after_s is not None and now_s + wait_s >= self._trying_since_s + self._give_up_after_s
        if late or not can_pass(failure):
            self.close()
            raise failure
        log.warning("the event stream broke, trying again in %.1f s: %s", wait_s, failure)
        await self._sleep(wait_s)

    def _disconnect(self) -> None:
        if self._call is not None:
            self._call.cancel()
            self._call = None
