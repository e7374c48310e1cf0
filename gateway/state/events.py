"""The values that go into the event log and come out of it.

The log knows nothing of protobuf or of webhooks: an event is bytes, what feed filters look at, and the identity by
which a repeat is recognised.
"""

from dataclasses import dataclass
from typing import NamedTuple

from gateway.value import value


@value
class EventIndex:
    """What feed filters look at; `""` where the event has no such thing."""

    trigger: str
    app_id: str
    channel: str
    contact_id: str
    conversation_id: str
    message_id: str
    correlation_id: str
    metadata: str


@value
class NewEvent:
    """A verified event, ready to be made durable.

    The same `dedupe_key` with the same `body_hash` is a repeat of an event that is there already; with another
    `body_hash` it is stored and marked as a possible duplicate.
    """

    project_id: str
    dedupe_key: bytes
    """Identifies the event, 1 to 32 bytes, the project included."""
    body_hash: bytes
    """SHA-256 of the posted bytes."""
    index: EventIndex
    encoded: bytes
    """A serialised `FeedEvent` without `cursor`, `raw` and `possible_duplicate`."""
    raw: bytes
    """The posted bytes, unchanged."""


@value
class Appended:
    """Where an event is in the log, and whether it was there before."""

    position: int
    duplicate: bool


class StoredEvent(NamedTuple):
    """An event as the log keeps it; positions start at 1 and have no holes.

    It is the database row itself, column for column: a replay makes a million of them.
    """

    position: int
    stored_us: int
    """When it was appended, in microseconds of Unix time; never less than its predecessor's."""
    end_bytes: int
    """Bytes of this event and every event before it, trimmed ones included."""
    possible_duplicate: int
    """1 when its identity was seen before with another body, else 0."""
    project_id: str
    trigger: str
    app_id: str
    channel: str
    contact_id: str
    conversation_id: str
    message_id: str
    correlation_id: str
    metadata: str
    encoded: bytes
    raw: bytes
    checksum: int
    """A CRC over all of the above: a cursor carries it, so that it names this event and not just its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The facts about the log as a whole; the `trimmed_…` ones are those of the last event that was removed."""

    epoch: bytes
    trimmed_through: int
    trimmed_mark: int
    trimmed_time_us: int
    trimmed_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """Where the log ends: what the next event has to continue."""

    position: int
    mark: int
    stored_us: int
    end_bytes: int


def tail_of(event: StoredEvent) -> Tail:
    """The end of a log whose newest event this is."""
    return Tail(
        position=event.position,
        mark=event.checksum,
        stored_us=event.stored_us,
        end_bytes=event.end_bytes,
    )
