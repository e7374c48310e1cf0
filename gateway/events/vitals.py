"""What only the log itself can tell an operator: its size, its age, and how far its readers are behind."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.events.feed import Feed
from gateway.state.log import EventLog
from gateway.state.overview import Overview
from gateway.state.record import DamagedEventError
from gateway.telemetry import logs

# A scrape must be answered while the disk hangs; it then repeats what was found last.
PATIENCE_S = 1.0

log = logs.logger("events")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the last look found; times in microseconds of Unix time, None where nothing waits."""

    size_bytes: int = 0
    oldest_us: int | None = None
    waiting_us: int | None = None
    committed: int | None = None
    """Position of the named subscription that is furthest behind."""


class Vitals:
    """Looks when it is asked to, one look at a time."""

    def __init__(self, *, events: EventLog, feed: Feed, clock: Clock, project_ids: Sequence[str]) -> None:
        """Look at this log, and at the named subscriptions of these projects."""
        self._events = events
        self._feed = feed
        self._clock = clock
        self._project_ids = project_ids
        self._found = _Found()
        self._looking: asyncio.Task[None] | None = None

    async def refresh(self) -> None:
        """Look again, and wait for it, for a bounded time: what is not known by then stays as it was."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(), name="log-vitals")
        await asyncio.wait({self._looking}, timeout=PATIENCE_S)

    async def close(self) -> None:
        """Give up a look under way."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    def size_bytes(self) -> float:
        """Room that the log takes."""
        return self._found.size_bytes

    def event_count(self) -> float:
        """Events in the log."""
        return self._events.tail.position - self._events.head.trimmed_through

    def oldest_age_s(self) -> float:
        """Seconds since the oldest event was stored."""
        return self._age_s(self._found.oldest_us)

    def lag_s(self) -> float:
        """Seconds that the oldest event has waited that some open stream has not been sent."""
        return self._age_s(self._found.waiting_us)

    def subscription_lag(self) -> float:
        """Events behind the newest of the named subscription that is furthest behind."""
        return 0 if self._found.committed is None else self._events.tail.position - self._found.committed

    async def _look(self) -> None:
        try:
            seen = [await self._events.read_overview(project_id) for project_id in self._project_ids]
            slowest = self._feed.slowest_position
            waiting_us = None if slowest is None else await self._events.read_stored_us(slowest + 1)
            self._found = _found(seen, waiting_us)
        except (StoreError, DamagedEventError) as error:
            log.warning("log_not_looked_at", error=type(error).__name__)
        finally:
            self._looking = None

    def _age_s(self, since_us: int | None) -> float:
        return 0.0 if since_us is None else max(self._clock.now().timestamp() - since_us / 1_000_000, 0.0)


def _found(seen: Sequence[Overview], waiting_us: int | None) -> _Found:
    committed = (subscription.position for overview in seen for subscription, _ in overview.subscriptions)
    return _Found(
        size_bytes=max((overview.size_bytes for overview in seen), default=0),
        oldest_us=next((overview.oldest_us for overview in seen), None),
        waiting_us=waiting_us,
        committed=min(committed, default=None),
    )
