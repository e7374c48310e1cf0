from conversation_gateway.v1 import call_options_pb2 as _call_options_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RawHost(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RAW_HOST_UNSPECIFIED: _ClassVar[RawHost]
    RAW_HOST_CONVERSATION: _ClassVar[RawHost]
    RAW_HOST_BATCH: _ClassVar[RawHost]
    RAW_HOST_TEMPLATE: _ClassVar[RawHost]
RAW_HOST_UNSPECIFIED: RawHost
RAW_HOST_CONVERSATION: RawHost
RAW_HOST_BATCH: RawHost
RAW_HOST_TEMPLATE: RawHost

class CallRequest(_message.Message):
    __slots__ = ("project_id", "method", "host", "path", "query", "json", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    JSON_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    method: str
    host: RawHost
    path: str
    query: _containers.RepeatedCompositeFieldContainer[QueryParameter]
    json: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., method: _Optional[str] = ..., host: _Optional[_Union[RawHost, str]] = ..., path: _Optional[str] = ..., query: _Optional[_Iterable[_Union[QueryParameter, _Mapping]]] = ..., json: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class QueryParameter(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class CallResponse(_message.Message):
    __slots__ = ("http_status", "json")
    HTTP_STATUS_FIELD_NUMBER: _ClassVar[int]
    JSON_FIELD_NUMBER: _ClassVar[int]
    http_status: int
    json: str
    def __init__(self, http_status: _Optional[int] = ..., json: _Optional[str] = ...) -> None: ...
