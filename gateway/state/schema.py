"""The database file: its tables, how one is created, and what is checked before one is trusted.

`events` is the log. Its positions have no holes and its times never decrease, so a missing row shows and an instant
is found by binary search. `seen` remembers identities for de-duplication, longer than the events
themselves if need be. `log` holds the one row of facts about the log as a whole, `subscriptions` the named positions.
"""

import secrets
import sqlite3
import struct
import zlib
from pathlib import Path
from typing import Literal

import grpc

from gateway.errors import StoreError
from gateway.state.checkpointer import PAGE_BYTES
from gateway.state.events import Head, StoredEvent, Tail, tail_of
from gateway.state.record import COLUMNS, DamagedError, DamagedEventError, from_row, is_undecodable

APPLICATION_ID = 0x43474C47
SCHEMA_VERSION = 1
EPOCH_BYTES = 8
CHECKED_AT_OPEN = 1000

_NEWEST = f"SELECT {', '.join(COLUMNS)} FROM events ORDER BY position DESC LIMIT ?"  # noqa: S608  # own names

Synchronous = Literal["FULL", "OFF"]

_TABLES = {
    "log": """CREATE TABLE log (
        id INTEGER PRIMARY KEY CHECK (id = 1), epoch BLOB NOT NULL,
        trimmed_through INTEGER NOT NULL, trimmed_mark INTEGER NOT NULL,
        trimmed_time_us INTEGER NOT NULL, trimmed_bytes INTEGER NOT NULL, checksum INTEGER NOT NULL)""",
    "events": """CREATE TABLE events (
        position INTEGER PRIMARY KEY, stored_us INTEGER NOT NULL, end_bytes INTEGER NOT NULL,
        possible_duplicate INTEGER NOT NULL, project_id TEXT NOT NULL,
        trigger TEXT NOT NULL, app_id TEXT NOT NULL, channel TEXT NOT NULL, contact_id TEXT NOT NULL,
        conversation_id TEXT NOT NULL, message_id TEXT NOT NULL, correlation_id TEXT NOT NULL,
        metadata TEXT NOT NULL, encoded BLOB NOT NULL, raw BLOB NOT NULL, checksum INTEGER NOT NULL)""",
    "seen": """CREATE TABLE seen (
        position INTEGER PRIMARY KEY, dedupe_key BLOB NOT NULL, body_hash BLOB NOT NULL, seen_us INTEGER NOT NULL)""",
    "seen_by_key": "CREATE INDEX seen_by_key ON seen (dedupe_key)",
    "subscriptions": """CREATE TABLE subscriptions (
        project_id TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL, mark INTEGER NOT NULL,
        fence INTEGER NOT NULL, committed_us INTEGER NOT NULL, checksum INTEGER NOT NULL,
        PRIMARY KEY (project_id, name)) WITHOUT ROWID""",
}


class ForeignDatabaseError(StoreError):
    """The file is a database, but not one this version can use; it is left alone."""

    def __init__(self, path: Path, what: str) -> None:
        """Name the file, and what it is instead."""
        super().__init__(f"{path} {what}", reason="STORE_UNAVAILABLE", code=grpc.StatusCode.FAILED_PRECONDITION)


def connect(path: Path, *, synchronous: Synchronous) -> sqlite3.Connection:
    """A connection that begins, commits and checkpoints only when told.

    Raises `StoreError` where the file system cannot keep a write-ahead log.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        _configure(connection, path, synchronous)
    except BaseException:
        connection.close()
        raise
    return connection


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Create the tables in an empty database, or check everything that is checked before a log is trusted.

    Raises `DamagedError` for a log that is not what was written and `ForeignDatabaseError` for another file.
    """
    if not check_schema(connection, path):
        _create(connection)
    _check_contents(connection)
    # What a crash left in the write-ahead log may never have been synced: a repeat must not be acknowledged on the
    # strength of it. A checkpoint syncs it first.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def check_schema(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the database has our tables yet; raises as `prepare` does, and changes nothing."""
    schema = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall())
    is_ours = _pragma(connection, "application_id") == APPLICATION_ID
    if not schema:
        return False
    if not is_ours and not _TABLES.keys() <= schema.keys():
        raise ForeignDatabaseError(path, "is a database of something else")
    if (version := _pragma(connection, "user_version")) > SCHEMA_VERSION:
        raise ForeignDatabaseError(path, f"was written by a newer version (schema {version})")
    if schema != _TABLES or not is_ours or version != SCHEMA_VERSION:
        raise DamagedError("the schema is not the one that was created")
    return True


def read_head(connection: sqlite3.Connection) -> Head:
    """The one row of `log`, or `DamagedError`."""
    rows = connection.execute(
        "SELECT epoch, trimmed_through, trimmed_mark, trimmed_time_us, trimmed_bytes, checksum FROM log"
    ).fetchall()
    if len(rows) != 1:
        raise DamagedError("the log's own row is missing")
    epoch, through, mark, time_us, size_bytes, found = rows[0]
    head = Head(
        epoch=epoch,
        trimmed_through=through,
        trimmed_mark=mark,
        trimmed_time_us=time_us,
        trimmed_bytes=size_bytes,
    )
    if not isinstance(epoch, bytes) or len(epoch) != EPOCH_BYTES or _head_checksum(head) != found:
        raise DamagedError("the log's own row does not match its checksum")
    return head


def write_head(connection: sqlite3.Connection, head: Head) -> None:
    """Replace the one row of `log`."""
    connection.execute(
        "INSERT OR REPLACE INTO log VALUES (1, ?, ?, ?, ?, ?, ?)",
        (
            head.epoch,
            head.trimmed_through,
            head.trimmed_mark,
            head.trimmed_time_us,
            head.trimmed_bytes,
            _head_checksum(head),
        ),
    )


def read_tail(connection: sqlite3.Connection, head: Head) -> Tail:
    """Where the log ends, from its newest event or else from what was trimmed last."""
    newest = read_newest(connection, 1)
    if not newest:
        return Tail(
            position=head.trimmed_through,
            mark=head.trimmed_mark,
            stored_us=head.trimmed_time_us,
            end_bytes=head.trimmed_bytes,
        )
    return tail_of(newest[-1])


def read_newest(connection: sqlite3.Connection, count: int) -> list[StoredEvent]:
    """The newest events, oldest of them first, each checked."""
    rows = connection.execute(_NEWEST, (count,)).fetchall()
    return [from_row(row) for row in reversed(rows)]


def _configure(connection: sqlite3.Connection, path: Path, synchronous: Synchronous) -> None:
    if _pragma(connection, "page_count") == 0:
        # On a database that exists the second would write its header, and sync it, at every start.
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise StoreError.unavailable(f"the file system of {path} cannot keep a write-ahead log")
    for pragma in (
        f"synchronous = {synchronous}",
        "wal_autocheckpoint = 0",
        "busy_timeout = 5000",
        "cell_size_check = ON",
        "trusted_schema = OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for statement in _TABLES.values():
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    write_head(
        connection,
        Head(
            epoch=secrets.token_bytes(EPOCH_BYTES),
            trimmed_through=0,
            trimmed_mark=0,
            trimmed_time_us=0,
            trimmed_bytes=0,
        ),
    )
    connection.execute("COMMIT")


def _check_contents(connection: sqlite3.Connection) -> None:
    head = read_head(connection)
    expected: int | None = None
    try:
        newest = read_newest(connection, CHECKED_AT_OPEN)
    except sqlite3.OperationalError as error:
        if not is_undecodable(error):
            raise
        raise DamagedError("one of the newest events cannot be read") from None
    except DamagedEventError as error:
        raise DamagedError(f"event {error.position}, one of the newest, does not match its checksum") from None
    for event in newest:
        if expected is not None and event.position != expected:
            raise DamagedError(f"event {expected} is missing")
        expected = event.position + 1
    if expected is not None and expected - 1 <= head.trimmed_through:
        raise DamagedError("the log ends before what was trimmed")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value


def _head_checksum(head: Head) -> int:
    numbers = struct.pack(">4q", head.trimmed_through, head.trimmed_mark, head.trimmed_time_us, head.trimmed_bytes)
    return zlib.crc32(head.epoch, zlib.crc32(numbers))
