"""When two callbacks tell of one event.

Sinch delivers at least once, and every webhook that subscribes to a trigger gets a copy, so neither the nonce nor the
webhook's name says anything: the event's own ids do. The log keeps a second callback with the same key and other
bytes and marks it, so a key that is too coarse marks too much, and never loses.
"""

import hashlib
import re
from collections.abc import Callable, Mapping

import orjson

from gateway.webhooks.spellings import Json

_ULID = re.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}")
_ULID_TIME_BYTES = 10

_Parts = tuple[str, ...]
_Identify = Callable[[Json, Json], _Parts | None]


def dedupe_key(*, project_id: str, app_id: str, trigger: str, parts: _Parts) -> bytes:
    """Hash an identity to 32 bytes. Changing this makes every event in flight look new: change it never.

    The key of an event whose first part has the form of a ULID begins as that does, with a time: keys of the same days
    lie together in an index, which makes remembering one as cheap among millions as among thousands.
    """
    encoded = [part.encode() for part in (project_id, app_id, trigger, *parts)]
    # Each part is preceded by its length, so that no two lists of parts are hashed alike.
    hashed = hashlib.sha256(b"".join([len(part).to_bytes(4) + part for part in encoded])).digest()
    # No other text may show: it could be anything that somebody put in place of an id.
    start = parts[0][:_ULID_TIME_BYTES].encode() if parts and _ULID.fullmatch(parts[0]) else b""
    return (start + hashed)[: len(hashed)]


def identify(trigger: str, payload: Json | None, envelope: Json, body_hash: bytes) -> _Parts:
    """What tells this event from every other of its trigger; its exact bytes where its ids are missing."""
    identified = _IDENTITY[trigger](payload, envelope) if payload is not None and trigger in _IDENTITY else None
    return identified if identified is not None else ("bytes", body_hash.hex())


def text_at(json: Json, *path: str) -> str:
    """The text found by following `path` into nested objects, `""` when there is none."""
    value: object = json
    for name in path:
        if not isinstance(value, dict):
            return ""
        value = value.get(name)
    return value if isinstance(value, str) else ""


def channel_of(payload: Json) -> str:
    """The channel of the payload's identity, else the payload's own, or `""`."""
    return (
        text_at(payload, "channel_identity", "channel")
        or text_at(payload, "channel")
        or text_at(payload, "channel_event", "channel")
    )


def _all(*needed: str, also: _Parts = ()) -> _Parts | None:
    """The parts, provided that those needed are there."""
    return (*needed, *also) if all(needed) else None


def _time(envelope: Json) -> str:
    return text_at(envelope, "event_time") or text_at(envelope, "accepted_time")


def _message(payload: Json, _envelope: Json) -> _Parts | None:
    return _all(text_at(payload, "id"))


def _submit(payload: Json, _envelope: Json) -> _Parts | None:
    return _all(text_at(payload, "message_id"), also=(channel_of(payload),))


def _message_report(payload: Json, envelope: Json) -> _Parts | None:
    also = (channel_of(payload), _time(envelope))
    return _all(text_at(payload, "message_id"), text_at(payload, "status"), also=also)


def _event(payload: Json, _envelope: Json) -> _Parts | None:
    if text_at(payload, "id"):
        return (text_at(payload, "id"), "id")
    kinds = (
        f"{outer}.{inner}"
        for outer in ("contact_event", "contact_message_event")
        if isinstance(payload.get(outer), dict)
        for inner in sorted(payload[outer])
    )
    return _all("kind", text_at(payload, "contact_id"), text_at(payload, "accept_time"), next(kinds, ""))


def _event_report(payload: Json, envelope: Json) -> _Parts | None:
    also = (channel_of(payload), _time(envelope))
    return _all(text_at(payload, "event_id"), text_at(payload, "status"), also=also)


def _conversation_turn(payload: Json, envelope: Json) -> _Parts | None:
    """Started or stopped, which can happen to a conversation more than once."""
    return _all(text_at(payload, "conversation", "id"), _time(envelope))


def _conversation_end(payload: Json, _envelope: Json) -> _Parts | None:
    return _all(text_at(payload, "conversation", "id"))


def _contact(payload: Json, _envelope: Json) -> _Parts | None:
    return _all(text_at(payload, "contact", "id"))


def _contact_update(payload: Json, envelope: Json) -> _Parts | None:
    return _all(text_at(payload, "contact", "id"), text_at(envelope, "accepted_time"))


def _contact_merge(payload: Json, _envelope: Json) -> _Parts | None:
    return _all(text_at(payload, "preserved_contact", "id"), text_at(payload, "deleted_contact", "id"))


def _duplication(payload: Json, envelope: Json) -> _Parts | None:
    found = payload.get("duplicated_identities")
    identities = sorted(_shared(item) for item in found if isinstance(item, dict)) if isinstance(found, list) else []
    return _all(text_at(envelope, "accepted_time"), *identities) if identities else None


def _shared(identity: Json) -> str:
    """A shared identity as one text, in whatever order its contacts are listed."""
    found = identity.get("contact_ids")
    contact_ids = sorted(item for item in found if isinstance(item, str)) if isinstance(found, list) else []
    return orjson.dumps([text_at(identity, "channel"), text_at(identity, "identity"), contact_ids]).decode()


def _capability(payload: Json, _envelope: Json) -> _Parts | None:
    return _all(text_at(payload, "request_id"), also=(channel_of(payload), text_at(payload, "identity")))


def _opt(payload: Json, envelope: Json) -> _Parts | None:
    if text_at(payload, "request_id"):
        return (text_at(payload, "request_id"), "request")
    also = (channel_of(payload), text_at(payload, "identity"))
    return _all("status", text_at(payload, "status"), text_at(envelope, "accepted_time"), also=also)


def _channel_event(payload: Json, envelope: Json) -> _Parts | None:
    event_type = text_at(payload, "channel_event", "event_type")
    return _all(event_type, text_at(envelope, "accepted_time"), also=(channel_of(payload),))


def _unsupported(payload: Json, _envelope: Json) -> _Parts | None:
    if text_at(payload, "id"):
        return (text_at(payload, "id"), "id")
    return _all("payload", text_at(payload, "payload"))


def _analysis(payload: Json, _envelope: Json) -> _Parts | None:
    return _all(text_at(payload, "message_id"))


def _record(payload: Json, _envelope: Json) -> _Parts | None:
    return _all(text_at(payload, "entity_id"), text_at(payload, "record_status"))


def _batch(payload: Json, _envelope: Json) -> _Parts | None:
    return _all(text_at(payload, "batch_id"), text_at(payload, "batch_status"))


_IDENTITY: Mapping[str, _Identify] = {
    "MESSAGE_INBOUND": _message,
    "MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION": _message,
    "MESSAGE_SUBMIT": _submit,
    "MESSAGE_DELIVERY": _message_report,
    "EVENT_INBOUND": _event,
    "EVENT_DELIVERY": _event_report,
    "CONVERSATION_START": _conversation_turn,
    "CONVERSATION_STOP": _conversation_turn,
    "CONVERSATION_DELETE": _conversation_end,
    "CONTACT_CREATE": _contact,
    "CONTACT_UPDATE": _contact_update,
    "CONTACT_DELETE": _contact,
    "CONTACT_MERGE": _contact_merge,
    "CONTACT_IDENTITIES_DUPLICATION": _duplication,
    "CAPABILITY": _capability,
    "OPT_IN": _opt,
    "OPT_OUT": _opt,
    "CHANNEL_EVENT": _channel_event,
    "UNSUPPORTED": _unsupported,
    "SMART_CONVERSATION": _analysis,
    "RECORD_NOTIFICATION": _record,
    "BATCH_STATUS_UPDATE": _batch,
}
