"""The finite reads: a page of events, one event, and the state of the log itself."""

from collections.abc import Sequence

from conversation_gateway.v1 import event_feed_pb2 as pb

from gateway.clock import Clock
from gateway.errors import CallerError, Violation
from gateway.events.answers import duration, timestamp
from gateway.events.cursor import Cursor, decode_cursor, decode_page_token, encode_page_token
from gateway.events.failures import compacted, corrupted, no_such_event
from gateway.events.filters import Predicate, predicate
from gateway.events.frame import event_element, event_message
from gateway.events.opening import check_cursor, ends, start_cursor
from gateway.events.pages import Gap, next_events
from gateway.events.plan import AtTime, Earliest, at_time, since, view_violations
from gateway.events.subscriptions import Subscriptions
from gateway.state.events import StoredEvent
from gateway.state.log import EventLog
from gateway.state.record import DamagedEventError
from gateway.state.subscriptions import Subscription

DEFAULT_PAGE_COUNT = 100
MAX_PAGE_COUNT = 1000
MAX_PAGE_BYTES = 2 * 1024 * 1024
# A filter that lets little pass must not keep one call reading for ever: it gets a short page and a token.
_SCANNED_COUNT = 10_000
_READ_COUNT = 256
_READ_BYTES = 1024 * 1024


class FeedReads:
    """Answers about the log that end."""

    def __init__(self, *, log: EventLog, subscriptions: Subscriptions, clock: Clock, project_id: str) -> None:
        """Read `log`; a request without a project means `project_id`."""
        self._log = log
        self._subscriptions = subscriptions
        self._clock = clock
        self._project_id = project_id

    async def list_events(self, request: pb.ListFeedEventsRequest) -> pb.ListFeedEventsResponse:
        """A page of events in the order of the feed."""
        violations = view_violations(request.view)
        if request.page_size < 0:
            violations.append(Violation(field="page_size", description="is negative"))
        if violations:
            raise CallerError.invalid(violations)
        start = _list_start(request)
        passes = predicate(request.filter, project_id=request.project_id or self._project_id)
        newest = self._log.tail.position
        after = await start_cursor(self._log, start)
        count = min(request.page_size or DEFAULT_PAGE_COUNT, MAX_PAGE_COUNT)
        found, at = await self._scan(after, since(start, passes), count=count, through=newest)
        rest = pb.ListFeedEventsResponse(
            cursor=at.encode(), next_page_token=encode_page_token(at) if at.position < newest else ""
        )
        raw = request.view == pb.FEED_VIEW_RAW
        # `events` has the number that it has in a batch: elements are pieces of this message, too.
        elements = b"".join(event_element(event, at.epoch, raw=raw) for event in found)
        return pb.ListFeedEventsResponse.FromString(elements + rest.SerializeToString())

    async def get_event(self, request: pb.GetFeedEventRequest) -> pb.GetFeedEventResponse:
        """One event by its cursor or its id."""
        if violations := view_violations(request.view):
            raise CallerError.invalid(violations)
        project_id = request.project_id or self._project_id
        epoch = self._log.epoch
        try:
            event = await self._find(request)
        except DamagedEventError as error:
            raise corrupted(Cursor(epoch, error.position, 0)) from None
        if event is None or event.project_id != project_id:
            raise no_such_event()
        element = event_element(event, epoch, raw=request.view != pb.FEED_VIEW_BASIC)
        return pb.GetFeedEventResponse(event=pb.FeedEvent.FromString(event_message(element)))

    async def get_feed(self, request: pb.GetFeedRequest) -> pb.GetFeedResponse:
        """What the log holds, and how far the named subscriptions are."""
        overview = await self._log.read_overview(request.project_id or self._project_id)
        here, tail = ends(self._log), self._log.tail
        answer = pb.GetFeedResponse(
            oldest_cursor=here.oldest.encode(),
            newest_cursor=here.newest.encode(),
            epoch=here.newest.epoch.hex(),
            event_count=here.newest.position - here.oldest.position,
            size_bytes=overview.size_bytes,
            subscriptions=[self._status(each, waiting_us) for each, waiting_us in overview.subscriptions],
        )
        if overview.oldest_us is not None:
            answer.oldest_time.CopyFrom(timestamp(overview.oldest_us))
            answer.newest_time.CopyFrom(timestamp(tail.stored_us))
        return answer

    async def _scan(
        self, at: Cursor, passes: Predicate, *, count: int, through: int
    ) -> tuple[Sequence[StoredEvent], Cursor]:
        """The events of a page, and how far the log was read for it."""
        found: list[StoredEvent] = []
        size_bytes = 0
        stop = min(through, at.position + _SCANNED_COUNT)
        while at.position < stop:
            events = await next_events(
                self._log, at, count=min(_READ_COUNT, stop - at.position), size_bytes=_READ_BYTES
            )
            if isinstance(events, Gap):
                raise compacted(events.oldest)
            for event in events:
                if passes(event):
                    size_bytes += len(event.encoded) + len(event.raw)
                    if len(found) == count or (found and size_bytes > MAX_PAGE_BYTES):
                        return found, at
                    found.append(event)
                at = Cursor(at.epoch, event.position, event.checksum)
        return found, at

    async def _find(self, request: pb.GetFeedEventRequest) -> StoredEvent | None:
        match request.WhichOneof("event"):
            case "cursor":
                cursor = decode_cursor(request.cursor)
                await check_cursor(self._log, cursor)
                return await self._log.read_event(cursor.position)
            case "event_id":
                try:
                    return await self._log.read_by_key(bytes.fromhex(request.event_id))
                except ValueError:
                    return None
            case _:
                raise CallerError.invalid(
                    [Violation(field="event", description="is required: a cursor or an event_id")],
                    reason="REQUIRED_FIELD_MISSING",
                )

    def _status(self, subscription: Subscription, waiting_us: int | None) -> pb.SubscriptionStatus:
        head, newest = self._log.head, self._log.tail.position
        waited_s = 0.0 if waiting_us is None else self._clock.now().timestamp() - waiting_us / 1_000_000
        return pb.SubscriptionStatus(
            subscription=subscription.name,
            cursor=Cursor(head.epoch, subscription.position, subscription.mark).encode(),
            commit_time=timestamp(subscription.committed_us),
            lag=duration(waited_s),
            lag_event_count=newest - subscription.position,
            active=self._subscriptions.is_held(subscription),
            fencing_epoch=subscription.fence,
            gap=subscription.position < head.trimmed_through,
        )


def _list_start(request: pb.ListFeedEventsRequest) -> Cursor | Earliest | AtTime:
    if request.page_token:
        return decode_page_token(request.page_token)
    match request.WhichOneof("start"):
        case "after_cursor":
            return decode_cursor(request.after_cursor)
        case "at_time":
            return at_time(request.at_time)
        case _:
            return Earliest()
