"""The one thread that reads, in read transactions that are over before their answer is used.

An unfinished read pins the write-ahead log, which then grows without bound: no cursor leaves this file.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from gateway.state.events import Head, StoredEvent, Tail
from gateway.state.log import Page
from gateway.state.record import COLUMNS, DamagedError, DamagedEventError, from_row, is_undecodable
from gateway.state.schema import read_head, read_tail

_T = TypeVar("_T")
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM events"  # noqa: S608  # own names
_PAGE = f"{_SELECT} WHERE position > ? AND position <= ? ORDER BY position"
_STORED = "SELECT stored_us FROM events WHERE position = ?"
_BY_KEY = "SELECT position FROM seen WHERE dedupe_key = ? ORDER BY position DESC"


class Reader:
    """Runs reads one at a time, off the event loop."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read through this connection, which nobody else may use."""
        connection.execute("PRAGMA query_only = ON")
        self._connection = connection
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="event-log-reader")

    async def run(self, read: Callable[[sqlite3.Connection], _T]) -> _T:
        """The read's answer, as of one moment; a cancelled caller leaves the read to finish by itself."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._in_transaction, read)

    def close(self) -> None:
        """Finish what was asked for and end the thread; blocks until it has ended."""
        self._executor.shutdown(wait=True)
        self._connection.close()

    def _in_transaction(self, read: Callable[[sqlite3.Connection], _T]) -> _T:
        with _read_transaction(self._connection):
            return read(self._connection)


def read_page(connection: sqlite3.Connection, *, after: int, through: int, count: int, size_bytes: int) -> Page:
    """Up to `count` events with positions from `after` + 1 to `through`, ended by the one that fills `size_bytes`.

    A page ends before a damaged event, and `DamagedEventError` is for the page that would begin with one.
    """
    head = read_head(connection)
    if after < head.trimmed_through:
        return Page(head=head, events=())
    events: list[StoredEvent] = []
    with contextlib.closing(_read_between(connection, after, min(through, after + count))) as found:
        try:
            for event in found:
                events.append(event)
                size_bytes -= len(event.encoded) + len(event.raw)
                if size_bytes <= 0:
                    break
        except DamagedEventError:
            if not events:
                raise
    return Page(head=head, events=tuple(events))


def _read_between(connection: sqlite3.Connection, after: int, last: int) -> Generator[StoredEvent, None, None]:
    expected = after + 1
    with contextlib.closing(connection.execute(_PAGE, (after, last))) as rows:
        try:
            for row in rows:
                if row[0] != expected:
                    break
                yield from_row(row)
                expected += 1
        except sqlite3.OperationalError as error:
            if not is_undecodable(error):
                raise
            raise DamagedEventError(expected) from None
    if expected <= last:
        raise _missing(expected)


def read_event(connection: sqlite3.Connection, position: int) -> StoredEvent | None:
    """The event at a position, None when the log does not hold it, `DamagedEventError` when not as it was written."""
    (newest,) = connection.execute("SELECT max(position) FROM events").fetchone()
    if newest is None or not read_head(connection).trimmed_through < position <= newest:
        return None
    page = read_page(connection, after=position - 1, through=position, count=1, size_bytes=1)
    return page.events[0]


def read_by_key(connection: sqlite3.Connection, dedupe_key: bytes) -> StoredEvent | None:
    """The newest retained event with this identity, or None."""
    for (position,) in connection.execute(_BY_KEY, (dedupe_key,)).fetchall():
        if (event := read_event(connection, position)) is not None:
            return event
    return None


def read_ends(connection: sqlite3.Connection) -> tuple[Head, Tail]:
    """What was trimmed, and where the log ends."""
    head = read_head(connection)
    return head, read_tail(connection, head)


def read_time_start(connection: sqlite3.Connection, *, time_us: int, through: int) -> StoredEvent | None:
    """The last event up to position `through` that was stored before an instant; None when none is retained."""
    low, high = read_head(connection).trimmed_through + 1, through
    while low <= high:
        middle = (low + high) // 2
        (stored_us,) = connection.execute(_STORED, (middle,)).fetchone() or (None,)
        if stored_us is None:
            raise _missing(middle)
        if not isinstance(stored_us, int):
            raise DamagedEventError(middle)
        if stored_us >= time_us:
            high = middle - 1
        else:
            low = middle + 1
    # The search believed times that it did not check, but the event it ends at is checked: none before it is younger.
    return read_event(connection, high)


def _missing(position: int) -> DamagedError:
    return DamagedError(f"event {position} is missing")


@contextlib.contextmanager
def _read_transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
