"""What may be done while a write transaction is open: above all, how an event gets into the log.

It is recognised if it is a repeat and numbered if it is new, in the transaction that stores it, so that no crash can
part the memory of an event from the event.
"""

import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.state.events import Appended, NewEvent, StoredEvent, Tail, tail_of
from gateway.state.record import checksum

MAX_KEY_BYTES = 32
# Each statement gives up the interpreter lock twice, and getting it back from a busy event loop can take
# milliseconds: rows go in by the group.
_CHUNK_ROWS = 32


class Transaction:
    """One write transaction, shared by everybody whose work is committed together.

    Nothing that a method returns is true before the commit. A method that refuses raises before it has written
    anything, so that the others' work can still be committed.
    """

    def __init__(self, *, connection: sqlite3.Connection, tail: Tail, now_us: int, has_space: bool) -> None:
        """Continue the log after `tail`; every event of the transaction was received at `now_us`."""
        self.connection = connection
        self.now_us = now_us
        self.tail = tail
        self.stored: list[StoredEvent] = []
        self._has_space = has_space
        self._seen: dict[bytes, list[tuple[int, bytes]]] = {}
        self._unwritten: list[StoredEvent] = []
        self._unwritten_seen: list[tuple[int, bytes, bytes, int]] = []

    def look_up(self, dedupe_keys: Sequence[bytes]) -> None:
        """Learn all at once which of these identities were seen before; required before `append`."""
        for start in range(0, len(dedupe_keys), _CHUNK_ROWS):
            chunk = dedupe_keys[start : start + _CHUNK_ROWS]
            for key in chunk:
                self._seen.setdefault(key, [])
            padded = [*chunk, *[chunk[-1]] * (_power_of_two(len(chunk)) - len(chunk))]
            found = self.connection.execute(_find_seen(len(padded)), padded).fetchall()
            for key, position, body_hash in found:
                self._seen[key].append((position, body_hash))

    def append(self, event: NewEvent) -> Appended:
        """The event's position, new or the one it has had.

        `StoreError` when the disk has no room for events, `ValueError` for an event that no row can hold.
        """
        seen = self._seen[event.dedupe_key]
        for position, body_hash in seen:
            if body_hash == event.body_hash:
                return Appended(position=position, duplicate=True)
        if not self._has_space:
            raise StoreError.unavailable("the disk of the event log is full")
        row = self._number(event, possible_duplicate=bool(seen))
        seen.append((row.position, event.body_hash))
        self.stored.append(row)
        self._unwritten.append(row)
        self._unwritten_seen.append((row.position, event.dedupe_key, event.body_hash, row.stored_us))
        self.tail = tail_of(row)
        return Appended(position=row.position, duplicate=False)

    def finish(self) -> None:
        """Write the rows that were gathered so far; also for a job that has to find them in the tables."""
        _insert(self.connection, "events", self._unwritten)
        _insert(self.connection, "seen", self._unwritten_seen)
        self._unwritten.clear()
        self._unwritten_seen.clear()

    def _number(self, event: NewEvent, *, possible_duplicate: bool) -> StoredEvent:
        if not 1 <= len(event.dedupe_key) <= MAX_KEY_BYTES:
            raise ValueError(f"a dedupe key has 1 to {MAX_KEY_BYTES} bytes")
        index = event.index
        texts = (
            event.project_id,
            index.trigger,
            index.app_id,
            index.channel,
            index.contact_id,
            index.conversation_id,
            index.message_id,
            index.correlation_id,
            index.metadata,
        )
        size_bytes = len(event.encoded) + len(event.raw) + sum(map(len, texts))
        columns = (
            self.tail.position + 1,
            # The wall clock may step back, the log's never does.
            max(self.now_us, self.tail.stored_us),
            self.tail.end_bytes + size_bytes,
            int(possible_duplicate),
            *texts,
            event.encoded,
            event.raw,
        )
        return StoredEvent(*columns, checksum(columns))


@dataclass(frozen=True, slots=True)
class AppendJob:
    """The wish to append one event, visible as such so that a group's identities are looked up together."""

    event: NewEvent

    def __call__(self, transaction: Transaction) -> Appended:
        """Append it."""
        return transaction.append(self.event)


class Ledger:
    """Opens one transaction after the other on the writer thread, each where the last committed one ended."""

    def __init__(self, *, path: Path, tail: Tail, clock: Clock, free_space_floor_bytes: int) -> None:
        """Continue after `tail`; take no new event while the disk of `path` has less left than the floor."""
        self._path = path
        self._tail = tail
        self._clock = clock
        self._free_space_floor_bytes = free_space_floor_bytes

    def begin(self, connection: sqlite3.Connection, jobs: Sequence[Callable[[Transaction], Any]]) -> Transaction:
        """A transaction for these jobs."""
        transaction = Transaction(
            connection=connection,
            tail=self._tail,
            now_us=self._clock.now_us(),
            has_space=self.has_space(),
        )
        transaction.look_up([job.event.dedupe_key for job in jobs if isinstance(job, AppendJob)])
        return transaction

    def has_space(self) -> bool:
        """Whether the disk has room for events; may be asked on any thread."""
        disk = os.statvfs(self._path)
        return disk.f_bavail * disk.f_frsize >= self._free_space_floor_bytes

    def committed(self, transaction: Transaction) -> None:
        """The transaction is durable: the next one continues it."""
        self._tail = transaction.tail


def _power_of_two(count: int) -> int:
    return 1 << (count - 1).bit_length()


def _find_seen(count: int) -> str:
    marks = ", ".join("?" * count)
    return f"SELECT dedupe_key, position, body_hash FROM seen WHERE dedupe_key IN ({marks}) ORDER BY position"  # noqa: S608


def _insert(connection: sqlite3.Connection, table: str, rows: Sequence[Sequence[object]]) -> None:
    # Chunks of 32, 16, 8 … rows: few enough statements for all of them to stay prepared.
    start = 0
    while start < len(rows):
        count = min(_CHUNK_ROWS, 1 << ((len(rows) - start).bit_length() - 1))
        row_marks = f"({', '.join('?' * len(rows[0]))})"
        statement = f"INSERT INTO {table} VALUES {', '.join([row_marks] * count)}"  # noqa: S608  # placeholders only
        connection.execute(statement, [value for row in rows[start : start + count] for value in row])
        start += count
