"""What stands around a message: the recipient, the way there, and what is remembered about it."""

from typing import Any

import orjson

from gateway.simulator.problem import invalid
from gateway.simulator.shapes.app_message import app_message
from gateway.simulator.shapes.shape import choice, items, mapping, matching, record, text

_MAX_CONVERSATION_METADATA = 2048

channel_identity = record({"channel": text(), "identity": text()}, {"app_id": text()})
recipient = record(
    one_of={
        "contact_id": text(least=1),
        "identified_by": record({"channel_identities": items(channel_identity, least=1)}),
    }
)
channels = items(text())
queue = choice("NORMAL_PRIORITY", "HIGH_PRIORITY")
ttl = matching(r"\d{1,12}s", "must be a whole number of seconds with the suffix s")


def conversation_metadata(value: Any, place: str) -> None:
    """An object of at most 2048 characters; the vendor's own examples send a plain string."""
    if not isinstance(value, dict | str):
        raise invalid(place, "must be a JSON object")
    if len(orjson.dumps(value)) > _MAX_CONVERSATION_METADATA:
        raise invalid(place, f"must not be longer than {_MAX_CONVERSATION_METADATA} characters")


WAY = {
    "callback_url": text(),
    "channel_priority_order": channels,
    "channel_properties": mapping(text(most=1024)),
    "ttl": ttl,
    "processing_strategy": choice("DEFAULT", "DISPATCH_ONLY"),
    "correlation_id": text(most=128),
}
send_request = record(
    {"app_id": text(), "recipient": recipient, "message": app_message},
    {
        **WAY,
        "message_metadata": text(most=1024),
        "conversation_metadata": conversation_metadata,
        "conversation_metadata_update_strategy": choice("REPLACE", "MERGE_PATCH"),
        "queue": queue,
        "message_content_type": choice("CONTENT_UNKNOWN", "CONTENT_MARKETING", "CONTENT_NOTIFICATION"),
    },
)
