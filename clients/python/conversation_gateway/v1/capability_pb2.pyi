import datetime

from conversation_gateway.v1 import call_options_pb2 as _call_options_pb2
from conversation_gateway.v1 import identity_pb2 as _identity_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class QueryCapabilityRequest(_message.Message):
    __slots__ = ("project_id", "app_id", "recipient", "request_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    app_id: str
    recipient: _identity_pb2.Recipient
    request_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., app_id: _Optional[str] = ..., recipient: _Optional[_Union[_identity_pb2.Recipient, _Mapping]] = ..., request_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class QueryCapabilityResponse(_message.Message):
    __slots__ = ("app_id", "recipient", "request_id")
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    app_id: str
    recipient: _identity_pb2.Recipient
    request_id: str
    def __init__(self, app_id: _Optional[str] = ..., recipient: _Optional[_Union[_identity_pb2.Recipient, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class AwaitCapabilityRequest(_message.Message):
    __slots__ = ("project_id", "app_id", "recipient", "channels", "max_age", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    MAX_AGE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    app_id: str
    recipient: _identity_pb2.Recipient
    channels: _containers.RepeatedScalarFieldContainer[str]
    max_age: _duration_pb2.Duration
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., app_id: _Optional[str] = ..., recipient: _Optional[_Union[_identity_pb2.Recipient, _Mapping]] = ..., channels: _Optional[_Iterable[str]] = ..., max_age: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class AwaitCapabilityResponse(_message.Message):
    __slots__ = ("capabilities",)
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    capabilities: _containers.RepeatedCompositeFieldContainer[ChannelCapability]
    def __init__(self, capabilities: _Optional[_Iterable[_Union[ChannelCapability, _Mapping]]] = ...) -> None: ...

class ChannelCapability(_message.Message):
    __slots__ = ("channel", "identity", "capability_status", "channel_capabilities", "reason", "contact_id", "answer_time", "remembered")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    CAPABILITY_STATUS_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    ANSWER_TIME_FIELD_NUMBER: _ClassVar[int]
    REMEMBERED_FIELD_NUMBER: _ClassVar[int]
    channel: str
    identity: str
    capability_status: str
    channel_capabilities: _containers.RepeatedScalarFieldContainer[str]
    reason: _identity_pb2.Reason
    contact_id: str
    answer_time: _timestamp_pb2.Timestamp
    remembered: bool
    def __init__(self, channel: _Optional[str] = ..., identity: _Optional[str] = ..., capability_status: _Optional[str] = ..., channel_capabilities: _Optional[_Iterable[str]] = ..., reason: _Optional[_Union[_identity_pb2.Reason, _Mapping]] = ..., contact_id: _Optional[str] = ..., answer_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., remembered: bool = ...) -> None: ...
