"""Batches: filled in, scheduled, cancelled and told about; contacts and consents by the thousand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from gateway.simulator import DEFAULT_APP_ID, Simulator, SimulatorOptions
from tests.simulator.api_client import ApiClient
from tests.simulator.receiver import Receiver

_HOST: dict[str, Any] = {"host": "batch"}


@pytest.fixture
def options() -> SimulatorOptions:
    return SimulatorOptions(receipt_delay_s=0.0, replies="none", read_receipts=False, token_life_s=10**7)


def to(number: int, **fields: object) -> dict[str, object]:
    identity = {"channel": "SMS", "identity": f"+46700{number:06}"}
    return {"recipient": {"identified_by": {"channel_identities": [identity]}}, **fields}


def batch(*entries: dict[str, object], **fields: object) -> dict[str, object]:
    message = {"text_message": {"text": "Hello ${name}, ${unknown}"}}
    return {"app_id": DEFAULT_APP_ID, "message": message, "recipient_and_params": list(entries), **fields}


def ahead(**span: float) -> str:
    return (datetime.now(UTC) + timedelta(**span)).isoformat().replace("+00:00", "Z")


async def test_a_batch_becomes_messages_with_their_own_words_and_metadata(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_SUBMIT", "BATCH_STATUS_UPDATE")
    entries = (to(1, parameters={"name": "Ann"}), to(2, parameters={"name": "Bob"}, message_metadata={"k": "own"}))

    body = batch(*entries, message_metadata={"k": "shared", "s": 1}, batch_metadata={"c": "x"})
    sent = await api.ok("POST", "messages", body, **_HOST)
    events = [event.json for event in await receiver.wait_for(3)]
    status = await api.ok("GET", f"messages/{sent['batch_id']}", **_HOST)
    found = await api.ok("GET", "messages", query={"metadataKey": "c", "metadataValue": "x"}, **_HOST)

    submitted = [e["message_submit_notification"] for e in events if "message_submit_notification" in e]
    texts = {entry["submitted_message"]["text_message"]["text"]: orjson.loads(entry["metadata"]) for entry in submitted}
    update = next(e["batch_status_update_notification"] for e in events if "batch_status_update_notification" in e)
    assert texts == {
        "Hello Ann, ${unknown}": {"k": "shared", "s": 1, "_batch_id": sent["batch_id"]},
        "Hello Bob, ${unknown}": {"k": "own", "s": 1, "_batch_id": sent["batch_id"]},
    }
    assert (update["batch_id"], update["batch_status"]) == (sent["batch_id"], "BATCH_STATUS_PROCESSED")
    assert update["additional_data"]["message_batch_data"]["batch_metadata"] == {"c": "x"}
    assert status["status"] == "PROCESSED"
    assert found == [status]


async def test_a_scheduled_batch_waits_for_its_five_minute_mark(
    api: ApiClient, receiver: Receiver, simulator: Simulator
) -> None:
    await api.subscribe(f"{receiver.url}/hook", "BATCH_STATUS_UPDATE")

    sent = await api.ok("POST", "messages", batch(to(1), send_after=ahead(hours=2)), **_HOST)
    before = await api.ok("GET", f"messages/{sent['batch_id']}", **_HOST)
    simulator.advance(2 * 3600 + 301)
    await receiver.wait_for(1)
    after = await api.ok("GET", f"messages/{sent['batch_id']}", **_HOST)

    mark = datetime.fromisoformat(sent["send_after"])
    assert (mark.minute % 5, mark.second, mark.microsecond) == (0, 0, 0)
    assert (before["status"], after["status"]) == ("SCHEDULED", "PROCESSED")


async def test_a_batch_is_cancelled_only_before_its_time(
    api: ApiClient, receiver: Receiver, simulator: Simulator
) -> None:
    await api.subscribe(f"{receiver.url}/hook", "BATCH_STATUS_UPDATE", "MESSAGE_DELIVERY")
    scheduled = await api.ok("POST", "messages", batch(to(1), send_after=ahead(hours=1)), **_HOST)
    immediate = await api.ok("POST", "messages", batch(to(2)), **_HOST)

    answers = [
        await api.ok("DELETE", "messages", {"batch_id": batch_id}, **_HOST)
        for batch_id in (scheduled["batch_id"], immediate["batch_id"], "unknown")
    ]
    simulator.advance(2 * 3600)
    await receiver.wait_for(4)
    statuses = [
        (await api.ok("GET", f"messages/{sent['batch_id']}", **_HOST))["status"] for sent in (scheduled, immediate)
    ]

    assert answers == [{}, {}, {}]
    assert statuses == ["CANCELLED", "PROCESSED"]
    assert sum(kind.startswith("message_delivery_report") for kind in receiver.kinds) == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (batch(), "recipient_and_params"),
        (batch(*(to(n) for n in range(1001))), "recipient_and_params"),
        (batch(to(1), send_after=ahead(days=8)), "send_after"),
        (batch(to(1), message_metadata={"_batch_id": "x"}), "message_metadata"),
        (batch(to(1), to(2, message_metadata={"_batch_id": "x"})), "recipient_and_params[1].message_metadata"),
        (batch(to(1, parameters={"name": 5})), "recipient_and_params[0].parameters[name]"),
        (batch(to(1), message={}), "message"),
        (batch(to(1), app_id=""), "app_id"),
    ],
)
async def test_a_bad_batch_is_refused_whole(api: ApiClient, body: dict[str, object], field: str) -> None:
    answer = await api.call("POST", "messages", body, **_HOST)

    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field_violations"][0]["field"] == field


async def test_a_thousand_recipients_each_get_their_message(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "BATCH_STATUS_UPDATE", "MESSAGE_SUBMIT")

    await api.ok("POST", "messages", batch(*(to(n) for n in range(1000))), **_HOST)
    events = await receiver.wait_for(1001)

    identities = {
        event.json["message_submit_notification"]["channel_identity"]["identity"]
        for event in events
        if event.kind == "message_submit_notification"
    }
    assert len(identities) == 1000


async def test_a_recipient_that_fails_later_gets_a_receipt(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY")

    await api.ok("POST", "messages", batch(to(1), channel_priority_order=["RCS"]), **_HOST)
    (event,) = await receiver.wait_for(1)

    report = event.json["message_delivery_report"]
    assert (report["status"], report["reason"]["code"]) == ("FAILED", "BAD_REQUEST")


async def test_contacts_come_and_go_by_the_batch(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "CONTACT_CREATE", "CONTACT_DELETE")
    good: dict[str, Any] = {"channel_identities": [{"channel": "SMS", "identity": "+46700000001"}], "language": "SV"}

    created = await api.ok("POST", "contacts", {"contacts": [good, {"language": "SV"}, good]}, **_HOST)
    await receiver.wait_for(2)
    ids = [event.json["contact_create_notification"]["contact"]["id"] for event in receiver.received]
    deleted = await api.ok("DELETE", "contacts", {"contact_ids": [*ids, "unknown"]}, **_HOST)
    await receiver.wait_for(4)
    left = await api.ok("GET", "contacts")

    assert (created, deleted, left["contacts"]) == ({}, {}, [])


async def test_consents_are_inserted_listed_and_audited(api: ApiClient) -> None:
    records = [
        {"identification": "+46700000001", "consent_type": "OPT_OUT_MARKETING"},
        {"identification": "+46700000002", "consent_type": "OPT_OUT_MARKETING"},
        {"identification": "+46700000001"},
    ]
    path = f"apps/{DEFAULT_APP_ID}/consents"

    await api.ok("POST", "consents", {"app_id": DEFAULT_APP_ID, "consent_records": records}, **_HOST)
    first = await api.ok("GET", f"{path}/OPT_OUT_MARKETING", query={"page_size": "1"})
    query = {"page_size": "1", "page_token": first["next_page_token"]}
    second = await api.ok("GET", f"{path}/OPT_OUT_MARKETING", query=query)
    audit = await api.ok("GET", f"{path}/identities/%2B46700000001")
    wrong = await api.call("GET", f"{path}/OPT_OUT_MONDAYS")

    assert first["identities"] + second["identities"] == [{"identity": f"+4670000000{n}"} for n in (1, 2)]
    assert second["next_page_token"] == ""
    assert [record["list_type"] for record in audit["audit_records"]] == ["OPT_OUT_MARKETING", "OPT_OUT_ALL"]
    assert wrong.status_code == 400


async def test_an_opt_out_stops_only_what_it_names(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY")
    record = {"identification": "+46700000001", "consent_type": "OPT_OUT_MARKETING"}
    await api.ok("POST", "consents", {"app_id": DEFAULT_APP_ID, "consent_records": [record]}, **_HOST)

    await api.send(message_content_type="CONTENT_MARKETING")
    await receiver.wait_for(1)
    await api.send(message_content_type="CONTENT_NOTIFICATION")
    await receiver.wait_for(3)

    assert receiver.kinds == [
        f"message_delivery_report:{status}" for status in ("FAILED", "QUEUED_ON_CHANNEL", "DELIVERED")
    ]
