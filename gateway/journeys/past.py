"""The events that a log has already, oldest first."""

from collections.abc import AsyncGenerator

from gateway.state.events import StoredEvent
from gateway.state.log import EventLog
from gateway.state.record import DamagedEventError

_PAGE_EVENTS = 500
_PAGE_BYTES = 4 * 1024 * 1024


async def past(log: EventLog, *, after: int, through: int) -> AsyncGenerator[StoredEvent, None]:
    """The events after a position, up to and with another; trimmed and damaged ones not. Raises `StoreError`."""
    position = max(after, log.head.trimmed_through)
    while position < through:
        try:
            page = await log.read_page(after=position, count=_PAGE_EVENTS, size_bytes=_PAGE_BYTES)
        except DamagedEventError as error:
            position = error.position
            continue
        if not page.events:
            oldest = page.head.trimmed_through
            if oldest <= position:
                return
            position = oldest
        for event in page.events:
            if event.position <= through:
                yield event
            position = event.position
