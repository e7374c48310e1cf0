"""Every object of the API is a message, field for field, under its wire names."""

import json
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor

from tests.contract.contract import FACTS, MESSAGES, PACKAGE, behaviors, requests
from tests.requirements import require

OTHER_NAMES = {
    "AppCreateRequest": "NewApp",
    "AppResponse": "App",
    "AppUpdateRequest": "App",
    "BatchCreateContactsRequest": "CreateContactsRequest",
    "BatchDeleteContactsRequest": "DeleteContactsRequest",
    "BatchInsertConsentsRequest": "InsertConsentsRequest",
    "CallbackEnvelope": "FeedEvent",
    "ContactCreateRequest": "NewContact",
    "CreateConversationRequest": "NewConversation",
    "GetAuditRecordsFromConsentResponse": "ListAuditRecordsFromConsentResponse",
    "GetIdentitiesFromConsentResponse": "ListIdentitiesFromConsentResponse",
    "InjectConversationEventRequest": "InjectedEvent",
    "InjectMessageRequest": "InjectedMessage",
    "ListMessagesByChannelIdentityRequest": "ListLastMessagesByChannelIdentityRequest",
    "ListTranslationsResponse": "ListTemplateTranslationsResponse",
    "ProjectSettingsRequest": "Settings",
    "UpdateMessageMetadataRequest": "MessageUpdate",
}
# Documented as one object, though their vocabularies differ.
TWINS = {"OptInNotification": "OptOutNotification"}
# Channels' own structures, which pass through `ChannelSpecificMessage.message` as free JSON.
CHANNELS_OWN = {
    *("WhatsAppFlow", "WhatsAppInteractiveHeader"),
    *("OrderDetails", "OrderDetailsPayment", "OrderDetailsOrder", "OrderItem", "PaymentButton", "OrderStatus"),
    *("KakaoTalkCommerce", "KakaoTalkCarouselCommerce", "KakaoTalkCommerceCard", "KakaoTalkCarousel"),
    *("KakaoTalkButton", "KakaoTalkCommerceInfo", "KakaoTalkCoupon"),
    "LineNotificationTemplate",
}
# The gateway's own business: its token, and errors that callers see as statuses.
NOT_SHOWN = {"TokenResponse", "ErrorBody"}
# Required somewhere, but not where this message is used, or filled in by the gateway; each with its reason.
NOT_REQUIRED_HERE = {
    "app_id": "the gateway fills in its own",
    "Webhook.target": "a change may leave it out; NewWebhook requires it",
}
SCALARS = {
    "string": FieldDescriptor.TYPE_STRING,
    "bool": FieldDescriptor.TYPE_BOOL,
    "int32": FieldDescriptor.TYPE_INT32,
    "integer": FieldDescriptor.TYPE_INT32,
    "int64 (JSON number)": FieldDescriptor.TYPE_INT64,
    "number": FieldDescriptor.TYPE_DOUBLE,
}
TEXTS = {
    "RFC 3339 timestamp": "google.protobuf.Timestamp",
    "duration seconds with suffix s": "google.protobuf.Duration",
}
Documented = tuple[str, dict[str, Any], FieldDescriptor | None]
FREE: set[str | int] = {"google.protobuf.Struct", "google.protobuf.Value"}


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    path = FACTS / "schemas.json"
    require(path.exists(), "the facts about the API: schemas.json (CONVERSATION_API_FACTS)")
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content


@pytest.fixture(scope="module")
def fields(facts: dict[str, Any]) -> list[Documented]:
    """Every documented field beside the contract's own."""
    found: list[Documented] = []
    for name, schema in facts["schemas"].items():
        if name in CHANNELS_OWN | NOT_SHOWN:
            continue
        message = MESSAGES[OTHER_NAMES.get(name, name)]
        documented = [field for field in schema["fields"] if field["name"] != "(rest)"]
        found.extend((message.name, field, message.fields_by_name.get(field["name"])) for field in documented)
    return found


def test_every_documented_field_exists(fields: list[Documented]) -> None:
    assert len(fields) > 400
    assert [f"{message}.{field['name']}" for message, field, ours in fields if ours is None] == []


def test_every_field_has_its_documented_type(facts: dict[str, Any], fields: list[Documented]) -> None:
    wrong = [f"{message}.{f['name']}: {f['type']}" for message, f, ours in fields if ours and not fits(f, ours, facts)]

    assert wrong == []


def fits(documented: dict[str, Any], ours: FieldDescriptor, facts: dict[str, Any]) -> bool:
    kind: str = documented["type"]
    if kind.startswith("map<"):
        value = ours.message_type.fields_by_name["value"] if ours.message_type else None
        return value is not None and fits({"type": kind[:-1].split(",")[1]}, value, facts)
    is_list = kind.endswith("[]") or kind.startswith("object[]")
    expected = types({**documented, "type": kind.removesuffix("[]")}, facts)
    actual = ours.message_type.full_name if ours.message_type else ours.type
    return is_list == ours.is_repeated and (actual in expected if expected else isinstance(actual, str))


def types(documented: dict[str, Any], facts: dict[str, Any]) -> set[str | int]:
    """What a documented type may be here; nothing said means any message."""
    kind: str = documented["type"]
    if "format" in documented:
        return {TEXTS[documented["format"]]}
    if kind in facts["enums"] or kind.startswith("enum "):
        return {FieldDescriptor.TYPE_STRING}
    if kind in SCALARS:
        return {SCALARS[kind]}
    if kind in facts["schemas"]:
        return {f"{PACKAGE}.{name}" for name in (kind, OTHER_NAMES.get(kind), TWINS.get(kind))}
    is_free = kind in {"any", "object (free-form JSON)"} or ("|" in kind and not kind.startswith("object"))
    return FREE if is_free else set()


def test_free_form_objects_are_free(fields: list[Documented]) -> None:
    batch = {"SendBatchRequest", "RecipientAndParams"}
    free = {
        f"{message}.{field['name']}"
        for message, field, ours in fields
        if ours and ours.message_type and ours.message_type.full_name in FREE and message not in batch
    }

    assert free == {
        "Batch.meta_data",
        "ChannelSpecificMessage.message",
        "Conversation.metadata_json",
        "ConversationMessage.message_status",
        "NewConversation.metadata_json",
        "SendMessageRequest.conversation_metadata",
    }


def test_fields_that_exclude_each_other_share_a_oneof(
    fields: list[Documented],
) -> None:
    wrong = [
        f"{message}.{field['name']}"
        for message, field, ours in fields
        if ours and field["one_of"] != (ours.containing_oneof is not None and len(ours.containing_oneof.fields) > 1)
    ]

    assert wrong == []


def test_required_fields_of_what_callers_send_are_annotated(
    fields: list[Documented],
) -> None:
    sent = {name.rpartition(".")[2] for name in requests()}
    wrong = [
        path
        for message, field, ours in fields
        if ours and field["required"] and message in sent and "REQUIRED" not in behaviors(ours)
        if (path := f"{message}.{field['name']}") not in NOT_REQUIRED_HERE and field["name"] not in NOT_REQUIRED_HERE
    ]

    assert wrong == []


def test_what_the_server_fills_in_is_annotated(
    fields: list[Documented],
) -> None:
    wrong = [
        f"{m}.{f['name']}" for m, f, ours in fields if ours and f["read_only"] and "OUTPUT_ONLY" not in behaviors(ours)
    ]

    assert wrong == []
