"""A remembered request as a database row, and the checksum that proves the row is what was written.

A row that fails its checksum counts as a request that may have been sent, whatever it says.
"""

import struct
import zlib
from collections.abc import Sequence
from typing import Any

import structlog

from gateway.state.requests import RequestRecord, RequestState

COLUMNS = (*RequestRecord._fields, "checksum")
_NUMBERS = struct.Struct(">Bq?")
_log = structlog.get_logger(__name__)


def encode(record: RequestRecord) -> tuple[object, ...]:
    """The values of `COLUMNS`."""
    return (*record, _checksum(record))


def decode(row: Sequence[Any]) -> RequestRecord:
    """The record of a row selected as `COLUMNS`; one that was damaged is `UNKNOWN` and has no fingerprint."""
    record = RequestRecord._make(row[:-1])
    try:
        intact = _checksum(record) == row[-1]
        state = RequestState(record.state)
    except (TypeError, ValueError, AttributeError, struct.error):
        # A flipped byte in a row's header changes the type of a column.
        intact = False
    if intact:
        return record._replace(state=state)
    _log.error("request_record_damaged")
    return record._replace(fingerprint=b"", state=RequestState.UNKNOWN, expires_us=0, answer=None, message_id="")


def _checksum(record: RequestRecord) -> int:
    numbers = _NUMBERS.pack(record.state, record.expires_us, record.answer is None)
    text = f"{record.project_id}\0{record.request_id}\0{record.message_id}".encode()
    return zlib.crc32(record.answer or b"", zlib.crc32(record.fingerprint, zlib.crc32(numbers + text)))
