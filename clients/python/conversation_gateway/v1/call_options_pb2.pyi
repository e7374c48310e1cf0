import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Priority(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PRIORITY_UNSPECIFIED: _ClassVar[Priority]
    PRIORITY_URGENT: _ClassVar[Priority]
    PRIORITY_NORMAL: _ClassVar[Priority]
    PRIORITY_BULK: _ClassVar[Priority]
PRIORITY_UNSPECIFIED: Priority
PRIORITY_URGENT: Priority
PRIORITY_NORMAL: Priority
PRIORITY_BULK: Priority

class CallOptions(_message.Message):
    __slots__ = ("request_id", "priority", "max_queue_wait", "region", "retry_unknown_outcome", "validate_only")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    MAX_QUEUE_WAIT_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    RETRY_UNKNOWN_OUTCOME_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    priority: Priority
    max_queue_wait: _duration_pb2.Duration
    region: str
    retry_unknown_outcome: bool
    validate_only: bool
    def __init__(self, request_id: _Optional[str] = ..., priority: _Optional[_Union[Priority, str]] = ..., max_queue_wait: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., region: _Optional[str] = ..., retry_unknown_outcome: bool = ..., validate_only: bool = ...) -> None: ...

class CallReport(_message.Message):
    __slots__ = ("attempt_count", "queue_wait", "replayed", "upstream_request_id", "app_queue_eta", "consent")
    ATTEMPT_COUNT_FIELD_NUMBER: _ClassVar[int]
    QUEUE_WAIT_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    UPSTREAM_REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    APP_QUEUE_ETA_FIELD_NUMBER: _ClassVar[int]
    CONSENT_FIELD_NUMBER: _ClassVar[int]
    attempt_count: int
    queue_wait: _duration_pb2.Duration
    replayed: bool
    upstream_request_id: str
    app_queue_eta: _duration_pb2.Duration
    consent: str
    def __init__(self, attempt_count: _Optional[int] = ..., queue_wait: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., replayed: bool = ..., upstream_request_id: _Optional[str] = ..., app_queue_eta: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., consent: _Optional[str] = ...) -> None: ...

class GoingAway(_message.Message):
    __slots__ = ("reconnect_delay",)
    RECONNECT_DELAY_FIELD_NUMBER: _ClassVar[int]
    reconnect_delay: _duration_pb2.Duration
    def __init__(self, reconnect_delay: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...
