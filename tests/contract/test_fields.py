"""Rules that every field keeps, so that nothing said on the wire is lost and nothing unsaid appears."""

import re

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from tests.contract.contract import MESSAGES, METHODS, PACKAGE, reachable, requests, rest_call

# What the gateway itself says: zero means unset there, and nothing of it is mapped to or from JSON.
OWN_FILES = {"call_options.proto", "event_feed.proto", "raw.proto"}
PAGING = {"page_size", "page_token"}
WIRE_TIMES = {"birthday", "datetime", "event_end", "event_start", "last_received", "send_after"}


def file_of(message: Descriptor) -> str:
    return str(message.file.name.rpartition("/")[2])


def own_messages() -> set[str]:
    """Messages that the gateway itself defines: by their file, or because nothing that is passed on holds them."""
    passed_on: set[str] = set()
    for method in METHODS:
        if rest_call(method) or method.containing_service.name == "EventFeedService":
            reachable(method.input_type, passed_on)
            reachable(method.output_type, passed_on)
    return {m.full_name for m in MESSAGES.values() if file_of(m) in OWN_FILES or m.full_name not in passed_on}


def wire_fields() -> list[tuple[Descriptor, FieldDescriptor]]:
    """Fields that are JSON on the wire, each with its message."""
    own = own_messages()
    return [
        (message, field)
        for message in MESSAGES.values()
        if message.full_name not in own
        for field in message.fields
        if field.name not in {"options", "list"}
    ]


def test_scalars_tell_absent_from_empty_unless_empty_means_nothing() -> None:
    in_path = {(m.input_type.name, name) for m in METHODS if (call := rest_call(m)) for name in call.variables}
    implicit = [
        f"{message.name}.{field.name}"
        for message, field in wire_fields()
        if not field.is_repeated and not field.has_presence
        if field.name not in PAGING | {"project_id", "app_id"}
        if (message.name, field.name) not in in_path
    ]

    assert implicit == []


def test_an_app_id_that_the_gateway_fills_in_is_implicit_and_a_filter_is_not() -> None:
    app_ids = [(m, f) for m, f in wire_fields() if f.name == "app_id" and m.full_name in requests()]

    explicit = {message.name for message, field in app_ids if field.has_presence}

    assert explicit == {
        "ChannelIdentity",
        "Conversation",
        "DeleteAppRequest",
        "ListConversationsRequest",
        "ListLastMessagesByChannelIdentityRequest",
        "ListMessagesRequest",
        "WeChatCredentials",
        "Webhook",
    }


def test_only_types_that_the_mapping_knows_are_used() -> None:
    scalars = {
        FieldDescriptor.TYPE_STRING,
        FieldDescriptor.TYPE_BOOL,
        FieldDescriptor.TYPE_INT32,
        FieldDescriptor.TYPE_INT64,
        FieldDescriptor.TYPE_DOUBLE,
    }
    known = {f"google.protobuf.{name}" for name in ("Struct", "Value", "Timestamp", "Duration", "FieldMask")}
    wrong = [
        f"{message.name}.{field.name}"
        for message, field in wire_fields()
        if (
            field.message_type.full_name not in known and field.message_type.file.package != PACKAGE
            if field.message_type
            else field.type not in scalars
        )
    ]

    assert wrong == []


def test_fields_are_declared_in_the_order_of_their_numbers() -> None:
    wrong = [m.name for m in MESSAGES.values() if (n := [field.number for field in m.fields]) != sorted(n)]

    assert wrong == []


def test_maps_are_keyed_by_strings() -> None:
    entries = [f.message_type for _, f in wire_fields() if f.message_type and f.message_type.GetOptions().map_entry]

    assert len(entries) > 8
    assert {entry.fields_by_name["key"].type for entry in entries} == {FieldDescriptor.TYPE_STRING}


def test_instants_are_timestamps_and_end_in_time_where_the_name_is_ours() -> None:
    fields = [field for message in MESSAGES.values() for field in message.fields]
    stamps = {f.name for f in fields if f.message_type and f.message_type.full_name == "google.protobuf.Timestamp"}
    named_time = [f for f in fields if f.name.endswith("_time") and f.name != "delivery_report_waiting_time"]

    assert {name for name in stamps if not name.endswith("_time")} == WIRE_TIMES - {"birthday"}
    assert all(f.message_type and f.message_type.name == "Timestamp" for f in named_time)


def test_spans_are_durations_where_the_name_is_ours() -> None:
    own = [field for m in MESSAGES.values() if m.full_name in own_messages() for field in m.fields]
    spans = {f.name for f in own if f.message_type and f.message_type.full_name == "google.protobuf.Duration"}

    assert spans == {
        "app_queue_eta",
        "heartbeat_interval",
        "horizon",
        "lag",
        "max_age",
        "max_queue_wait",
        "queue_wait",
        "reconnect_delay",
        "reply_timeout",
        "retry_delay",
        "timeout",
    }
    assert [f.name for f in own if re.search(r"_(seconds|ms|s)$", f.name) and not f.is_repeated] == []


def test_every_write_can_be_made_safe_to_repeat() -> None:
    options = MESSAGES["CallOptions"].fields_by_name

    assert options["request_id"].has_presence
    assert list(options) == [
        "request_id",
        "priority",
        "max_queue_wait",
        "region",
        "retry_unknown_outcome",
        "validate_only",
    ]


def test_the_filter_of_the_feed_names_facts_and_keeps_room_for_an_expression() -> None:
    event_filter = MESSAGES["EventFilter"]

    assert all(field.is_repeated and field.type == FieldDescriptor.TYPE_STRING for field in event_filter.fields)
    assert 15 not in event_filter.fields_by_number
    assert "expression" not in event_filter.fields_by_name
