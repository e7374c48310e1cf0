"""Sees every event once, and hands it to those who wait for one like it.

Ten thousand messages may be followed at once, so nobody looks at an event that is not theirs: what is waited for is
found by a key, and an event is read only when somebody waits for what only its inside tells.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Iterator, Sequence
from contextlib import aclosing
from typing import NamedTuple, Self

from conversation_gateway.v1 import event_feed_pb2 as pb

from gateway.events.cursor import Cursor
from gateway.events.opening import ends, start_cursor
from gateway.events.plan import AtTime
from gateway.journeys.address import same_address
from gateway.journeys.past import past
from gateway.state.events import StoredEvent
from gateway.state.log import EventLog

INBOUND = "MESSAGE_INBOUND"
CAPABILITY = "CAPABILITY"
RECEIPTS = frozenset({"MESSAGE_DELIVERY", "MESSAGE_SUBMIT"})


_MOST_HISTORIES = 2
_MOST_HISTORY_EVENTS = 1_000_000


class Key(NamedTuple):
    """What an event has to be about."""

    project_id: str
    kind: str
    """`message`, `contact`, `address` or `lookup`."""
    value: str


class Watch:
    """The events that came for one who waits, oldest first; it waits until its block ends."""

    __slots__ = ("_arrived", "_events", "_witness", "keys")

    def __init__(self, witness: "Witness", keys: Iterable[Key]) -> None:
        """Nothing comes before the block begins."""
        self._witness = witness
        self._events: list[StoredEvent] = []
        self._arrived: asyncio.Future[None] | None = None
        self.keys = list(keys)
        """What is waited for."""

    def __enter__(self) -> Self:
        """Wait from now on."""
        for key in self.keys:
            self._witness.add(self, key)
        return self

    def __exit__(self, *_: object) -> None:
        """Wait no more."""
        for key in self.keys:
            self._witness.remove(self, key)

    def widen(self, key: Key) -> None:
        """Wait for another key too."""
        self.keys.append(key)
        self._witness.add(self, key)

    def put(self, event: StoredEvent) -> None:
        """Hand an event over."""
        self._events.append(event)
        self.wake()

    def wake(self) -> None:
        """End the wait, with or without an event."""
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    async def arrives(self, timeout_s: float) -> bool:
        """Whether there is an event now, or within so long; the wait may end early, by `wake`."""
        if not self._events and timeout_s > 0:
            loop = asyncio.get_running_loop()
            self._arrived = loop.create_future()
            timer = loop.call_later(timeout_s, self.wake)
            try:
                await self._arrived
            finally:
                timer.cancel()
                self._arrived = None
        return bool(self._events)

    async def next(self, timeout_s: float) -> StoredEvent | None:
        """The next event; None when none came in time, or the watch was woken without one."""
        return self._events.pop(0) if await self.arrives(timeout_s) else None


class Witness:
    """Follows the log for everybody who waits."""

    def __init__(self, *, log: EventLog, on_capability: Callable[[StoredEvent], None]) -> None:
        """Call `on_capability` for each CAPABILITY event, whoever waits; nothing is seen before `start`."""
        self._log = log
        self._on_capability = on_capability
        self._watches: dict[Key, list[Watch]] = {}
        self._looking_back = asyncio.Semaphore(_MOST_HISTORIES)
        self.draining = False
        """Whether those who wait are asked to end."""

    def start(self) -> None:
        """Follow the log from now on."""
        self._log.listen(self)

    def drain(self) -> None:
        """Wake everybody and have them see that they are to end."""
        self.draining = True
        for watches in self._watches.values():
            for watch in watches:
                watch.wake()

    def close(self) -> None:
        """See nothing more."""
        self._log.ignore(self)

    def watching(self, *keys: Key) -> Watch:
        """A watch for events with any of these keys."""
        return Watch(self, keys)

    def add(self, watch: Watch, key: Key) -> None:
        """Hand events with this key to a watch."""
        self._watches.setdefault(key, []).append(watch)

    def remove(self, watch: Watch, key: Key) -> None:
        """Hand them to it no more."""
        watches = self._watches[key]
        watches.remove(watch)
        if not watches:
            del self._watches[key]

    def committed(self, events: Sequence[StoredEvent]) -> None:
        """Hand each event to those who wait for it; called by the log."""
        for event in events:
            if event.trigger == CAPABILITY:
                self._on_capability(event)
            if self._watches:
                for key in keys_of(event):
                    for watch in self._watches.get(key, ()):
                        watch.put(event)

    def restarted(self) -> None:
        """Those who wait go on with what comes; called by the log."""

    def fenced(self, project_id: str, name: str, fence: int) -> None:
        """Nobody here holds a subscription; called by the log."""

    @property
    def newest(self) -> Cursor:
        """Where the log ends now."""
        return ends(self._log).newest

    def position_of(self, event: StoredEvent) -> Cursor:
        """The cursor of an event that was just handed over."""
        return Cursor(self._log.epoch, event.position, event.checksum)

    def is_after(self, event: StoredEvent, at: Cursor) -> bool:
        """Whether an event that was just handed over comes after a position; all of a new log's come after an old's."""
        return event.position > at.position or at.epoch != self._log.epoch

    async def begin(self, start: Cursor | AtTime) -> Cursor:
        """The position to begin after; errors as those of a stream that starts there, but for one that was trimmed."""
        return await start_cursor(self._log, start)

    def before_newest(self, count: int) -> Cursor:
        """The position before the newest `count` events."""
        here = ends(self._log)
        return Cursor(here.newest.epoch, max(here.newest.position - count, here.oldest.position), 0)

    async def history(self, after: Cursor, through: int, keys: Collection[Key]) -> AsyncGenerator[StoredEvent, None]:
        """The events with any of these keys after a position, up to and with another; trimmed and damaged ones not.

        Of the last million events at most. Few look back at once, for all readers of the log share one thread.
        """
        wanted = frozenset(keys)
        start = max(after.position, through - _MOST_HISTORY_EVENTS)
        async with self._looking_back, aclosing(past(self._log, after=start, through=through)) as events:
            found = [event async for event in events if _is_about(event, wanted)]
        for event in found:
            yield event


def _is_about(event: StoredEvent, wanted: frozenset[Key]) -> bool:
    """Whether an event has one of the keys; its inside is read only where an address is among them."""
    if event.trigger == INBOUND and not any(key.kind == "address" for key in wanted):
        return Key(event.project_id, "contact", event.contact_id) in wanted
    return not wanted.isdisjoint(keys_of(event))


def keys_of(event: StoredEvent) -> Iterator[Key]:
    """Everything an event may be waited for by."""
    if event.trigger in RECEIPTS:
        if event.message_id:
            yield Key(event.project_id, "message", event.message_id)
    elif event.trigger == INBOUND:
        if event.contact_id:
            yield Key(event.project_id, "contact", event.contact_id)
        identity = pb.FeedEvent.FromString(event.encoded).message.channel_identity
        if identity.identity:
            yield address_key(event.project_id, identity.channel, identity.identity)
    elif event.trigger == CAPABILITY:
        told = pb.FeedEvent.FromString(event.encoded).capability_notification
        yield Key(event.project_id, "lookup", told.request_id)


def address_key(project_id: str, channel: str, identity: str) -> Key:
    """The key of messages from an address."""
    return Key(project_id, "address", f"{channel} {same_address(identity)}")
