"""Named subscriptions as the feed knows them: one consumer at a time, and a commit that is confirmed.

The number that fences a former consumer off is kept in the log's database, so it also holds after a restart; which
stream of this process holds a subscription is known here, so that the former one can be told at once.
"""

from dataclasses import dataclass

from conversation_gateway.v1 import event_feed_pb2 as pb

from gateway.errors import CallerError, Violation
from gateway.events.cursor import Cursor, decode_cursor
from gateway.events.failures import compacted
from gateway.events.opening import check_cursor, ends
from gateway.events.plan import Named, name_violations
from gateway.state.log import EventLog
from gateway.state.subscriptions import Subscription, fenced


class Hold:
    """A consumer's hold on a named subscription."""

    def __init__(self, subscription: Subscription) -> None:
        """Hold it, until somebody else does."""
        self.subscription = subscription
        self.lost = False

    def check(self) -> None:
        """Raise FENCED once another consumer has taken over."""
        if self.lost:
            raise fenced()


@dataclass(slots=True, eq=False)
class _Take:
    """A subscription that is being taken over, and how others were heard to take it meanwhile."""

    project_id: str
    name: str
    heard: int = 0
    """The highest number that somebody else got."""


class Subscriptions:
    """Who holds which named subscription in this process."""

    def __init__(self, *, log: EventLog, most: int) -> None:
        """Keep positions and fences in this log, of at most so many subscriptions per project."""
        self._log = log
        self._most = most
        self._holds: dict[tuple[str, str], Hold] = {}
        self._takes: set[_Take] = set()

    async def take(self, project_id: str, named: Named) -> Hold:
        """Take a subscription over for a new stream; the former one is fenced off when this returns."""
        take = _Take(project_id, named.name)
        self._takes.add(take)
        try:
            found = await self._log.acquire(project_id=project_id, name=named.name, new=named.new, most=self._most)
        finally:
            self._takes.remove(take)
        hold = Hold(found)
        former = self._holds.get((project_id, named.name))
        # An answer may be late: the next consumer, of this process or another, can have come before it.
        if take.heard > found.fence or (former is not None and former.subscription.fence > found.fence):
            hold.lost = True
            return hold
        if former is not None:
            former.lost = True
        self._holds[project_id, named.name] = hold
        return hold

    def fenced(self, project_id: str, name: str, fence: int) -> None:
        """Nobody here holds the subscription any more, unless a stream of this process took it over since."""
        for take in self._takes:
            if (take.project_id, take.name) == (project_id, name):
                take.heard = max(take.heard, fence)
        hold = self._holds.get((project_id, name))
        if hold is not None and hold.subscription.fence < fence:
            hold.lost = True

    def release(self, hold: Hold) -> None:
        """The stream is over; its place stays free for the next."""
        key = (hold.subscription.project_id, hold.subscription.name)
        if self._holds.get(key) is hold:
            del self._holds[key]

    def is_held(self, subscription: Subscription) -> bool:
        """Whether a stream of this process holds it now."""
        return (subscription.project_id, subscription.name) in self._holds

    async def commit(self, request: pb.CommitRequest, *, project_id: str) -> pb.CommitResponse:
        """Record how far a subscription has got, durably."""
        violations = name_violations(request.subscription)
        if request.fencing_epoch < 0:
            violations.append(Violation(field="fencing_epoch", description="is negative"))
        if request.fencing_epoch and request.rewind:
            hint = "makes no sense with rewind, which takes the subscription over"
            violations.append(Violation(field="fencing_epoch", description=hint))
        if violations:
            raise CallerError.invalid(violations)
        cursor = decode_cursor(request.cursor)
        await check_cursor(self._log, cursor)
        project_id = request.project_id or project_id
        fence = request.fencing_epoch
        if request.rewind:
            fence = await self._interrupt(project_id, request.subscription, cursor)
        committed = await self._log.commit(
            project_id=project_id,
            name=request.subscription,
            position=cursor.position,
            mark=cursor.mark,
            fence=fence,
            most=self._most,
            back=request.rewind,
        )
        return pb.CommitResponse(cursor=Cursor(cursor.epoch, committed.position, committed.mark).encode())

    async def delete(self, request: pb.DeleteSubscriptionRequest, *, project_id: str) -> pb.DeleteSubscriptionResponse:
        """Forget a subscription, durably; its consumer is fenced off when this returns."""
        if violations := name_violations(request.subscription):
            raise CallerError.invalid(violations)
        project_id = request.project_id or project_id
        fence = await self._log.delete_subscription(project_id=project_id, name=request.subscription)
        self.fenced(project_id, request.subscription, fence)
        return pb.DeleteSubscriptionResponse()

    async def _interrupt(self, project_id: str, name: str, cursor: Cursor) -> int:
        """Fence off whoever holds a subscription that is to go on after `cursor`; the number to move it under.

        The holder goes on from where it is, not from where it will be told, and its next commit would undo the move.
        """
        if cursor.position < (oldest := ends(self._log).oldest).position:
            raise compacted(oldest)
        hold = await self.take(project_id, Named(name, "earliest"))
        self.release(hold)
        return hold.subscription.fence
