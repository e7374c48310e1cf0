"""Which event a callback is, by its single payload key, and that payload in the shape of the contract.

A callback does not name its trigger. The key that does, and the shape behind it, differ between versions of the
vendor's own documents, and which of them is live cannot be known from here: every one of them is understood.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from gateway.value import value

Json = Mapping[str, Any]

KEY_OF_TRIGGER: Mapping[str, str] = {
    "MESSAGE_INBOUND": "message",
    "MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION": "message_redaction",
    "MESSAGE_SUBMIT": "message_submit_notification",
    "MESSAGE_DELIVERY": "message_delivery_report",
    "EVENT_INBOUND": "event",
    "EVENT_DELIVERY": "event_delivery_report",
    "CONVERSATION_START": "conversation_start_notification",
    "CONVERSATION_STOP": "conversation_stop_notification",
    "CONVERSATION_DELETE": "conversation_delete_notification",
    "CONTACT_CREATE": "contact_create_notification",
    "CONTACT_UPDATE": "contact_update_notification",
    "CONTACT_DELETE": "contact_delete_notification",
    "CONTACT_MERGE": "contact_merge_notification",
    "CONTACT_IDENTITIES_DUPLICATION": "duplicated_contact_identities_notification",
    "CAPABILITY": "capability_notification",
    "OPT_IN": "opt_in_notification",
    "OPT_OUT": "opt_out_notification",
    "CHANNEL_EVENT": "channel_event_notification",
    "UNSUPPORTED": "unsupported_callback",
    "SMART_CONVERSATION": "smart_conversation_notification",
    "RECORD_NOTIFICATION": "record_notification",
    "BATCH_STATUS_UPDATE": "batch_status_update_notification",
}
"""The 22 triggers, each with the payload key that names it: a field of `FeedEvent`."""

TRIGGERS: tuple[str, ...] = tuple(KEY_OF_TRIGGER)

_OTHER_KEYS = {
    "duplicated_identities": "CONTACT_IDENTITIES_DUPLICATION",
    "duplicated_identities_notification": "CONTACT_IDENTITIES_DUPLICATION",
    "channel_event": "CHANNEL_EVENT",
    "unsupported": "UNSUPPORTED",
    "smart_conversations_notification": "SMART_CONVERSATION",
    "batch_status_update": "BATCH_STATUS_UPDATE",
}
# The contract's own keys first: of two payloads in one body the better known one is typed.
_TRIGGER_OF_KEY = {key: trigger for trigger, key in KEY_OF_TRIGGER.items()} | _OTHER_KEYS
_REDACTION_MARKS = ("redaction_type", "original_text")
_SUBMIT_FIELDS = ("message_id", "conversation_id", "channel_identity", "contact_id", "metadata", "processing_mode")


@value
class Recognised:
    """What a body holds besides its envelope."""

    trigger: str
    """`""` for a body without a payload key that is known."""
    payload: Json | None
    """In the contract's shape; None when there is none or it is no object."""
    complete: bool
    """Whether `payload` is all there is: a lone payload under a known key, or nothing at all."""


def recognise(body: Json) -> Recognised:
    """Find the payload; a key whose value is null counts as absent."""
    keys = [key for key in body if key in _TRIGGER_OF_KEY and body[key] is not None]
    if not keys:
        return Recognised(trigger="", payload=None, complete=False)
    key = keys[0] if len(keys) == 1 else min(keys, key=list(_TRIGGER_OF_KEY).index)
    trigger, payload = _TRIGGER_OF_KEY[key], body[key]
    if trigger == "MESSAGE_INBOUND" and isinstance(payload, dict) and any(mark in payload for mark in _REDACTION_MARKS):
        trigger = "MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION"
    reshape = _RESHAPE.get(trigger)
    if reshape is not None:
        payload = reshape(payload)
    if not isinstance(payload, dict):
        return Recognised(trigger=trigger, payload=None, complete=False)
    return Recognised(trigger=trigger, payload=payload, complete=len(keys) == 1)


def _submit(payload: Any) -> Any:
    """Everything may stand one level down, beside the message itself."""
    inner = payload.get("submitted_message") if isinstance(payload, dict) else None
    if not isinstance(inner, dict) or "message_id" in payload or "message_id" not in inner:
        return payload
    outer = {field: inner[field] for field in _SUBMIT_FIELDS if field in inner}
    return outer | {"submitted_message": inner.get("submitted_message", inner)}


def _conversation(payload: Any) -> Any:
    return _from_id(payload, "conversation")


def _contact(payload: Any) -> Any:
    return _from_id(payload, "contact")


def _merge(payload: Any) -> Any:
    return _from_id(_from_id(payload, "preserved_contact"), "deleted_contact")


def _from_id(payload: Any, field: str) -> Any:
    """An object may be given by its id alone, in a field of its own."""
    id_field = f"{field}_id"
    if not isinstance(payload, dict) or field in payload or not isinstance(payload.get(id_field), str):
        return payload
    return payload | {field: {"id": payload[id_field]}}


def _duplication(payload: Any) -> Any:
    """The list may stand by itself, or under a longer name."""
    if isinstance(payload, list):
        return {"duplicated_identities": payload}
    longer = "duplicated_channel_identities"
    if isinstance(payload, dict) and longer in payload and "duplicated_identities" not in payload:
        return {"duplicated_identities": payload[longer]}
    return payload


def _channel_event(payload: Any) -> Any:
    """The inner object may be missing, its fields one level up and its channel inside an identity."""
    if not isinstance(payload, dict) or "channel_event" in payload:
        return payload
    identity = payload.get("channel_identity")
    channel = {"channel": identity["channel"]} if isinstance(identity, dict) and "channel" in identity else {}
    return {"channel_event": channel | payload}


def _unsupported(payload: Any) -> Any:
    """The channel's own payload may be an object where the contract has its text."""
    if not isinstance(payload, dict) or not isinstance(payload.get("payload"), dict | list):
        return payload
    try:
        return payload | {"payload": orjson.dumps(payload["payload"]).decode()}
    except orjson.JSONEncodeError:
        # Nested too deeply to be written; such a payload is left to the raw bytes.
        return payload


def _batch(payload: Any) -> Any:
    if not isinstance(payload, dict) or "batch_status" in payload or "status" not in payload:
        return payload
    return payload | {"batch_status": payload["status"]}


_RESHAPE: Mapping[str, Callable[[Any], Any]] = {
    "MESSAGE_SUBMIT": _submit,
    "CONVERSATION_START": _conversation,
    "CONVERSATION_STOP": _conversation,
    "CONVERSATION_DELETE": _conversation,
    "CONTACT_CREATE": _contact,
    "CONTACT_UPDATE": _contact,
    "CONTACT_DELETE": _contact,
    "CONTACT_MERGE": _merge,
    "CONTACT_IDENTITIES_DUPLICATION": _duplication,
    "CHANNEL_EVENT": _channel_event,
    "UNSUPPORTED": _unsupported,
    "BATCH_STATUS_UPDATE": _batch,
}
