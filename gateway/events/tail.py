"""The newest events in memory, shared by everybody who is live, and the one bell that wakes them.

*A subscriber is a cursor over the log, never a queue.* What is kept here is kept once, within a bound, however many
read it; a subscriber that is further behind reads the log's pages instead.
"""

import asyncio
from collections.abc import Callable, Sequence

from gateway.events.frame import batch_answer, event_element
from gateway.state.events import StoredEvent


class Entry:
    """An event with its encoded forms, each made when first asked for."""

    __slots__ = ("_answer", "_element", "_epoch", "_raw_answer", "_raw_element", "event", "size_bytes")

    def __init__(self, event: StoredEvent, epoch: bytes) -> None:
        """An entry of the log with that epoch."""
        self.event = event
        self.size_bytes = len(event.encoded) + len(event.raw)
        self._epoch = epoch
        self._element: bytes | None = None
        self._raw_element: bytes | None = None
        self._answer: bytes | None = None
        self._raw_answer: bytes | None = None

    def element(self, *, raw: bool) -> bytes:
        """The event as one element of a batch."""
        if raw:
            if self._raw_element is None:
                self._raw_element = event_element(self.event, self._epoch, raw=True)
            return self._raw_element
        if self._element is None:
            self._element = event_element(self.event, self._epoch, raw=False)
        return self._element

    def answer(self, *, raw: bool) -> bytes:
        """The event as an answer of its own."""
        if raw:
            if self._raw_answer is None:
                self._raw_answer = batch_answer((self.element(raw=True),))
            return self._raw_answer
        if self._answer is None:
            self._answer = batch_answer((self.element(raw=False),))
        return self._answer


class Tail:
    """A window over the end of the log, moved by every commit."""

    def __init__(self, *, epoch: bytes, position: int, max_count: int, max_bytes: int) -> None:
        """A window that begins, empty, after `position`."""
        self._max_count = max_count
        self._max_bytes = max_bytes
        self._sleepers: set[Sleeper] = set()
        self.restart(epoch=epoch, position=position)

    def restart(self, *, epoch: bytes, position: int) -> None:
        """Begin anew, empty, after `position` of the log with that epoch."""
        self._epoch = epoch
        self._entries: dict[int, Entry] = {}
        self._bytes = 0
        self.after = position
        """The window holds everything after this position."""
        self.position = position
        """The newest position."""

    def extend(self, events: Sequence[StoredEvent]) -> None:
        """Move the window over the next events."""
        for event in events:
            entry = self._entries[event.position] = Entry(event, self._epoch)
            self._bytes += entry.size_bytes
            self.position = event.position
        while len(self._entries) > self._max_count or self._bytes > self._max_bytes:
            self.after += 1
            self._bytes -= self._entries.pop(self.after).size_bytes

    def read(self, *, after: int, count: int) -> Sequence[Entry] | None:
        """Up to `count` entries after a position, or None when the window no longer reaches back that far."""
        if after < self.after:
            return None
        entries = self._entries
        return [entries[position] for position in range(after + 1, min(after + count, self.position) + 1)]

    def ring(self) -> None:
        """Wake everybody who sleeps."""
        sleepers, self._sleepers = self._sleepers, set()
        for sleeper in sleepers:
            sleeper.wake()

    def sleeper(self) -> "Sleeper":
        """A place to sleep for one reader."""
        return Sleeper(self._sleepers_now)

    def _sleepers_now(self) -> set["Sleeper"]:
        return self._sleepers


class Sleeper:
    """Where one reader waits for the bell, or for its time to be over.

    The timer is kept from one wait to the next, as most of them end with the bell: a wait may end early, but not late.
    """

    __slots__ = ("_asleep", "_sleepers", "_timer")

    def __init__(self, sleepers: Callable[[], set["Sleeper"]]) -> None:
        """Sleep among `sleepers`, which the bell empties and wakes."""
        self._sleepers = sleepers
        self._asleep: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def sleep(self, timeout_s: float) -> None:
        """Wait for the bell, at most so long."""
        loop = asyncio.get_running_loop()
        if self._timer is None:
            self._timer = loop.call_later(timeout_s, self._time_is_over)
        self._asleep = loop.create_future()
        self._sleepers().add(self)
        try:
            await self._asleep
        finally:
            self._asleep = None
            self._sleepers().discard(self)

    def wake(self) -> None:
        """End the wait."""
        if self._asleep is not None and not self._asleep.done():
            self._asleep.set_result(None)

    def close(self) -> None:
        """Give the timer back."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_is_over(self) -> None:
        self._timer = None
        self.wake()
