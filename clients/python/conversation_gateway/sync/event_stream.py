"""Events, one after the other, over as many connections as it takes: `FeedPosition`, driven by the calling thread."""

import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from conversation_gateway.errors import GatewayError
from conversation_gateway.feed_position import FeedPosition, Notice
from conversation_gateway.sync.feed_call import FeedCall
from conversation_gateway.v1 import event_feed_pb2 as pb

if TYPE_CHECKING:
    from conversation_gateway.v1.event_feed_pb2_grpc import EventFeedServiceStub


class EventStream:
    """The events of one request, for one thread at a time: `for event in stream`.

    The call to the gateway is cancelled when the stream is closed, by whichever thread, and when the last reference to
    it is gone. A stream that is kept may be iterated again and goes on after its cursor, unless it is closed, has
    ended, or has raised an error that trying again cannot mend.
    """

    def __init__(
        self,
        *,
        feed: "EventFeedServiceStub",
        request: pb.SubscribeRequest,
        notice: Notice | None = None,
        give_up_after_s: float | None = None,
    ) -> None:
        """Prepare a stream; asking for its first event opens it. `Client.events` explains the parameters."""
        self._feed = feed
        self._position = FeedPosition(request, notice=notice, give_up_after_s=give_up_after_s)
        self._closed = threading.Event()
        self._call: FeedCall | None = None

    @property
    def cursor(self) -> bytes:
        """Everything up to here was handed out or did not pass the filter. Empty until the stream is open."""
        return self._position.cursor

    @property
    def opened(self) -> pb.Opened:
        """The gateway's last word on opening the stream: the log's epoch and ends, the fencing epoch."""
        return self._position.opened

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> pb.FeedEvent:
        """The next event, however long it takes; a typed error when trying again cannot help."""
        while (event := None if self._closed.is_set() else self._position.next_event()) is None:
            if self._closed.is_set() or self._position.over:
                raise StopIteration
            try:
                answer = self._connection().read()
            except GatewayError as failure:
                self._disconnect()
                self._closed.wait(self._position.failed(failure, time.monotonic()))
                continue
            if answer is not None:
                self._position.follow(answer)
                continue
            wait_s = self._position.ended()
            self._disconnect()
            self._closed.wait(wait_s)
        return event

    def commit(self, event: pb.FeedEvent | None = None) -> bytes:
        """Record durably that everything up to this event, else up to `cursor`, is dealt with.

        Answers the committed cursor. Raises FENCED when another consumer has taken the subscription over, and
        `ValueError` for a stream without a subscription.
        """
        return self._feed.Commit(self._position.commit_request(event)).cursor

    def close(self) -> None:
        """Cancel the call for good; a thread that waits for the next event sees the end. May be repeated."""
        self._closed.set()
        if (call := self._call) is not None:
            call.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connection(self) -> FeedCall:
        """The call that is open, else a new one after the cursor."""
        if self._call is None or self._call.cancelled:
            patience_s = self._position.connecting(time.monotonic())
            self._call = FeedCall(self._feed.Subscribe(self._position.request), patience_s=patience_s)
            if self._closed.is_set():
                # Closed by another thread after it had looked for a call.
                self._call.cancel()
        return self._call

    def _disconnect(self) -> None:
        if self._call is not None:
            self._call.cancel()
            self._call = None
