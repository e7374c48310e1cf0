"""The vendor's own Python SDK, pointed at the simulator, performs every operation it has and parses the answers."""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sinch
from sinch.core.exceptions import SinchException

from gateway.simulator import AppOptions, Simulator, SimulatorOptions
from tests.requirements import require
from tests.simulator.api_client import ApiClient
from tests.simulator.receiver import Receiver
from tests.simulator.schema import API_FACTS, request_complaints

_APP = "01C0NVERSAT10N000000000000"
_IDENTITIES = [{"channel": "RCS", "identity": "46700000001"}]
_PERSON = {"channel": "MESSENGER", "identity": "psid"}
_MEDIA = {"url": "https://media.example/a.png"}
_CHOICES = [{"text_message": {"text": "Yes"}, "postback_data": "yes"}]
_CARD = {"title": "Title", "description": "Text", "media_message": _MEDIA, "choices": _CHOICES}
_LOCATION = {"title": "Here", "coordinates": {"latitude": 55.6, "longitude": 13.0}}
_ITEM = {"choice": {"title": "Item", "postback_data": "item"}}


class Scene:
    """The SDK as its manual has it, and one of everything that its operations name."""

    def __init__(self, url: str) -> None:
        client: Any = sinch.SinchClient(
            key_id="demo-key", key_secret="demo-secret", project_id="demo-project", conversation_region="us"
        )
        client.configuration.auth_origin = f"{url}/auth"
        client.configuration.conversation_origin = f"{url}/us/conversation"
        client.configuration.transport.http_session.trust_env = False
        self.conversation = client.conversation
        self.apps, self.contacts = client.conversation.apps, client.conversation.contacts
        self.messages = client.conversation.messages

    def send(self, kind: str, content: object, **more: object) -> Any:
        send = getattr(self.messages, f"send_{kind}")
        return send(_APP, content, recipient_identities=_IDENTITIES, **more)

    @property
    def message_id(self) -> str:
        return str(self.send("text_message", "Hello").message_id)

    def contact_id(self, identity: str = "46700000002") -> str:
        return str(self.contacts.create([{"channel": "SMS", "identity": identity}], "EN_US").id)

    def profile(self, way: str, recipient: object) -> Any:
        return getattr(self.contacts, way)(_APP, "MESSENGER", recipient)


# The published schema nests a channel's credentials under the name of their kind (`static_bearer`), in a list. The SDK
# takes that form no more: it wants them flat and keyed by channel, and makes the published form of it.
_CREDENTIALS = {"SMS": {"claimed_identity": "plan", "token": "t"}}
CASES: dict[str, Callable[[Scene], Any]] = {
    "apps.create": lambda scene: scene.apps.create(
        channel_credentials=_CREDENTIALS,
        display_name="New",
        processing_mode="CONVERSATION",
        retention_policy={"retention_type": "MESSAGE_EXPIRE_POLICY", "ttl_days": 10},
        event_destination_settings={"secret_for_overridden_target": "s"},
        delivery_report_based_fallback={"enabled": True, "delivery_report_waiting_time": 60},
    ),
    "apps.delete": lambda scene: scene.apps.delete(_APP),
    "apps.get": lambda scene: scene.apps.get(_APP),
    "apps.list": lambda scene: scene.apps.list(),
    "apps.update": lambda scene: scene.apps.update(_APP, display_name="Newer", channel_credentials=_CREDENTIALS),
    "contacts.create": lambda scene: scene.contacts.create(
        _IDENTITIES, "EN_US", display_name="Ann", channel_priority=["RCS"], email="a@example.com", metadata="m"
    ),
    "contacts.delete": lambda scene: scene.contacts.delete(scene.contact_id()),
    "contacts.get": lambda scene: scene.contacts.get(scene.contact_id()),
    "contacts.get_channel_profile": lambda scene: scene.profile(
        "get_channel_profile", {"contact_id": scene.contact_id()}
    ),
    "contacts.get_channel_profile_by_channel_identity": lambda scene: [
        scene.contacts.create([{**_PERSON, "app_id": _APP}], "EN_US"),
        scene.profile("get_channel_profile_by_channel_identity", [_PERSON]),
    ][1],
    "contacts.get_channel_profile_by_contact_id": lambda scene: scene.profile(
        "get_channel_profile_by_contact_id", scene.contact_id()
    ),
    "contacts.list": lambda scene: [scene.contact_id(), scene.contacts.list(page_size=5)][1],
    "contacts.list_identity_conflicts": lambda scene: [
        scene.contact_id(),
        scene.contact_id(),
        scene.contacts.list_identity_conflicts(),
    ][2],
    "contacts.merge_contact": lambda scene: scene.contacts.merge_contact(
        scene.contact_id("46700000003"), scene.contact_id("46700000004")
    ),
    "contacts.update": lambda scene: scene.contacts.update(scene.contact_id(), display_name="Ann"),
    "messages.delete": lambda scene: scene.messages.delete(scene.message_id),
    "messages.get": lambda scene: scene.messages.get(scene.message_id),
    "messages.list": lambda scene: [scene.message_id, scene.messages.list(app_id=_APP)][1],
    "messages.list_last_messages_by_channel_identity": lambda scene: [
        scene.message_id,
        scene.messages.list_last_messages_by_channel_identity(channel_identities=["46700000001"], app_id=_APP),
    ][1],
    "messages.send": lambda scene: scene.messages.send(
        _APP,
        {"text_message": {"text": "Hello"}},
        recipient_identities=_IDENTITIES,
        ttl=60,
        message_metadata="m",
        conversation_metadata={"a": 1},
        queue="HIGH_PRIORITY",
        channel_priority_order=["RCS"],
        correlation_id="c",
    ),
    "messages.send_card_message": lambda scene: scene.send("card_message", _CARD),
    "messages.send_carousel_message": lambda scene: scene.send("carousel_message", {"cards": [_CARD, _CARD]}),
    "messages.send_choice_message": lambda scene: scene.send(
        "choice_message", {"text_message": {"text": "Well?"}, "choices": _CHOICES}
    ),
    "messages.send_contact_info_message": lambda scene: scene.send(
        "contact_info_message",
        {"name": {"full_name": "Ann Example"}, "phone_numbers": [{"phone_number": "+46700000009"}]},
    ),
    "messages.send_list_message": lambda scene: scene.send(
        "list_message", {"title": "List", "sections": [{"title": "One", "items": [_ITEM]}]}
    ),
    "messages.send_location_message": lambda scene: scene.send("location_message", _LOCATION),
    "messages.send_media_message": lambda scene: scene.send("media_message", _MEDIA),
    "messages.send_template_message": lambda scene: scene.send(
        "template_message",
        {"channel_template": {"RCS": {"template_id": "t", "version": "1", "parameters": {"name": "Ann"}}}},
    ),
    "messages.send_text_message": lambda scene: scene.send("text_message", "Hello"),
    "messages.update": lambda scene: scene.messages.update(scene.message_id, "new metadata"),
}
_WITHOUT_ANSWER = {"apps.delete", "contacts.delete", "messages.delete"}


@pytest.fixture
def options() -> SimulatorOptions:
    return SimulatorOptions(apps=(AppOptions(_APP, "us", "CONVERSATION"),), receipt_delay_s=0, replies="all")


def test_every_operation_of_the_sdk_has_a_case() -> None:
    assert set(_operations()) == set(CASES)


@pytest.mark.parametrize("operation", CASES)
async def test_the_sdk_performs_the_operation_and_parses_its_answer(simulator: Simulator, operation: str) -> None:
    scene = Scene(simulator.url)

    answer = await asyncio.to_thread(CASES[operation], scene)

    assert {request.status for request in simulator.requests} == {200}
    assert (answer is None) == (operation in _WITHOUT_ANSWER)


@pytest.mark.parametrize("operation", CASES)
async def test_what_the_sdk_asks_is_what_the_published_schemas_say(simulator: Simulator, operation: str) -> None:
    require(API_FACTS.is_dir(), f"the published schemas in {API_FACTS}")

    await asyncio.to_thread(CASES[operation], Scene(simulator.url))

    bodies = [request for request in simulator.requests if request.host != "auth" and request.body]
    assert [line for request in bodies for line in request_complaints(request.method, request.path, request.json)] == []


@pytest.mark.parametrize("operation", ["contacts.list", "messages.list"])
async def test_the_sdk_walks_through_all_pages(simulator: Simulator, operation: str) -> None:
    scene = Scene(simulator.url)
    resource, _, method = operation.partition(".")

    def walk() -> list[Any]:
        for number in range(5):
            scene.messages.send_text_message(
                _APP, "Hello", recipient_identities=[{"channel": "RCS", "identity": f"4670000001{number}"}]
            )
        return list(getattr(getattr(scene, resource), method)(page_size=2).iterator())

    found = await asyncio.to_thread(walk)

    assert len({item.id for item in found}) == len(found) >= 5


async def test_the_sdk_replaces_a_token_that_it_is_told_expired(simulator: Simulator, api: ApiClient) -> None:
    scene = Scene(simulator.url)
    await asyncio.to_thread(scene.send, "text_message", "Hello")
    await api.http.post("/_simulator/tokens", json={"action": "expire"})

    await asyncio.to_thread(scene.send, "text_message", "Hello")

    asked = [(request.host, request.status) for request in simulator.requests]
    assert asked[-3:] == [("conversation", 401), ("auth", 200), ("conversation", 200)]


async def test_the_sdk_reads_a_refusal(simulator: Simulator) -> None:
    scene = Scene(simulator.url)

    with pytest.raises(SinchException, match="message not found") as refused:
        await asyncio.to_thread(scene.messages.get, "01M0THER000000000000000000")

    assert refused.value.http_response.status_code == 404


async def test_the_sdk_accepts_the_signature_of_a_callback_and_no_other(
    simulator: Simulator, receiver: Receiver, api: ApiClient
) -> None:
    scene = Scene(simulator.url)
    await api.subscribe(receiver.url, "MESSAGE_DELIVERY", "MESSAGE_INBOUND", "MESSAGE_SUBMIT", app_id=_APP)
    await asyncio.to_thread(scene.send, "text_message", "Hello")
    received = await receiver.wait_for(5)  # the submission, three states and the reply
    events, strangers = scene.conversation.sinch_events("hook-secret"), scene.conversation.sinch_events("another")

    parsed = {type(events.parse_event(callback.body, callback.headers)).__name__ for callback in received}

    assert all(events.validate_authentication_header(callback.headers, callback.body) for callback in received)
    assert not any(strangers.validate_authentication_header(callback.headers, callback.body) for callback in received)
    assert parsed == {"MessageDeliveryReceiptEvent", "MessageInboundEvent", "MessageSubmitEvent"}


def _operations() -> Iterator[str]:
    """Every public method of every resource that the SDK has on the Conversation API."""
    client: Any = sinch.SinchClient(key_id="k", key_secret="s", project_id="p", conversation_region="us")
    for resource, api in vars(client.conversation).items():
        if not resource.startswith("_"):
            for name, _ in inspect.getmembers(type(api), inspect.isfunction):
                if not name.startswith("_"):
                    yield f"{resource}.{name}"
