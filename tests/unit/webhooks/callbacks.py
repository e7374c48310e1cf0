"""A callback of every trigger, of the project's own making, as the API posts them."""

from typing import Any

import orjson

ENVELOPE: dict[str, Any] = {
    "app_id": "APP-1",
    "project_id": "PROJECT-1",
    "accepted_time": "2025-10-09T08:53:20.25Z",
    "event_time": "2025-10-09T08:53:19Z",
    "message_metadata": "meta of the message",
    "correlation_id": "order-17",
}
IDENTITY = {"channel": "RCS", "identity": "46700000002", "app_id": ""}
CONTACT = {"id": "CONTACT-1", "display_name": "Ada", "channel_identities": [IDENTITY], "language": "SV"}
CONVERSATION = {"id": "CONVERSATION-1", "contact_id": "CONTACT-1", "active": True, "active_channel": "RCS"}
MESSAGE = {
    "id": "MESSAGE-1",
    "direction": "TO_APP",
    "contact_message": {"text_message": {"text": "How much is it?"}},
    "channel_identity": IDENTITY,
    "conversation_id": "CONVERSATION-1",
    "contact_id": "CONTACT-1",
    "metadata": "",
    "accept_time": "2025-10-09T08:53:19Z",
    "processing_mode": "CONVERSATION",
    "injected": False,
}
REPORT = {"status": "FAILED", "channel_identity": IDENTITY, "contact_id": "CONTACT-1", "metadata": "m"}
OPT = {"request_id": "REQUEST-1", "contact_id": "CONTACT-1", "channel": "VIBERBM", "identity": "46700000002"}

PAYLOADS: dict[str, tuple[str, dict[str, Any]]] = {
    "MESSAGE_INBOUND": ("message", MESSAGE),
    "MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION": ("message_redaction", MESSAGE),
    "MESSAGE_SUBMIT": (
        "message_submit_notification",
        {
            "message_id": "MESSAGE-2",
            "conversation_id": "CONVERSATION-1",
            "channel_identity": IDENTITY,
            "contact_id": "CONTACT-1",
            "submitted_message": {"text_message": {"text": "Nine crowns."}},
            "metadata": "m",
            "processing_mode": "CONVERSATION",
        },
    ),
    "MESSAGE_DELIVERY": (
        "message_delivery_report",
        {"message_id": "MESSAGE-2", "conversation_id": "CONVERSATION-1", "reason": {"code": "CHANNEL_FAILURE"}}
        | REPORT,
    ),
    "EVENT_INBOUND": (
        "event",
        {
            "id": "EVENT-1",
            "direction": "TO_APP",
            "contact_message_event": {"reaction_event": {"emoji": "🎉", "message_id": "MESSAGE-2"}},
            "channel_identity": IDENTITY,
            "contact_id": "CONTACT-1",
            "conversation_id": "CONVERSATION-1",
            "accept_time": "2025-10-09T08:53:19Z",
        },
    ),
    "EVENT_DELIVERY": ("event_delivery_report", {"event_id": "EVENT-2"} | REPORT),
    "CONVERSATION_START": ("conversation_start_notification", {"conversation": CONVERSATION}),
    "CONVERSATION_STOP": ("conversation_stop_notification", {"conversation": CONVERSATION}),
    "CONVERSATION_DELETE": ("conversation_delete_notification", {"conversation": CONVERSATION}),
    "CONTACT_CREATE": ("contact_create_notification", {"contact": CONTACT}),
    "CONTACT_UPDATE": ("contact_update_notification", {"contact": CONTACT}),
    "CONTACT_DELETE": ("contact_delete_notification", {"contact": CONTACT}),
    "CONTACT_MERGE": (
        "contact_merge_notification",
        {"preserved_contact": CONTACT, "deleted_contact": CONTACT | {"id": "CONTACT-2"}},
    ),
    "CONTACT_IDENTITIES_DUPLICATION": (
        "duplicated_contact_identities_notification",
        {"duplicated_identities": [{"channel": "SMS", "contact_ids": ["CONTACT-1", "CONTACT-2"]}]},
    ),
    "CAPABILITY": (
        "capability_notification",
        {
            "request_id": "REQUEST-1",
            "contact_id": "CONTACT-1",
            "channel": "RCS",
            "identity": "46700000002",
            "capability_status": "CAPABILITY_FULL",
            "channel_capabilities": ["FILE_TRANSFER"],
        },
    ),
    "OPT_IN": ("opt_in_notification", OPT | {"status": "OPT_IN_SUCCEEDED"}),
    "OPT_OUT": ("opt_out_notification", OPT | {"status": "OPT_OUT_SUCCEEDED"}),
    "CHANNEL_EVENT": (
        "channel_event_notification",
        {"channel_event": {"channel": "WHATSAPP", "event_type": "QUALITY", "additional_data": {"rating": "GREEN"}}},
    ),
    "UNSUPPORTED": (
        "unsupported_callback",
        {"id": "CALLBACK-1", "channel": "LINE", "payload": '{"type": "beacon"}', "contact_id": "CONTACT-1"},
    ),
    "SMART_CONVERSATION": (
        "smart_conversation_notification",
        {
            "message_id": "MESSAGE-1",
            "contact_id": "CONTACT-1",
            "channel_identity": "46700000002",
            "channel": "RCS",
            "conversation_id": "CONVERSATION-1",
            "analysis_results": {"ml_sentiment_result": [{"message": "x", "sentiment": "neutral", "score": 0.5}]},
        },
    ),
    "RECORD_NOTIFICATION": (
        "record_notification",
        {"entity_id": "MESSAGE-1", "record_status": "MESSAGE_RECORD_STORED", "channel_identity": IDENTITY},
    ),
    "BATCH_STATUS_UPDATE": (
        "batch_status_update_notification",
        {
            "batch_id": "BATCH-1",
            "batch_status": "BATCH_STATUS_PROCESSED",
            "batch_type": "BATCH_TYPE_MESSAGES",
            "additional_data": {"message_batch_data": {"batch_metadata": {"campaign": "autumn"}}},
        },
    ),
}


def callback(trigger: str, /, **changes: Any) -> dict[str, Any]:
    """A callback with its envelope; `changes` replace keys of the envelope, None removes one."""
    key, payload = PAYLOADS[trigger]
    body = {**ENVELOPE, key: payload, **changes}
    return {name: value for name, value in body.items() if value is not None}


def posted(body: Any) -> bytes:
    return orjson.dumps(body)
