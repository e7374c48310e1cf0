import datetime

from conversation_gateway.v1 import app_message_pb2 as _app_message_pb2
from conversation_gateway.v1 import call_options_pb2 as _call_options_pb2
from conversation_gateway.v1 import contact_message_pb2 as _contact_message_pb2
from conversation_gateway.v1 import conversation_event_pb2 as _conversation_event_pb2
from conversation_gateway.v1 import identity_pb2 as _identity_pb2
from conversation_gateway.v1 import message_pb2 as _message_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Conversation(_message.Message):
    __slots__ = ("id", "app_id", "contact_id", "active", "active_channel", "metadata", "metadata_json", "correlation_id", "last_received")
    ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_CHANNEL_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    METADATA_JSON_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    LAST_RECEIVED_FIELD_NUMBER: _ClassVar[int]
    id: str
    app_id: str
    contact_id: str
    active: bool
    active_channel: str
    metadata: str
    metadata_json: _struct_pb2.Struct
    correlation_id: str
    last_received: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., app_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., active: bool = ..., active_channel: _Optional[str] = ..., metadata: _Optional[str] = ..., metadata_json: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., correlation_id: _Optional[str] = ..., last_received: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class NewConversation(_message.Message):
    __slots__ = ("app_id", "contact_id", "active", "active_channel", "metadata", "metadata_json", "correlation_id")
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_CHANNEL_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    METADATA_JSON_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    app_id: str
    contact_id: str
    active: bool
    active_channel: str
    metadata: str
    metadata_json: _struct_pb2.Struct
    correlation_id: str
    def __init__(self, app_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., active: bool = ..., active_channel: _Optional[str] = ..., metadata: _Optional[str] = ..., metadata_json: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., correlation_id: _Optional[str] = ...) -> None: ...

class CreateConversationRequest(_message.Message):
    __slots__ = ("project_id", "conversation", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    conversation: NewConversation
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., conversation: _Optional[_Union[NewConversation, _Mapping]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class CreateConversationResponse(_message.Message):
    __slots__ = ("conversation",)
    CONVERSATION_FIELD_NUMBER: _ClassVar[int]
    conversation: Conversation
    def __init__(self, conversation: _Optional[_Union[Conversation, _Mapping]] = ...) -> None: ...

class ListConversationsRequest(_message.Message):
    __slots__ = ("project_id", "app_id", "contact_id", "only_active", "page_size", "page_token", "active_channel", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    ONLY_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_CHANNEL_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    app_id: str
    contact_id: str
    only_active: bool
    page_size: int
    page_token: str
    active_channel: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., app_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., only_active: bool = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., active_channel: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class ListConversationsResponse(_message.Message):
    __slots__ = ("conversations", "next_page_token", "total_size")
    CONVERSATIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    conversations: _containers.RepeatedCompositeFieldContainer[Conversation]
    next_page_token: str
    total_size: int
    def __init__(self, conversations: _Optional[_Iterable[_Union[Conversation, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_size: _Optional[int] = ...) -> None: ...

class StreamConversationsRequest(_message.Message):
    __slots__ = ("list",)
    LIST_FIELD_NUMBER: _ClassVar[int]
    list: ListConversationsRequest
    def __init__(self, list: _Optional[_Union[ListConversationsRequest, _Mapping]] = ...) -> None: ...

class StreamConversationsResponse(_message.Message):
    __slots__ = ("conversations", "next_page_token", "total_size")
    CONVERSATIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    conversations: _containers.RepeatedCompositeFieldContainer[Conversation]
    next_page_token: str
    total_size: int
    def __init__(self, conversations: _Optional[_Iterable[_Union[Conversation, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_size: _Optional[int] = ...) -> None: ...

class ListRecentConversationsRequest(_message.Message):
    __slots__ = ("project_id", "app_id", "only_active", "page_size", "page_token", "order", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    ONLY_ACTIVE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    app_id: str
    only_active: bool
    page_size: int
    page_token: str
    order: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., app_id: _Optional[str] = ..., only_active: bool = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., order: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class ListRecentConversationsResponse(_message.Message):
    __slots__ = ("conversations", "next_page_token", "total_size")
    CONVERSATIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    conversations: _containers.RepeatedCompositeFieldContainer[ConversationRecentMessage]
    next_page_token: str
    total_size: int
    def __init__(self, conversations: _Optional[_Iterable[_Union[ConversationRecentMessage, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., total_size: _Optional[int] = ...) -> None: ...

class ConversationRecentMessage(_message.Message):
    __slots__ = ("conversation", "last_message")
    CONVERSATION_FIELD_NUMBER: _ClassVar[int]
    LAST_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    conversation: Conversation
    last_message: _message_pb2.ConversationMessage
    def __init__(self, conversation: _Optional[_Union[Conversation, _Mapping]] = ..., last_message: _Optional[_Union[_message_pb2.ConversationMessage, _Mapping]] = ...) -> None: ...

class GetConversationRequest(_message.Message):
    __slots__ = ("project_id", "conversation_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    conversation_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class GetConversationResponse(_message.Message):
    __slots__ = ("conversation",)
    CONVERSATION_FIELD_NUMBER: _ClassVar[int]
    conversation: Conversation
    def __init__(self, conversation: _Optional[_Union[Conversation, _Mapping]] = ...) -> None: ...

class UpdateConversationRequest(_message.Message):
    __slots__ = ("project_id", "conversation_id", "conversation", "update_mask", "metadata_update_strategy", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    METADATA_UPDATE_STRATEGY_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    conversation_id: str
    conversation: Conversation
    update_mask: _field_mask_pb2.FieldMask
    metadata_update_strategy: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., conversation: _Optional[_Union[Conversation, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., metadata_update_strategy: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class UpdateConversationResponse(_message.Message):
    __slots__ = ("conversation",)
    CONVERSATION_FIELD_NUMBER: _ClassVar[int]
    conversation: Conversation
    def __init__(self, conversation: _Optional[_Union[Conversation, _Mapping]] = ...) -> None: ...

class DeleteConversationRequest(_message.Message):
    __slots__ = ("project_id", "conversation_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    conversation_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class DeleteConversationResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class StopActiveConversationRequest(_message.Message):
    __slots__ = ("project_id", "conversation_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    conversation_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class StopActiveConversationResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class InjectMessageRequest(_message.Message):
    __slots__ = ("project_id", "conversation_id", "message", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    conversation_id: str
    message: InjectedMessage
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., message: _Optional[_Union[InjectedMessage, _Mapping]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class InjectedMessage(_message.Message):
    __slots__ = ("app_message", "contact_message", "accept_time", "channel_identity", "contact_id", "direction", "conversation_id", "sender_id", "processing_mode", "metadata")
    APP_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CONTACT_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    ACCEPT_TIME_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_MODE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    app_message: _app_message_pb2.AppMessage
    contact_message: _contact_message_pb2.ContactMessage
    accept_time: _timestamp_pb2.Timestamp
    channel_identity: _identity_pb2.ChannelIdentity
    contact_id: str
    direction: str
    conversation_id: str
    sender_id: str
    processing_mode: str
    metadata: str
    def __init__(self, app_message: _Optional[_Union[_app_message_pb2.AppMessage, _Mapping]] = ..., contact_message: _Optional[_Union[_contact_message_pb2.ContactMessage, _Mapping]] = ..., accept_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., channel_identity: _Optional[_Union[_identity_pb2.ChannelIdentity, _Mapping]] = ..., contact_id: _Optional[str] = ..., direction: _Optional[str] = ..., conversation_id: _Optional[str] = ..., sender_id: _Optional[str] = ..., processing_mode: _Optional[str] = ..., metadata: _Optional[str] = ...) -> None: ...

class InjectMessageResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class InjectEventRequest(_message.Message):
    __slots__ = ("project_id", "conversation_id", "event", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    conversation_id: str
    event: InjectedEvent
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., event: _Optional[_Union[InjectedEvent, _Mapping]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class InjectedEvent(_message.Message):
    __slots__ = ("app_event", "accept_time", "channel_identity", "conversation_id", "contact_id", "processing_mode")
    APP_EVENT_FIELD_NUMBER: _ClassVar[int]
    ACCEPT_TIME_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_MODE_FIELD_NUMBER: _ClassVar[int]
    app_event: _conversation_event_pb2.AppEvent
    accept_time: _timestamp_pb2.Timestamp
    channel_identity: _identity_pb2.ChannelIdentity
    conversation_id: str
    contact_id: str
    processing_mode: str
    def __init__(self, app_event: _Optional[_Union[_conversation_event_pb2.AppEvent, _Mapping]] = ..., accept_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., channel_identity: _Optional[_Union[_identity_pb2.ChannelIdentity, _Mapping]] = ..., conversation_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., processing_mode: _Optional[str] = ...) -> None: ...

class InjectEventResponse(_message.Message):
    __slots__ = ("event_id", "accepted_time")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_TIME_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    accepted_time: _timestamp_pb2.Timestamp
    def __init__(self, event_id: _Optional[str] = ..., accepted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
