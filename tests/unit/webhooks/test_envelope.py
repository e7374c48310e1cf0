"""Whatever was posted becomes an event: typed as far as it goes, with its bytes unchanged."""

import datetime as dt
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from conversation_gateway.v1.event_feed_pb2 import EventBatch, FeedEvent, SubscribeResponse

from gateway.mapping import encoder_for
from gateway.state.events import NewEvent
from gateway.webhooks.envelope import MAX_TYPED_BYTES, Composer
from gateway.webhooks.source import WebhookSource
from gateway.webhooks.spellings import TRIGGERS
from tests.requirements import require
from tests.unit.webhooks.callbacks import MESSAGE, PAYLOADS, callback, posted

SOURCE = WebhookSource(name="default", project_id="OURS", secrets=(b"s",))
RECEIVED = dt.datetime(2025, 10, 9, 9, 0, 0, 123456, tzinfo=dt.UTC)
FIXTURES = Path(os.environ.get("CONVERSATION_FIXTURES", Path(__file__).parents[4] / "shared" / "fixtures"))
COMPOSER = Composer()
ENCODE = encoder_for(FeedEvent.DESCRIPTOR)  # type: ignore[arg-type]  # the stub offers a second, private class


def compose(raw: bytes, source: WebhookSource = SOURCE) -> tuple[NewEvent, FeedEvent]:
    event = COMPOSER.compose(raw, source=source, received=RECEIVED)
    return event, FeedEvent.FromString(event.encoded)


def as_instants(value: Any) -> Any:
    """JSON in which two spellings of one instant are equal, and null is absent."""
    if isinstance(value, dict):
        return {key: as_instants(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [as_instants(item) for item in value]
    try:
        return dt.datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else value
    except ValueError:
        return value


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_every_trigger_is_typed_whole(trigger: str) -> None:
    body = callback(trigger)
    key, payload = PAYLOADS[trigger]

    event, typed = compose(posted(body))

    assert (event.index.trigger, typed.trigger, typed.WhichOneof("payload")) == (trigger, trigger, key)
    assert as_instants(ENCODE(typed)[key]) == as_instants(payload)
    assert not typed.partially_typed


def official_callbacks() -> list[Path]:
    return sorted((FIXTURES / "v1" / "sinchevents").rglob("*.json")) or [FIXTURES]


@pytest.mark.parametrize("path", official_callbacks(), ids=lambda path: path.stem)
def test_every_official_example_is_typed_whole(path: Path) -> None:
    require(path.is_file(), "the official wire examples (CONVERSATION_FIXTURES)")
    raw = path.read_bytes()
    body = json.loads(raw)

    event, typed = compose(raw)

    key = typed.WhichOneof("payload")
    assert key in body
    assert as_instants(ENCODE(typed)[key]) == as_instants(body[key])
    assert not typed.partially_typed
    assert (event.raw, typed.app_id, typed.correlation_id) == (raw, body["app_id"], body["correlation_id"])


def test_the_envelope_is_typed_and_the_gateways_own_facts_added() -> None:
    event, typed = compose(posted(callback("MESSAGE_INBOUND")))

    assert (typed.project_id, typed.app_id, typed.webhook) == ("PROJECT-1", "APP-1", "default")
    assert (typed.message_metadata, typed.correlation_id) == ("meta of the message", "order-17")
    assert typed.accepted_time.ToJsonString() == "2025-10-09T08:53:20.250Z"
    assert typed.event_time.ToJsonString() == "2025-10-09T08:53:19Z"
    assert typed.received_time.ToJsonString() == "2025-10-09T09:00:00.123456Z"
    assert typed.event_id == event.dedupe_key.hex()
    assert event.body_hash == hashlib.sha256(event.raw).digest()


def test_an_event_goes_to_the_log_of_its_webhooks_project_and_shows_the_one_it_names() -> None:
    named, typed = compose(posted(callback("MESSAGE_INBOUND")))
    nameless, typed_nameless = compose(posted(callback("MESSAGE_INBOUND", project_id="")))

    assert (named.project_id, typed.project_id) == ("OURS", "PROJECT-1")
    assert (nameless.project_id, typed_nameless.project_id) == ("OURS", "OURS")


def test_a_body_cannot_say_what_the_gateway_says() -> None:
    forged = {
        "cursor": "AAAA",
        "raw": "AAAA",
        "event_id": "forged",
        "trigger": "OPT_IN",
        "webhook": "forged",
        "possible_duplicate": True,
        "partially_typed": True,
        "received_time": "1999-01-01T00:00:00Z",
    }

    _, typed = compose(posted(callback("MESSAGE_INBOUND", **forged)))

    _, honest = compose(posted(callback("MESSAGE_INBOUND")))
    assert typed == honest


def test_the_webhooks_name_and_secret_are_no_part_of_an_events_identity() -> None:
    raw = posted(callback("MESSAGE_DELIVERY"))

    first, _ = compose(raw)
    second, _ = compose(raw, WebhookSource(name="second", project_id="OURS", secrets=(b"t",)))

    assert first.dedupe_key == second.dedupe_key


@pytest.mark.parametrize("change", [{"app_id": "APP-2"}, {"project_id": "PROJECT-2"}])
def test_apps_and_projects_are_part_of_an_events_identity(change: dict[str, str]) -> None:
    first, _ = compose(posted(callback("CONTACT_CREATE")))
    second, _ = compose(posted(callback("CONTACT_CREATE", **change)))

    assert first.dedupe_key != second.dedupe_key


def test_what_filters_look_at_is_taken_from_wherever_it_is() -> None:
    indexed = {trigger: compose(posted(callback(trigger)))[0].index for trigger in TRIGGERS}

    facts = {
        trigger: (index.channel, index.contact_id, index.conversation_id, index.message_id, index.metadata)
        for trigger, index in indexed.items()
    }
    whole = "meta of the message"
    assert facts == {
        "MESSAGE_INBOUND": ("RCS", "CONTACT-1", "CONVERSATION-1", "MESSAGE-1", whole),
        "MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION": ("RCS", "CONTACT-1", "CONVERSATION-1", "MESSAGE-1", whole),
        "MESSAGE_SUBMIT": ("RCS", "CONTACT-1", "CONVERSATION-1", "MESSAGE-2", "m"),
        "MESSAGE_DELIVERY": ("RCS", "CONTACT-1", "CONVERSATION-1", "MESSAGE-2", "m"),
        "EVENT_INBOUND": ("RCS", "CONTACT-1", "CONVERSATION-1", "MESSAGE-2", whole),
        "EVENT_DELIVERY": ("RCS", "CONTACT-1", "", "", "m"),
        "CONVERSATION_START": ("", "CONTACT-1", "CONVERSATION-1", "", whole),
        "CONVERSATION_STOP": ("", "CONTACT-1", "CONVERSATION-1", "", whole),
        "CONVERSATION_DELETE": ("", "CONTACT-1", "CONVERSATION-1", "", whole),
        "CONTACT_CREATE": ("", "CONTACT-1", "", "", whole),
        "CONTACT_UPDATE": ("", "CONTACT-1", "", "", whole),
        "CONTACT_DELETE": ("", "CONTACT-1", "", "", whole),
        "CONTACT_MERGE": ("", "CONTACT-1", "", "", whole),
        "CONTACT_IDENTITIES_DUPLICATION": ("", "", "", "", whole),
        "CAPABILITY": ("RCS", "CONTACT-1", "", "", whole),
        "OPT_IN": ("VIBERBM", "CONTACT-1", "", "", whole),
        "OPT_OUT": ("VIBERBM", "CONTACT-1", "", "", whole),
        "CHANNEL_EVENT": ("WHATSAPP", "", "", "", whole),
        "UNSUPPORTED": ("LINE", "CONTACT-1", "", "", whole),
        "SMART_CONVERSATION": ("RCS", "CONTACT-1", "CONVERSATION-1", "MESSAGE-1", whole),
        "RECORD_NOTIFICATION": ("RCS", "", "", "", whole),
        "BATCH_STATUS_UPDATE": ("", "", "", "", whole),
    }
    assert {(index.app_id, index.correlation_id) for index in indexed.values()} == {("APP-1", "order-17")}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe\x00",
        b'{"message":{"id":1e400}}',
        b'{"message":{"id":NaN}}',
        b"[" * 5000 + b"]" * 5000,
        b'{"message":' + b'{"a":' * 2000 + b"1" + b"}" * 2000 + b"}",
        b'{"message":{"id":"1"}} trailing',
        b"\x00" * 100,
    ],
    ids=lambda raw: raw[:20].decode("latin-1"),
)
def test_a_body_that_cannot_be_read_is_kept_with_its_bytes(raw: bytes) -> None:
    event, typed = compose(raw)

    assert (event.raw, event.index.trigger, typed.WhichOneof("payload")) == (raw, "", None)
    assert (typed.project_id, typed.webhook, typed.partially_typed) == ("OURS", "default", True)
    assert typed.HasField("received_time")


def test_an_unknown_payload_is_kept_with_the_envelope_typed() -> None:
    body = callback("MESSAGE_INBOUND", message=None, brand_new_notification={"id": "1"})

    event, typed = compose(posted(body))

    assert (event.index.trigger, event.index.app_id, typed.WhichOneof("payload")) == ("", "APP-1", None)
    assert typed.partially_typed


def test_unknown_fields_beside_known_ones_are_no_contradiction() -> None:
    body = callback("MESSAGE_INBOUND", brand_new=1, message=MESSAGE | {"brand_new": [1]})

    _, typed = compose(posted(body))

    assert typed.message.contact_message.text_message.text == "How much is it?"
    assert not typed.partially_typed


@pytest.mark.parametrize("value", [7, "text", [], True, {"text_message": 7}, {"text_message": {"text": 7}}])
def test_a_payload_that_contradicts_the_contract_keeps_what_can_be_typed(value: Any) -> None:
    body = callback("MESSAGE_INBOUND", message=MESSAGE | {"contact_message": value})

    event, typed = compose(posted(body))

    assert (typed.message.id, event.index.conversation_id) == ("MESSAGE-1", "CONVERSATION-1")
    assert typed.partially_typed


@pytest.mark.parametrize(
    "field", ["app_id", "project_id", "message_metadata", "correlation_id", "accepted_time", "event_time"]
)
@pytest.mark.parametrize("value", [7, ["x"], {"x": 1}, False, "\x00", "9999-99-99T00:00:00Z"])
def test_an_envelope_that_contradicts_the_contract_costs_nothing_else(field: str, value: Any) -> None:
    event, typed = compose(posted(callback("MESSAGE_INBOUND", **{field: value})))

    assert (event.index.trigger, typed.message.id) == ("MESSAGE_INBOUND", "MESSAGE-1")


def test_a_known_trigger_always_has_its_payload_set() -> None:
    _, typed = compose(posted(callback("MESSAGE_INBOUND", message="no object")))

    assert (typed.trigger, typed.WhichOneof("payload"), typed.partially_typed) == ("MESSAGE_INBOUND", "message", True)


@pytest.mark.parametrize(
    ("raw_text", "shown"),
    [
        (b"cut \\ud83d", "cut \ufffd"),
        (b"\\ud83d\\ude00 \\ude00", "😀 \ufffd"),
        (b"\\ud83d\\ud83d\\ude00", "\ufffd😀"),
        (b"a backslash \\\\ud83d and \\ud83d", "a backslash \\ud83d and \ufffd"),
        (b"not UTF-8: \xe5", "not UTF-8: \ufffd"),
    ],
)
def test_broken_characters_cost_only_themselves(raw_text: bytes, shown: str) -> None:
    raw = posted(callback("MESSAGE_INBOUND")).replace(b"How much is it?", raw_text)

    event, typed = compose(raw)

    assert typed.message.contact_message.text_message.text == shown
    assert (event.raw, event.index.message_id, typed.partially_typed) == (raw, "MESSAGE-1", True)


def test_a_byte_order_mark_is_read_past() -> None:
    raw = b"\xef\xbb\xbf" + posted(callback("MESSAGE_INBOUND"))

    event, typed = compose(raw)

    assert (event.raw, event.index.trigger, typed.partially_typed) == (raw, "MESSAGE_INBOUND", False)


def test_of_a_key_given_twice_the_last_one_counts() -> None:
    event, typed = compose(b'{"app_id":"A","app_id":"B","message":{"id":"1"},"message":{"id":"2"}}')

    assert (event.index.app_id, typed.message.id) == ("B", "2")


@pytest.mark.parametrize("depth", [5, 24, 25, 26, 40, 200])
def test_nesting_of_any_depth_leaves_an_event_that_every_subscriber_can_parse(depth: int) -> None:
    nested: Any = "x"
    for _ in range(depth):
        nested = {"x": nested}
    payload = {"channel_event": {"channel": "WHATSAPP", "event_type": "E", "additional_data": nested}}

    _, typed = compose(posted(callback("CHANNEL_EVENT", channel_event_notification=payload)))

    frame = SubscribeResponse(batch=EventBatch(events=[typed])).SerializeToString()
    assert (
        SubscribeResponse.FromString(frame).batch.events[0].channel_event_notification.channel_event.event_type == "E"
    )
    assert typed.partially_typed == (depth > 25)


def test_free_json_that_swells_is_left_to_the_raw_bytes() -> None:
    payload = {"channel_event": {"channel": "WHATSAPP", "event_type": "E", "additional_data": {"x": [1] * 500_000}}}
    raw = posted(callback("CHANNEL_EVENT", channel_event_notification=payload))

    event, typed = compose(raw)

    assert len(raw) < 1024 * 1024
    assert len(event.encoded) <= MAX_TYPED_BYTES
    assert (typed.trigger, typed.WhichOneof("payload")) == ("CHANNEL_EVENT", "channel_event_notification")
    assert typed.partially_typed
    assert (event.index.channel, event.raw) == ("WHATSAPP", raw)
