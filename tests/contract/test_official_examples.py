"""Every official example of the vendor fits the contract: no field is left over, no value changes.

Read with the canonical JSON mapping of protobuf, so that it is the contract alone that is tested.
"""

import json
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.struct_pb2 import Struct

from tests.contract.contract import FIXTURES, MESSAGES
from tests.requirements import require

# The first pattern that matches says what an example is; a key says that only this part of it is a message.
KINDS = [
    ("v1/apps/AppCreateRequest*", "NewApp"),
    ("v1/apps/AppListResponse*", "ListAppsResponse"),
    ("v1/apps/*", "App"),
    ("v1/capability/request/*", "QueryCapabilityRequest"),
    ("v1/capability/response/*", "QueryCapabilityResponse"),
    ("v1/consents/AuditRecords*", "ListAuditRecordsFromConsentResponse"),
    ("v1/consents/*", "ListIdentitiesFromConsentResponse"),
    ("v1/contacts/ContactCreateRequest*", "NewContact"),
    ("v1/contacts/ContactGetChannelProfile*Request*", "GetChannelProfileRequest"),
    ("v1/contacts/ContactGetChannel*", "GetChannelProfileResponse"),
    ("v1/contacts/ContactListResponse*", "ListContactsResponse"),
    ("v1/contacts/ContactMergeRequest*", "MergeContactRequest"),
    ("v1/contacts/ListIdentityConflicts*", "ListIdentityConflictsResponse"),
    ("v1/contacts/*", "Contact"),
    ("v1/conversations/request/Create*", "NewConversation"),
    ("v1/conversations/request/Inject*Message*", "InjectedMessage"),
    ("v1/conversations/request/InjectEvent*", "InjectedEvent"),
    ("v1/conversations/response/ConversationRecentMessage*", "ConversationRecentMessage"),
    ("v1/conversations/response/ConversationsListRecent*", "ListRecentConversationsResponse"),
    ("v1/conversations/response/ConversationsList*", "ListConversationsResponse"),
    ("v1/conversations/*", "Conversation"),
    ("v1/credentials/*", "ConversationChannelCredentials"),
    ("v1/eventdestinations/ClientCredentials*", "ClientCredentials"),
    ("v1/eventdestinations/request/*", "NewWebhook"),
    ("v1/eventdestinations/response/*", "Webhook"),
    ("v1/events/request/*", "SendEventRequest"),
    ("v1/events/response/EventsList*", "ListEventsResponse"),
    ("v1/events/response/*", "SendEventResponse"),
    ("v1/events/types/Agent*", "AppEvent"),
    ("v1/events/types/Composing*", "AppEvent"),
    ("v1/events/types/Generic*", "AppEvent"),
    ("v1/events/types/Comment*", "ContactEvent"),
    ("v1/events/types/*", "ContactMessageEvent"),
    ("v1/messages/request/ListLast*", "ListLastMessagesByChannelIdentityRequest"),
    ("v1/messages/request/MessageUpdate*", "MessageUpdate"),
    ("v1/messages/request/*", "SendMessageRequest"),
    ("v1/messages/response/MessagesList*", "ListMessagesResponse"),
    ("v1/messages/response/*", "SendMessageResponse"),
    ("v1/messages/types/calendar/*", "Choice"),
    ("v1/messages/types/call/*", "Choice"),
    ("v1/messages/types/card/MessageProperties*", "CardMessageProperties"),
    ("v1/messages/types/channelspecific/ChannelSpecificMessage*", "ChannelSpecificMessage"),
    ("v1/messages/types/channelspecific/whatsapp/nfmreply/*", "ContactMessage"),
    ("v1/messages/types/channelspecific/*", "Struct"),
    ("v1/messages/types/choiceresponse/*", "ContactMessage"),
    ("v1/messages/types/contactinfo/ContactInfoMessage*", "AppMessage"),
    ("v1/messages/types/contactinfo/EmailInfo*", "EmailInfo"),
    ("v1/messages/types/contactinfo/NameInfo*", "NameInfo"),
    ("v1/messages/types/contactinfo/PhoneNumberInfo*", "PhoneNumberInfo"),
    ("v1/messages/types/fallback/*", "ContactMessage"),
    ("v1/messages/types/mediacard/*", "ContactMessage"),
    ("v1/messages/types/*", "AppMessage"),
    ("v1/messages/AppMessage*", "AppMessage"),
    ("v1/messages/ChoiceItem*", "ChoiceItem"),
    ("v1/messages/ContactMessage*", "ContactMessage"),
    ("v1/messages/ConversationMessage*", "ConversationMessage"),
    ("v1/messages/OmniMessageOverride*", "OmniMessageOverride"),
    ("v1/messages/ProductItem*", "ProductItem"),
    ("v1/messages/ReplyTo*", "ContactMessage"),
    ("v1/projectsettings/response/*", "ProjectSettings"),
    ("v1/projectsettings/*", "Settings"),
    ("v1/sinchevents/*", "FeedEvent"),
    ("v1/transcoding/request/*", "TranscodeMessageRequest"),
    ("v1/transcoding/response/*", "TranscodeMessageResponse"),
    ("v1/ChannelIdentity*", "ChannelIdentity"),
    ("v1/Reason*", "Reason"),
    ("v1/Recipient*", "Recipient"),
    ("v1/TemplateReferenceField*", "ChannelTemplateOverride"),
    ("v1/TemplateReference*", "TemplateReference"),
    ("templates/TemplateVariable*", "TemplateVariable"),
    ("templates/v2/ChannelTemplateOverride*", "ChannelTemplateOverride"),
    ("templates/v2/response/TemplateTranslation*", "TemplateTranslation"),
    ("templates/v2/response/TemplatesV2List*", "ListTemplatesResponse"),
    ("templates/v2/*", "TemplateV2"),
]
EXAMPLES = sorted(str(path.relative_to(FIXTURES)) for path in FIXTURES.rglob("*.json"))


def kind_of(example: str) -> str:
    return next(kind for pattern, kind in KINDS if fnmatch(example, pattern))


def as_compared(value: Any) -> Any:
    """Nulls count as absent, and whole numbers are equal whether or not they were printed with a fraction."""
    if isinstance(value, dict):
        return {key: as_compared(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [as_compared(item) for item in value]
    # The canonical mapping prints 64-bit integers as strings, which this API does not.
    return (
        str(int(value))
        if isinstance(value, float | int) and not isinstance(value, bool) and value == int(value)
        else value
    )


def test_the_examples_are_there() -> None:
    require(EXAMPLES, "the vendor's examples (CONVERSATION_FIXTURES)")

    assert len(EXAMPLES) > 100


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_fits_its_message_and_comes_back_unchanged(example: str) -> None:
    content = json.loads(Path(FIXTURES, example).read_bytes())
    kind = kind_of(example)
    message = Struct() if kind == "Struct" else GetMessageClass(MESSAGES[kind])()

    json_format.ParseDict(content, message)
    printed = json.loads(json_format.MessageToJson(message, preserving_proto_field_name=True))

    assert as_compared(printed) == as_compared(content)
