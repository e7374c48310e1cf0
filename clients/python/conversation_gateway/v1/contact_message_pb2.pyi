from conversation_gateway.v1 import app_message_pb2 as _app_message_pb2
from conversation_gateway.v1 import identity_pb2 as _identity_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ContactMessage(_message.Message):
    __slots__ = ("channel_specific_message", "choice_response_message", "fallback_message", "location_message", "media_card_message", "media_message", "product_response_message", "text_message", "reply_to")
    CHANNEL_SPECIFIC_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CHOICE_RESPONSE_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    FALLBACK_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    MEDIA_CARD_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    MEDIA_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_RESPONSE_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TEXT_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REPLY_TO_FIELD_NUMBER: _ClassVar[int]
    channel_specific_message: ChannelSpecificContactMessage
    choice_response_message: ChoiceResponseMessage
    fallback_message: FallbackMessage
    location_message: _app_message_pb2.LocationMessage
    media_card_message: MediaCardMessage
    media_message: _app_message_pb2.MediaProperties
    product_response_message: ProductResponseMessage
    text_message: _app_message_pb2.TextMessage
    reply_to: _identity_pb2.ReplyTo
    def __init__(self, channel_specific_message: _Optional[_Union[ChannelSpecificContactMessage, _Mapping]] = ..., choice_response_message: _Optional[_Union[ChoiceResponseMessage, _Mapping]] = ..., fallback_message: _Optional[_Union[FallbackMessage, _Mapping]] = ..., location_message: _Optional[_Union[_app_message_pb2.LocationMessage, _Mapping]] = ..., media_card_message: _Optional[_Union[MediaCardMessage, _Mapping]] = ..., media_message: _Optional[_Union[_app_message_pb2.MediaProperties, _Mapping]] = ..., product_response_message: _Optional[_Union[ProductResponseMessage, _Mapping]] = ..., text_message: _Optional[_Union[_app_message_pb2.TextMessage, _Mapping]] = ..., reply_to: _Optional[_Union[_identity_pb2.ReplyTo, _Mapping]] = ...) -> None: ...

class ChannelSpecificContactMessage(_message.Message):
    __slots__ = ("message_type", "message")
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    message_type: str
    message: ChannelSpecificContactContent
    def __init__(self, message_type: _Optional[str] = ..., message: _Optional[_Union[ChannelSpecificContactContent, _Mapping]] = ...) -> None: ...

class ChannelSpecificContactContent(_message.Message):
    __slots__ = ("type", "nfm_reply")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    NFM_REPLY_FIELD_NUMBER: _ClassVar[int]
    type: str
    nfm_reply: NfmReply
    def __init__(self, type: _Optional[str] = ..., nfm_reply: _Optional[_Union[NfmReply, _Mapping]] = ...) -> None: ...

class NfmReply(_message.Message):
    __slots__ = ("name", "response_json", "body")
    NAME_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_JSON_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    name: str
    response_json: str
    body: str
    def __init__(self, name: _Optional[str] = ..., response_json: _Optional[str] = ..., body: _Optional[str] = ...) -> None: ...

class ChoiceResponseMessage(_message.Message):
    __slots__ = ("message_id", "postback_data")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    POSTBACK_DATA_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    postback_data: str
    def __init__(self, message_id: _Optional[str] = ..., postback_data: _Optional[str] = ...) -> None: ...

class FallbackMessage(_message.Message):
    __slots__ = ("raw_message", "reason")
    RAW_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    raw_message: str
    reason: _identity_pb2.Reason
    def __init__(self, raw_message: _Optional[str] = ..., reason: _Optional[_Union[_identity_pb2.Reason, _Mapping]] = ...) -> None: ...

class MediaCardMessage(_message.Message):
    __slots__ = ("url", "caption")
    URL_FIELD_NUMBER: _ClassVar[int]
    CAPTION_FIELD_NUMBER: _ClassVar[int]
    url: str
    caption: str
    def __init__(self, url: _Optional[str] = ..., caption: _Optional[str] = ...) -> None: ...

class ProductResponseMessage(_message.Message):
    __slots__ = ("products", "title", "catalog_id")
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    CATALOG_ID_FIELD_NUMBER: _ClassVar[int]
    products: _containers.RepeatedCompositeFieldContainer[_app_message_pb2.ProductItem]
    title: str
    catalog_id: str
    def __init__(self, products: _Optional[_Iterable[_Union[_app_message_pb2.ProductItem, _Mapping]]] = ..., title: _Optional[str] = ..., catalog_id: _Optional[str] = ...) -> None: ...
