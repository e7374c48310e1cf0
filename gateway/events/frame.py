"""Answers of the feed joined from bytes: an event is encoded once, whoever receives it.

A protobuf message may be written in pieces: fields appended to a serialised message are fields of that message. So an
event's stored bytes, followed by what only the log knows, is the `FeedEvent`, and events one after the other, each with
tag and length, are the `EventBatch`.
"""

from collections.abc import Iterable

from gateway.events.cursor import CURSOR_BYTES, encode_cursor
from gateway.state.events import StoredEvent

# Field number << 3 | wire type; 2 is "bytes of a length", 0 a varint. Tested against the generated classes.
_ANSWER_BATCH = b"\x12"
_BATCH_EVENTS = b"\x0a"
_EVENT_POSSIBLE_DUPLICATE = b"\x58\x01"
_EVENT_CURSOR = b"\x62" + bytes([CURSOR_BYTES])
_EVENT_RAW = b"\x6a"
_EVENT_PARTIALLY_TYPED = 0x70

_FIRST_PAYLOAD_FIELD = 20
_VARINT, _BYTES = 0, 2
_CONTINUED = 0x80


def varint(value: int) -> bytes:
    """A non-negative integer as protobuf writes lengths."""
    encoded = bytearray()
    while value >= _CONTINUED:
        encoded.append(value & 0x7F | _CONTINUED)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def event_element(event: StoredEvent, epoch: bytes, *, raw: bool) -> bytes:
    """One element of `EventBatch.events`. An event that is not typed whole has its raw bytes in any view."""
    encoded = event.encoded
    added = _EVENT_CURSOR + encode_cursor(epoch, event.position, event.checksum)
    if event.possible_duplicate:
        added += _EVENT_POSSIBLE_DUPLICATE
    if raw or not is_typed_whole(encoded):
        added += b"".join((_EVENT_RAW, varint(len(event.raw)), event.raw))
    return b"".join((_BATCH_EVENTS, varint(len(encoded) + len(added)), encoded, added))


def event_message(element: bytes) -> bytes:
    """The `FeedEvent` inside an element."""
    return element[_read_varint(element, 1)[1] :]


def batch_answer(elements: Iterable[bytes]) -> bytes:
    """A `SubscribeResponse` with a batch of these elements."""
    joined = b"".join(elements)
    return b"".join((_ANSWER_BATCH, varint(len(joined)), joined))


def is_typed_whole(encoded: bytes) -> bool:
    """Whether a serialised `FeedEvent` has a typed payload that leaves nothing out; not so where it is no message.

    Walks over the fields before the payload, of which there are about ten; every event of a replay comes through here.
    """
    at, end = 0, len(encoded)
    try:
        while at < end:
            tag = encoded[at]
            at += 1
            if tag >= _CONTINUED:
                tag, at = _read_varint(encoded, at - 1)
                if tag >> 3 >= _FIRST_PAYLOAD_FIELD:
                    return True
            wire_type = tag & 7
            if wire_type == _BYTES:
                length = encoded[at]
                at += 1
                if length >= _CONTINUED:
                    length, at = _read_varint(encoded, at - 1)
                at += length
            elif wire_type == _VARINT:
                value, at = _read_varint(encoded, at)
                if value and tag == _EVENT_PARTIALLY_TYPED:
                    return False
            else:
                # `FeedEvent` has no fields of a fixed size.
                return False
    except IndexError:
        return False
    return False


def _read_varint(encoded: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = encoded[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < _CONTINUED:
            return value, at
        shift += 7
