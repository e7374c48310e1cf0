"""Pages of the log for those who are behind, read and encoded once for all who come by.

After an outage many subscribers replay the same past side by side. Pages end at round positions, so readers that began
anywhere soon ask for the same ones; the last few are kept, within a bound, and one that is being read is awaited by
everybody who wants it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.events.cursor import Cursor
from gateway.events.failures import corrupted, other_log
from gateway.events.tail import Entry
from gateway.state.events import StoredEvent
from gateway.state.log import EventLog
from gateway.state.record import DamagedEventError


@dataclass(frozen=True, slots=True)
class Gap:
    """Events right after a position are no longer kept."""

    oldest: Cursor
    """Before the oldest event that is."""


async def next_events(log: EventLog, at: Cursor, *, count: int, size_bytes: int) -> Sequence[StoredEvent] | Gap:
    """The events right after a position, ended by the one that fills `size_bytes`.

    CURSOR_EPOCH_MISMATCH once the log was replaced; EVENT_CORRUPTED when the very next event is damaged, not before.
    """
    try:
        page = await log.read_page(after=at.position, count=count, size_bytes=size_bytes)
    except DamagedEventError as error:
        raise corrupted(Cursor(at.epoch, error.position, 0)) from None
    head = page.head
    if head.epoch != at.epoch:
        raise other_log()
    if at.position < head.trimmed_through:
        return Gap(Cursor(head.epoch, head.trimmed_through, head.trimmed_mark))
    return page.events


class Pages:
    """The pages that were read lately."""

    def __init__(self, *, log: EventLog, page_count: int, page_bytes: int, max_bytes: int) -> None:
        """Read pages of up to `page_count` events or `page_bytes`, and keep `max_bytes` of them."""
        self._log = log
        self._page_count = page_count
        self._page_bytes = page_bytes
        self._max_bytes = max_bytes
        self._kept: dict[tuple[bytes, int], Sequence[Entry]] = {}
        self._kept_bytes = 0
        self._reading: dict[tuple[bytes, int], asyncio.Task[Sequence[Entry] | Gap]] = {}

    async def read(self, at: Cursor) -> Sequence[Entry] | Gap:
        """The events right after a position, at least one of them; errors as `next_events`."""
        key = (at.epoch, at.position)
        if (kept := self._kept.get(key)) is not None:
            return kept
        reading = self._reading.get(key)
        if reading is None:
            reading = self._reading[key] = asyncio.get_running_loop().create_task(self._load(at))
            reading.add_done_callback(lambda task: self._loaded(key, task))
        # A reader that gives up does not take the page away from the others.
        return await asyncio.shield(reading)

    async def close(self) -> None:
        """Give up what is being read, and forget what was."""
        for reading in self._reading.values():
            reading.cancel()
        await asyncio.gather(*self._reading.values(), return_exceptions=True)
        self._kept.clear()

    async def _load(self, at: Cursor) -> Sequence[Entry] | Gap:
        count = self._page_count - at.position % self._page_count
        events = await next_events(self._log, at, count=count, size_bytes=self._page_bytes)
        return events if isinstance(events, Gap) else [Entry(event, at.epoch) for event in events]

    def _loaded(self, key: tuple[bytes, int], reading: asyncio.Task[Sequence[Entry] | Gap]) -> None:
        del self._reading[key]
        if reading.cancelled() or reading.exception() is not None:
            return
        page = reading.result()
        if isinstance(page, Gap):
            return
        self._kept[key] = page
        self._kept_bytes += _size_bytes(page)
        while self._kept_bytes > self._max_bytes:
            oldest = next(iter(self._kept))
            self._kept_bytes -= _size_bytes(self._kept.pop(oldest))


def _size_bytes(page: Sequence[Entry]) -> int:
    return sum(entry.size_bytes for entry in page)
