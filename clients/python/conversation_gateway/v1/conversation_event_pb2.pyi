import datetime

from conversation_gateway.v1 import call_options_pb2 as _call_options_pb2
from conversation_gateway.v1 import identity_pb2 as _identity_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AppEvent(_message.Message):
    __slots__ = ("composing_event", "composing_end_event", "read_message_event", "comment_reply_event", "agent_joined_event", "agent_left_event", "generic_event")
    COMPOSING_EVENT_FIELD_NUMBER: _ClassVar[int]
    COMPOSING_END_EVENT_FIELD_NUMBER: _ClassVar[int]
    READ_MESSAGE_EVENT_FIELD_NUMBER: _ClassVar[int]
    COMMENT_REPLY_EVENT_FIELD_NUMBER: _ClassVar[int]
    AGENT_JOINED_EVENT_FIELD_NUMBER: _ClassVar[int]
    AGENT_LEFT_EVENT_FIELD_NUMBER: _ClassVar[int]
    GENERIC_EVENT_FIELD_NUMBER: _ClassVar[int]
    composing_event: ComposingEvent
    composing_end_event: ComposingEndEvent
    read_message_event: ReadMessageEvent
    comment_reply_event: CommentReplyEvent
    agent_joined_event: AgentJoinedEvent
    agent_left_event: AgentLeftEvent
    generic_event: GenericEvent
    def __init__(self, composing_event: _Optional[_Union[ComposingEvent, _Mapping]] = ..., composing_end_event: _Optional[_Union[ComposingEndEvent, _Mapping]] = ..., read_message_event: _Optional[_Union[ReadMessageEvent, _Mapping]] = ..., comment_reply_event: _Optional[_Union[CommentReplyEvent, _Mapping]] = ..., agent_joined_event: _Optional[_Union[AgentJoinedEvent, _Mapping]] = ..., agent_left_event: _Optional[_Union[AgentLeftEvent, _Mapping]] = ..., generic_event: _Optional[_Union[GenericEvent, _Mapping]] = ...) -> None: ...

class ContactEvent(_message.Message):
    __slots__ = ("composing_event", "composing_end_event", "conversation_deleted_event", "comment_event", "generic_event")
    COMPOSING_EVENT_FIELD_NUMBER: _ClassVar[int]
    COMPOSING_END_EVENT_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_DELETED_EVENT_FIELD_NUMBER: _ClassVar[int]
    COMMENT_EVENT_FIELD_NUMBER: _ClassVar[int]
    GENERIC_EVENT_FIELD_NUMBER: _ClassVar[int]
    composing_event: ComposingEvent
    composing_end_event: ComposingEndEvent
    conversation_deleted_event: ConversationDeletedEvent
    comment_event: CommentEvent
    generic_event: GenericEvent
    def __init__(self, composing_event: _Optional[_Union[ComposingEvent, _Mapping]] = ..., composing_end_event: _Optional[_Union[ComposingEndEvent, _Mapping]] = ..., conversation_deleted_event: _Optional[_Union[ConversationDeletedEvent, _Mapping]] = ..., comment_event: _Optional[_Union[CommentEvent, _Mapping]] = ..., generic_event: _Optional[_Union[GenericEvent, _Mapping]] = ...) -> None: ...

class ContactMessageEvent(_message.Message):
    __slots__ = ("payment_status_update_event", "shortlink_activated_event", "reaction_event")
    PAYMENT_STATUS_UPDATE_EVENT_FIELD_NUMBER: _ClassVar[int]
    SHORTLINK_ACTIVATED_EVENT_FIELD_NUMBER: _ClassVar[int]
    REACTION_EVENT_FIELD_NUMBER: _ClassVar[int]
    payment_status_update_event: PaymentStatusUpdateEvent
    shortlink_activated_event: ShortLinkActivatedEvent
    reaction_event: ReactionEvent
    def __init__(self, payment_status_update_event: _Optional[_Union[PaymentStatusUpdateEvent, _Mapping]] = ..., shortlink_activated_event: _Optional[_Union[ShortLinkActivatedEvent, _Mapping]] = ..., reaction_event: _Optional[_Union[ReactionEvent, _Mapping]] = ...) -> None: ...

class ComposingEvent(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ComposingEndEvent(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ReadMessageEvent(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ConversationDeletedEvent(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CommentReplyEvent(_message.Message):
    __slots__ = ("text",)
    TEXT_FIELD_NUMBER: _ClassVar[int]
    text: str
    def __init__(self, text: _Optional[str] = ...) -> None: ...

class AgentJoinedEvent(_message.Message):
    __slots__ = ("agent",)
    AGENT_FIELD_NUMBER: _ClassVar[int]
    agent: _identity_pb2.Agent
    def __init__(self, agent: _Optional[_Union[_identity_pb2.Agent, _Mapping]] = ...) -> None: ...

class AgentLeftEvent(_message.Message):
    __slots__ = ("agent",)
    AGENT_FIELD_NUMBER: _ClassVar[int]
    agent: _identity_pb2.Agent
    def __init__(self, agent: _Optional[_Union[_identity_pb2.Agent, _Mapping]] = ...) -> None: ...

class GenericEvent(_message.Message):
    __slots__ = ("payload",)
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    payload: _struct_pb2.Struct
    def __init__(self, payload: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class CommentEvent(_message.Message):
    __slots__ = ("id", "text", "comment_type", "commented_on", "user")
    ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    COMMENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    COMMENTED_ON_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    id: str
    text: str
    comment_type: str
    commented_on: str
    user: str
    def __init__(self, id: _Optional[str] = ..., text: _Optional[str] = ..., comment_type: _Optional[str] = ..., commented_on: _Optional[str] = ..., user: _Optional[str] = ...) -> None: ...

class PaymentStatusUpdateEvent(_message.Message):
    __slots__ = ("reference_id", "payment_status", "payment_transaction_status", "payment_transaction_id")
    REFERENCE_ID_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_STATUS_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_TRANSACTION_STATUS_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_TRANSACTION_ID_FIELD_NUMBER: _ClassVar[int]
    reference_id: str
    payment_status: str
    payment_transaction_status: str
    payment_transaction_id: str
    def __init__(self, reference_id: _Optional[str] = ..., payment_status: _Optional[str] = ..., payment_transaction_status: _Optional[str] = ..., payment_transaction_id: _Optional[str] = ...) -> None: ...

class ShortLinkActivatedEvent(_message.Message):
    __slots__ = ("payload", "title", "ref", "source", "type", "existing_thread")
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    REF_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    EXISTING_THREAD_FIELD_NUMBER: _ClassVar[int]
    payload: str
    title: str
    ref: str
    source: str
    type: str
    existing_thread: bool
    def __init__(self, payload: _Optional[str] = ..., title: _Optional[str] = ..., ref: _Optional[str] = ..., source: _Optional[str] = ..., type: _Optional[str] = ..., existing_thread: bool = ...) -> None: ...

class ReactionEvent(_message.Message):
    __slots__ = ("emoji", "action", "message_id", "reaction_category")
    EMOJI_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    REACTION_CATEGORY_FIELD_NUMBER: _ClassVar[int]
    emoji: str
    action: str
    message_id: str
    reaction_category: str
    def __init__(self, emoji: _Optional[str] = ..., action: _Optional[str] = ..., message_id: _Optional[str] = ..., reaction_category: _Optional[str] = ...) -> None: ...

class SendEventRequest(_message.Message):
    __slots__ = ("project_id", "app_id", "event", "recipient", "callback_url", "channel_priority_order", "event_metadata", "queue", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    CALLBACK_URL_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_PRIORITY_ORDER_FIELD_NUMBER: _ClassVar[int]
    EVENT_METADATA_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    app_id: str
    event: AppEvent
    recipient: _identity_pb2.Recipient
    callback_url: str
    channel_priority_order: _containers.RepeatedScalarFieldContainer[str]
    event_metadata: str
    queue: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., app_id: _Optional[str] = ..., event: _Optional[_Union[AppEvent, _Mapping]] = ..., recipient: _Optional[_Union[_identity_pb2.Recipient, _Mapping]] = ..., callback_url: _Optional[str] = ..., channel_priority_order: _Optional[_Iterable[str]] = ..., event_metadata: _Optional[str] = ..., queue: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class SendEventResponse(_message.Message):
    __slots__ = ("event_id", "accepted_time")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_TIME_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    accepted_time: _timestamp_pb2.Timestamp
    def __init__(self, event_id: _Optional[str] = ..., accepted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ConversationEvent(_message.Message):
    __slots__ = ("id", "app_event", "channel_identity", "processing_mode", "direction", "conversation_id", "contact_id", "accept_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    APP_EVENT_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_MODE_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    ACCEPT_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    app_event: AppEvent
    channel_identity: _identity_pb2.ChannelIdentity
    processing_mode: str
    direction: str
    conversation_id: str
    contact_id: str
    accept_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., app_event: _Optional[_Union[AppEvent, _Mapping]] = ..., channel_identity: _Optional[_Union[_identity_pb2.ChannelIdentity, _Mapping]] = ..., processing_mode: _Optional[str] = ..., direction: _Optional[str] = ..., conversation_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., accept_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListEventsRequest(_message.Message):
    __slots__ = ("project_id", "conversation_id", "contact_id", "page_size", "page_token", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    conversation_id: str
    contact_id: str
    page_size: int
    page_token: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class ListEventsResponse(_message.Message):
    __slots__ = ("events", "next_page_token")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[ConversationEvent]
    next_page_token: str
    def __init__(self, events: _Optional[_Iterable[_Union[ConversationEvent, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetEventRequest(_message.Message):
    __slots__ = ("project_id", "event_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    event_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., event_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class GetEventResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: ConversationEvent
    def __init__(self, event: _Optional[_Union[ConversationEvent, _Mapping]] = ...) -> None: ...

class DeleteEventRequest(_message.Message):
    __slots__ = ("project_id", "event_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    event_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., event_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class DeleteEventResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
