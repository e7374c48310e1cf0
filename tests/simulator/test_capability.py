"""Capability lookups and transcoding: questions about channels."""

from typing import Any

import orjson
import pytest

from gateway.simulator import DEFAULT_APP_ID
from tests.simulator.api_client import ApiClient
from tests.simulator.receiver import Receiver
from tests.simulator.test_send import BODIES


async def test_a_lookup_is_answered_by_one_callback_per_channel(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "CAPABILITY")
    identities = [{"channel": "RCS", "identity": "+46700000001"}, {"channel": "WHATSAPP", "identity": "+9996001123"}]
    body = {"app_id": DEFAULT_APP_ID, "recipient": {"identified_by": {"channel_identities": identities}}}

    answer = await api.ok("POST", "capability:query", {**body, "request_id": "r-1"})
    events = await receiver.wait_for(2)

    found = {
        event.json["capability_notification"]["channel"]: event.json["capability_notification"] for event in events
    }
    assert answer == {**body, "request_id": "r-1"}
    assert found["RCS"]["capability_status"] == "CAPABILITY_FULL"
    assert "RICHCARD_CAROUSEL" in found["RCS"]["channel_capabilities"]
    assert found["WHATSAPP"]["capability_status"] == "NO_CAPABILITY"
    assert {notification["request_id"] for notification in found.values()} == {"r-1"}


async def test_a_request_id_is_made_up_when_there_is_none(api: ApiClient) -> None:
    identities = [{"channel": "RCS", "identity": "+46700000001"}]
    body = {"app_id": DEFAULT_APP_ID, "recipient": {"identified_by": {"channel_identities": identities}}}

    answer = await api.ok("POST", "capability:query", body)

    assert len(answer["request_id"]) == 26


async def transcoded(api: ApiClient, message: dict[str, Any], channel: str) -> Any:
    body = {"app_id": DEFAULT_APP_ID, "app_message": message, "channels": [channel], "from": "me", "to": "you"}
    answer = await api.ok("POST", "messages:transcode", body)
    return orjson.loads(answer["transcoded_message"][channel])


@pytest.mark.parametrize("channel", ["SMS", "WHATSAPP", "RCS", "MESSENGER", "LINE"])
@pytest.mark.parametrize("kind", BODIES)
async def test_every_message_has_a_form_on_every_channel(api: ApiClient, kind: str, channel: str) -> None:
    form = await transcoded(api, {kind: BODIES[kind]}, channel)

    assert isinstance(form, dict)
    assert len(form) > 1


@pytest.mark.parametrize(
    ("channel", "kind", "path", "value"),
    [
        ("SMS", "text_message", ("body",), "Hello"),
        ("SMS", "choice_message", ("body",), "Well?\n1. Yes"),
        ("WHATSAPP", "text_message", ("text", "body"), "Hello"),
        ("WHATSAPP", "media_message", ("image", "link"), "https://media.example/picture.png"),
        ("WHATSAPP", "location_message", ("location", "latitude"), "59.33"),
        ("WHATSAPP", "choice_message", ("interactive", "action", "buttons", 0, "reply", "title"), "Yes"),
        ("WHATSAPP", "template_message", ("template", "language", "code"), "en_US"),
        ("RCS", "text_message", ("contentMessage", "text"), "Hello"),
        ("RCS", "choice_message", ("contentMessage", "suggestions", 0, "reply", "postbackData"), "yes"),
        (
            "RCS",
            "carousel_message",
            ("contentMessage", "richCard", "carouselCard", "cardContents", 1, "title"),
            "Second",
        ),
        ("MESSENGER", "text_message", ("message", "text"), "Hello"),
        ("MESSENGER", "card_message", ("message", "attachment", "payload", "elements", 0, "title"), "A card"),
    ],
)
async def test_the_form_is_that_of_the_channel(
    api: ApiClient, channel: str, kind: str, path: tuple[str | int, ...], value: object
) -> None:
    form = await transcoded(api, {kind: BODIES[kind]}, channel)

    for step in path:
        form = form[step]
    assert form == value


async def test_what_is_meant_for_one_channel_goes_there_as_it_is(api: ApiClient) -> None:
    message = {
        "text_message": {"text": "general"},
        "explicit_channel_message": {"LINE": '{"exactly": "this"}'},
        "explicit_channel_omni_message": {"SMS": {"text_message": {"text": "special"}}},
    }

    line = await transcoded(api, message, "LINE")
    sms = await transcoded(api, message, "SMS")

    assert line == {"exactly": "this"}
    assert sms["body"] == "special"
