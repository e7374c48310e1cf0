"""Request ids on the embedded database, in a file of their own: losing the event log must not cause a second send.

*Whatever may have been sent is on disk as such before it is sent.* One thread writes and commits in groups. A file
found to be damaged is not replaced: from then on the store refuses, and with it every write that carries an id.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.state.checkpointer import Checkpointer
from gateway.state.lock import FileLock
from gateway.state.request_schema import open_requests
from gateway.state.request_transaction import RequestTransaction
from gateway.state.requests import RequestKey, RequestRecord, RequestState
from gateway.state.writer import Writer, WriterLimits

_R = TypeVar("_R")


class SqliteRequestStore:
    """A `RequestStore` that one process owns from `open` to `close`."""

    def __init__(
        self,
        *,
        lock: FileLock,
        writing: sqlite3.Connection,
        copying: sqlite3.Connection,
        clock: Clock,
        limits: WriterLimits,
    ) -> None:
        """Start the threads over checked connections; `open` is the way in."""
        self._lock = lock
        self._clock = clock
        self._damaged = False
        self._checkpointer = Checkpointer(copying)
        self._writer: Writer[RequestTransaction] = Writer(
            name="request-ids",
            connection=writing,
            checkpointer=self._checkpointer,
            limits=limits,
            begin=self._begin,
            committed=_nothing_more,
            announce=_nothing_more,
            on_damage=self._on_damage,
        )

    @classmethod
    async def open(cls, path: Path, *, clock: Clock, limits: WriterLimits | None = None) -> "SqliteRequestStore":
        """Lock, check and open the file at `path`, creating it and its folder as needed.

        What a process that is gone had reserved is released, and what it had dispatched becomes `UNKNOWN`. Raises
        `StateLocked` when another process has the file, `DamagedRequestsError` and `ForeignDatabaseError` when it
        cannot be used.
        """
        lock = FileLock(path)
        await asyncio.to_thread(path.parent.mkdir, mode=0o700, parents=True, exist_ok=True)
        await asyncio.to_thread(lock.acquire)
        try:
            writing, copying = await asyncio.to_thread(open_requests, path)
        except BaseException:
            lock.release()
            raise
        return cls(lock=lock, writing=writing, copying=copying, clock=clock, limits=limits or WriterLimits())

    @property
    def usable(self) -> bool:
        """Whether ids can be taken; once damage was found, never again until a person has looked at the file."""
        return not self._damaged

    async def reserve(self, key: RequestKey) -> RequestRecord | None:
        """Take the id for a call that is about to begin, or give the record that stands in its way."""
        return await self._write(lambda transaction: transaction.reserve(key))

    async def dispatched(self, key: RequestKey) -> None:
        """Note that a reserved request may have been sent from now on."""
        await self._write(lambda transaction: transaction.dispatched(key))

    async def conclude(self, key: RequestKey, state: RequestState, answer: bytes | None) -> RequestRecord | None:
        """Note how a dispatched request ended; gives the record instead when a webhook has settled it as `DONE`."""
        size_bytes = len(answer or b"")
        return await self._write(lambda transaction: transaction.conclude(key, state, answer), size_bytes=size_bytes)

    async def release(self, key: RequestKey) -> RequestRecord | None:
        """Forget a request of which nothing was sent; gives the record instead when a webhook has settled it."""
        return await self._write(lambda transaction: transaction.release(key))

    async def settle(self, project_id: str, request_id: str, message_id: str) -> bool:
        """Note the proof that a request was carried out; whether that was news."""
        return await self._write(lambda transaction: transaction.settle(project_id, request_id, message_id))

    async def close(self) -> None:
        """Commit what was taken, end the threads and let go of the file."""
        await asyncio.to_thread(self._checkpointer.close)
        await asyncio.to_thread(self._writer.close)
        self._lock.release()

    async def _write(self, job: Callable[[RequestTransaction], _R], *, size_bytes: int = 0) -> _R:
        if self._damaged:
            raise StoreError.unavailable("the store of request ids is damaged; nothing was sent")
        return await self._writer.run(job, size_bytes=size_bytes)

    def _begin(
        self, connection: sqlite3.Connection, _jobs: Sequence[Callable[[RequestTransaction], object]]
    ) -> RequestTransaction:
        return RequestTransaction(connection, now_us=self._clock.now_us())

    def _on_damage(self) -> None:
        self._damaged = True


def _nothing_more(_transaction: RequestTransaction) -> None:
    """The store keeps nothing in memory that a commit would have to update."""
