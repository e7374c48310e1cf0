"""Where the API's JSON is irregular, the contract has a place for each form. Numbers are those of the API's notes.

Numbers 12, 13, 17 and 23 are about reading what contradicts or exceeds the contract, and 25 is about logs: those are
promises of the mapping, of the verdict and of the logs, and are tested there.
"""

import json
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from tests.contract.contract import ENUMS, MESSAGES, METHODS, rest_call

SAME_FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "01 bodies stand beside common keys, without wrapper or tag": (
        "AppMessage",
        {"text_message": {"text": "Hej"}, "agent": {"type": "HUMAN"}, "reply_to": {"message_id": "01M"}},
    ),
    "01 credentials stand beside common keys": (
        "ConversationChannelCredentials",
        {"channel": "TELEGRAM", "telegram_credentials": {"token": "t"}, "credential_ordinal_number": 0},
    ),
    "02 a sibling one level up says what a message is": (
        "AppMessage",
        {"channel_specific_message": {"WHATSAPP": {"message_type": "FLOWS", "message": {"flow_id": "7"}}}},
    ),
    "03 an inner type says what an object is": (
        "ChannelSpecificMessage",
        {
            "message_type": "ORDER_DETAILS",
            "message": {"header": {"type": "image", "image": {"link": "https://i.test"}}},
        },
    ),
    "04 the inner type may be absent": (
        "ChannelSpecificMessage",
        {"message_type": "COMMERCE", "message": {"commerce": {"title": "Te", "regular_price": 900}}},
    ),
    "05 the label may be wrong": (
        "ChannelSpecificMessage",
        {"message_type": "COMMERCE", "message": {"carousel": {"list": [{"additional_content": "ny"}]}}},
    ),
    "06 a number may be a string": (
        "ChannelSpecificMessage",
        {"message_type": "COMMERCE", "message": {"coupon": {"discount_rate": "15"}, "commerce": {"discount_rate": 15}}},
    ),
    "07 conversation metadata may be a string": ("SendMessageRequest", {"conversation_metadata": "köp 7"}),
    "07 conversation metadata may be an object": ("SendMessageRequest", {"conversation_metadata": {"deal": {"id": 7}}}),
    "07 message metadata is a string in a send": ("SendMessageRequest", {"message_metadata": '{"deal": 7}'}),
    "07 message metadata is an object in a batch": ("SendBatchRequest", {"message_metadata": {"deal": 7}}),
    "07 a channel identity may be a string": ("SmartConversationNotification", {"channel_identity": "4670"}),
    "08 values may be no identifiers": (
        "ChannelSpecificMessage",
        {"message_type": "ORDER_STATUS", "message": {"payment": {"order": {"status": "partially-shipped"}}}},
    ),
    "08 values may be lower case": ("ChannelSpecificContactMessage", {"message_type": "nfm_reply"}),
    "11 a value may be outside its vocabulary": ("ChannelIdentity", {"channel": "VIBER", "identity": "x"}),
    "11 a value may be no value at all": ("DuplicatedIdentity", {"channel": "channel"}),
    "14 maps are keyed by channel": ("TranscodeMessageResponse", {"transcoded_message": {"APPLEBC": "{}"}}),
    "15 keys may have brackets": ("TemplateReference", {"parameters": {"body[1]text": "Hej"}}),
    "16 cards in a carousel are bare": ("CarouselMessage", {"cards": [{"title": "Ett"}, {"title": "Två"}]}),
    "16 media in a card are bare": ("CardMessage", {"media_message": {"url": "https://m.test/a.png"}}),
    "16 items of a list are wrapped": (
        "ListSection",
        {"items": [{"choice": {"title": "Ett"}}, {"product": {"id": "2"}}]},
    ),
    "16 recipients are wrapped": ("Recipient", {"identified_by": {"channel_identities": [{"channel": "SMS"}]}}),
    "18 an event to send is not wrapped": ("SendEventRequest", {"event": {"composing_event": {}}}),
    "18 an event to inject is wrapped": ("InjectedEvent", {"app_event": {"composing_end_event": {}}}),
    "19 settings are bare in a request": ("Settings", {"contact_settings": {"unified_contact_id_enabled": False}}),
    "19 settings are wrapped in an answer": (
        "ProjectSettings",
        {"project_id": "p", "settings": {"contact_settings": {}}},
    ),
    "20 a template's version is a number, its translations' text": (
        "TemplateV2",
        {"version": 3, "translations": [{"language_code": "sv", "version": "2"}]},
    ),
    "22 empty is not absent": ("Contact", {"display_name": "", "metadata": ""}),
    "22 false and zero are not absent": (
        "App",
        {"queue_stats": {"outbound_size": "0"}, "smart_conversation": {"enabled": False}},
    ),
    "24 metadata may come in both forms": ("Conversation", {"metadata": "m", "metadata_json": {"m": [1, {"n": None}]}}),
}


def read(kind: str, content: dict[str, Any]) -> Message:
    return json_format.ParseDict(content, GetMessageClass(MESSAGES[kind])())


@pytest.mark.parametrize("irregularity", SAME_FORMS)
def test_irregular_json_has_its_place(irregularity: str) -> None:
    kind, content = SAME_FORMS[irregularity]

    printed = json_format.MessageToJson(read(kind, content), preserving_proto_field_name=True)

    assert json.loads(printed) == content


def test_09_and_10_no_vocabulary_of_the_vendor_is_an_enum_that_could_collide_or_print_a_zero() -> None:
    used = {f.enum_type.name for m in MESSAGES.values() for f in m.fields if f.enum_type}

    assert {enum.name for enum in ENUMS} - used == {"ErrorReason"}
    assert used == {
        "FeedView",
        "LargeBatchState",
        "NewSubscription",
        "OnGap",
        "Priority",
        "RawHost",
        "StateSource",
        "TrackingEndReason",
        "WebhookChange",
        "WebhookProof",
    }


def test_21_a_verb_may_follow_a_path_variable() -> None:
    paths = {call.path.rpartition("/")[2] for method in METHODS if (call := rest_call(method))}

    assert {"{destination_id}:merge", "{conversation_id}:stop", "{conversation_id}:inject-message"} <= paths
