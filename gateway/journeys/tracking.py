"""Follows one message from its acceptance to its end.

Receipts on the log are the truth, live and, after a broken stream, from a position on. Where they stay away the API is
asked, rarely: it knows whether a message exists, and seldom more.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

import grpc
from conversation_gateway.v1 import event_feed_pb2, message_pb2

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.errors import CallerError, GatewayError
from gateway.events.cursor import Cursor
from gateway.journeys.asker import before_receipts
from gateway.journeys.progress import ACCEPTED, Progress
from gateway.journeys.witness import Key, Witness
from gateway.state.events import StoredEvent
from gateway.telemetry.logs import logger

State = message_pb2.MessageState
End = message_pb2.TrackingEnd
Ask = Callable[[], Awaitable[message_pb2.ConversationMessage | None]]

_FIRST_POLL_S = 30.0
_MOST_POLL_S = 600.0
# Two minutes of the busiest log there is.
_LOOK_BACK_COUNT = 100_000
# Just sent, from an app whose messages are not kept, nothing is known of a message until its first receipt.
_UNHEARD_OF_S = 2.0

log = logger("journeys")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which message to follow, and how far."""

    project_id: str
    message_id: str
    until: str
    """DELIVERED or READ."""
    horizon: Deadline
    after: Cursor | None
    """Where to begin; None when only the API can tell."""
    accepted: State | None = None
    """What the send was answered with, where it was ours just now."""


class Tracker:
    """Follows any number of messages at once; each costs a watch and its progress, and no task."""

    def __init__(self, *, witness: Witness, clock: Clock) -> None:
        """Learn of receipts from `witness`."""
        self._witness = witness
        self._clock = clock

    async def track(self, wish: Wish, ask: Ask) -> AsyncGenerator[State | End, None]:
        """The states of the message as they become known, and the end.

        `ask` fetches the message from the API: None when that does not know it, a `GatewayError` when it cannot tell.
        Raises `CallerError` UPSTREAM_NOT_FOUND for a message that neither the log nor the API knows, and of which no
        receipt comes in two seconds.
        """
        key = Key(wish.project_id, "message", wish.message_id)
        with self._witness.watching(key) as watch:
            progress = Progress(until=wish.until)
            through = self._witness.newest
            at, first = await self._begin(wish, ask)
            if first is not None and progress.take(first.status, first.channel_identity.channel):
                first.cursor = at.encode()
                yield first
            known = first is not None or wish.after is not None
            async with aclosing(self._witness.history(at, through.position, (key,))) as history:
                async for event in history:
                    known, at = True, self._witness.position_of(event)
                    if (state := news(progress, event, at)) is not None:
                        yield state
            if not known and not await watch.arrives(_UNHEARD_OF_S):
                raise _unknown()
            at = max(at, through, key=lambda cursor: cursor.position)
            silence = _Silence(self._clock)
            while (end := self._end(wish, progress, at)) is None:
                came = await watch.next(min(wish.horizon.remaining_s(), silence.left_s()))
                if came is not None and self._witness.is_after(came, at):
                    silence.broken()
                    at = self._witness.position_of(came)
                    state = news(progress, came, at)
                else:
                    state = await self._polled(wish, progress, ask, at) if silence.is_over() else None
                if state is not None:
                    yield state
            yield end

    def _end(self, wish: Wish, progress: Progress, at: Cursor) -> End | None:
        """Why nothing more is to be told, None while there may be."""
        if progress.final:
            reason = message_pb2.TRACKING_END_REASON_FINAL
        elif self._witness.draining:
            reason = message_pb2.TRACKING_END_REASON_DRAINING
        elif wish.horizon.passed:
            reason = message_pb2.TRACKING_END_REASON_HORIZON
        else:
            return None
        return End(reason=reason, cursor=at.encode())

    async def _begin(self, wish: Wish, ask: Ask) -> tuple[Cursor, State | None]:
        """Where the first receipt can be, and what is known without one."""
        if wish.after is not None:
            return await self._witness.begin(wish.after), wish.accepted
        message = await ask()
        if message is None:
            # An app in DISPATCH mode may have sent it: those are not all kept where they can be asked for.
            return self._witness.before_newest(_LOOK_BACK_COUNT), None
        return await self._witness.begin(before_receipts(message.accept_time)), _told_by_api(wish, message)

    async def _polled(self, wish: Wish, progress: Progress, ask: Ask, at: Cursor) -> State | None:
        try:
            message = await ask()
        except GatewayError as error:
            log.info("message_poll_failed", reason=error.reason)
            return None
        if message is None:
            return None
        state = _told_by_api(wish, message)
        if not progress.take(state.status, state.channel_identity.channel):
            return None
        state.cursor = at.encode()
        return state


class _Silence:
    """How long a message has told nothing, and when to ask about it: after 30 s, then ever more rarely."""

    __slots__ = ("_clock", "_due_s", "_pause_s")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.broken()

    def broken(self) -> None:
        self._pause_s = _FIRST_POLL_S
        self._due_s = self._clock.monotonic() + self._pause_s

    def is_over(self) -> bool:
        """Whether it is time to ask; the next time is then further away."""
        if self.left_s() > 0:
            return False
        self._pause_s = min(self._pause_s * 2, _MOST_POLL_S)
        self._due_s = self._clock.monotonic() + self._pause_s
        return True

    def left_s(self) -> float:
        return self._due_s - self._clock.monotonic()


def news(progress: Progress, event: StoredEvent, at: Cursor) -> State | None:
    """The state that a receipt tells, None when it is none or no news."""
    said = event_feed_pb2.FeedEvent.FromString(event.encoded)
    if not said.HasField("message_delivery_report"):
        return None
    report = said.message_delivery_report
    if not progress.take(report.status, report.channel_identity.channel):
        return None
    state = State(
        message_id=report.message_id,
        status=report.status,
        source=message_pb2.STATE_SOURCE_RECEIPT,
        cursor=at.encode(),
        contact_id=report.contact_id,
        state_time=next(
            time
            for time, known in (
                (said.event_time, said.HasField("event_time")),
                (said.accepted_time, said.HasField("accepted_time")),
                (said.received_time, True),
            )
            if known
        ),
    )
    if report.HasField("channel_identity"):
        state.channel_identity.CopyFrom(report.channel_identity)
    if report.HasField("reason"):
        state.reason.CopyFrom(report.reason)
    return state


def _told_by_api(wish: Wish, message: message_pb2.ConversationMessage) -> State:
    """What the API tells of a message: that it took it, and its status where it has one to tell."""
    status = message.message_status.string_value
    state = State(
        message_id=wish.message_id,
        status=status or ACCEPTED,
        source=message_pb2.STATE_SOURCE_POLL,
        contact_id=message.contact_id,
        state_time=message.accept_time,
    )
    if status and message.HasField("channel_identity"):
        state.channel_identity.CopyFrom(message.channel_identity)
    return state


def _unknown() -> CallerError:
    return CallerError(
        "neither the event feed nor the API knows this message",
        reason="UPSTREAM_NOT_FOUND",
        code=grpc.StatusCode.NOT_FOUND,
    )
