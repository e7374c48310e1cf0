"""The event feed: the durable log, read by any number of subscribers at their own pace.

*A subscriber is a cursor over the log, never a queue.* Every stream reads the same log at a position of its own; the
newest events are in memory once, encoded once, for everybody who is live.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from conversation_gateway.v1 import event_feed_pb2 as pb

from gateway.clock import Clock
from gateway.events.failures import shutting_down, too_many_streams
from gateway.events.limits import FeedLimits
from gateway.events.pages import Pages
from gateway.events.plan import subscribe_plan
from gateway.events.reads import FeedReads
from gateway.events.stream import FeedObserver, FeedStream, Unobserved
from gateway.events.subscriptions import Subscriptions
from gateway.events.tail import Tail
from gateway.state.events import StoredEvent
from gateway.state.log import EventLog


class Feed:
    """What the feed's RPCs do. Every failure is a `GatewayError` with the reason that the contract names."""

    def __init__(
        self,
        *,
        log: EventLog,
        clock: Clock,
        project_id: str,
        limits: FeedLimits | None = None,
        observer: FeedObserver | None = None,
    ) -> None:
        """Read `log`; a request without a project means `project_id`."""
        self._log = log
        self._clock = clock
        self._project_id = project_id
        self._limits = limits or FeedLimits()
        self._observer = observer or Unobserved()
        self._tail = Tail(
            epoch=log.epoch,
            position=log.tail.position,
            max_count=self._limits.window_count,
            max_bytes=self._limits.window_bytes,
        )
        self._pages = Pages(
            log=log,
            page_count=self._limits.page_count,
            page_bytes=self._limits.batch_bytes,
            max_bytes=self._limits.pages_bytes,
        )
        self._subscriptions = Subscriptions(log=log, most=self._limits.subscription_count)
        self._reads = FeedReads(log=log, subscriptions=self._subscriptions, clock=clock, project_id=project_id)
        self._streams: dict[FeedStream, str] = {}
        self._callers: Counter[str] = Counter()
        self._draining = False
        log.listen(self)

    @property
    def stream_count(self) -> int:
        """Streams that are open now."""
        return len(self._streams)

    @property
    def slowest_position(self) -> int | None:
        """The position of the open stream that is furthest behind; None without a stream."""
        return min((stream.position for stream in self._streams), default=None)

    def subscribe(self, request: pb.SubscribeRequest, *, caller: str) -> FeedStream:
        """The serialised answers to a subscriber, `opened` first; a wrong request is refused at once."""
        plan = subscribe_plan(request, project_id=self._project_id, heartbeats=self._limits.heartbeats)
        return FeedStream(
            plan=plan,
            log=self._log,
            tail=self._tail,
            pages=self._pages,
            subscriptions=self._subscriptions,
            clock=self._clock,
            limits=self._limits,
            admitted=partial(self._admitted, caller),
            observer=self._observer,
        )

    async def commit(self, request: pb.CommitRequest) -> pb.CommitResponse:
        """Record how far a named subscription has got; answered when durable."""
        answer = await self._subscriptions.commit(request, project_id=self._project_id)
        if request.rewind:
            # Whoever held the subscription waits for the bell.
            self._tail.ring()
        return answer

    async def delete_subscription(self, request: pb.DeleteSubscriptionRequest) -> pb.DeleteSubscriptionResponse:
        """Forget a named subscription, which then holds back nothing; answered when durable."""
        answer = await self._subscriptions.delete(request, project_id=self._project_id)
        self._tail.ring()
        return answer

    async def list_events(self, request: pb.ListFeedEventsRequest) -> pb.ListFeedEventsResponse:
        """A page of events in the order of the feed."""
        return await self._reads.list_events(request)

    async def get_event(self, request: pb.GetFeedEventRequest) -> pb.GetFeedEventResponse:
        """One event by its cursor or its id."""
        return await self._reads.get_event(request)

    async def get_feed(self, request: pb.GetFeedRequest) -> pb.GetFeedResponse:
        """What the log holds, and how far the named subscriptions are."""
        return await self._reads.get_feed(request)

    async def drain(self) -> None:
        """Have every stream say where it is and end; no stream is opened from now on."""
        self._draining = True
        for stream in self._streams:
            stream.drain()
        self._tail.ring()

    async def close(self) -> None:
        """Stop following the log."""
        await self.drain()
        self._log.ignore(self)
        await self._pages.close()

    def committed(self, events: Sequence[StoredEvent]) -> None:
        """The log's word that these events are durable."""
        self._tail.extend(events)
        self._tail.ring()

    def restarted(self) -> None:
        """The log's word that it was replaced."""
        self._tail.restart(epoch=self._log.epoch, position=self._log.tail.position)
        self._tail.ring()

    def fenced(self, project_id: str, name: str, fence: int) -> None:
        """The log's word that another process took a subscription over, or deleted it."""
        self._subscriptions.fenced(project_id, name, fence)
        self._tail.ring()

    @contextmanager
    def _admitted(self, caller: str, stream: FeedStream) -> Iterator[None]:
        limits = self._limits
        if self._draining:
            raise shutting_down(retry_after_s=limits.reconnect_delay_s)
        if self._callers[caller] >= limits.streams_per_caller:
            raise too_many_streams(limits.streams_per_caller, retry_after_s=limits.reconnect_delay_s)
        self._streams[stream] = caller
        self._callers[caller] += 1
        try:
            yield
        finally:
            del self._streams[stream]
            self._callers[caller] -= 1
            if not self._callers[caller]:
                del self._callers[caller]
