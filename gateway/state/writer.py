"""The one thread that writes to a database, and the group commit that makes it fast.

*200 means the event is on disk.* Whoever waits for a piece of work is answered after the commit that holds it, and a
commit returns after the disk has it (`synchronous=FULL`). While one commit is being synced the next group gathers, so
many callers share one sync and none is delayed to wait for company.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from gateway.errors import GatewayError, StoreError
from gateway.state.checkpointer import Checkpointer
from gateway.state.record import is_damage
from gateway.telemetry import logs

_log = logs.logger("state")


class GroupTransaction(Protocol):
    """An open write transaction, shared by all the work of one group."""

    def finish(self) -> None:
        """Write what was gathered; the last thing before the commit."""


T = TypeVar("T", bound=GroupTransaction)
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterLimits:
    """What may wait for the disk, and how much is written at once; what is over is refused, never dropped."""

    queue_count: int = 4096
    """Pieces of work that may wait."""
    queue_bytes: int = 64 * 1024 * 1024
    """Bytes of work that may wait."""
    group_count: int = 256
    """Pieces of work in one commit."""


@dataclass(slots=True, eq=False, kw_only=True)
class _Work(Generic[T]):
    job: Callable[[T], Any]
    future: asyncio.Future[Any]
    size_bytes: int


def _unobserved(_transaction: object, _duration_s: float) -> None:
    """Look away."""


class Writer(Generic[T]):
    """Takes work from the event loop and commits it in groups, in the order it was given.

    A job runs on the thread, inside the open transaction. It refuses by raising a `GatewayError` or `ValueError`
    before it has written anything, which leaves the other jobs of its group alone; any other exception rolls the whole
    group back, and everybody in it is told `StoreError`.
    """

    def __init__(
        self,
        *,
        name: str,
        connection: sqlite3.Connection,
        checkpointer: Checkpointer,
        limits: WriterLimits,
        begin: Callable[[sqlite3.Connection, Sequence[Callable[[T], Any]]], T],
        committed: Callable[[T], None],
        announce: Callable[[T], None],
        on_damage: Callable[[], None],
        observe_commit: Callable[[T, float], None] = _unobserved,
    ) -> None:
        """Start the thread.

        `begin` opens a group and `committed` ends it, both on the thread. `announce`, after those who waited for a
        group were answered, and `on_damage` are called on the running event loop. `observe_commit` is told, on the
        thread, what is durable now and the seconds that the commit itself took.
        """
        self._name = name
        self._connection = connection
        self._checkpointer = checkpointer
        self._limits = limits
        self._begin = begin
        self._committed = committed
        self._announce = announce
        self._on_damage = on_damage
        self._observe_commit = observe_commit
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[_Work[T] | None] = queue.SimpleQueue()
        self._waiting_count = 0
        self._waiting_bytes = 0
        self._closing = False
        self._abandoned = False
        self._failing = False
        self._thread = threading.Thread(target=self._run, name=f"{name}-writer", daemon=True)
        self._thread.start()

    @property
    def waiting_count(self) -> int:
        """Pieces of work that nobody has been answered for yet."""
        return self._waiting_count

    @property
    def failing(self) -> bool:
        """Whether the last group could not be committed."""
        return self._failing

    def run(self, job: Callable[[T], R], *, size_bytes: int = 0) -> asyncio.Future[R]:
        """Have a job done; its answer comes after the commit. `StoreError` at once when too much is waiting."""
        if self._closing or self._abandoned:
            raise StoreError.unavailable("the store cannot take anything now")
        limits = self._limits
        if self._waiting_count >= limits.queue_count or self._waiting_bytes + size_bytes > limits.queue_bytes:
            raise StoreError.unavailable("too much is waiting for the disk")
        self._waiting_count += 1
        self._waiting_bytes += size_bytes
        future: asyncio.Future[R] = self._loop.create_future()
        self._queue.put(_Work(job=job, future=future, size_bytes=size_bytes))
        return future

    def abandon(self) -> None:
        """Tell everybody who waits `StoreError`: the database is about to be set aside, and what is in it with it."""
        self._abandoned = True

    def close(self) -> None:
        """Commit what was taken, then end the thread; blocks until it has ended."""
        if not self._closing:
            self._closing = True
            self._queue.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while group := self._take():
            if self._abandoned:
                self._tell(self._settle, group, [], None)
                continue
            try:
                changes = self._connection.total_changes
                outcomes, transaction = self._commit(group)
            except Exception as error:  # noqa: BLE001  # the thread outlives whatever a job or the disk does to it
                self._fail(group, error)
            else:
                self._failing = False
                self._tell(self._settle, group, outcomes, transaction)
                # Whoever waits has been told: a checkpoint is nothing to wait for.
                self._checkpointer.wrote(
                    self._connection,
                    changed_rows=self._connection.total_changes - changes,
                    size_bytes=sum(work.size_bytes for work in group),
                )

    def _take(self) -> list[_Work[T]]:
        group: list[_Work[T]] = []
        work = self._queue.get()
        while work is not None:
            group.append(work)
            if len(group) == self._limits.group_count:
                return group
            try:
                work = self._queue.get_nowait()
            except queue.Empty:
                return group
        if group:
            # The end comes after this group.
            self._queue.put(None)
        return group

    def _commit(self, group: list[_Work[T]]) -> tuple[list[object], T]:
        outcomes: list[object] = []
        self._connection.execute("BEGIN IMMEDIATE")
        transaction = self._begin(self._connection, [work.job for work in group])
        for work in group:
            try:
                outcomes.append(work.job(transaction))
            except (ValueError, GatewayError) as refusal:
                outcomes.append(refusal)
        transaction.finish()
        started_s = time.monotonic()
        self._connection.execute("COMMIT")
        self._observe_commit(transaction, time.monotonic() - started_s)
        self._committed(transaction)
        return outcomes, transaction

    def _fail(self, group: list[_Work[T]], error: Exception) -> None:
        self._failing = True
        _log.error(
            "store_commit_failed",
            store=self._name,
            error=type(error).__name__,
            sqlite=getattr(error, "sqlite_errorname", None),
        )
        # A full disk rolls back by itself, other failures leave the transaction open.
        if self._connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
        if is_damage(error):
            self._tell(self._on_damage)
        self._tell(self._settle, group, [], None)

    def _tell(self, callback: Callable[..., None], *arguments: object) -> None:
        # A loop that was closed without closing the store has nobody left to be told.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(callback, *arguments)

    def _settle(self, group: list[_Work[T]], outcomes: list[object], transaction: T | None) -> None:
        if transaction is None or self._abandoned:
            outcomes = [StoreError.unavailable("the store cannot write now") for _ in group]
        for work, outcome in zip(group, outcomes, strict=True):
            self._waiting_count -= 1
            self._waiting_bytes -= work.size_bytes
            if work.future.done():
                continue
            if isinstance(outcome, Exception):
                work.future.set_exception(outcome)
            else:
                work.future.set_result(outcome)
        if transaction is not None and not self._abandoned:
            self._announce(transaction)
