"""The vendor's own example of every request body is accepted, with only its placeholders replaced."""

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.simulator import AppOptions, SimulatorOptions
from tests.requirements import require
from tests.simulator.api_client import ApiClient

_FIXTURES = Path(os.environ.get("CONVERSATION_FIXTURES") or Path(__file__).parents[2].parent / "shared" / "fixtures")
_APP = "01C0NVERSAT10N000000000000"
_IDENTITY = {"channel": "MESSENGER", "identity": "an identity"}
# Example, method and path.
_OPERATIONS = [
    ("v1/apps/AppCreateRequestDto", "POST", "apps"),
    ("v1/capability/request/QueryCapabilityRequestDto", "POST", "capability:query"),
    ("v1/contacts/ContactCreateRequestDto", "POST", "contacts"),
    ("v1/contacts/ContactGetChannelProfileByChannelRequestDto", "POST", "contacts:getChannelProfile"),
    ("v1/contacts/ContactMergeRequestDto", "POST", "contacts/{contact_id}:merge"),
    ("v1/conversations/request/CreateConversationRequestDto", "POST", "conversations"),
    ("v1/conversations/request/InjectAppMessageRequestDto", "POST", "conversations/{conversation_id}:inject-message"),
    ("v1/conversations/request/InjectEventRequestDto", "POST", "conversations/{conversation_id}:inject-event"),
    ("v1/eventdestinations/request/EventDestinationRequestDto", "POST", "webhooks"),
    ("v1/events/request/SendEventRequestDto", "POST", "events:send"),
    ("v1/messages/request/ListLastMessagesByChannelIdentityRequestDto", "POST", "messages:fetch-last-message"),
    ("v1/messages/request/MessageUpdateRequestDto", "PATCH", "messages/{message_id}"),
    ("v1/projectsettings/request/ProjectSettingsRequestDto", "POST", "settings"),
    ("v1/transcoding/request/TranscodeMessageRequestDto", "POST", "messages:transcode"),
    ("templates/v2/request/TemplateV2RequestDto", "POST", "templates"),
]


@pytest.fixture
def options() -> SimulatorOptions:
    return SimulatorOptions(apps=(AppOptions(_APP, "us", "CONVERSATION"),), receipt_delay_s=0, replies="none")


@pytest.mark.parametrize(("example", "method", "path"), _OPERATIONS, ids=[row[2] for row in _OPERATIONS])
async def test_the_example_is_accepted(api: ApiClient, example: str, method: str, path: str) -> None:
    file = _FIXTURES / f"{example}.json"
    require(file.is_file(), f"the vendor's examples in {_FIXTURES}")
    body, ids = orjson.loads(file.read_bytes()), await prepare(api)

    host = "template" if example.startswith("templates") else "conversation"
    answer = await api.call(method, path.format(**ids), replaced(body, ids), host=host)

    assert answer.status_code == 200, answer.text


async def prepare(api: ApiClient) -> dict[str, str]:
    """One of everything that the examples name."""
    sent = await api.ok("POST", "messages:send", {
        "app_id": _APP, "recipient": {"identified_by": {"channel_identities": [_IDENTITY]}},
        "message": {"text_message": {"text": "Hello"}},
    })  # fmt: skip
    message = await api.ok("GET", f"messages/{sent['message_id']}")
    other = await api.ok("POST", "contacts", {"channel_identities": [_IDENTITY], "language": "EN_US"})
    return {
        "message_id": message["id"],
        "contact_id": message["contact_id"],
        "conversation_id": message["conversation_id"],
        "source_id": other["id"],
        "app_id": _APP,
        "accept_time": message["accept_time"],
        "page_token": "",
    }


def replaced(body: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    """The body with ids that exist, a time that lies not too far back, and the first page."""
    return {**body, **{name: ids[name] for name in body.keys() & ids.keys()}}
