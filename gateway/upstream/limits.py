"""Limits of the API that no standard annotation can carry (api/schemas.md, Limits collected), by full field name.

A limit that an official example breaks is not here: the API is then the better judge. That is so for the buttons below
a carousel and for the shortest `ttl`.
"""

from collections.abc import Mapping
from types import MappingProxyType

# Most characters of a text.
CHARACTERS: Mapping[str, int] = MappingProxyType(
    {
        "SendMessageRequest.message_metadata": 1024,
        "SendMessageRequest.correlation_id": 128,
        "SendBatchRequest.correlation_id": 128,
        "MessageUpdate.metadata": 1024,
        "Contact.metadata": 1024,
        "NewContact.metadata": 1024,
        "Conversation.metadata": 1024,
        "Conversation.correlation_id": 128,
        "InjectedMessage.metadata": 1024,
        "Webhook.target": 742,
        "NewWebhook.target": 742,
        "ClientCredentials.scope": 1024,
        "ClientCredentials.response_type": 64,
        "ConversationChannelCredentials.callback_secret": 256,
    }
)
# Most elements of a list.
ELEMENTS: Mapping[str, int] = MappingProxyType(
    {
        "CardMessage.choices": 10,
        "ChoiceMessage.choices": 10,
        "CarouselMessage.cards": 10,
        "SendBatchRequest.recipient_and_params": 1000,
        "CreateContactsRequest.contacts": 1000,
        "DeleteContactsRequest.contact_ids": 1000,
    }
)
# Of every other list and map: more than any real request has, and few enough to be looked at.
MOST_ELEMENTS = 1000
# Most characters of each value of a map.
VALUE_CHARACTERS: Mapping[str, int] = MappingProxyType(
    {"SendMessageRequest.channel_properties": 1024, "SendBatchRequest.channel_properties": 1024}
)
# Smallest and largest number.
RANGES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "DispatchRetentionPolicy.ttl_days": (0, 7),
        "MessageRetrySettings.retry_duration": (30, 3600),
        "DeliveryReportBasedFallback.delivery_report_waiting_time": (10, 259_200),
        "ConversationChannelCredentials.credential_ordinal_number": (0, 255),
    }
)
# Messages that mean nothing unless a member of this oneof is set.
NEEDED_ONEOFS: Mapping[str, str] = MappingProxyType({"Recipient": "recipient"})
