"""The messages an app may send: nine kinds of body, and what may stand beside them."""

from typing import Any

from gateway.simulator.problem import invalid
from gateway.simulator.shapes.shape import (
    Check,
    anything,
    choice,
    instant,
    items,
    mapping,
    matching,
    number,
    record,
    text,
)

_MAX_CHOICES = 10
_MAX_CARDS = 10

_TEXT_MESSAGE = record({"text": text()})
_MEDIA = record({"url": text()}, {"thumbnail_url": text(), "filename_override": text()})
_LOCATION = record(
    {"coordinates": record({"latitude": number, "longitude": number}), "title": text()}, {"label": text()}
)
_CALENDAR = record(
    {
        "title": text(),
        "event_start": instant,
        "event_end": instant,
        "event_title": text(),
        "fallback_url": text(),
    },
    {"event_description": text()},
)
_CHOICE_KINDS = {
    "call_message": record({"phone_number": text(), "title": text()}),
    "location_message": _LOCATION,
    "text_message": _TEXT_MESSAGE,
    "url_message": record({"title": text(), "url": text()}),
    "calendar_message": _CALENDAR,
    "share_location_message": record({"title": text(), "fallback_url": text()}),
}
_CHOICE = record(optional={"postback_data": anything, "display_mode": text()}, one_of=_CHOICE_KINDS)
_CARD = record(
    optional={
        "title": text(),
        "description": text(),
        "media_message": _MEDIA,
        "height": choice("UNSPECIFIED_HEIGHT", "SHORT", "MEDIUM", "TALL"),
        "choices": items(_CHOICE, most=_MAX_CHOICES),
        "message_properties": anything,
    }
)


def _outer_choice(value: Any, place: str) -> None:
    """A choice beside a carousel's cards, which takes no display mode."""
    _CHOICE(value, place)
    if value.get("display_mode") is not None:
        raise invalid(f"{place}.display_mode", "is not allowed here")


_CAROUSEL = record(
    {"cards": items(_CARD, least=1, most=_MAX_CARDS)},
    {"choices": items(_outer_choice, most=_MAX_CHOICES)},
)
_CHOICE_MESSAGE = record(
    {"choices": items(_CHOICE, least=1, most=_MAX_CHOICES)},
    {"text_message": _TEXT_MESSAGE, "message_properties": anything},
)
_LIST_ITEM = record(
    one_of={
        "choice": record({"title": text()}, {"description": text(), "media": _MEDIA, "postback_data": text()}),
        "product": record({"id": text(), "marketplace": text()}),
    }
)
_LIST = record(
    {"title": text(), "sections": items(record({"items": items(_LIST_ITEM, least=1)}, {"title": text()}), least=1)},
    {"description": text(), "media": _MEDIA, "message_properties": record()},
)
_PHONE_NUMBER = record({"phone_number": text()}, {"type": text()})
_CONTACT_INFO = record(
    {"name": record({"full_name": text()}), "phone_numbers": items(_PHONE_NUMBER, least=1)},
    {
        "addresses": items(record()),
        "email_addresses": items(record({"email_address": text()})),
        "organization": record(),
        "urls": items(record({"url": text()})),
        "birthday": matching(r"\d{4}-\d\d-\d\d", "must be a date, YYYY-MM-DD"),
    },
)
_REFERENCE_PARTS = {"language_code": text(), "parameters": mapping(text())}
_CHANNEL_REFERENCE = record({"template_id": text()}, {"version": text(), **_REFERENCE_PARTS})
_OMNI_REFERENCE = record({"template_id": text(), "version": text()}, _REFERENCE_PARTS)


def _template(value: Any, place: str) -> None:
    """At least one of the two kinds of reference."""
    record(optional={"channel_template": mapping(_CHANNEL_REFERENCE), "omni_template": _OMNI_REFERENCE})(value, place)
    if not value.get("channel_template") and not value.get("omni_template"):
        raise invalid(place, "one of channel_template, omni_template is required")


_SHARED_BODIES: dict[str, Check] = {
    "text_message": _TEXT_MESSAGE,
    "media_message": _MEDIA,
    "card_message": _CARD,
    "carousel_message": _CAROUSEL,
    "choice_message": _CHOICE_MESSAGE,
    "location_message": _LOCATION,
    "list_message": _LIST,
    "contact_info_message": _CONTACT_INFO,
}
APP_MESSAGE_BODIES: dict[str, Check] = {**_SHARED_BODIES, "template_message": _template}
_OVERRIDE = record(one_of={**_SHARED_BODIES, "template_reference": _OMNI_REFERENCE})
_AGENT = record(
    optional={
        "display_name": text(),
        "type": choice("UNKNOWN_AGENT_TYPE", "HUMAN", "BOT"),
        "picture_url": text(),
    }
)
_INSTEAD = ("explicit_channel_message", "explicit_channel_omni_message", "channel_specific_message")
_WITH_BODY = record(
    optional={
        "explicit_channel_message": mapping(text()),
        "explicit_channel_omni_message": mapping(_OVERRIDE),
        "channel_specific_message": mapping(record({"message_type": text(), "message": record()})),
        "agent": _AGENT,
        "reply_to": record({"message_id": text()}),
    },
    one_of=APP_MESSAGE_BODIES,
    one_is_required=False,
)


def app_message(value: Any, place: str) -> None:
    """A message for a recipient: exactly one body, or none where every channel has its own."""
    _WITH_BODY(value, place)
    if not any(value.get(name) is not None for name in (*APP_MESSAGE_BODIES, *_INSTEAD)):
        raise invalid(place, f"one of {', '.join(APP_MESSAGE_BODIES)} is required")
