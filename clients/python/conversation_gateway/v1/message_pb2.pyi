import datetime

from conversation_gateway.v1 import app_message_pb2 as _app_message_pb2
from conversation_gateway.v1 import call_options_pb2 as _call_options_pb2
from conversation_gateway.v1 import contact_message_pb2 as _contact_message_pb2
from conversation_gateway.v1 import identity_pb2 as _identity_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import status_pb2 as _status_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StateSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STATE_SOURCE_UNSPECIFIED: _ClassVar[StateSource]
    STATE_SOURCE_SEND: _ClassVar[StateSource]
    STATE_SOURCE_RECEIPT: _ClassVar[StateSource]
    STATE_SOURCE_POLL: _ClassVar[StateSource]

class TrackingEndReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRACKING_END_REASON_UNSPECIFIED: _ClassVar[TrackingEndReason]
    TRACKING_END_REASON_FINAL: _ClassVar[TrackingEndReason]
    TRACKING_END_REASON_HORIZON: _ClassVar[TrackingEndReason]
    TRACKING_END_REASON_DRAINING: _ClassVar[TrackingEndReason]
STATE_SOURCE_UNSPECIFIED: StateSource
STATE_SOURCE_SEND: StateSource
STATE_SOURCE_RECEIPT: StateSource
STATE_SOURCE_POLL: StateSource
TRACKING_END_REASON_UNSPECIFIED: TrackingEndReason
TRACKING_END_REASON_FINAL: TrackingEndReason
TRACKING_END_REASON_HORIZON: TrackingEndReason
TRACKING_END_REASON_DRAINING: TrackingEndReason

class SendMessageRequest(_message.Message):
    __slots__ = ("project_id", "app_id", "recipient", "message", "callback_url", "channel_priority_order", "channel_properties", "message_metadata", "conversation_metadata", "conversation_metadata_update_strategy", "queue", "ttl", "processing_strategy", "correlation_id", "message_content_type", "options")
    class ChannelPropertiesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CALLBACK_URL_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_PRIORITY_ORDER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_METADATA_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_METADATA_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_METADATA_UPDATE_STRATEGY_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    TTL_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_STRATEGY_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    app_id: str
    recipient: _identity_pb2.Recipient
    message: _app_message_pb2.AppMessage
    callback_url: str
    channel_priority_order: _containers.RepeatedScalarFieldContainer[str]
    channel_properties: _containers.ScalarMap[str, str]
    message_metadata: str
    conversation_metadata: _struct_pb2.Value
    conversation_metadata_update_strategy: str
    queue: str
    ttl: _duration_pb2.Duration
    processing_strategy: str
    correlation_id: str
    message_content_type: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., app_id: _Optional[str] = ..., recipient: _Optional[_Union[_identity_pb2.Recipient, _Mapping]] = ..., message: _Optional[_Union[_app_message_pb2.AppMessage, _Mapping]] = ..., callback_url: _Optional[str] = ..., channel_priority_order: _Optional[_Iterable[str]] = ..., channel_properties: _Optional[_Mapping[str, str]] = ..., message_metadata: _Optional[str] = ..., conversation_metadata: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., conversation_metadata_update_strategy: _Optional[str] = ..., queue: _Optional[str] = ..., ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., processing_strategy: _Optional[str] = ..., correlation_id: _Optional[str] = ..., message_content_type: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class SendMessageResponse(_message.Message):
    __slots__ = ("message_id", "accepted_time")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_TIME_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    accepted_time: _timestamp_pb2.Timestamp
    def __init__(self, message_id: _Optional[str] = ..., accepted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ConversationMessage(_message.Message):
    __slots__ = ("id", "app_message", "contact_message", "channel_identity", "contact_id", "conversation_id", "direction", "metadata", "accept_time", "injected", "sender_id", "processing_mode", "message_status")
    ID_FIELD_NUMBER: _ClassVar[int]
    APP_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CONTACT_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    ACCEPT_TIME_FIELD_NUMBER: _ClassVar[int]
    INJECTED_FIELD_NUMBER: _ClassVar[int]
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_MODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_STATUS_FIELD_NUMBER: _ClassVar[int]
    id: str
    app_message: _app_message_pb2.AppMessage
    contact_message: _contact_message_pb2.ContactMessage
    channel_identity: _identity_pb2.ChannelIdentity
    contact_id: str
    conversation_id: str
    direction: str
    metadata: str
    accept_time: _timestamp_pb2.Timestamp
    injected: bool
    sender_id: str
    processing_mode: str
    message_status: _struct_pb2.Value
    def __init__(self, id: _Optional[str] = ..., app_message: _Optional[_Union[_app_message_pb2.AppMessage, _Mapping]] = ..., contact_message: _Optional[_Union[_contact_message_pb2.ContactMessage, _Mapping]] = ..., channel_identity: _Optional[_Union[_identity_pb2.ChannelIdentity, _Mapping]] = ..., contact_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., direction: _Optional[str] = ..., metadata: _Optional[str] = ..., accept_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., injected: bool = ..., sender_id: _Optional[str] = ..., processing_mode: _Optional[str] = ..., message_status: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...

class SendMessagesRequest(_message.Message):
    __slots__ = ("item_id", "send", "timeout")
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    SEND_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    send: SendMessageRequest
    timeout: _duration_pb2.Duration
    def __init__(self, item_id: _Optional[str] = ..., send: _Optional[_Union[SendMessageRequest, _Mapping]] = ..., timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class SendMessagesResponse(_message.Message):
    __slots__ = ("item_id", "sent", "error", "going_away", "report")
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    SENT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    GOING_AWAY_FIELD_NUMBER: _ClassVar[int]
    REPORT_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    sent: SendMessageResponse
    error: _status_pb2.Status
    going_away: _call_options_pb2.GoingAway
    report: _call_options_pb2.CallReport
    def __init__(self, item_id: _Optional[str] = ..., sent: _Optional[_Union[SendMessageResponse, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ..., going_away: _Optional[_Union[_call_options_pb2.GoingAway, _Mapping]] = ..., report: _Optional[_Union[_call_options_pb2.CallReport, _Mapping]] = ...) -> None: ...

class ListMessagesRequest(_message.Message):
    __slots__ = ("project_id", "conversation_id", "contact_id", "app_id", "channel_identity", "start_time", "end_time", "page_size", "page_token", "view", "messages_source", "only_recipient_originated", "channel", "direction", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_SOURCE_FIELD_NUMBER: _ClassVar[int]
    ONLY_RECIPIENT_ORIGINATED_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    conversation_id: str
    contact_id: str
    app_id: str
    channel_identity: str
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    page_size: int
    page_token: str
    view: str
    messages_source: str
    only_recipient_originated: bool
    channel: str
    direction: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., app_id: _Optional[str] = ..., channel_identity: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., view: _Optional[str] = ..., messages_source: _Optional[str] = ..., only_recipient_originated: bool = ..., channel: _Optional[str] = ..., direction: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class ListMessagesResponse(_message.Message):
    __slots__ = ("messages", "next_page_token")
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    messages: _containers.RepeatedCompositeFieldContainer[ConversationMessage]
    next_page_token: str
    def __init__(self, messages: _Optional[_Iterable[_Union[ConversationMessage, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class StreamMessagesRequest(_message.Message):
    __slots__ = ("list",)
    LIST_FIELD_NUMBER: _ClassVar[int]
    list: ListMessagesRequest
    def __init__(self, list: _Optional[_Union[ListMessagesRequest, _Mapping]] = ...) -> None: ...

class StreamMessagesResponse(_message.Message):
    __slots__ = ("messages", "next_page_token")
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    messages: _containers.RepeatedCompositeFieldContainer[ConversationMessage]
    next_page_token: str
    def __init__(self, messages: _Optional[_Iterable[_Union[ConversationMessage, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetMessageRequest(_message.Message):
    __slots__ = ("project_id", "message_id", "messages_source", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_SOURCE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    message_id: str
    messages_source: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., message_id: _Optional[str] = ..., messages_source: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class GetMessageResponse(_message.Message):
    __slots__ = ("message",)
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    message: ConversationMessage
    def __init__(self, message: _Optional[_Union[ConversationMessage, _Mapping]] = ...) -> None: ...

class UpdateMessageRequest(_message.Message):
    __slots__ = ("project_id", "message_id", "messages_source", "update", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_SOURCE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    message_id: str
    messages_source: str
    update: MessageUpdate
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., message_id: _Optional[str] = ..., messages_source: _Optional[str] = ..., update: _Optional[_Union[MessageUpdate, _Mapping]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class MessageUpdate(_message.Message):
    __slots__ = ("metadata",)
    METADATA_FIELD_NUMBER: _ClassVar[int]
    metadata: str
    def __init__(self, metadata: _Optional[str] = ...) -> None: ...

class UpdateMessageResponse(_message.Message):
    __slots__ = ("message",)
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    message: ConversationMessage
    def __init__(self, message: _Optional[_Union[ConversationMessage, _Mapping]] = ...) -> None: ...

class DeleteMessageRequest(_message.Message):
    __slots__ = ("project_id", "message_id", "messages_source", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_SOURCE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    message_id: str
    messages_source: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., message_id: _Optional[str] = ..., messages_source: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class DeleteMessageResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListLastMessagesByChannelIdentityRequest(_message.Message):
    __slots__ = ("project_id", "channel_identities", "contact_ids", "app_id", "messages_source", "page_size", "page_token", "view", "start_time", "end_time", "channel", "direction", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_IDENTITIES_FIELD_NUMBER: _ClassVar[int]
    CONTACT_IDS_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_SOURCE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    channel_identities: _containers.RepeatedScalarFieldContainer[str]
    contact_ids: _containers.RepeatedScalarFieldContainer[str]
    app_id: str
    messages_source: str
    page_size: int
    page_token: str
    view: str
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    channel: str
    direction: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., channel_identities: _Optional[_Iterable[str]] = ..., contact_ids: _Optional[_Iterable[str]] = ..., app_id: _Optional[str] = ..., messages_source: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., view: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., channel: _Optional[str] = ..., direction: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class ListLastMessagesByChannelIdentityResponse(_message.Message):
    __slots__ = ("messages", "next_page_token")
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    messages: _containers.RepeatedCompositeFieldContainer[ConversationMessage]
    next_page_token: str
    def __init__(self, messages: _Optional[_Iterable[_Union[ConversationMessage, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class TranscodeMessageRequest(_message.Message):
    __slots__ = ("project_id", "app_id", "app_message", "channels", "to", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    APP_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    FROM_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    app_id: str
    app_message: _app_message_pb2.AppMessage
    channels: _containers.RepeatedScalarFieldContainer[str]
    to: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., app_id: _Optional[str] = ..., app_message: _Optional[_Union[_app_message_pb2.AppMessage, _Mapping]] = ..., channels: _Optional[_Iterable[str]] = ..., to: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ..., **kwargs) -> None: ...

class TranscodeMessageResponse(_message.Message):
    __slots__ = ("transcoded_message",)
    class TranscodedMessageEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    TRANSCODED_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    transcoded_message: _containers.ScalarMap[str, str]
    def __init__(self, transcoded_message: _Optional[_Mapping[str, str]] = ...) -> None: ...

class SendAndTrackRequest(_message.Message):
    __slots__ = ("send", "tracking")
    SEND_FIELD_NUMBER: _ClassVar[int]
    TRACKING_FIELD_NUMBER: _ClassVar[int]
    send: SendMessageRequest
    tracking: Tracking
    def __init__(self, send: _Optional[_Union[SendMessageRequest, _Mapping]] = ..., tracking: _Optional[_Union[Tracking, _Mapping]] = ...) -> None: ...

class SendAndTrackResponse(_message.Message):
    __slots__ = ("state", "end")
    STATE_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    state: MessageState
    end: TrackingEnd
    def __init__(self, state: _Optional[_Union[MessageState, _Mapping]] = ..., end: _Optional[_Union[TrackingEnd, _Mapping]] = ...) -> None: ...

class TrackMessageRequest(_message.Message):
    __slots__ = ("project_id", "message_id", "after_cursor", "tracking", "messages_source", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_CURSOR_FIELD_NUMBER: _ClassVar[int]
    TRACKING_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_SOURCE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    message_id: str
    after_cursor: bytes
    tracking: Tracking
    messages_source: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., message_id: _Optional[str] = ..., after_cursor: _Optional[bytes] = ..., tracking: _Optional[_Union[Tracking, _Mapping]] = ..., messages_source: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class TrackMessageResponse(_message.Message):
    __slots__ = ("state", "end")
    STATE_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    state: MessageState
    end: TrackingEnd
    def __init__(self, state: _Optional[_Union[MessageState, _Mapping]] = ..., end: _Optional[_Union[TrackingEnd, _Mapping]] = ...) -> None: ...

class Tracking(_message.Message):
    __slots__ = ("horizon", "until_status")
    HORIZON_FIELD_NUMBER: _ClassVar[int]
    UNTIL_STATUS_FIELD_NUMBER: _ClassVar[int]
    horizon: _duration_pb2.Duration
    until_status: str
    def __init__(self, horizon: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., until_status: _Optional[str] = ...) -> None: ...

class MessageState(_message.Message):
    __slots__ = ("message_id", "status", "channel_identity", "reason", "state_time", "source", "cursor", "contact_id")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    STATE_TIME_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    status: str
    channel_identity: _identity_pb2.ChannelIdentity
    reason: _identity_pb2.Reason
    state_time: _timestamp_pb2.Timestamp
    source: StateSource
    cursor: bytes
    contact_id: str
    def __init__(self, message_id: _Optional[str] = ..., status: _Optional[str] = ..., channel_identity: _Optional[_Union[_identity_pb2.ChannelIdentity, _Mapping]] = ..., reason: _Optional[_Union[_identity_pb2.Reason, _Mapping]] = ..., state_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., source: _Optional[_Union[StateSource, str]] = ..., cursor: _Optional[bytes] = ..., contact_id: _Optional[str] = ...) -> None: ...

class TrackingEnd(_message.Message):
    __slots__ = ("reason", "cursor")
    REASON_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    reason: TrackingEndReason
    cursor: bytes
    def __init__(self, reason: _Optional[_Union[TrackingEndReason, str]] = ..., cursor: _Optional[bytes] = ...) -> None: ...

class AskAndAwaitReplyRequest(_message.Message):
    __slots__ = ("send", "reply_timeout")
    SEND_FIELD_NUMBER: _ClassVar[int]
    REPLY_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    send: SendMessageRequest
    reply_timeout: _duration_pb2.Duration
    def __init__(self, send: _Optional[_Union[SendMessageRequest, _Mapping]] = ..., reply_timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class AskAndAwaitReplyResponse(_message.Message):
    __slots__ = ("message_id", "reply", "text", "postback_data", "cursor")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    REPLY_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    POSTBACK_DATA_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    reply: ConversationMessage
    text: str
    postback_data: str
    cursor: bytes
    def __init__(self, message_id: _Optional[str] = ..., reply: _Optional[_Union[ConversationMessage, _Mapping]] = ..., text: _Optional[str] = ..., postback_data: _Optional[str] = ..., cursor: _Optional[bytes] = ...) -> None: ...
