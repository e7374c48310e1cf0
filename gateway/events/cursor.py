"""A position in the log as the bytes that clients keep.

A cursor names a log by its epoch and an event by its position and checksum, so a log that was restored from an older
copy and has gone another way is noticed, not silently read on. Clients treat it as opaque; it is 25 bytes.
"""

import base64
import struct
import zlib
from typing import NamedTuple

import grpc

from gateway.errors import CallerError

_VERSION = 1
_BODY = struct.Struct(">B8sqI")
_CHECK = struct.Struct(">I")
CURSOR_BYTES = _BODY.size + _CHECK.size
_EPOCH_BYTES = 8


class Cursor(NamedTuple):
    """Everything up to and including the event at `position`; 0 is before the first."""

    epoch: bytes
    position: int
    mark: int
    """The event's checksum; 0 where it is not known, which any event matches."""

    def encode(self) -> bytes:
        """The bytes for the client."""
        return encode_cursor(*self)

    def text(self) -> str:
        """The bytes in base64, for an error's metadata."""
        return base64.b64encode(self.encode()).decode()


def encode_cursor(epoch: bytes, position: int, mark: int) -> bytes:
    """The bytes of the cursor with these facts."""
    body = _BODY.pack(_VERSION, epoch, position, mark)
    return body + _CHECK.pack(zlib.crc32(body))


def decode_cursor(encoded: bytes) -> Cursor:
    """The cursor that `encode` made these bytes from, or INVALID_CURSOR for any other bytes."""
    if len(encoded) != CURSOR_BYTES:
        raise _invalid()
    version, epoch, position, mark = _BODY.unpack_from(encoded)
    (check,) = _CHECK.unpack_from(encoded, _BODY.size)
    if version != _VERSION or position < 0 or check != zlib.crc32(encoded[: _BODY.size]):
        raise _invalid()
    return Cursor(epoch, position, mark)


def encode_page_token(cursor: Cursor) -> str:
    """The cursor as a page token: text, and not to be mistaken for a cursor's own base64."""
    return base64.urlsafe_b64encode(b"page" + cursor.encode()).decode()


def decode_page_token(token: str) -> Cursor:
    """The cursor that `encode_page_token` made this text from, or INVALID_CURSOR for any other text."""
    try:
        decoded = base64.b64decode(token, altchars=b"-_", validate=True)
    except ValueError:
        raise _invalid() from None
    if not decoded.startswith(b"page"):
        raise _invalid()
    return decode_cursor(decoded.removeprefix(b"page"))


def _invalid() -> CallerError:
    return CallerError(
        "the cursor or page token was not made by this service",
        reason="INVALID_CURSOR",
        code=grpc.StatusCode.INVALID_ARGUMENT,
    )
