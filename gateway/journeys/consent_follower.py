"""Follows the event log for words about consent, and keeps the list and its position in the log on disk, together."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.journeys.consent_words import Words
from gateway.journeys.consents import Consents
from gateway.journeys.past import past
from gateway.state.consents import ConsentFile
from gateway.state.events import StoredEvent
from gateway.state.log import EventLog
from gateway.telemetry.logs import logger

# What a crash loses is told again by the log, so writes are gathered.
_WRITE_S = 1.0
_RETRY_S = 5.0
# Without news the position moves on too, so that a start has little to read again.
_STRIDE = 10_000
_SLICE_COUNT = 200

log = logger("consents")


class ConsentFollower:
    """Has the list reflect the log: what it holds first, then each event before anybody is told of it."""

    def __init__(self, *, log: EventLog, consents: Consents, file: ConsentFile, words: Words, clock: Clock) -> None:
        """Go on where the file ends; nothing is read before `start`."""
        self._log = log
        self._consents = consents
        self._file = file
        self._words = words
        self._clock = clock
        self._position = file.kept.position if file.kept.epoch == log.epoch else 0
        self._written = self._position
        self._restarts = 0
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.caught_up = asyncio.Event()
        """Set while everything in the log is reflected."""

    def start(self) -> None:
        """Read what the log holds already, and follow it."""
        self._log.listen(self)
        self._task = asyncio.create_task(self._follow(), name="consents-follow")

    async def close(self) -> None:
        """Stop following, and write what is not written yet."""
        if self._task is not None:
            self._log.ignore(self)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._write()

    def committed(self, events: Sequence[StoredEvent]) -> None:
        """Take the events in; called by the log."""
        for event in events:
            self._hear(event)
        if self.caught_up.is_set():
            self._position = events[-1].position
            if self._is_due():
                self._news.set()

    def restarted(self) -> None:
        """Read the log from the beginning, as it is another one; what was heard so far stays. Called by the log."""
        self._restarts += 1
        self._position = 0
        self.caught_up.clear()
        self._news.set()

    def fenced(self, project_id: str, name: str, fence: int) -> None:
        """Subscriptions are the feed's; called by the log."""

    async def _follow(self) -> None:
        while True:
            if not self.caught_up.is_set() and not await self._catch_up():
                await self._clock.sleep(_RETRY_S)
                continue
            if not self._is_due():
                self._news.clear()
                await self._news.wait()
            await self._clock.sleep(_WRITE_S)
            await self._write()

    async def _catch_up(self) -> bool:
        """Read on to where the log ends now; whether that worked. What comes meanwhile is heard as it comes."""
        restarts, through = self._restarts, self._log.tail.position
        try:
            async with aclosing(past(self._log, after=self._position, through=through)) as events:
                async for event in events:
                    if self._restarts != restarts:
                        return True
                    self._hear(event)
                    self._position = event.position
                    if event.position % _SLICE_COUNT == 0:
                        await asyncio.sleep(0)
        except StoreError as error:
            log.warning("consents_not_caught_up", reason=error.reason)
            return False
        if self._restarts == restarts:
            # Everything up to here has been told by now, by reading it or as it came.
            self._position = max(through, self._log.tail.position)
            self.caught_up.set()
        return True

    def _hear(self, event: StoredEvent) -> None:
        word = self._words.heard(event)
        if word is None:
            return
        was_full = self._consents.full
        self._consents.hear(word)
        if self._consents.full and not was_full:
            log.error("consents_full", entries=self._consents.entry_count)
        self._news.set()

    def wake(self) -> None:
        """Write soon: something has changed that the log did not tell."""
        self._news.set()

    def _is_due(self) -> bool:
        return self._consents.changed or self._position - self._written >= _STRIDE

    async def _write(self) -> None:
        """Write the list as it is, with the position that it reflects."""
        position = self._position
        changes = self._consents.take_changes(epoch=self._log.epoch, position=position)
        try:
            await self._file.write(changes)
        except StoreError as error:
            self._consents.put_back(changes)
            log.warning("consents_not_written", reason=error.reason)
        else:
            self._written = position
