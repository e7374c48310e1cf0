"""From posted bytes to an event for the log, whatever the bytes are.

*A genuine body is never refused.* What can be read of it is typed; what cannot be read, is unknown, or contradicts the
contract is in the raw bytes, which go along unchanged. Of a body's keys only those of the vendor's envelope are looked
at, so no body can set what the gateway itself says about an event. Pure: the caller brings the time.
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from conversation_gateway.v1.event_feed_pb2 import FeedEvent

from gateway.mapping import decoder_for
from gateway.state.events import EventIndex, NewEvent
from gateway.webhooks.identity import channel_of, dedupe_key, identify, text_at
from gateway.webhooks.source import WebhookSource
from gateway.webhooks.spellings import KEY_OF_TRIGGER, Json, recognise

MAX_TYPED_BYTES = 2 * 1024 * 1024
"""Largest typed form. With a raw body of 1 MiB an event stays below the 4 MiB that gRPC clients take by default."""

_ENVELOPE_FIELDS = ("project_id", "app_id", "accepted_time", "event_time", "message_metadata", "correlation_id")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# A surrogate pair, a lone surrogate, or any other escape: taken one by one, so that a backslash which is itself
# escaped is never seen as the start of one.
_ESCAPE = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<lone>\\u[dD][89a-fA-F]..)|\\.", re.DOTALL)


class Composer:
    """Makes events of posts; the compiled mapping is all it keeps."""

    def __init__(self) -> None:
        """Compile the mapping of `FeedEvent`, which takes some milliseconds."""
        self._decode = decoder_for(FeedEvent)

    def compose(self, raw: bytes, *, source: WebhookSource, received: datetime, typed: bool = True) -> NewEvent:
        """The event that `raw` tells of, for the log of the webhook's project; not `typed`, its bytes alone.

        The body may name another project, which is then shown in the event. The webhook's name is no part of the
        event's identity: every webhook that subscribes to a trigger gets a copy of the same event.
        """
        body, exact = _parse(raw) if typed else ({}, False)
        found = recognise(body)
        document = {field: body[field] for field in _ENVELOPE_FIELDS if field in body}
        if found.trigger:
            document[KEY_OF_TRIGGER[found.trigger]] = found.payload or {}
        decoded = self._decode(document, None)
        event = decoded.message
        event.trigger = found.trigger
        event.webhook = source.name
        event.project_id = event.project_id or source.project_id
        event.received_time.seconds, microseconds = divmod((received - _EPOCH) // _MICROSECOND, 1_000_000)
        event.received_time.nanos = microseconds * 1000
        event.partially_typed = not (exact and found.complete) or decoded.skipped_count > 0
        body_hash = hashlib.sha256(raw).digest()
        # What one project's webhook is told of another is no duplicate of what that one's own webhook is told.
        foreign = "" if event.project_id == source.project_id else f"{source.project_id}\n"
        key = dedupe_key(
            project_id=foreign + event.project_id,
            app_id=event.app_id,
            trigger=found.trigger,
            parts=identify(found.trigger, found.payload, body, body_hash),
        )
        event.event_id = key.hex()
        return NewEvent(
            project_id=source.project_id,
            dedupe_key=key,
            body_hash=body_hash,
            index=_index(event, found.payload or {}),
            encoded=_bounded(event),
            raw=raw,
        )


def _parse(raw: bytes) -> tuple[Json, bool]:
    """The body's keys, none for what is no JSON object, and whether they say what the bytes say."""
    text = raw.removeprefix(_BYTE_ORDER_MARK)
    try:
        body, exact = orjson.loads(text), True
    except orjson.JSONDecodeError:
        body, exact = _parse_repaired(text), False
    return (body, exact) if isinstance(body, dict) else ({}, False)


def _parse_repaired(text: bytes) -> Any:
    """Read past broken characters, as a message cut inside an emoji has: the ids beside them are worth having."""
    readable = _ESCAPE.sub(lambda escape: r"\ufffd" if escape["lone"] else escape[0], text.decode(errors="replace"))
    try:
        return orjson.loads(readable)
    except orjson.JSONDecodeError:
        return None


def _index(event: FeedEvent, payload: Json) -> EventIndex:
    message_id = text_at(payload, "message_id")
    if event.WhichOneof("payload") in {"message", "message_redaction"}:
        message_id = text_at(payload, "id")
    elif event.WhichOneof("payload") == "event":
        message_id = _message_reacted_to(payload)
    return EventIndex(
        trigger=event.trigger,
        app_id=event.app_id,
        channel=channel_of(payload),
        contact_id=text_at(payload, "contact_id")
        or text_at(payload, "contact", "id")
        or text_at(payload, "conversation", "contact_id")
        or text_at(payload, "preserved_contact", "id"),
        conversation_id=text_at(payload, "conversation_id") or text_at(payload, "conversation", "id"),
        message_id=message_id,
        correlation_id=event.correlation_id,
        metadata=text_at(payload, "metadata") or event.message_metadata,
    )


def _message_reacted_to(payload: Json) -> str:
    reactions = payload.get("contact_message_event")
    found = (text_at(item, "message_id") for item in reactions.values()) if isinstance(reactions, dict) else iter(())
    return next(filter(None, found), "")


def _bounded(event: FeedEvent) -> bytes:
    """The serialised event. Free-form JSON that swells to many times its size is left to the raw bytes."""
    encoded = event.SerializeToString()
    if len(encoded) <= MAX_TYPED_BYTES:
        return encoded
    payload = event.WhichOneof("payload")
    if payload is not None:
        event.ClearField(payload)
        getattr(event, payload).SetInParent()
    event.partially_typed = True
    return event.SerializeToString()
