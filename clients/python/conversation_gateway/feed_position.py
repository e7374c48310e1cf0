"""Where a stream of events stands, and what that means for its next connection. No I/O, no clock of its own.

*The stream is a cursor.* What was handed out, or proven not to concern the caller, is behind it, and a connection that
breaks is replaced by one that starts after it. Nothing is read ahead but the batch that the last event came in.
"""

import logging
from collections.abc import Callable, Iterator

from conversation_gateway.errors import GatewayError
from conversation_gateway.feed_request import DEFAULT_HEARTBEAT_S
from conversation_gateway.reconnect import Backoff, can_pass
from conversation_gateway.v1 import event_feed_pb2 as pb

# The contract's advice: a stream that is silent for three granted heartbeat intervals is broken.
SILENT_INTERVALS = 3

log = logging.getLogger("conversation_gateway")

Notice = Callable[[pb.SubscribeResponse], None]


class FeedPosition:
    """The part of a stream that outlives its connections."""

    def __init__(
        self,
        request: pb.SubscribeRequest,
        *,
        notice: Notice | None = None,
        give_up_after_s: float | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        """Begin where the request says; `Client.events` explains the other parameters."""
        self.request = pb.SubscribeRequest()
        self.request.CopyFrom(request)
        self.cursor = request.after_cursor
        self.opened = pb.Opened()
        self.over = False
        self._notice = notice
        self._give_up_after_s = give_up_after_s
        self._backoff = backoff or Backoff()
        self._batch: Iterator[pb.FeedEvent] = iter(())
        self._draining: pb.Draining | None = None
        self._trying_since_s: float | None = None

    def next_event(self) -> pb.FeedEvent | None:
        """The next event that is here already."""
        event = next(self._batch, None)
        if event is not None:
            self.cursor = event.cursor
        return event

    def connecting(self, now_s: float) -> float:
        """Make `request` that of a new connection; how many seconds to wait for its first answer."""
        if self.cursor and not self.request.subscription:
            # Setting one start clears the others. A subscription has its own: what was committed.
            self.request.after_cursor = self.cursor
        self._draining = None
        heartbeat_s = self.request.heartbeat_interval.ToTimedelta().total_seconds() or DEFAULT_HEARTBEAT_S
        patience_s = SILENT_INTERVALS * heartbeat_s
        trying_since_s = self._trying_since(now_s)
        if self._give_up_after_s is None:
            return patience_s
        return min(patience_s, max(trying_since_s + self._give_up_after_s - now_s, 0.0))

    def follow(self, answer: pb.SubscribeResponse) -> None:
        """Move on as an answer says; one of a kind that is not known here says nothing."""
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

    def ended(self) -> float:
        """The call ended well: as it was asked to (`over`), or the gateway goes away: seconds until the next call."""
        if self.over or (self.request.WhichOneof("stop") is not None and self._draining is None):
            self.close()
            return 0.0
        return self._backoff.next_s(
            self._draining.reconnect_delay.ToTimedelta().total_seconds() if self._draining else 0.0
        )

    def failed(self, failure: GatewayError, now_s: float) -> float:
        """Seconds until the next call; raises when it would not help, or when there is no more time for it."""
        wait_s = self._backoff.next_s(failure.retry_after_s or 0.0)
        give_up_after_s = self._give_up_after_s
        late = give_up_after_s is not None and now_s + wait_s >= self._trying_since(now_s) + give_up_after_s
        if late or not can_pass(failure):
            self.close()
            raise failure
        log.warning("the event stream broke, trying again in %.1f s: %s", wait_s, failure)
        return wait_s

    def commit_request(self, event: pb.FeedEvent | None) -> pb.CommitRequest:
        """What commits everything up to this event, else up to the cursor."""
        if not self.request.subscription:
            raise ValueError("only a stream of a named subscription can be committed")
        return pb.CommitRequest(
            project_id=self.request.project_id,
            subscription=self.request.subscription,
            cursor=self.cursor if event is None else event.cursor,
            fencing_epoch=self.opened.fencing_epoch,
        )

    def close(self) -> None:
        """Nothing more is handed out."""
        self.over = True
        self._batch = iter(())

    def _trying_since(self, now_s: float) -> float:
        if self._trying_since_s is None:
            self._trying_since_s = now_s
        return self._trying_since_s

    def _opened(self, opened: pb.Opened) -> None:
        self.opened = opened
        self.cursor = opened.cursor
        self._trying_since_s = None
        if self.request.HasField("stop_at_newest"):
            # Newest when the stream was first opened, not when it is opened again.
            self.request.stop_at_cursor = opened.newest_cursor
