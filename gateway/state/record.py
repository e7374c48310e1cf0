"""An event as a database row, and the checksum that proves the row is what was written.

SQLite notices a broken page structure but not a flipped byte inside a value, so every row carries a CRC over all of
its columns, checked whenever the row is read.
"""

import sqlite3
import struct
import zlib
from collections.abc import Sequence
from typing import Any

from gateway.state.events import StoredEvent

COLUMNS = StoredEvent._fields
_DAMAGE_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY_CODE = 0xFF
_NUMBERS = struct.Struct(">4q")
_FIRST_TEXT = COLUMNS.index("project_id")
_ENCODED = COLUMNS.index("encoded")
_RAW = COLUMNS.index("raw")


class DamagedError(Exception):
    """What the database holds is not what was written; the message says where, never what."""


class DamagedEventError(DamagedError):
    """One event is not what was written; the log around it may well be."""

    def __init__(self, position: int) -> None:
        """Name the event."""
        super().__init__(f"event {position} does not match its checksum")
        self.position = position


def is_damage(error: BaseException) -> bool:
    """Whether an error means that the database as a whole cannot be trusted any more."""
    if isinstance(error, DamagedError):
        return not isinstance(error, DamagedEventError)
    if not isinstance(error, sqlite3.DatabaseError):
        return False
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE in _DAMAGE_CODES


def checksum(columns: Sequence[Any]) -> int:
    """The CRC of an event's columns, of which the checksum itself is the last and takes no part."""
    head = _NUMBERS.pack(*columns[:_FIRST_TEXT]) + "\0".join(columns[_FIRST_TEXT:_ENCODED]).encode()
    return zlib.crc32(columns[_RAW], zlib.crc32(columns[_ENCODED], zlib.crc32(head)))


def from_row(row: Sequence[Any]) -> StoredEvent:
    """The event of a row selected as `COLUMNS`, or `DamagedEventError`."""
    try:
        intact = checksum(row) == row[-1]
    except (TypeError, ValueError, struct.error):
        # A flipped byte in a row's header changes the type of a column.
        intact = False
    if not intact:
        raise DamagedEventError(row[0])
    return StoredEvent._make(row)


def is_undecodable(error: sqlite3.Error) -> bool:
    """Whether Python, not SQLite, refused a text column that is no UTF-8 any more."""
    return isinstance(error, sqlite3.OperationalError) and not hasattr(error, "sqlite_errorcode")
