"""The file of request ids: its table, how it is created, and what a start makes of what a crash left.

*No accident to this file may lead to a second send.* It is created whole or not at all, so that a file cut to nothing
is never taken for a new one, and a damaged one stops the start instead of being set aside.
"""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import grpc

from gateway.errors import StoreError
from gateway.state.record import is_damage
from gateway.state.request_record import COLUMNS, decode, encode
from gateway.state.requests import RequestState
from gateway.state.schema import ForeignDatabaseError, connect
from gateway.state.state_file import sync_folder

APPLICATION_ID = 0x43475251
SCHEMA_VERSION = 1

_SCHEMA = {
    "requests": """CREATE TABLE requests (
        project_id TEXT NOT NULL, request_id TEXT NOT NULL, fingerprint BLOB NOT NULL, state INTEGER NOT NULL,
        expires_us INTEGER NOT NULL, answer BLOB, message_id TEXT NOT NULL, checksum INTEGER NOT NULL,
        UNIQUE (project_id, request_id))""",
    "requests_by_expiry": "CREATE INDEX requests_by_expiry ON requests (expires_us)",
    # What a start has to look at, however many finished ones there are.
    "requests_unfinished": "CREATE INDEX requests_unfinished ON requests (state) WHERE state < 3",
}
_UNFINISHED = f"SELECT {', '.join(COLUMNS)} FROM requests WHERE state < 3"  # noqa: S608  # own names
_UPDATE = "UPDATE requests SET state = ?, checksum = ? WHERE project_id = ? AND request_id = ?"
_DELETE = "DELETE FROM requests WHERE project_id = ? AND request_id = ?"


class DamagedRequestsError(StoreError):
    """The file is not what was written; the message is the line to print before leaving."""

    def __init__(self, path: Path) -> None:
        """Name the file, and what follows from doing without it."""
        super().__init__(
            f"{path} is damaged. Moved aside, a new one is begun, and what it remembered may then be sent again",
            reason="STORE_UNAVAILABLE",
            code=grpc.StatusCode.FAILED_PRECONDITION,
        )


def open_requests(path: Path) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    """Two connections to a checked file, one to write and one to checkpoint; blocks on the disk.

    Requests that nobody works on any more are released when nothing was sent, and become `UNKNOWN` otherwise. Raises
    `DamagedRequestsError`, and `ForeignDatabaseError` for a database of something else or of a newer version.
    """
    if not path.exists():
        _create(path)
    opened: list[sqlite3.Connection] = []
    try:
        opened.append(connect(path, synchronous="FULL"))
        _check(opened[0], path)
        recover(opened[0])
        # What a crash left in the write-ahead log may never have been synced; an answer must not rest on it.
        opened[0].execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        opened.append(connect(path, synchronous="FULL"))
    except BaseException as error:
        for connection in opened:
            connection.close()
        if is_damage(error):
            raise DamagedRequestsError(path) from error
        raise
    return opened[0], opened[1]


def create_tables(connection: sqlite3.Connection) -> None:
    """Fill an empty database, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    for statement in _SCHEMA.values():
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


def recover(connection: sqlite3.Connection) -> None:
    """Decide what becomes of requests whose process is gone, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    for row in connection.execute(_UNFINISHED).fetchall():
        record = decode(row)
        if record.state is RequestState.RESERVED:
            connection.execute(_DELETE, (record.project_id, record.request_id))
        else:
            # A damaged row does not fit this checksum either, and goes on counting as UNKNOWN.
            *_, check = encode(record._replace(state=RequestState.UNKNOWN))
            connection.execute(_UPDATE, (RequestState.UNKNOWN, check, record.project_id, record.request_id))
    connection.execute("COMMIT")


def _create(path: Path) -> None:
    unfinished = path.with_name(path.name + ".new")
    # A write-ahead log whose database was taken away would be replayed into the new one.
    _remove([unfinished, *(path.with_name(path.name + end) for end in ("-wal", "-shm", ".new-wal", ".new-shm"))])
    # Nobody else on the machine needs to know what was sent.
    os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with closing(connect(unfinished, synchronous="FULL")) as connection:
        create_tables(connection)
    unfinished.rename(path)
    sync_folder(path.parent)


def _remove(files: Sequence[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    schema = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall())
    if schema and not schema.keys() & _SCHEMA.keys():
        raise ForeignDatabaseError(path, "is a database of something else")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise ForeignDatabaseError(path, f"was written by a newer version (schema {version})")
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    if schema != _SCHEMA or application_id != APPLICATION_ID or version != SCHEMA_VERSION:
        raise DamagedRequestsError(path)
