"""A webhook about a message proves that it was sent: the stamp in its metadata settles a write of unknown outcome.

The log calls on the event loop, so what it tells is only noted there; one task of this object's own does the writing.
A stamp that is lost, because too many wait or the process ended in between, costs an answer and never a second send:
further receipts of the message carry it too, and what the log took last is looked through again at the start.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence

from gateway.errors import StoreError
from gateway.state.events import StoredEvent
from gateway.state.log import EventLog
from gateway.state.record import DamagedEventError
from gateway.telemetry.logs import logger
from gateway.upstream.request_ids import RequestIds
from gateway.upstream.request_key import stamped_id

# Only these are about a message of ours; an inbound message has another id, and its metadata is the conversation's.
TRIGGERS = frozenset({"MESSAGE_DELIVERY", "MESSAGE_SUBMIT"})
MAX_WAITING = 10_000
# Ten seconds of the busiest log there is; more than can be between a commit and its note.
EVENTS_AT_START = 1_000
PAGE_EVENTS = 100
PAGE_BYTES = 4 * 1024 * 1024

log = logger("settlement")


class Settlement:
    """Follows the event log and tells the request ids what it proves."""

    def __init__(self, *, request_ids: RequestIds, log: EventLog) -> None:
        """Wait for `start`; both collaborators outlive this object."""
        self._request_ids = request_ids
        self._log = log
        self._waiting: deque[StoredEvent] = deque()
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Follow the log from now on, and look through what it took last."""
        self._log.listen(self)
        self._task = asyncio.create_task(self._settle(), name="settlement")

    def committed(self, events: Sequence[StoredEvent]) -> None:
        """Note the events that carry a stamp; called by the log."""
        for event in stamped(events):
            if len(self._waiting) >= MAX_WAITING:
                log.warning("settlement_dropped", waiting=len(self._waiting))
                return
            self._waiting.append(event)
            self._arrived.set()

    def restarted(self) -> None:
        """Nothing of this depends on the log's earlier events; called by the log."""

    def fenced(self, project_id: str, name: str, fence: int) -> None:
        """Subscriptions are the feed's; called by the log."""

    async def close(self) -> None:
        """Stop following; what waits still is given up."""
        if self._task is not None:
            self._log.ignore(self)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _settle(self) -> None:
        await self._look_back()
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                await self._tell(self._waiting.popleft())

    async def _look_back(self) -> None:
        """Deal with events whose stamp was not acted upon when the process ended."""
        newest = self._log.tail.position
        after = max(newest - EVENTS_AT_START, self._log.head.trimmed_through)
        try:
            while after < newest:
                page = await self._log.read_page(after=after, count=PAGE_EVENTS, size_bytes=PAGE_BYTES)
                if not page.events:
                    return
                for event in stamped(page.events):
                    await self._tell(event)
                after = page.events[-1].position
        except (StoreError, DamagedEventError) as error:
            log.warning("settlement_not_caught_up", error=type(error).__name__)

    async def _tell(self, event: StoredEvent) -> None:
        request_id = stamped_id(event.metadata)
        if request_id is None:
            return
        try:
            news = await self._request_ids.settle(
                project_id=event.project_id, request_id=request_id, message_id=event.message_id
            )
        except StoreError as error:
            log.warning("request_not_settled", reason=error.reason)
            return
        if news:
            log.info("request_settled", trigger=event.trigger)


def stamped(events: Iterable[StoredEvent]) -> list[StoredEvent]:
    """The events that prove that a message of ours was sent."""
    return [e for e in events if e.trigger in TRIGGERS and e.message_id and stamped_id(e.metadata) is not None]
