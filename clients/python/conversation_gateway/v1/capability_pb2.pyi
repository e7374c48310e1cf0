from conversation_gateway.v1 import call_options_pb2 as _call_options_pb2
from conversation_gateway.v1 import identity_pb2 as _identity_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
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
