"""Conversations: listed, changed, stopped, and filled from outside."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.simulator import AppOptions, SimulatorOptions
from tests.simulator.api_client import ApiClient, send_body
from tests.simulator.receiver import Receiver

_APP = "01C0NVERSAT10N000000000000"
_IDENTITY = {"channel": "SMS", "identity": "46700000001", "app_id": ""}


@pytest.fixture
def options() -> SimulatorOptions:
    return SimulatorOptions(apps=(AppOptions(_APP, "us", "CONVERSATION"),), receipt_delay_s=0.0, replies="none")


async def start(api: ApiClient, contact_id: str = "a contact", **fields: object) -> Any:
    return await api.ok("POST", "conversations", {"app_id": _APP, "contact_id": contact_id, **fields})


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat().replace("+00:00", "Z")


async def test_a_second_conversation_with_a_contact_makes_the_first_inactive(api: ApiClient) -> None:
    first = await start(api)
    second = await start(api)

    active = await api.ok("GET", "conversations", query={"app_id": _APP, "only_active": "true"})
    inactive = await api.ok("GET", "conversations", query={"contact_id": "a contact", "only_active": "false"})

    assert [conversation["id"] for conversation in active["conversations"]] == [second["id"]]
    assert [conversation["id"] for conversation in inactive["conversations"]] == [first["id"]]
    assert active["total_size"] == 1
    assert second["last_received"] == "1970-01-01T00:00:00Z"


async def test_a_list_needs_an_app_or_a_contact(api: ApiClient) -> None:
    answer = await api.call("GET", "conversations")

    assert answer.status_code == 400


async def test_metadata_is_replaced_or_merged(api: ApiClient) -> None:
    conversation = await start(api, metadata_json={"a": 1, "b": {"c": 2, "d": 3}})
    path, patch = f"conversations/{conversation['id']}", {"metadata_json": {"b": {"c": None, "e": 4}}}

    merged = await api.ok("PATCH", path, patch, query={"metadata_update_strategy": "MERGE_PATCH"})
    replaced = await api.ok("PATCH", path, patch)

    assert merged["metadata_json"] == {"a": 1, "b": {"d": 3, "e": 4}}
    assert replaced["metadata_json"] == patch["metadata_json"]


async def test_starting_stopping_and_deleting_are_told(api: ApiClient, receiver: Receiver) -> None:
    triggers = ("CONVERSATION_START", "CONVERSATION_STOP", "CONVERSATION_DELETE")
    await api.subscribe(f"{receiver.url}/hook", *triggers, app_id=_APP)

    conversation = await start(api)
    path = f"conversations/{conversation['id']}"
    await receiver.wait_for(1)
    await api.ok("POST", f"{path}:stop")
    await receiver.wait_for(2)
    await api.ok("DELETE", path)
    events = await receiver.wait_for(3)

    assert receiver.kinds == [f"conversation_{change}_notification" for change in ("start", "stop", "delete")]
    assert events[1].json["conversation_stop_notification"]["conversation"]["active"] is False


async def test_the_recent_ones_are_ordered_by_their_last_message(api: ApiClient) -> None:
    recipients = [
        {"identified_by": {"channel_identities": [{"channel": "SMS", "identity": f"4670000000{n}"}]}} for n in (1, 2, 1)
    ]
    sent = [
        (await api.ok("POST", "messages:send", send_body(app_id=_APP, recipient=recipient)))["message_id"]
        for recipient in recipients
    ]

    newest = await api.ok("GET", "conversations:recent", query={"app_id": _APP, "page_size": "1"})
    query = {"app_id": _APP, "page_size": "1", "page_token": newest["next_page_token"]}
    rest = await api.ok("GET", "conversations:recent", query=query)
    oldest = await api.ok("GET", "conversations:recent", query={"app_id": _APP, "order": "ASC"})
    without_app = await api.call("GET", "conversations:recent")

    assert [entry["last_message"]["id"] for entry in newest["conversations"] + rest["conversations"]] == sent[:0:-1]
    assert [entry["last_message"]["id"] for entry in oldest["conversations"]] == sent[1:]
    assert (newest["total_size"], rest["next_page_token"], without_app.status_code) == (2, "", 400)


async def test_an_injected_message_to_the_app_is_stored_and_told(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_INBOUND", app_id=_APP)
    conversation = await start(api)
    body = {
        "contact_message": {"text_message": {"text": "from elsewhere"}},
        "accept_time": ago(hours=1),
        "channel_identity": _IDENTITY,
        "contact_id": "a contact",
        "direction": "TO_APP",
    }

    answer = await api.ok("POST", f"conversations/{conversation['id']}:inject-message", body)
    (event,) = await receiver.wait_for(1)
    listed = await api.ok("GET", "messages", query={"conversation_id": conversation["id"]})

    assert answer == {}
    assert event.json["message"]["injected"] is True
    assert [message["id"] for message in listed["messages"]] == [event.json["message"]["id"]]


async def test_an_injected_event_is_listed_read_and_deleted(api: ApiClient) -> None:
    conversation = await start(api)
    body = {"app_event": {"generic_event": {"payload": {"a": 1}}}, "accept_time": ago(hours=1)}

    injected = await api.ok("POST", f"conversations/{conversation['id']}:inject-event", body)
    listed = await api.ok("GET", "events", query={"conversation_id": conversation["id"]})
    read = await api.ok("GET", f"events/{injected['event_id']}")
    await api.ok("DELETE", f"events/{injected['event_id']}")
    gone = await api.call("GET", f"events/{injected['event_id']}")
    unfiltered = await api.call("GET", "events")

    assert listed["events"] == [read]
    assert read["app_event"] == body["app_event"]
    assert (gone.status_code, unfiltered.status_code) == (404, 400)


@pytest.mark.parametrize(
    "fault",
    [
        {"accept_time": ago(days=31)},
        {"accept_time": ago(hours=-1)},
        {"accept_time": None},
        {"direction": "SIDEWAYS"},
        {"app_message": {"text_message": {"text": "both"}}},
        {"contact_message": None},
        {"contact_id": ""},
    ],
)
async def test_a_malformed_injection_is_refused(api: ApiClient, fault: dict[str, object]) -> None:
    conversation = await start(api)
    body = {
        "contact_message": {"text_message": {"text": "x"}},
        "accept_time": ago(hours=1),
        "channel_identity": _IDENTITY,
        "contact_id": "a contact",
        "direction": "TO_APP",
        **fault,
    }

    answer = await api.call("POST", f"conversations/{conversation['id']}:inject-message", body)

    assert answer.status_code == 400


async def test_a_sent_event_is_reported_and_kept(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "EVENT_DELIVERY", app_id=_APP)
    recipient = {"identified_by": {"channel_identities": [{"channel": "RCS", "identity": "+46700000001"}]}}
    body = {"app_id": _APP, "event": {"composing_event": {}}, "recipient": recipient, "event_metadata": "m"}

    sent = await api.ok("POST", "events:send", body)
    wrapped = await api.call("POST", "events:send", {**body, "event": {"app_event": {"composing_event": {}}}})
    wrong = await api.call("POST", "events:send", {**body, "event": {"dancing_event": {}}})
    events = await receiver.wait_for(4)
    stored = await api.ok("GET", f"events/{sent['event_id']}")

    mine = [event for event in events if event.json["event_delivery_report"]["event_id"] == sent["event_id"]]
    assert [event.kind for event in mine] == [
        "event_delivery_report:QUEUED_ON_CHANNEL",
        "event_delivery_report:DELIVERED",
    ]
    assert mine[0].json["event_delivery_report"]["metadata"] == "m"
    assert stored["app_event"] == {"composing_event": {}}
    assert (wrapped.status_code, wrong.status_code) == (200, 400)
