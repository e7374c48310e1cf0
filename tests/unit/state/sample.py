"""Events to put into a log, and a clock that stands still."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from conversation_gateway.v1 import event_feed_pb2 as pb

from gateway.clock import Clock
from gateway.state.events import EventIndex, NewEvent, StoredEvent
from gateway.state.log import EventLog
from gateway.state.sqlite_log import SqliteEventLog

PROJECT = "project-1"


class HeldClock(Clock):
    """Time that passes only when it is told to."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 3, 1, tzinfo=UTC)
        self.elapsed_s = 0.0

    def monotonic(self) -> float:
        return self.elapsed_s

    def now(self) -> datetime:
        return self.instant

    def now_us(self) -> int:
        return int(self.instant.timestamp() * 1_000_000)

    def advance(self, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)
        self.elapsed_s += seconds


def new_event(number: int, *, body: bytes | None = None, project_id: str = PROJECT, **index: str) -> NewEvent:
    """Event `number`; another `body` makes it a repeat that differs."""
    raw = body if body is not None else b'{"n": %d}' % number
    key = hashlib.sha256(b"%d" % number).digest()
    facts = dict.fromkeys(EventIndex.__dataclass_fields__, "") | {"trigger": "MESSAGE_DELIVERY"} | index
    typed = pb.FeedEvent(event_id=key.hex(), trigger=facts["trigger"], webhook="default", project_id=project_id)
    typed.message_delivery_report.message_id = f"message-{number}"
    return NewEvent(
        project_id=project_id,
        dedupe_key=key,
        body_hash=hashlib.sha256(raw).digest(),
        index=EventIndex(**facts),
        encoded=typed.SerializeToString(),
        raw=raw,
    )


@asynccontextmanager
async def open_embedded(path: Path, *, clock: Clock, **options: Any) -> AsyncIterator[SqliteEventLog]:
    """The embedded log at a path."""
    log = await SqliteEventLog.open(path, clock=clock, free_space_floor_bytes=0, **options)
    try:
        yield log
    finally:
        await log.close()


open_log: Callable[..., AbstractAsyncContextManager[Any]] = open_embedded
"""The log that tests run over: the shared one where `tests/integration/shared` runs them again."""


@asynccontextmanager
async def opened_log(path: Path, *, clock: Clock | None = None, **options: Any) -> AsyncIterator[Any]:
    """A log that is closed again; the same path is the same log."""
    async with open_log(path, clock=clock or HeldClock(), **options) as log:
        yield log


async def append_all(log: EventLog, count: int, *, first: int = 1) -> None:
    """Append events `first`, `first` + 1 and so on, in this order."""
    for start in range(first, first + count, 1000):
        numbers = range(start, min(start + 1000, first + count))
        await asyncio.gather(*(log.append(new_event(number)) for number in numbers))


async def read_all(log: EventLog, *, after: int | None = None) -> list[StoredEvent]:
    """Everything that is retained, page by page."""
    events: list[StoredEvent] = []
    at = log.head.trimmed_through if after is None else after
    while at < log.tail.position:
        page = await log.read_page(after=at, count=100, size_bytes=1 << 20)
        events += page.events
        at = events[-1].position
    return events
