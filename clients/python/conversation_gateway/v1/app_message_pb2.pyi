import datetime

from conversation_gateway.v1 import identity_pb2 as _identity_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AppMessage(_message.Message):
    __slots__ = ("card_message", "carousel_message", "choice_message", "location_message", "media_message", "template_message", "text_message", "list_message", "contact_info_message", "explicit_channel_message", "explicit_channel_omni_message", "channel_specific_message", "agent", "reply_to")
    class ExplicitChannelMessageEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class ExplicitChannelOmniMessageEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: OmniMessageOverride
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[OmniMessageOverride, _Mapping]] = ...) -> None: ...
    class ChannelSpecificMessageEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: ChannelSpecificMessage
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[ChannelSpecificMessage, _Mapping]] = ...) -> None: ...
    CARD_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CAROUSEL_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CHOICE_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    MEDIA_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TEXT_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    LIST_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CONTACT_INFO_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    EXPLICIT_CHANNEL_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    EXPLICIT_CHANNEL_OMNI_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_SPECIFIC_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    REPLY_TO_FIELD_NUMBER: _ClassVar[int]
    card_message: CardMessage
    carousel_message: CarouselMessage
    choice_message: ChoiceMessage
    location_message: LocationMessage
    media_message: MediaProperties
    template_message: TemplateMessage
    text_message: TextMessage
    list_message: ListMessage
    contact_info_message: ContactInfoMessage
    explicit_channel_message: _containers.ScalarMap[str, str]
    explicit_channel_omni_message: _containers.MessageMap[str, OmniMessageOverride]
    channel_specific_message: _containers.MessageMap[str, ChannelSpecificMessage]
    agent: _identity_pb2.Agent
    reply_to: _identity_pb2.ReplyTo
    def __init__(self, card_message: _Optional[_Union[CardMessage, _Mapping]] = ..., carousel_message: _Optional[_Union[CarouselMessage, _Mapping]] = ..., choice_message: _Optional[_Union[ChoiceMessage, _Mapping]] = ..., location_message: _Optional[_Union[LocationMessage, _Mapping]] = ..., media_message: _Optional[_Union[MediaProperties, _Mapping]] = ..., template_message: _Optional[_Union[TemplateMessage, _Mapping]] = ..., text_message: _Optional[_Union[TextMessage, _Mapping]] = ..., list_message: _Optional[_Union[ListMessage, _Mapping]] = ..., contact_info_message: _Optional[_Union[ContactInfoMessage, _Mapping]] = ..., explicit_channel_message: _Optional[_Mapping[str, str]] = ..., explicit_channel_omni_message: _Optional[_Mapping[str, OmniMessageOverride]] = ..., channel_specific_message: _Optional[_Mapping[str, ChannelSpecificMessage]] = ..., agent: _Optional[_Union[_identity_pb2.Agent, _Mapping]] = ..., reply_to: _Optional[_Union[_identity_pb2.ReplyTo, _Mapping]] = ...) -> None: ...

class OmniMessageOverride(_message.Message):
    __slots__ = ("text_message", "media_message", "template_reference", "choice_message", "card_message", "carousel_message", "location_message", "contact_info_message", "list_message")
    TEXT_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    MEDIA_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    CHOICE_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CARD_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CAROUSEL_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CONTACT_INFO_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    LIST_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    text_message: TextMessage
    media_message: MediaProperties
    template_reference: TemplateReference
    choice_message: ChoiceMessage
    card_message: CardMessage
    carousel_message: CarouselMessage
    location_message: LocationMessage
    contact_info_message: ContactInfoMessage
    list_message: ListMessage
    def __init__(self, text_message: _Optional[_Union[TextMessage, _Mapping]] = ..., media_message: _Optional[_Union[MediaProperties, _Mapping]] = ..., template_reference: _Optional[_Union[TemplateReference, _Mapping]] = ..., choice_message: _Optional[_Union[ChoiceMessage, _Mapping]] = ..., card_message: _Optional[_Union[CardMessage, _Mapping]] = ..., carousel_message: _Optional[_Union[CarouselMessage, _Mapping]] = ..., location_message: _Optional[_Union[LocationMessage, _Mapping]] = ..., contact_info_message: _Optional[_Union[ContactInfoMessage, _Mapping]] = ..., list_message: _Optional[_Union[ListMessage, _Mapping]] = ...) -> None: ...

class ChannelSpecificMessage(_message.Message):
    __slots__ = ("message_type", "message")
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    message_type: str
    message: _struct_pb2.Struct
    def __init__(self, message_type: _Optional[str] = ..., message: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class TextMessage(_message.Message):
    __slots__ = ("text",)
    TEXT_FIELD_NUMBER: _ClassVar[int]
    text: str
    def __init__(self, text: _Optional[str] = ...) -> None: ...

class MediaProperties(_message.Message):
    __slots__ = ("url", "thumbnail_url", "filename_override")
    URL_FIELD_NUMBER: _ClassVar[int]
    THUMBNAIL_URL_FIELD_NUMBER: _ClassVar[int]
    FILENAME_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    url: str
    thumbnail_url: str
    filename_override: str
    def __init__(self, url: _Optional[str] = ..., thumbnail_url: _Optional[str] = ..., filename_override: _Optional[str] = ...) -> None: ...

class CardMessage(_message.Message):
    __slots__ = ("title", "description", "media_message", "height", "choices", "message_properties")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    MEDIA_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    title: str
    description: str
    media_message: MediaProperties
    height: str
    choices: _containers.RepeatedCompositeFieldContainer[Choice]
    message_properties: CardMessageProperties
    def __init__(self, title: _Optional[str] = ..., description: _Optional[str] = ..., media_message: _Optional[_Union[MediaProperties, _Mapping]] = ..., height: _Optional[str] = ..., choices: _Optional[_Iterable[_Union[Choice, _Mapping]]] = ..., message_properties: _Optional[_Union[CardMessageProperties, _Mapping]] = ...) -> None: ...

class CardMessageProperties(_message.Message):
    __slots__ = ("whatsapp_header",)
    WHATSAPP_HEADER_FIELD_NUMBER: _ClassVar[int]
    whatsapp_header: str
    def __init__(self, whatsapp_header: _Optional[str] = ...) -> None: ...

class CarouselMessage(_message.Message):
    __slots__ = ("cards", "choices")
    CARDS_FIELD_NUMBER: _ClassVar[int]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    cards: _containers.RepeatedCompositeFieldContainer[CardMessage]
    choices: _containers.RepeatedCompositeFieldContainer[Choice]
    def __init__(self, cards: _Optional[_Iterable[_Union[CardMessage, _Mapping]]] = ..., choices: _Optional[_Iterable[_Union[Choice, _Mapping]]] = ...) -> None: ...

class ChoiceMessage(_message.Message):
    __slots__ = ("choices", "text_message", "message_properties")
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    TEXT_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    choices: _containers.RepeatedCompositeFieldContainer[Choice]
    text_message: TextMessage
    message_properties: ChoiceMessageProperties
    def __init__(self, choices: _Optional[_Iterable[_Union[Choice, _Mapping]]] = ..., text_message: _Optional[_Union[TextMessage, _Mapping]] = ..., message_properties: _Optional[_Union[ChoiceMessageProperties, _Mapping]] = ...) -> None: ...

class ChoiceMessageProperties(_message.Message):
    __slots__ = ("whatsapp_footer",)
    WHATSAPP_FOOTER_FIELD_NUMBER: _ClassVar[int]
    whatsapp_footer: str
    def __init__(self, whatsapp_footer: _Optional[str] = ...) -> None: ...

class Choice(_message.Message):
    __slots__ = ("call_message", "location_message", "text_message", "url_message", "calendar_message", "share_location_message", "postback_data", "display_mode")
    CALL_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TEXT_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    URL_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CALENDAR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    SHARE_LOCATION_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    POSTBACK_DATA_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_MODE_FIELD_NUMBER: _ClassVar[int]
    call_message: CallMessage
    location_message: LocationMessage
    text_message: TextMessage
    url_message: UrlMessage
    calendar_message: CalendarMessage
    share_location_message: ShareLocationMessage
    postback_data: str
    display_mode: str
    def __init__(self, call_message: _Optional[_Union[CallMessage, _Mapping]] = ..., location_message: _Optional[_Union[LocationMessage, _Mapping]] = ..., text_message: _Optional[_Union[TextMessage, _Mapping]] = ..., url_message: _Optional[_Union[UrlMessage, _Mapping]] = ..., calendar_message: _Optional[_Union[CalendarMessage, _Mapping]] = ..., share_location_message: _Optional[_Union[ShareLocationMessage, _Mapping]] = ..., postback_data: _Optional[str] = ..., display_mode: _Optional[str] = ...) -> None: ...

class CallMessage(_message.Message):
    __slots__ = ("phone_number", "title")
    PHONE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    phone_number: str
    title: str
    def __init__(self, phone_number: _Optional[str] = ..., title: _Optional[str] = ...) -> None: ...

class LocationMessage(_message.Message):
    __slots__ = ("coordinates", "title", "label")
    COORDINATES_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    coordinates: Coordinates
    title: str
    label: str
    def __init__(self, coordinates: _Optional[_Union[Coordinates, _Mapping]] = ..., title: _Optional[str] = ..., label: _Optional[str] = ...) -> None: ...

class Coordinates(_message.Message):
    __slots__ = ("latitude", "longitude")
    LATITUDE_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_FIELD_NUMBER: _ClassVar[int]
    latitude: float
    longitude: float
    def __init__(self, latitude: _Optional[float] = ..., longitude: _Optional[float] = ...) -> None: ...

class UrlMessage(_message.Message):
    __slots__ = ("title", "url")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    title: str
    url: str
    def __init__(self, title: _Optional[str] = ..., url: _Optional[str] = ...) -> None: ...

class CalendarMessage(_message.Message):
    __slots__ = ("title", "event_start", "event_end", "event_title", "event_description", "fallback_url")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    EVENT_START_FIELD_NUMBER: _ClassVar[int]
    EVENT_END_FIELD_NUMBER: _ClassVar[int]
    EVENT_TITLE_FIELD_NUMBER: _ClassVar[int]
    EVENT_DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    FALLBACK_URL_FIELD_NUMBER: _ClassVar[int]
    title: str
    event_start: _timestamp_pb2.Timestamp
    event_end: _timestamp_pb2.Timestamp
    event_title: str
    event_description: str
    fallback_url: str
    def __init__(self, title: _Optional[str] = ..., event_start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., event_end: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., event_title: _Optional[str] = ..., event_description: _Optional[str] = ..., fallback_url: _Optional[str] = ...) -> None: ...

class ShareLocationMessage(_message.Message):
    __slots__ = ("title", "fallback_url")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    FALLBACK_URL_FIELD_NUMBER: _ClassVar[int]
    title: str
    fallback_url: str
    def __init__(self, title: _Optional[str] = ..., fallback_url: _Optional[str] = ...) -> None: ...

class TemplateMessage(_message.Message):
    __slots__ = ("channel_template", "omni_template")
    class ChannelTemplateEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: TemplateReference
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[TemplateReference, _Mapping]] = ...) -> None: ...
    CHANNEL_TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    OMNI_TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    channel_template: _containers.MessageMap[str, TemplateReference]
    omni_template: TemplateReference
    def __init__(self, channel_template: _Optional[_Mapping[str, TemplateReference]] = ..., omni_template: _Optional[_Union[TemplateReference, _Mapping]] = ...) -> None: ...

class TemplateReference(_message.Message):
    __slots__ = ("template_id", "version", "language_code", "parameters")
    class ParametersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    TEMPLATE_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    template_id: str
    version: str
    language_code: str
    parameters: _containers.ScalarMap[str, str]
    def __init__(self, template_id: _Optional[str] = ..., version: _Optional[str] = ..., language_code: _Optional[str] = ..., parameters: _Optional[_Mapping[str, str]] = ...) -> None: ...

class ListMessage(_message.Message):
    __slots__ = ("title", "sections", "description", "media", "message_properties")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SECTIONS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    MEDIA_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    title: str
    sections: _containers.RepeatedCompositeFieldContainer[ListSection]
    description: str
    media: MediaProperties
    message_properties: ListMessageProperties
    def __init__(self, title: _Optional[str] = ..., sections: _Optional[_Iterable[_Union[ListSection, _Mapping]]] = ..., description: _Optional[str] = ..., media: _Optional[_Union[MediaProperties, _Mapping]] = ..., message_properties: _Optional[_Union[ListMessageProperties, _Mapping]] = ...) -> None: ...

class ListMessageProperties(_message.Message):
    __slots__ = ("catalog_id", "menu", "whatsapp_header")
    CATALOG_ID_FIELD_NUMBER: _ClassVar[int]
    MENU_FIELD_NUMBER: _ClassVar[int]
    WHATSAPP_HEADER_FIELD_NUMBER: _ClassVar[int]
    catalog_id: str
    menu: str
    whatsapp_header: str
    def __init__(self, catalog_id: _Optional[str] = ..., menu: _Optional[str] = ..., whatsapp_header: _Optional[str] = ...) -> None: ...

class ListSection(_message.Message):
    __slots__ = ("title", "items")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    title: str
    items: _containers.RepeatedCompositeFieldContainer[ListItem]
    def __init__(self, title: _Optional[str] = ..., items: _Optional[_Iterable[_Union[ListItem, _Mapping]]] = ...) -> None: ...

class ListItem(_message.Message):
    __slots__ = ("choice", "product")
    CHOICE_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    choice: ChoiceItem
    product: ProductItem
    def __init__(self, choice: _Optional[_Union[ChoiceItem, _Mapping]] = ..., product: _Optional[_Union[ProductItem, _Mapping]] = ...) -> None: ...

class ChoiceItem(_message.Message):
    __slots__ = ("title", "description", "media", "postback_data")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    MEDIA_FIELD_NUMBER: _ClassVar[int]
    POSTBACK_DATA_FIELD_NUMBER: _ClassVar[int]
    title: str
    description: str
    media: MediaProperties
    postback_data: str
    def __init__(self, title: _Optional[str] = ..., description: _Optional[str] = ..., media: _Optional[_Union[MediaProperties, _Mapping]] = ..., postback_data: _Optional[str] = ...) -> None: ...

class ProductItem(_message.Message):
    __slots__ = ("id", "marketplace", "quantity", "item_price", "currency")
    ID_FIELD_NUMBER: _ClassVar[int]
    MARKETPLACE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    ITEM_PRICE_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    id: str
    marketplace: str
    quantity: int
    item_price: float
    currency: str
    def __init__(self, id: _Optional[str] = ..., marketplace: _Optional[str] = ..., quantity: _Optional[int] = ..., item_price: _Optional[float] = ..., currency: _Optional[str] = ...) -> None: ...

class ContactInfoMessage(_message.Message):
    __slots__ = ("name", "phone_numbers", "addresses", "email_addresses", "organization", "urls", "birthday")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PHONE_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    EMAIL_ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    ORGANIZATION_FIELD_NUMBER: _ClassVar[int]
    URLS_FIELD_NUMBER: _ClassVar[int]
    BIRTHDAY_FIELD_NUMBER: _ClassVar[int]
    name: NameInfo
    phone_numbers: _containers.RepeatedCompositeFieldContainer[PhoneNumberInfo]
    addresses: _containers.RepeatedCompositeFieldContainer[AddressInfo]
    email_addresses: _containers.RepeatedCompositeFieldContainer[EmailInfo]
    organization: OrganizationInfo
    urls: _containers.RepeatedCompositeFieldContainer[UrlInfo]
    birthday: str
    def __init__(self, name: _Optional[_Union[NameInfo, _Mapping]] = ..., phone_numbers: _Optional[_Iterable[_Union[PhoneNumberInfo, _Mapping]]] = ..., addresses: _Optional[_Iterable[_Union[AddressInfo, _Mapping]]] = ..., email_addresses: _Optional[_Iterable[_Union[EmailInfo, _Mapping]]] = ..., organization: _Optional[_Union[OrganizationInfo, _Mapping]] = ..., urls: _Optional[_Iterable[_Union[UrlInfo, _Mapping]]] = ..., birthday: _Optional[str] = ...) -> None: ...

class NameInfo(_message.Message):
    __slots__ = ("full_name", "first_name", "last_name", "middle_name", "prefix", "suffix")
    FULL_NAME_FIELD_NUMBER: _ClassVar[int]
    FIRST_NAME_FIELD_NUMBER: _ClassVar[int]
    LAST_NAME_FIELD_NUMBER: _ClassVar[int]
    MIDDLE_NAME_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    SUFFIX_FIELD_NUMBER: _ClassVar[int]
    full_name: str
    first_name: str
    last_name: str
    middle_name: str
    prefix: str
    suffix: str
    def __init__(self, full_name: _Optional[str] = ..., first_name: _Optional[str] = ..., last_name: _Optional[str] = ..., middle_name: _Optional[str] = ..., prefix: _Optional[str] = ..., suffix: _Optional[str] = ...) -> None: ...

class PhoneNumberInfo(_message.Message):
    __slots__ = ("phone_number", "type")
    PHONE_NUMBER_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    phone_number: str
    type: str
    def __init__(self, phone_number: _Optional[str] = ..., type: _Optional[str] = ...) -> None: ...

class AddressInfo(_message.Message):
    __slots__ = ("city", "country", "state", "zip", "type", "country_code")
    CITY_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ZIP_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_CODE_FIELD_NUMBER: _ClassVar[int]
    city: str
    country: str
    state: str
    zip: str
    type: str
    country_code: str
    def __init__(self, city: _Optional[str] = ..., country: _Optional[str] = ..., state: _Optional[str] = ..., zip: _Optional[str] = ..., type: _Optional[str] = ..., country_code: _Optional[str] = ...) -> None: ...

class EmailInfo(_message.Message):
    __slots__ = ("email_address", "type")
    EMAIL_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    email_address: str
    type: str
    def __init__(self, email_address: _Optional[str] = ..., type: _Optional[str] = ...) -> None: ...

class OrganizationInfo(_message.Message):
    __slots__ = ("company", "department", "title")
    COMPANY_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    company: str
    department: str
    title: str
    def __init__(self, company: _Optional[str] = ..., department: _Optional[str] = ..., title: _Optional[str] = ...) -> None: ...

class UrlInfo(_message.Message):
    __slots__ = ("url", "type")
    URL_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    url: str
    type: str
    def __init__(self, url: _Optional[str] = ..., type: _Optional[str] = ...) -> None: ...
