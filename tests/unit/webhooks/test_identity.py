"""Two callbacks of one event share a key; two events never share one by accident."""

from typing import Any

import pytest

from gateway.webhooks.identity import channel_of, dedupe_key, identify
from tests.unit.webhooks.callbacks import ENVELOPE, PAYLOADS, callback

HASH = bytes(32)
OTHER_TIME = {"event_time": "2025-10-09T09:00:00Z", "accepted_time": "2025-10-09T09:00:01Z"}


def parts(
    trigger: str, payload: dict[str, Any] | None = None, body_hash: bytes = HASH, **envelope: Any
) -> tuple[str, ...]:
    found = PAYLOADS[trigger][1] if payload is None else payload
    return identify(trigger, found, ENVELOPE | envelope, body_hash)


def without(trigger: str, *names: str) -> dict[str, Any]:
    return {name: value for name, value in PAYLOADS[trigger][1].items() if name not in names}


@pytest.mark.parametrize("trigger", PAYLOADS)
def test_a_callback_with_its_ids_is_not_told_apart_by_its_bytes(trigger: str) -> None:
    assert parts(trigger, body_hash=b"a" * 32) == parts(trigger, body_hash=b"b" * 32)


@pytest.mark.parametrize("trigger", PAYLOADS)
def test_a_callback_without_its_ids_is_told_apart_by_its_bytes(trigger: str) -> None:
    assert parts(trigger, {}, body_hash=b"a" * 32) != parts(trigger, {}, body_hash=b"b" * 32)


TIMED = {
    "MESSAGE_DELIVERY",
    "EVENT_DELIVERY",
    "CONVERSATION_START",
    "CONVERSATION_STOP",
    "CONTACT_UPDATE",
    "CONTACT_IDENTITIES_DUPLICATION",
    "CHANNEL_EVENT",
}


@pytest.mark.parametrize("trigger", PAYLOADS)
def test_time_tells_events_apart_exactly_where_their_ids_may_recur(trigger: str) -> None:
    differs = parts(trigger) != parts(trigger, None, HASH, **OTHER_TIME)

    assert differs == (trigger in TIMED)


@pytest.mark.parametrize("trigger", ["MESSAGE_DELIVERY", "EVENT_DELIVERY", "CONVERSATION_START", "CONVERSATION_STOP"])
def test_the_channels_time_comes_before_the_time_of_acceptance(trigger: str) -> None:
    first = parts(trigger)

    assert parts(trigger, accepted_time="2025-10-09T09:00:00Z") == first
    assert parts(trigger, event_time=None) == parts(trigger, event_time=ENVELOPE["accepted_time"])


@pytest.mark.parametrize(
    ("trigger", "change"),
    [
        ("MESSAGE_INBOUND", {"id": "other"}),
        ("MESSAGE_SUBMIT", {"message_id": "other"}),
        ("MESSAGE_SUBMIT", {"channel_identity": {"channel": "SMS"}}),
        ("MESSAGE_DELIVERY", {"message_id": "other"}),
        ("MESSAGE_DELIVERY", {"status": "DELIVERED"}),
        ("MESSAGE_DELIVERY", {"channel_identity": {"channel": "SMS"}}),
        ("EVENT_INBOUND", {"id": "other"}),
        ("EVENT_DELIVERY", {"event_id": "other"}),
        ("EVENT_DELIVERY", {"status": "DELIVERED"}),
        ("CONVERSATION_DELETE", {"conversation": {"id": "other"}}),
        ("CONTACT_CREATE", {"contact": {"id": "other"}}),
        ("CONTACT_MERGE", {"preserved_contact": {"id": "other"}}),
        ("CONTACT_MERGE", {"deleted_contact": {"id": "other"}}),
        ("CONTACT_IDENTITIES_DUPLICATION", {"duplicated_identities": [{"channel": "SMS", "contact_ids": ["1"]}]}),
        ("CAPABILITY", {"request_id": "other"}),
        ("CAPABILITY", {"channel": "SMS"}),
        ("CAPABILITY", {"identity": "46700000003"}),
        ("OPT_IN", {"request_id": "other"}),
        ("CHANNEL_EVENT", {"channel_event": {"channel": "SMS", "event_type": "QUALITY"}}),
        ("CHANNEL_EVENT", {"channel_event": {"channel": "WHATSAPP", "event_type": "other"}}),
        ("UNSUPPORTED", {"id": "other"}),
        ("SMART_CONVERSATION", {"message_id": "other"}),
        ("RECORD_NOTIFICATION", {"entity_id": "other"}),
        ("RECORD_NOTIFICATION", {"record_status": "other"}),
        ("BATCH_STATUS_UPDATE", {"batch_id": "other"}),
        ("BATCH_STATUS_UPDATE", {"batch_status": "other"}),
    ],
)
def test_every_fact_of_an_events_row_tells_it_apart(trigger: str, change: dict[str, Any]) -> None:
    assert parts(trigger) != parts(trigger, PAYLOADS[trigger][1] | change)


def test_an_event_without_an_id_is_known_by_contact_time_and_kind() -> None:
    event = without("EVENT_INBOUND", "id")
    other_kind = event | {"contact_message_event": {"payment_status_update_event": {}}}

    assert parts("EVENT_INBOUND", event, b"a" * 32) == parts("EVENT_INBOUND", event, b"b" * 32)
    assert parts("EVENT_INBOUND", event) != parts("EVENT_INBOUND", event | {"contact_id": "other"})
    assert parts("EVENT_INBOUND", event) != parts("EVENT_INBOUND", event | {"accept_time": "2025-10-09T08:53:20Z"})
    assert parts("EVENT_INBOUND", event) != parts("EVENT_INBOUND", other_kind)


@pytest.mark.parametrize("trigger", ["OPT_IN", "OPT_OUT"])
def test_an_opt_event_without_a_request_id_is_known_by_who_where_what_and_when(trigger: str) -> None:
    event = without(trigger, "request_id")

    assert parts(trigger, event, b"a" * 32) == parts(trigger, event, b"b" * 32)
    for change in ({"channel": "SMS"}, {"identity": "1"}, {"status": "other"}):
        assert parts(trigger, event) != parts(trigger, event | change)
    assert parts(trigger, event) != parts(trigger, event, HASH, **OTHER_TIME)


def test_an_unsupported_callback_without_an_id_is_known_by_its_payload() -> None:
    event = without("UNSUPPORTED", "id")

    assert parts("UNSUPPORTED", event, b"a" * 32) == parts("UNSUPPORTED", event, b"b" * 32)
    assert parts("UNSUPPORTED", event) != parts("UNSUPPORTED", event | {"payload": "other"})


def test_the_content_of_an_unsupported_callback_never_shows_in_its_key() -> None:
    text = "7MEET0ME0AT0SEVEN0PARK0GAT"
    key = key_of(*parts("UNSUPPORTED", {"payload": text}))

    assert not key.startswith(text[:2].encode())


def test_shared_identities_are_the_same_in_any_order() -> None:
    first = {"channel": "SMS", "contact_ids": ["1", "2"]}
    second = {"channel": "RCS", "contact_ids": ["3", "1"]}
    turned = {"channel": "SMS", "contact_ids": ["2", "1"]}

    found = parts("CONTACT_IDENTITIES_DUPLICATION", {"duplicated_identities": [first, second]})

    assert found == parts("CONTACT_IDENTITIES_DUPLICATION", {"duplicated_identities": [second, turned]})


@pytest.mark.parametrize("trigger", PAYLOADS)
def test_facts_of_another_type_are_no_facts(trigger: str) -> None:
    wrong: list[Any] = [1, None, [], {}, [[]], {"id": 1}]
    broken: list[dict[str, Any]] = [dict.fromkeys(PAYLOADS[trigger][1], value) for value in wrong]

    assert {parts(trigger, item) for item in broken} == {("bytes", HASH.hex())}


def test_a_redaction_and_its_message_are_two_events() -> None:
    keys = {
        dedupe_key(project_id="P", app_id="A", trigger=trigger, parts=parts(trigger))
        for trigger in ("MESSAGE_INBOUND", "MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION")
    }

    assert len(keys) == 2


def test_no_two_ways_to_cut_the_same_text_share_a_key() -> None:
    cuts = [
        ("P", "A", "T", ("ab", "c")),
        ("P", "A", "T", ("a", "bc")),
        ("P", "A", "T", ("abc",)),
        ("P", "A", "Ta", ("bc",)),
    ]
    cuts += [("PA", "", "T", ("abc",)), ("P", "A", "T", ("abc", "")), ("P", "A", "T", ("", "abc"))]

    keys = {dedupe_key(project_id=p, app_id=a, trigger=t, parts=rest) for p, a, t, rest in cuts}

    assert len(keys) == len(cuts)


def key_of(*rest: str) -> bytes:
    return dedupe_key(project_id="P", app_id="A", trigger="MESSAGE_INBOUND", parts=rest)


def test_keys_stay_what_they_are_from_version_to_version() -> None:
    assert key_of("M-ß").hex() == "abe08b84dfe57a30e5daa8fd68dc46fd946e4594571717cb80d6b23b38758ea9"
    assert (
        key_of("01EQBC1A3BEK731GY4YXEN0C2R").hex() == "3031455142433141334233da51948bf66b9536485fa9bdfda9036c2f73a41a1e"
    )


def test_keys_of_ulids_are_in_the_order_of_their_times() -> None:
    earlier = key_of("01EQBC1A3BZZZZZZZZZZZZZZZZ")
    later = [key_of(f"01EQBC1A3C{number:016}", "DELIVERED") for number in range(100)]

    assert all(earlier < key for key in later)
    assert len({len(key) for key in (earlier, *later)}) == 1
    assert len(set(later)) == 100


@pytest.mark.parametrize("text", ["+46700000001", "I will be there at 8 sharp!", "01eqbc1a3bek731gy4yxen0c2r"])
def test_nothing_that_is_no_ulid_shows_in_a_key(text: str) -> None:
    assert not key_of(text).startswith(text[:2].encode())


@pytest.mark.parametrize(
    ("trigger", "channel"),
    [("MESSAGE_INBOUND", "RCS"), ("CAPABILITY", "RCS"), ("CHANNEL_EVENT", "WHATSAPP"), ("CONTACT_CREATE", "")],
)
def test_the_channel_is_found_wherever_its_kind_keeps_it(trigger: str, channel: str) -> None:
    assert channel_of(callback(trigger)[PAYLOADS[trigger][0]]) == channel
