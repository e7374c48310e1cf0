"""An event as an entry of a stream, and the mark that proves it is what was written.

The mark of an event covers the mark of the one before it: two logs that part ways never agree again, so a reader
notices that the server lost what it had read, even where others have written on since.
"""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import orjson

from gateway.state.events import EventIndex, Head, NewEvent, StoredEvent, Tail
from gateway.state.record import DamagedEventError
from gateway.state.subscriptions import Subscription

_INDEXED = tuple(EventIndex.__annotations__)
_TEXTS = 1 + len(_INDEXED)
_INDEX = attrgetter(*_INDEXED)


class Link(NamedTuple):
    """An event, and the mark of its predecessor."""

    event: StoredEvent
    former_mark: int


def texts_of(event: NewEvent) -> tuple[str, ...]:
    """The project of an event, and what feed filters look at."""
    return event.project_id, *_INDEX(event.index)


def pack_texts(texts: tuple[str, ...]) -> bytes:
    """The texts of an event as they are stored, or `ValueError` for some that cannot be written down."""
    try:
        return orjson.dumps(texts)
    except TypeError:
        raise ValueError("the event holds text that is no Unicode") from None


def contents_hash(index: bytes, encoded: bytes, raw: bytes) -> str:
    """What the mark covers besides the numbers."""
    return f"{zlib.crc32(raw, zlib.crc32(encoded, zlib.crc32(index))):08x}"


def new_link(event: NewEvent, texts: tuple[str, ...], facts: bytes) -> Link:
    """The link of an event that was just stored, with the numbers that the server gave it."""
    numbers = [int(number) for number in facts.split()]
    return _link(numbers, texts, event.encoded, event.raw)


def read_link(entry_id: bytes, fields: Mapping[bytes, bytes] | Sequence[bytes]) -> Link:
    """The link that an entry holds, or `DamagedEventError`; fields as the client or as a script gives them."""
    position = int(entry_id.partition(b"-")[0])
    try:
        values = fields if isinstance(fields, Mapping) else dict(zip(fields[::2], fields[1::2], strict=True))
        facts, index, encoded, raw = values[b"n"], values[b"t"], values[b"e"], values[b"r"]
        covered, _, mark = facts.rpartition(b" ")
        text = covered.decode() + " " + contents_hash(index, encoded, raw)
        proof = int(hashlib.sha1(text.encode()).hexdigest()[:8], 16)  # noqa: S324  # against accidents only
        numbers = [int(number) for number in facts.split()]
        texts = orjson.loads(index)
        intact = max(proof, 1) == int(mark) and numbers[0] == position and len(texts) == _TEXTS
    except (KeyError, ValueError):
        intact = False
    if not intact:
        raise DamagedEventError(position)
    return _link(numbers, texts, encoded, raw)


def read_header(flat: Sequence[bytes]) -> tuple[Head, Tail]:
    """Where the log begins and ends, by the hash that says so."""
    facts = dict(zip(flat[::2], flat[1::2], strict=True))
    head = Head(
        epoch=bytes.fromhex(facts[b"epoch"].decode()),
        trimmed_through=int(facts[b"trimmed_through"]),
        trimmed_mark=int(facts[b"trimmed_mark"]),
        trimmed_time_us=int(facts[b"trimmed_us"]),
        trimmed_bytes=int(facts[b"trimmed_bytes"]),
    )
    tail = Tail(
        position=int(facts[b"position"]),
        mark=int(facts[b"mark"]),
        stored_us=int(facts[b"stored_us"]),
        end_bytes=int(facts[b"end_bytes"]),
    )
    return head, tail


def subscription_field(project_id: str, name: str) -> str:
    """Under which a subscription is kept; its name holds no colon."""
    return f"{project_id}:{name}"


def read_subscription(field: bytes, value: bytes) -> Subscription:
    """A subscription as a script gives it."""
    project_id, _, name = field.decode().rpartition(":")
    position, mark, fence, committed_us = (int(number) for number in value.split())
    return Subscription(
        project_id=project_id, name=name, position=position, mark=mark, fence=fence, committed_us=committed_us
    )


def _link(numbers: Sequence[int], texts: Sequence[Any], encoded: bytes, raw: bytes) -> Link:
    position, stored_us, end_bytes, possible_duplicate, former_mark, mark = numbers
    event = StoredEvent._make((position, stored_us, end_bytes, possible_duplicate, *texts, encoded, raw, mark))
    return Link(event, former_mark)
