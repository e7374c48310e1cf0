"""The events an app may send, or put into a conversation."""

from typing import Any

from gateway.simulator.problem import Json, invalid
from gateway.simulator.shapes.shape import record, text

_AGENT = record({"agent": record()})
_EVENTS = {
    "composing_event": record(),
    "composing_end_event": record(),
    "read_message_event": record(),
    "comment_reply_event": record({"text": text()}),
    "agent_joined_event": _AGENT,
    "agent_left_event": _AGENT,
    "generic_event": record({"payload": record()}),
}

app_event = record(one_of=_EVENTS)


def sent_event(value: Any, place: str) -> Json:
    """The event of a send request: bare, as the vendor's examples have it, or wrapped, as its schema has."""
    if not isinstance(value, dict):
        raise invalid(place, "must be an object")
    event: Json = value["app_event"] if isinstance(value.get("app_event"), dict) else value
    app_event(event, place)
    return event
