"""The API's JSON is irregular in 25 known ways; the mapping survives each. Numbers are those of the API's notes."""

from typing import Any

import orjson
import pytest

from gateway.mapping import MappingError, UnreadableJson, encoder_for, loads
from tests.contract.contract import ENUMS, MESSAGES, METHODS, rest_call
from tests.json_roundtrip import comparable, there_and_back, to_message


def assert_survives(message: str, document: dict[str, Any]) -> None:
    assert comparable(there_and_back(document, MESSAGES[message])) == comparable(document)


def read(message: str, document: dict[str, Any]) -> Any:
    return to_message(document, MESSAGES[message]).message


@pytest.mark.parametrize(
    ("message", "document"),
    [
        ("AppMessage", {"media_message": {"url": "https://m.test/1.png"}, "reply_to": {"message_id": "m-1"}}),
        ("ContactMessage", {"media_card_message": {"url": "https://m.test/2.png"}, "reply_to": {"message_id": "m-2"}}),
        ("OmniMessageOverride", {"template_reference": {"template_id": "t-1", "version": "3"}}),
        ("Choice", {"url_message": {"title": "Open", "url": "https://m.test"}, "postback_data": "open"}),
        ("TemplateTranslation", {"language_code": "nb-NO", "text_message": {"text": "Hei"}, "version": "1"}),
        ("ConversationChannelCredentials", {"channel": "MMS", "mms_credentials": {"account_id": "a"}}),
        ("ConversationMessage", {"id": "m-3", "contact_message": {"text_message": {"text": "Ja"}}}),
        ("Recipient", {"contact_id": "c-1"}),
        ("EventInboundItem", {"id": "e-1", "contact_event": {"comment_event": {"text": "Fin!"}}}),
    ],
)
def test_01_a_body_stands_beside_common_keys(message: str, document: dict[str, Any]) -> None:
    assert_survives(message, document)


def test_02_a_sibling_one_level_up_says_what_a_message_is() -> None:
    assert_survives(
        "AppMessage",
        {"channel_specific_message": {"WHATSAPP": {"message_type": "FLOWS", "message": {"flow_id": "12"}}}},
    )


def test_03_an_inner_type_says_what_an_object_is() -> None:
    buttons = [{"type": "pix_dynamic_code", "code": "c"}, {"type": "WL", "name": "Gå"}]

    assert_survives("ChannelSpecificMessage", {"message_type": "ORDER_DETAILS", "message": {"buttons": buttons}})


def test_04_the_inner_type_may_be_absent() -> None:
    assert_survives(
        "ChannelSpecificMessage",
        {"message_type": "COMMERCE", "message": {"commerce": {"title": "Kaffe", "regular_price": 4900}}},
    )


def test_05_the_label_may_be_wrong() -> None:
    assert_survives(
        "ChannelSpecificMessage",
        {"message_type": "COMMERCE", "message": {"carousel": {"list": [{"commerce": {}}]}}},
    )


def test_06_a_number_may_be_a_string() -> None:
    free = {"message_type": "COMMERCE", "message": {"coupon": {"discount_rate": "25"}, "commerce": {"rate": 25}}}

    assert_survives("ChannelSpecificMessage", free)
    assert read("RetentionPolicy", {"ttl_days": "30"}).ttl_days == 30


@pytest.mark.parametrize(
    ("message", "document"),
    [
        ("SendMessageRequest", {"conversation_metadata": {"case": {"id": 41, "open": True}}}),
        ("SendMessageRequest", {"conversation_metadata": "case 41"}),
        ("SendMessageRequest", {"message_metadata": '{"case": 41}'}),
        ("SendBatchRequest", {"message_metadata": {"case": 41}}),
        ("MessageInboundItem", {"channel_identity": {"channel": "SMS", "identity": "4670"}}),
        ("SmartConversationNotification", {"channel_identity": "4670"}),
    ],
)
def test_07_one_name_is_text_here_and_an_object_there(message: str, document: dict[str, Any]) -> None:
    assert_survives(message, document)


@pytest.mark.parametrize("value", ["draft", "data_exchange", "br", "digital-goods", "nfm_reply", "1st class"])
def test_08_a_value_may_be_no_identifier(value: str) -> None:
    assert_survives("ChannelSpecificContactMessage", {"message_type": value, "message": {"type": value}})


def test_09_values_of_different_vocabularies_may_be_spelt_alike() -> None:
    assert_survives("MessageDeliveryReport", {"status": "FAILED", "reason": {"code": "UNKNOWN"}})
    assert {enum.name for enum in ENUMS}.isdisjoint({"DeliveryStatus", "ReasonCode"})


def test_10_a_vocabulary_without_a_zero_value_is_never_printed_unset() -> None:
    webhook = read("NewWebhook", {"target": "https://h.test"})

    assert encoder_for(webhook.DESCRIPTOR)(webhook) == {"target": "https://h.test"}


@pytest.mark.parametrize(
    ("message", "document"),
    [
        ("Contact", {"language": "UNSPECIFIED", "channel_priority": ["VIBER"]}),
        ("DuplicatedIdentity", {"channel": "channel"}),
        ("NewWebhook", {"triggers": ["SMART_CONVERSATIONS", "BATCH_STATUS_UPDATE"]}),
        ("Reason", {"code": "CHANNEL_POLICY_VIOLATION", "sub_code": "CHANNEL_LIMITATION"}),
    ],
)
def test_11_a_value_may_be_outside_its_vocabulary(message: str, document: dict[str, Any]) -> None:
    assert_survives(message, document)


def test_12_unknown_fields_do_not_break_what_is_known() -> None:
    decoded = to_message({"id": "a-1", "flight_mode": {"on": [True]}, "queue_stats": {"depth": 3}}, MESSAGES["App"])

    assert decoded.message == read("App", {"id": "a-1", "queue_stats": {}})
    assert decoded.skipped_count == 0


def test_13_an_explicit_null_is_absent() -> None:
    assert_survives("ContactMessage", {"text_message": {"text": "Hej"}, "reply_to": None})
    assert not read("App", {"message_retry_settings": None}).HasField("message_retry_settings")


@pytest.mark.parametrize(
    ("message", "document"),
    [
        ("AppMessage", {"explicit_channel_message": {"LINE": '{"a": [1,2]}'}}),
        ("AppMessage", {"explicit_channel_omni_message": {"WECHAT": {"text_message": {"text": "Hej"}}}}),
        ("AppMessage", {"channel_specific_message": {"NEW_CHANNEL": {"message_type": "NEW"}}}),
        ("TemplateMessage", {"channel_template": {"RCS": {"template_id": "t"}}}),
        ("TemplateTranslation", {"channel_template_overrides": {"SMS": {"parameter_mappings": {"a": "b"}}}}),
        ("TranscodeMessageResponse", {"transcoded_message": {"APPLEBC": "{}"}}),
    ],
)
def test_14_maps_are_keyed_by_channel(message: str, document: dict[str, Any]) -> None:
    assert_survives(message, document)


def test_15_a_key_may_have_brackets() -> None:
    assert_survives("TemplateReference", {"parameters": {"body[1]text": "Ada", "header[0].url": "https://m.test"}})


@pytest.mark.parametrize(
    ("message", "document"),
    [
        ("CarouselMessage", {"cards": [{"title": "En"}, {"media_message": {"url": "https://m.test/3.png"}}]}),
        ("AppMessage", {"card_message": {"title": "To"}}),
        ("ListSection", {"items": [{"choice": {"title": "Tre"}}, {"product": {"id": "4"}}]}),
        ("Recipient", {"identified_by": {"channel_identities": [{"channel": "RCS", "identity": "5"}]}}),
    ],
)
def test_16_the_same_object_is_wrapped_or_bare(message: str, document: dict[str, Any]) -> None:
    assert_survives(message, document)


@pytest.mark.parametrize(
    ("message", "properties"),
    [("CardMessage", {"whatsapp_header": "Tilbud"}), ("ChoiceMessage", {"whatsapp_footer": "Hilsen"})],
)
def test_17_message_properties_may_come_as_an_array_of_one_object(message: str, properties: dict[str, str]) -> None:
    wrapped = there_and_back({"message_properties": [properties]}, MESSAGES[message])

    assert wrapped == {"message_properties": properties}


def test_18_an_event_is_bare_to_send_and_wrapped_to_inject() -> None:
    assert_survives("SendEventRequest", {"event": {"composing_event": {}}})
    assert_survives("InjectedEvent", {"app_event": {"composing_event": {}}})
    assert_survives("ConversationEvent", {"app_event": {"comment_reply_event": {"text": "Takk"}}})


def test_19_project_settings_are_bare_to_write_and_wrapped_to_read() -> None:
    settings = {"contact_settings": {"unified_contact_id_enabled": False}}

    assert_survives("Settings", settings)
    assert_survives("ProjectSettings", {"project_id": "p-1", "settings": settings})


def test_20_a_version_is_a_number_here_and_text_there() -> None:
    assert_survives(
        "TemplateV2",
        {
            "version": 7,
            "translations": [{"version": "7", "template_message": {"omni_template": {"version": "latest"}}}],
        },
    )


def test_21_a_verb_may_follow_a_path_variable() -> None:
    paths = {call.path.rpartition("/")[2] for method in METHODS if (call := rest_call(method))}
    request = read("MergeContactRequest", {"destination_id": "c-1", "source_id": "c-2"})

    body = encoder_for(request.DESCRIPTOR, frozenset({"destination_id", "options"}))(request)

    assert body == {"source_id": "c-2"}
    assert {"{destination_id}:merge", "{conversation_id}:stop", "{conversation_id}:inject-message"} <= paths


@pytest.mark.parametrize("document", [{"display_name": ""}, {}, {"display_name": "Ada"}])
def test_22_empty_is_not_absent_in_a_change(document: dict[str, Any]) -> None:
    assert there_and_back(document, MESSAGES["Contact"]) == document


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "no", "details": []}}',
        b'{"code": 400, "status": "INVALID_ARGUMENT", "message": "no", "details": []}',
    ],
)
def test_23_both_shapes_of_an_error_can_be_read_and_none_at_all_is_told_apart(body: bytes) -> None:
    assert isinstance(loads(body), dict)
    with pytest.raises(UnreadableJson):
        loads(b"")


def test_24_old_and_new_metadata_stand_side_by_side() -> None:
    assert_survives("Conversation", {"metadata": "gold", "metadata_json": {"tier": "gold", "since": [2024, None]}})


def test_25_no_secret_of_a_body_is_in_an_error_or_a_path() -> None:
    secret = "s3cr3t-value"
    decoded = to_message(
        {"channel_credentials": [{"channel": [secret], "static_bearer": secret, "callback_secret": {secret: secret}}]},
        MESSAGES["App"],
    )
    batch = read("SendBatchRequest", {"channel_properties": {secret: secret}, "message_metadata": {secret: 1}})
    batch.message_metadata[secret] = float("nan")

    with pytest.raises(MappingError) as refused:
        encoder_for(batch.DESCRIPTOR, frozenset({"options"}))(batch)
    with pytest.raises(UnreadableJson) as unreadable:
        loads(orjson.dumps({secret: secret})[:-1])

    assert decoded.skipped_count == 3
    assert secret not in repr((decoded.skipped, refused.value, unreadable.value, unreadable.value.__cause__))
