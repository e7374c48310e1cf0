"""Sending: what is accepted, what is refused, and with which words."""

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.simulator import DEFAULT_APP_ID, Simulator
from tests.requirements import require
from tests.simulator.api_client import RECIPIENT, ApiClient, send_body

_FIXTURES = Path(os.environ.get("CONVERSATION_FIXTURES") or Path(__file__).parents[2].parent / "shared" / "fixtures")
_CHOICE = {"text_message": {"text": "Yes"}, "postback_data": "yes"}
_LOCATION = {"title": "Office", "coordinates": {"latitude": 59.33, "longitude": 18.06}}
_MEDIA = {"url": "https://media.example/picture.png"}
BODIES: dict[str, Any] = {
    "text_message": {"text": "Hello"},
    "media_message": _MEDIA,
    "card_message": {"title": "A card", "description": "of paper", "media_message": _MEDIA, "choices": [_CHOICE]},
    "carousel_message": {"cards": [{"title": "First"}, {"title": "Second"}], "choices": [_CHOICE]},
    "choice_message": {"text_message": {"text": "Well?"}, "choices": [_CHOICE]},
    "list_message": {
        "title": "Dishes",
        "sections": [{"items": [{"choice": {"title": "Soup"}}, {"product": {"id": "7", "marketplace": "SHOP"}}]}],
    },
    "template_message": {"omni_template": {"template_id": "welcome", "version": "latest", "language_code": "en-US"}},
    "location_message": _LOCATION,
    "contact_info_message": {"name": {"full_name": "A B"}, "phone_numbers": [{"phone_number": "+46700000002"}]},
}


@pytest.mark.parametrize("kind", BODIES)
async def test_every_kind_of_message_is_accepted(api: ApiClient, kind: str) -> None:
    answer = await api.send(message={kind: BODIES[kind]})

    assert answer.status_code == 200
    assert len(answer.json()["message_id"]) == 26
    assert answer.json()["accepted_time"].endswith("Z")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"app_id": None}, "app_id"),
        ({"recipient": None}, "recipient"),
        ({"message": None}, "message"),
        ({"message": {}}, "message"),
        ({"message": {"text_message": {}}}, "message.text_message.text"),
        ({"message": {"text_message": {"text": 5}}}, "message.text_message.text"),
        ({"message": {"text_message": {"text": "a"}, "media_message": _MEDIA}}, "message"),
        ({"message": {"choice_message": {"choices": [_CHOICE] * 11}}}, "message.choice_message.choices"),
        ({"message": {"carousel_message": {"cards": []}}}, "message.carousel_message.cards"),
        (
            {"message": {"carousel_message": {"cards": [{}], "choices": [{**_CHOICE, "display_mode": "PERSISTENT"}]}}},
            "message.carousel_message.choices[0].display_mode",
        ),
        ({"message": {"template_message": {}}}, "message.template_message"),
        ({"recipient": {}}, "recipient"),
        ({"recipient": {"contact_id": "c", **RECIPIENT}}, "recipient"),
        ({"recipient": {"identified_by": {"channel_identities": []}}}, "recipient.identified_by.channel_identities"),
        ({"ttl": "1.5s"}, "ttl"),
        ({"ttl": 5}, "ttl"),
        ({"queue": "FIRST"}, "queue"),
        ({"message_metadata": "m" * 1025}, "message_metadata"),
        ({"correlation_id": "c" * 129}, "correlation_id"),
        ({"conversation_metadata": [1]}, "conversation_metadata"),
        ({"conversation_metadata": {"k": "v" * 2048}}, "conversation_metadata"),
        ({"channel_properties": {"SMS_SENDER": "s" * 1025}}, "channel_properties[SMS_SENDER]"),
        ({"channel_priority_order": ["WHATSAPP"]}, "channel_priority_order"),
    ],
)
async def test_a_bad_field_is_named_in_the_documented_body(
    api: ApiClient, changes: dict[str, object], field: str
) -> None:
    answer = await api.send(**changes)

    error = answer.json()["error"]
    assert answer.status_code == 400
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert error["details"][0]["field_violations"][0]["field"] == field


async def test_every_official_send_body_is_accepted(api: ApiClient) -> None:
    folder = _FIXTURES / "v1" / "messages" / "request"
    require(folder.is_dir(), f"the vendor's examples in {folder}")
    bodies = {path.name: orjson.loads(path.read_bytes()) for path in sorted(folder.glob("Send*.json"))}

    answers = {
        name: await api.call("POST", "messages:send", {**body, "app_id": DEFAULT_APP_ID})
        for name, body in bodies.items()
    }

    assert bodies
    assert {name: answer.text for name, answer in answers.items() if answer.status_code != 200} == {}


async def test_requests_are_recorded_without_the_token(api: ApiClient, simulator: Simulator) -> None:
    await api.send(message_metadata="remember me")

    token_request, sent = simulator.requests
    assert (token_request.host, token_request.body) == ("auth", b"")
    assert (sent.method, sent.host, sent.region, sent.status) == ("POST", "conversation", "us", 200)
    assert sent.path == "/us/conversation/v1/projects/demo-project/messages:send"
    assert sent.json == send_body(message_metadata="remember me")
    assert sent.headers["authorization"] == "Bearer"
    assert api.token not in repr(simulator.requests)


async def test_the_recording_is_read_and_reset_over_http(api: ApiClient) -> None:
    await api.send()

    before = (await api.http.get("/_simulator/requests")).json()
    stats = (await api.http.get("/_simulator/stats")).json()
    await api.http.post("/_simulator/reset")
    after = (await api.http.get("/_simulator/requests")).json()

    assert [request["status"] for request in before["requests"]] == [200, 200]
    assert stats["answered"] == {"auth 200": 1, "conversation 200": 1}
    assert after == {"requests": []}
