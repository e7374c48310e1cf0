"""The embedded event log: durable before it answers, checked before it is believed.

*200 means the event is on disk.* This class joins the threads that write, read and checkpoint, and knows on the event
loop where the log begins and ends. When any of them finds that the database is not what was written, the files are
set aside and a new log with a new epoch begins, so that nothing wrong is ever served.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.state.checkpointer import Checkpointer
from gateway.state.events import Appended, Head, NewEvent, StoredEvent, Tail
from gateway.state.log import Keep, LogListener, Page, Trimmed
from gateway.state.overview import Overview, read_overview, read_stored_us
from gateway.state.reader import (
    Reader,
    read_by_key,
    read_event,
    read_page,
    read_time_start,
)
from gateway.state.record import DamagedError, DamagedEventError, is_damage
from gateway.state.schema import Synchronous
from gateway.state.state_file import Connections, StateFile
from gateway.state.subscriptions import NewSubscription, Subscription, acquire, commit, delete
from gateway.state.transaction import AppendJob, Ledger, Transaction
from gateway.state.trimming import CHUNK_ROWS, SPARE_PAGES, forget, give_back, trim
from gateway.state.writer import Writer, WriterLimits
from gateway.telemetry import logs

_T = TypeVar("_T")
_log = logs.logger("state")
_REPLACE_AGAIN_S = 1.0


def _unobserved(_event_count: int, _duration_s: float) -> None:
    """Look away."""


class SqliteEventLog:
    """One total order of events in one file; positions are given in commit order and never reused."""

    def __init__(
        self,
        *,
        file: StateFile,
        connections: Connections,
        clock: Clock,
        limits: WriterLimits,
        free_space_floor_bytes: int,
        observe_commit: Callable[[int, float], None],
    ) -> None:
        """Start the threads over checked connections; `open` is the way in."""
        self._file = file
        self._clock = clock
        self._limits = limits
        self._free_space_floor_bytes = free_space_floor_bytes
        self._observe_commit = observe_commit
        self._listeners: list[LogListener] = []
        self._closing = asyncio.Event()
        self._replacing: asyncio.Task[None] | None = None
        self._start(connections)

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        clock: Clock,
        limits: WriterLimits | None = None,
        free_space_floor_bytes: int = 64 * 1024 * 1024,
        synchronous: Synchronous = "FULL",
        observe_commit: Callable[[int, float], None] = _unobserved,
    ) -> "SqliteEventLog":
        """Lock, check and open the log at `path`, creating it, or setting a damaged one aside, as needed.

        No event is taken while the disk has less than `free_space_floor_bytes` left: trimming needs room to work.
        `observe_commit` is told, on the writing thread, the events of each commit and the seconds it took.

        Raises `StateLocked` when another process has it and `ForeignDatabaseError` when the file is something else.
        Anything but `FULL` gives up durability and is there for the test that proves what `FULL` is for.
        """
        file = StateFile(path, synchronous=synchronous)
        await asyncio.to_thread(file.acquire)
        try:
            connections = await asyncio.to_thread(file.open, now=clock.now())
        except BaseException:
            file.release()
            raise
        return cls(
            file=file,
            connections=connections,
            clock=clock,
            limits=limits or WriterLimits(),
            free_space_floor_bytes=free_space_floor_bytes,
            observe_commit=observe_commit,
        )

    @property
    def epoch(self) -> bytes:
        """Eight bytes that tell this log from every other."""
        return self._head.epoch

    @property
    def head(self) -> Head:
        """Where the log begins: what was trimmed from it."""
        return self._head

    @property
    def tail(self) -> Tail:
        """Where the log ends: its newest durable event."""
        return self._tail

    @property
    def usable(self) -> bool:
        """Whether an event would probably be taken now.

        Not while the disk is full or refuses writes, while a damaged log is being replaced, or after `close`.
        """
        return self._usable and not self._writer.failing and self._ledger.has_space()

    @property
    def waiting_count(self) -> int:
        """Events and other writes that wait for their commit."""
        return self._writer.waiting_count

    def listen(self, listener: LogListener) -> None:
        """Have a listener called from now on, until the log is closed."""
        self._listeners.append(listener)

    def ignore(self, listener: LogListener) -> None:
        """Call a listener no more; harmless for one that is not called."""
        self._listeners = [each for each in self._listeners if each is not listener]

    async def append(self, event: NewEvent) -> Appended:
        """Make an event durable and answer after the disk has it, a repeat too.

        Raises `StoreError` when the store cannot take it now, `ValueError` for an event that no log can hold. A caller
        that is cancelled does not take the event back: it may be in the log.
        """
        return await self._writer.run(AppendJob(event), size_bytes=len(event.encoded) + len(event.raw))

    async def write(self, job: Callable[[Transaction], _T]) -> _T:
        """Do other work in a write transaction, under the rules of `Transaction`; answered when durable."""
        return await self._writer.run(job)

    async def read(self, job: Callable[[sqlite3.Connection], _T]) -> _T:
        """Do a read in a transaction of its own, off the event loop.

        `StoreError` when the log cannot be read, `DamagedEventError` when just one event of it cannot.
        """
        if not self._usable:
            raise StoreError.unavailable("the event log cannot be read now")
        reader = self._reader
        try:
            return await reader.run(job)
        except (sqlite3.Error, DamagedError) as error:
            if isinstance(error, DamagedEventError):
                raise
            if is_damage(error) and reader is self._reader:
                self._replace()
            raise StoreError.unavailable("the event log cannot be read now") from error

    async def read_page(self, *, after: int, count: int, size_bytes: int) -> Page:
        """Up to `count` consecutive events after a position, ended by the one that fills `size_bytes`."""
        through = self._tail.position
        return await self.read(partial(read_page, after=after, through=through, count=count, size_bytes=size_bytes))

    async def read_event(self, position: int) -> StoredEvent | None:
        """The event at a position, None when the log does not hold it."""
        return await self.read(partial(read_event, position=position))

    async def read_by_key(self, dedupe_key: bytes) -> StoredEvent | None:
        """The newest retained event of that identity, or None."""
        return await self.read(partial(read_by_key, dedupe_key=dedupe_key))

    async def read_time_start(self, time_us: int) -> StoredEvent | None:
        """The last retained event stored before an instant, in microseconds of Unix time; None when there is none."""
        return await self.read(partial(read_time_start, time_us=time_us, through=self._tail.position))

    async def read_stored_us(self, position: int) -> int | None:
        """When the event at a position was stored, in microseconds of Unix time; None when there is none."""
        if position > self._tail.position:
            return None
        return await self.read(partial(read_stored_us, position=position))

    async def read_overview(self, project_id: str) -> Overview:
        """The log at a glance, with the subscriptions of one project."""
        return await self.read(partial(read_overview, project_id=project_id))

    async def acquire(self, *, project_id: str, name: str, new: NewSubscription, most: int) -> Subscription:
        """Hand a named subscription to a new consumer, creating it where `new` says; the former one is fenced off."""
        return await self.write(partial(acquire, project_id=project_id, name=name, new=new, most=most))

    async def commit(
        self, *, project_id: str, name: str, position: int, mark: int, fence: int, most: int, back: bool = False
    ) -> Subscription:
        """Move a subscription forward, `back` if that is said; a `fence` other than 0 has to be the current one."""
        job = partial(commit, project_id=project_id, name=name, position=position, mark=mark, fence=fence, back=back)
        return await self.write(partial(job, most=most))

    async def delete_subscription(self, *, project_id: str, name: str) -> int:
        """Forget a named subscription; a number above that of each consumer that has held it."""
        return await self.write(partial(delete, project_id=project_id, name=name))

    async def trim(self, *, keep: Keep, held: Keep) -> Trimmed:
        """Remove the next few events beyond `keep`; those a subscription still needs only when beyond `held` too."""
        trimmed = await self.write(partial(trim, keep=keep, held=held))
        self._head = trimmed.head
        return trimmed

    async def tidy(self, *, dedupe_s: float) -> None:
        """Forget identities last seen longer ago than `dedupe_s` whose events are trimmed, and shrink the file."""
        while await self.write(partial(forget, after_s=dedupe_s)) == CHUNK_ROWS:
            pass
        while await self.write(give_back) > SPARE_PAGES:
            pass

    async def close(self) -> None:
        """Commit what was taken, end the threads and let go of the file."""
        self._closing.set()
        if self._replacing is not None:
            await self._replacing
        if self._usable:
            await self._stop()
        self._file.release()

    def _start(self, connections: Connections) -> None:
        self._head = connections.head
        self._tail = connections.tail
        self._checkpointer = Checkpointer(connections.copying)
        self._reader = Reader(connections.reading)
        self._ledger = Ledger(
            path=self._file.path,
            tail=connections.tail,
            clock=self._clock,
            free_space_floor_bytes=self._free_space_floor_bytes,
        )
        self._writer: Writer[Transaction] = Writer(
            name="event-log",
            connection=connections.writing,
            checkpointer=self._checkpointer,
            limits=self._limits,
            begin=self._ledger.begin,
            committed=self._ledger.committed,
            announce=self._announce,
            on_damage=self._replace,
            observe_commit=lambda transaction, took_s: self._observe_commit(len(transaction.stored), took_s),
        )
        self._usable = True

    async def _stop(self) -> None:
        self._usable = False
        await asyncio.to_thread(self._stop_threads)

    def _stop_threads(self) -> None:
        # The writer is the last to close its connection, which checkpoints and removes the write-ahead log.
        self._reader.close()
        self._checkpointer.close()
        self._writer.close()

    def _announce(self, transaction: Transaction) -> None:
        if transaction.stored:
            self._tail = transaction.tail
            for listener in self._listeners:
                listener.committed(transaction.stored)

    def _replace(self) -> None:
        if self._usable and (self._replacing is None or self._replacing.done()):
            self._usable = False
            self._writer.abandon()
            self._replacing = asyncio.get_running_loop().create_task(self._set_aside())

    async def _set_aside(self) -> None:
        await self._stop()
        while (connections := await self._replacement()) is None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), _REPLACE_AGAIN_S)
            if self._closing.is_set():
                return
        self._start(connections)
        for listener in self._listeners:
            listener.restarted()

    async def _replacement(self) -> Connections | None:
        try:
            return await asyncio.to_thread(self._file.replace, now=self._clock.now())
        except (OSError, sqlite3.Error, StoreError) as error:
            _log.error("event_log_not_replaced", error=type(error).__name__)
            return None
