"""Stored messages, in both processing modes."""

from typing import Any

import pytest

from gateway.simulator import AppOptions, Simulator, SimulatorOptions
from tests.simulator.api_client import ApiClient, send_body
from tests.simulator.receiver import Receiver

_APP = "01C0NVERSAT10N000000000000"
_DISPATCH_APP = "01D1SPATCH0000000000000000"


@pytest.fixture
def options() -> SimulatorOptions:
    apps = (AppOptions(_APP, "us", "CONVERSATION"), AppOptions(_DISPATCH_APP, "us", "DISPATCH"))
    return SimulatorOptions(apps=apps, receipt_delay_s=0.0, replies="none")


async def send(api: ApiClient, **changes: object) -> str:
    answer = await api.call("POST", "messages:send", send_body(**{"app_id": _APP, **changes}))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["message_id"])


def to(identity: str, channel: str = "SMS") -> dict[str, Any]:
    return {"identified_by": {"channel_identities": [{"channel": channel, "identity": identity}]}}


async def test_two_messages_share_the_active_conversation_until_it_stops(api: ApiClient) -> None:
    first = await api.ok("GET", f"messages/{await send(api)}")
    second = await api.ok("GET", f"messages/{await send(api)}")
    await api.ok("POST", f"conversations/{first['conversation_id']}:stop")
    third = await api.ok("GET", f"messages/{await send(api)}")

    assert first["conversation_id"] == second["conversation_id"] != third["conversation_id"]
    assert first["contact_id"] == third["contact_id"]


async def test_lists_are_paged_newest_first_and_survive_deletion(api: ApiClient) -> None:
    sent = [await send(api, recipient=to(f"+4670000{n:04}")) for n in range(5)]

    first = await api.ok("GET", "messages", query={"page_size": "2", "direction": "TO_CONTACT"})
    await api.ok("DELETE", f"messages/{sent[3]}")
    second = await api.ok(
        "GET", "messages", query={"page_size": "2", "direction": "TO_CONTACT", "page_token": first["next_page_token"]}
    )
    third = await api.ok(
        "GET", "messages", query={"page_size": "2", "direction": "TO_CONTACT", "page_token": second["next_page_token"]}
    )

    ids = [[message["id"] for message in page["messages"]] for page in (first, second, third)]
    assert ids == [[sent[4], sent[3]], [sent[2], sent[1]], [sent[0]]]
    assert third["next_page_token"] == ""


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"channel_identity": "+46700000001"}, 1),
        ({"channel": "RCS"}, 1),
        ({"app_id": "01D1SPATCH0000000000000000"}, 0),
        ({"only_recipient_originated": "true"}, 1),
        ({"direction": "TO_CONTACT"}, 2),
        ({"start_time": "2100-01-01T00:00:00Z"}, 0),
        ({"end_time": "2100-01-01T00:00:00Z"}, 3),
        ({"messages_source": "DISPATCH_SOURCE"}, 0),
    ],
)
async def test_lists_are_filtered(api: ApiClient, query: dict[str, str], found: int) -> None:
    await send(api)
    await send(api, recipient=to("+46700000002", "RCS"))
    said = {"app_id": _APP, "channel": "SMS", "identity": "+46700000003", "text": "Hello"}
    await api.http.post("/_simulator/inbound", json=said)

    answer = await api.ok("GET", "messages", query=query)

    assert len(answer["messages"]) == found


@pytest.mark.parametrize(
    "query", [{"page_size": "-1"}, {"page_size": "x"}, {"page_token": "??"}, {"view": "X"}, {"start_time": "now"}]
)
async def test_a_malformed_list_is_refused(api: ApiClient, query: dict[str, str]) -> None:
    answer = await api.call("GET", "messages", query=query)

    assert answer.status_code == 400


async def test_metadata_is_changed_and_left_out_on_request(api: ApiClient) -> None:
    message_id = await send(api, message_metadata="old")

    changed = await api.ok("PATCH", f"messages/{message_id}", {"metadata": "new"})
    bare = await api.ok("GET", "messages", query={"view": "WITHOUT_METADATA", "direction": "TO_CONTACT"})
    nothing = await api.call("PATCH", f"messages/{message_id}", {})

    assert changed["metadata"] == "new"
    assert bare["messages"][0]["metadata"] == ""
    assert nothing.status_code == 400


async def test_dispatched_messages_are_kept_only_when_the_app_says_so(api: ApiClient) -> None:
    unkept = await send(api, app_id=_DISPATCH_APP)
    await api.ok("PATCH", f"apps/{_DISPATCH_APP}", {"dispatch_retention_policy": {"ttl_days": 7}})
    kept = await send(api, app_id=_DISPATCH_APP)

    answers = [
        await api.call("GET", f"messages/{message_id}", query=source)
        for message_id in (unkept, kept)
        for source in ({"messages_source": "DISPATCH_SOURCE"}, None)
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 200, 404]
    assert answers[2].json()["contact_id"] == ""


async def test_the_last_message_of_each_identity_is_fetched(api: ApiClient) -> None:
    await send(api)
    second = await send(api)
    other = await send(api, recipient=to("+46700000002"))
    body = {"channel_identities": ["46700000001", "+46700000002"], "direction": "TO_CONTACT"}

    answer = await api.ok("POST", "messages:fetch-last-message", body)
    both = await api.call("POST", "messages:fetch-last-message", {**body, "contact_ids": ["c"]})
    neither = await api.call("POST", "messages:fetch-last-message", {})

    assert [message["id"] for message in answer["messages"]] == [other, second]
    assert (both.status_code, neither.status_code) == (400, 400)


async def test_a_stored_message_shows_how_far_it_got_where_the_app_wants_it(api: ApiClient, receiver: Receiver) -> None:
    await api.ok("PATCH", f"apps/{_APP}", {"persist_message_status": {"enabled": True}})
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY", app_id=_APP)

    message_id = await send(api)
    await receiver.wait_for(3)
    message = await api.ok("GET", f"messages/{message_id}")

    assert message["message_status"] == "READ"


async def test_a_contact_is_reached_over_its_own_channels(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY", app_id=_APP)
    identities = [{"channel": "SMS", "identity": "+46700000001"}, {"channel": "WHATSAPP", "identity": "+46700000001"}]
    contact = await api.ok(
        "POST",
        "contacts",
        {"channel_identities": identities, "language": "SV", "channel_priority": ["WHATSAPP", "SMS"]},
    )

    await send(api, recipient={"contact_id": contact["id"]})
    await send(api, recipient={"contact_id": contact["id"]}, channel_priority_order=["SMS"])
    events = await receiver.wait_for(6)

    channels = {event.json["message_delivery_report"]["channel_identity"]["channel"] for event in events}
    assert channels == {"WHATSAPP", "SMS"}


async def test_stopping_by_keyword_ends_what_may_be_sent(
    api: ApiClient, receiver: Receiver, simulator: Simulator
) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY", app_id=_APP)
    said = {"app_id": _APP, "channel": "SMS", "identity": "+46700000001"}

    await api.http.post("/_simulator/inbound", json={**said, "text": "Stop"})
    await send(api)
    (failed,) = await receiver.wait_for(1)
    await api.http.post("/_simulator/inbound", json={**said, "text": "START"})
    await send(api)
    events = await receiver.wait_for(4)

    assert failed.json["message_delivery_report"]["reason"]["code"] == "RECIPIENT_NOT_OPTED_IN"
    assert events[3].json["message_delivery_report"]["status"] == "READ"
    audit = await api.ok("GET", f"apps/{_APP}/consents/identities/46700000001")
    assert [(record["origin"], record["operation"]) for record in audit["audit_records"]] == [
        ("ORIGIN_MO", "OPERATION_INSERT"),
        ("ORIGIN_MO", "OPERATION_DELETE"),
    ]
    assert simulator.requests[-1].status == 200


class TestAnswering:
    @pytest.fixture
    def options(self) -> SimulatorOptions:
        return SimulatorOptions(apps=(AppOptions(_APP, "us", "CONVERSATION"),), receipt_delay_s=0.0)

    async def test_a_message_brings_its_contact_and_its_conversation(self, api: ApiClient, receiver: Receiver) -> None:
        triggers = ("CONTACT_CREATE", "CONVERSATION_START", "MESSAGE_INBOUND")
        await api.subscribe(f"{receiver.url}/hook", *triggers, app_id=_APP)

        message_id = await send(api, message_metadata="m", correlation_id="c", conversation_metadata={"k": 1})
        events = await receiver.wait_for(3)

        message = await api.ok("GET", f"messages/{message_id}")
        contact = await api.ok("GET", f"contacts/{message['contact_id']}")
        conversation = await api.ok("GET", f"conversations/{message['conversation_id']}")
        assert sorted(receiver.kinds) == ["contact_create_notification", "conversation_start_notification", "message"]
        assert (message["metadata"], message["direction"], message["processing_mode"]) == (
            "m",
            "TO_CONTACT",
            "CONVERSATION",
        )
        assert contact["channel_identities"] == [{"app_id": "", "channel": "SMS", "identity": "46700000001"}]
        assert (conversation["active"], conversation["metadata_json"], conversation["correlation_id"]) == (
            True,
            {"k": 1},
            "c",
        )
        reply = next(event.json for event in events if event.kind == "message")
        assert reply["message"]["conversation_id"] == conversation["id"]
        assert (reply["message_metadata"], reply["correlation_id"]) == ('{"k":1}', "c")


class TestStrictContacts:
    @pytest.fixture
    def options(self) -> SimulatorOptions:
        apps = (AppOptions(_APP, "us", "CONVERSATION"), AppOptions(_DISPATCH_APP, "us", "DISPATCH"))
        return SimulatorOptions(apps=apps, strict_contacts=True)

    async def test_an_unknown_contact_is_refused_and_any_contact_in_dispatch(self, api: ApiClient) -> None:
        body = send_body(recipient={"contact_id": "01JC0000000000000000000000"})

        unknown = await api.call("POST", "messages:send", {**body, "app_id": _APP})
        dispatched = await api.call("POST", "messages:send", {**body, "app_id": _DISPATCH_APP})

        assert (unknown.status_code, dispatched.status_code) == (404, 400)


class TestQueue:
    @pytest.fixture
    def options(self) -> SimulatorOptions:
        apps = (AppOptions(_APP, "us", "DISPATCH"),)
        return SimulatorOptions(
            apps=apps, receipt_delay_s=0, app_drain_per_s=0.01, app_queue_limit=3, replies="none", read_receipts=False
        )

    async def test_the_queue_drains_at_its_rate_urgent_first_and_refuses_when_full(
        self, api: ApiClient, receiver: Receiver, simulator: Simulator
    ) -> None:
        await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY", app_id=_APP)
        await send(api, message_metadata="first")
        await receiver.wait_for(2)
        await send(api, message_metadata="normal")
        await send(api, message_metadata="expiring", ttl="5s")
        await send(api, message_metadata="urgent", queue="HIGH_PRIORITY")

        full = await api.call("POST", "messages:send", send_body(app_id=_APP))
        stats = (await api.ok("GET", f"apps/{_APP}"))["queue_stats"]
        simulator.advance(101)
        await receiver.wait_for(4)
        simulator.advance(101)
        await receiver.wait_for(6)
        simulator.advance(101)
        events = await receiver.wait_for(7)

        assert (full.status_code, full.json()["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
        assert stats == {"outbound_size": 3, "outbound_limit": 3}
        reports = [event.json["message_delivery_report"] for event in events]
        assert [report["metadata"] for report in reports[::2]] == ["first", "urgent", "normal", "expiring"]
        assert reports[6]["reason"]["code"] == "DELIVERY_TIMED_OUT"

    async def test_a_full_queue_can_be_pretended(self, api: ApiClient) -> None:
        pretended = await api.http.post("/_simulator/queue", json={"app_id": _APP, "outbound_size": 3})

        refused = await api.call("POST", "messages:send", send_body(app_id=_APP))

        assert pretended.json() == {"outbound_size": 3, "outbound_limit": 3}
        assert refused.status_code == 429
