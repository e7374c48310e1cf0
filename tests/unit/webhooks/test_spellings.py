"""Every key and shape that any version of the vendor's documents shows is understood as the trigger it stands for."""

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from conversation_gateway.v1.event_feed_pb2 import FeedEvent

from gateway.webhooks.spellings import KEY_OF_TRIGGER, recognise
from tests.requirements import require
from tests.unit.webhooks.callbacks import CONTACT, ENVELOPE, IDENTITY, MESSAGE, PAYLOADS, callback

FACTS = Path(os.environ.get("CONVERSATION_API_FACTS", Path(__file__).parents[4] / "shared" / "api"))


def test_the_payload_of_a_feed_event_has_a_field_for_every_trigger() -> None:
    fields = [field.name for field in FeedEvent.DESCRIPTOR.oneofs_by_name["payload"].fields]

    assert fields == list(KEY_OF_TRIGGER.values())


def test_the_triggers_are_those_of_the_vendor() -> None:
    table = FACTS / "webhook_triggers.json"
    require(table.exists(), "the folder of API facts (CONVERSATION_API_FACTS)")

    listed = {row["trigger"]: row["payload_key"] for row in json.loads(table.read_text())}

    assert listed == KEY_OF_TRIGGER


@pytest.mark.parametrize("trigger", KEY_OF_TRIGGER)
def test_the_contracts_own_spelling_is_taken_as_it_is(trigger: str) -> None:
    found = recognise(callback(trigger))

    assert (found.trigger, found.payload, found.complete) == (trigger, PAYLOADS[trigger][1], True)


CHANNEL_EVENT = PAYLOADS["CHANNEL_EVENT"][1]["channel_event"]
IDENTITIES = PAYLOADS["CONTACT_IDENTITIES_DUPLICATION"][1]["duplicated_identities"]
SUBMIT = PAYLOADS["MESSAGE_SUBMIT"][1]
BATCH = PAYLOADS["BATCH_STATUS_UPDATE"][1]

SPELLINGS: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    (
        "a list of identities by itself",
        {"duplicated_identities": IDENTITIES},
        "CONTACT_IDENTITIES_DUPLICATION",
        {"duplicated_identities": IDENTITIES},
    ),
    (
        "that key with the usual object",
        {"duplicated_identities": {"duplicated_identities": IDENTITIES}},
        "CONTACT_IDENTITIES_DUPLICATION",
        {"duplicated_identities": IDENTITIES},
    ),
    (
        "identities under longer names",
        {"duplicated_identities_notification": {"duplicated_channel_identities": IDENTITIES}},
        "CONTACT_IDENTITIES_DUPLICATION",
        {"duplicated_identities": IDENTITIES},
    ),
    (
        "the usual key with the longer name inside",
        {"duplicated_contact_identities_notification": {"duplicated_channel_identities": IDENTITIES}},
        "CONTACT_IDENTITIES_DUPLICATION",
        {"duplicated_identities": IDENTITIES},
    ),
    (
        "a redaction that calls itself a message",
        {"message": MESSAGE | {"redaction_type": "PII"}},
        "MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION",
        MESSAGE | {"redaction_type": "PII"},
    ),
    (
        "a redaction with its original",
        {"message": MESSAGE | {"original_text": "x"}},
        "MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION",
        MESSAGE | {"original_text": "x"},
    ),
    (
        "a batch by its short key",
        {"batch_status_update": {"batch_id": "B", "status": "COMPLETED", "success_count": 3}},
        "BATCH_STATUS_UPDATE",
        {"batch_id": "B", "status": "COMPLETED", "success_count": 3, "batch_status": "COMPLETED"},
    ),
    ("a batch by its short key, usual inside", {"batch_status_update": BATCH}, "BATCH_STATUS_UPDATE", BATCH),
    (
        "a channel event without its inner object",
        {"channel_event": {"channel_identity": IDENTITY, "event_type": "QUALITY"}},
        "CHANNEL_EVENT",
        {"channel_event": {"channel": "RCS", "channel_identity": IDENTITY, "event_type": "QUALITY"}},
    ),
    (
        "a channel event without its outer object",
        {"channel_event": CHANNEL_EVENT},
        "CHANNEL_EVENT",
        {"channel_event": CHANNEL_EVENT},
    ),
    (
        "the usual key, flattened",
        {"channel_event_notification": CHANNEL_EVENT},
        "CHANNEL_EVENT",
        {"channel_event": CHANNEL_EVENT},
    ),
    (
        "an unsupported callback with an object inside",
        {"unsupported": {"channel": "LINE", "payload": {"type": "beacon", "hwid": 7}}},
        "UNSUPPORTED",
        {"channel": "LINE", "payload": '{"type":"beacon","hwid":7}'},
    ),
    (
        "an analysis in the plural",
        {"smart_conversations_notification": PAYLOADS["SMART_CONVERSATION"][1]},
        "SMART_CONVERSATION",
        PAYLOADS["SMART_CONVERSATION"][1],
    ),
    (
        "a submission nested once more",
        {"message_submit_notification": {"submitted_message": SUBMIT}},
        "MESSAGE_SUBMIT",
        SUBMIT,
    ),
    (
        "a submission nested together with the message",
        {"message_submit_notification": {"submitted_message": {"message_id": "M", "text_message": {"text": "x"}}}},
        "MESSAGE_SUBMIT",
        {"message_id": "M", "submitted_message": {"message_id": "M", "text_message": {"text": "x"}}},
    ),
    (
        "a conversation by its id",
        {"conversation_delete_notification": {"conversation_id": "C"}},
        "CONVERSATION_DELETE",
        {"conversation_id": "C", "conversation": {"id": "C"}},
    ),
    (
        "a contact by its id",
        {"contact_delete_notification": {"contact_id": "C"}},
        "CONTACT_DELETE",
        {"contact_id": "C", "contact": {"id": "C"}},
    ),
    (
        "a merged contact by its id",
        {"contact_merge_notification": {"preserved_contact": CONTACT, "deleted_contact_id": "D"}},
        "CONTACT_MERGE",
        {"preserved_contact": CONTACT, "deleted_contact_id": "D", "deleted_contact": {"id": "D"}},
    ),
]


@pytest.mark.parametrize(
    ("body", "trigger", "payload"), [row[1:] for row in SPELLINGS], ids=[row[0] for row in SPELLINGS]
)
def test_every_other_spelling_is_understood(body: dict[str, Any], trigger: str, payload: dict[str, Any]) -> None:
    before = copy.deepcopy(body)

    found = recognise(ENVELOPE | body)

    assert (found.trigger, found.payload, found.complete) == (trigger, payload, True)
    assert body == before


def test_a_null_payload_key_counts_as_absent() -> None:
    found = recognise({"message": None, "event": PAYLOADS["EVENT_INBOUND"][1]})

    assert (found.trigger, found.complete) == ("EVENT_INBOUND", True)


@pytest.mark.parametrize("body", [{}, ENVELOPE, ENVELOPE | {"new_notification": {"id": "1"}}, {"message": None}])
def test_a_body_without_a_known_payload_has_no_trigger(body: dict[str, Any]) -> None:
    found = recognise(body)

    assert (found.trigger, found.payload, found.complete) == ("", None, False)


@pytest.mark.parametrize("payload", [1, "text", True, [], [MESSAGE], 1.5])
@pytest.mark.parametrize(
    "trigger", [trigger for trigger in KEY_OF_TRIGGER if trigger != "CONTACT_IDENTITIES_DUPLICATION"]
)
def test_a_payload_that_is_no_object_still_names_its_trigger(trigger: str, payload: Any) -> None:
    found = recognise({KEY_OF_TRIGGER[trigger]: payload})

    assert (found.trigger, found.payload, found.complete) == (trigger, None, False)


@pytest.mark.parametrize("order", [("message", "unsupported"), ("unsupported", "message")])
def test_of_two_payloads_the_better_known_is_taken_and_the_body_called_incomplete(order: tuple[str, str]) -> None:
    payloads = {"message": MESSAGE, "unsupported": {"id": "1"}}

    found = recognise({key: payloads[key] for key in order})

    assert (found.trigger, found.complete) == ("MESSAGE_INBOUND", False)


def test_a_payload_nested_too_deeply_to_be_written_is_left_alone() -> None:
    deep: Any = "x"
    for _ in range(1000):
        deep = [deep]

    found = recognise({"unsupported": {"id": "1", "payload": deep}})

    assert found.trigger == "UNSUPPORTED"
    assert found.payload is not None
    assert found.payload["payload"] is deep
