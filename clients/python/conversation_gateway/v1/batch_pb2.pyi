import datetime

from conversation_gateway.v1 import app_message_pb2 as _app_message_pb2
from conversation_gateway.v1 import call_options_pb2 as _call_options_pb2
from conversation_gateway.v1 import contact_pb2 as _contact_pb2
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

class LargeBatchState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LARGE_BATCH_STATE_UNSPECIFIED: _ClassVar[LargeBatchState]
    LARGE_BATCH_STATE_ACCEPTED: _ClassVar[LargeBatchState]
    LARGE_BATCH_STATE_REFUSED: _ClassVar[LargeBatchState]
    LARGE_BATCH_STATE_UNKNOWN: _ClassVar[LargeBatchState]
LARGE_BATCH_STATE_UNSPECIFIED: LargeBatchState
LARGE_BATCH_STATE_ACCEPTED: LargeBatchState
LARGE_BATCH_STATE_REFUSED: LargeBatchState
LARGE_BATCH_STATE_UNKNOWN: LargeBatchState

class SendBatchRequest(_message.Message):
    __slots__ = ("project_id", "app_id", "message", "recipient_and_params", "processing_strategy", "batch_metadata", "message_metadata", "conversation_metadata", "send_after", "callback_url", "channel_priority_order", "ttl", "channel_properties", "correlation_id", "options")
    class ChannelPropertiesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    RECIPIENT_AND_PARAMS_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_STRATEGY_FIELD_NUMBER: _ClassVar[int]
    BATCH_METADATA_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_METADATA_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_METADATA_FIELD_NUMBER: _ClassVar[int]
    SEND_AFTER_FIELD_NUMBER: _ClassVar[int]
    CALLBACK_URL_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_PRIORITY_ORDER_FIELD_NUMBER: _ClassVar[int]
    TTL_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    app_id: str
    message: _app_message_pb2.AppMessage
    recipient_and_params: _containers.RepeatedCompositeFieldContainer[RecipientAndParams]
    processing_strategy: str
    batch_metadata: _struct_pb2.Struct
    message_metadata: _struct_pb2.Struct
    conversation_metadata: _struct_pb2.Struct
    send_after: _timestamp_pb2.Timestamp
    callback_url: str
    channel_priority_order: _containers.RepeatedScalarFieldContainer[str]
    ttl: _duration_pb2.Duration
    channel_properties: _containers.ScalarMap[str, str]
    correlation_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., app_id: _Optional[str] = ..., message: _Optional[_Union[_app_message_pb2.AppMessage, _Mapping]] = ..., recipient_and_params: _Optional[_Iterable[_Union[RecipientAndParams, _Mapping]]] = ..., processing_strategy: _Optional[str] = ..., batch_metadata: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., message_metadata: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., conversation_metadata: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., send_after: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., callback_url: _Optional[str] = ..., channel_priority_order: _Optional[_Iterable[str]] = ..., ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., channel_properties: _Optional[_Mapping[str, str]] = ..., correlation_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class RecipientAndParams(_message.Message):
    __slots__ = ("recipient", "parameters", "message_metadata", "conversation_metadata")
    class ParametersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_METADATA_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_METADATA_FIELD_NUMBER: _ClassVar[int]
    recipient: _identity_pb2.Recipient
    parameters: _containers.ScalarMap[str, str]
    message_metadata: _struct_pb2.Struct
    conversation_metadata: _struct_pb2.Struct
    def __init__(self, recipient: _Optional[_Union[_identity_pb2.Recipient, _Mapping]] = ..., parameters: _Optional[_Mapping[str, str]] = ..., message_metadata: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., conversation_metadata: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class SendBatchResponse(_message.Message):
    __slots__ = ("batch_id", "send_after")
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    SEND_AFTER_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    send_after: _timestamp_pb2.Timestamp
    def __init__(self, batch_id: _Optional[str] = ..., send_after: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SendLargeBatchRequest(_message.Message):
    __slots__ = ("start", "recipients")
    START_FIELD_NUMBER: _ClassVar[int]
    RECIPIENTS_FIELD_NUMBER: _ClassVar[int]
    start: LargeBatchStart
    recipients: LargeBatchRecipients
    def __init__(self, start: _Optional[_Union[LargeBatchStart, _Mapping]] = ..., recipients: _Optional[_Union[LargeBatchRecipients, _Mapping]] = ...) -> None: ...

class LargeBatchStart(_message.Message):
    __slots__ = ("batch",)
    BATCH_FIELD_NUMBER: _ClassVar[int]
    batch: SendBatchRequest
    def __init__(self, batch: _Optional[_Union[SendBatchRequest, _Mapping]] = ...) -> None: ...

class LargeBatchRecipients(_message.Message):
    __slots__ = ("recipient_and_params",)
    RECIPIENT_AND_PARAMS_FIELD_NUMBER: _ClassVar[int]
    recipient_and_params: _containers.RepeatedCompositeFieldContainer[RecipientAndParams]
    def __init__(self, recipient_and_params: _Optional[_Iterable[_Union[RecipientAndParams, _Mapping]]] = ...) -> None: ...

class SendLargeBatchResponse(_message.Message):
    __slots__ = ("progress", "outcome", "waiting", "received", "completed", "going_away")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_FIELD_NUMBER: _ClassVar[int]
    GOING_AWAY_FIELD_NUMBER: _ClassVar[int]
    progress: LargeBatchProgress
    outcome: LargeBatchOutcome
    waiting: LargeBatchWaiting
    received: LargeBatchReceived
    completed: LargeBatchCompleted
    going_away: _call_options_pb2.GoingAway
    def __init__(self, progress: _Optional[_Union[LargeBatchProgress, _Mapping]] = ..., outcome: _Optional[_Union[LargeBatchOutcome, _Mapping]] = ..., waiting: _Optional[_Union[LargeBatchWaiting, _Mapping]] = ..., received: _Optional[_Union[LargeBatchReceived, _Mapping]] = ..., completed: _Optional[_Union[LargeBatchCompleted, _Mapping]] = ..., going_away: _Optional[_Union[_call_options_pb2.GoingAway, _Mapping]] = ...) -> None: ...

class LargeBatchProgress(_message.Message):
    __slots__ = ("received_count", "accepted_count", "refused_count", "unknown_count")
    RECEIVED_COUNT_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_COUNT_FIELD_NUMBER: _ClassVar[int]
    REFUSED_COUNT_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_COUNT_FIELD_NUMBER: _ClassVar[int]
    received_count: int
    accepted_count: int
    refused_count: int
    unknown_count: int
    def __init__(self, received_count: _Optional[int] = ..., accepted_count: _Optional[int] = ..., refused_count: _Optional[int] = ..., unknown_count: _Optional[int] = ...) -> None: ...

class LargeBatchOutcome(_message.Message):
    __slots__ = ("first_index", "recipient_count", "state", "refused_recipients", "response", "error", "report")
    FIRST_INDEX_FIELD_NUMBER: _ClassVar[int]
    RECIPIENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REFUSED_RECIPIENTS_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    REPORT_FIELD_NUMBER: _ClassVar[int]
    first_index: int
    recipient_count: int
    state: LargeBatchState
    refused_recipients: _containers.RepeatedCompositeFieldContainer[RefusedRecipient]
    response: SendBatchResponse
    error: _status_pb2.Status
    report: _call_options_pb2.CallReport
    def __init__(self, first_index: _Optional[int] = ..., recipient_count: _Optional[int] = ..., state: _Optional[_Union[LargeBatchState, str]] = ..., refused_recipients: _Optional[_Iterable[_Union[RefusedRecipient, _Mapping]]] = ..., response: _Optional[_Union[SendBatchResponse, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ..., report: _Optional[_Union[_call_options_pb2.CallReport, _Mapping]] = ...) -> None: ...

class RefusedRecipient(_message.Message):
    __slots__ = ("index", "field", "description", "reason", "repeated_recipient")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REPEATED_RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    index: int
    field: str
    description: str
    reason: str
    repeated_recipient: bool
    def __init__(self, index: _Optional[int] = ..., field: _Optional[str] = ..., description: _Optional[str] = ..., reason: _Optional[str] = ..., repeated_recipient: bool = ...) -> None: ...

class LargeBatchWaiting(_message.Message):
    __slots__ = ("first_index", "error", "retry_delay")
    FIRST_INDEX_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    RETRY_DELAY_FIELD_NUMBER: _ClassVar[int]
    first_index: int
    error: _status_pb2.Status
    retry_delay: _duration_pb2.Duration
    def __init__(self, first_index: _Optional[int] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ..., retry_delay: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class LargeBatchReceived(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class LargeBatchCompleted(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Batch(_message.Message):
    __slots__ = ("batch_id", "status", "send_after", "meta_data", "batch_metadata")
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    SEND_AFTER_FIELD_NUMBER: _ClassVar[int]
    META_DATA_FIELD_NUMBER: _ClassVar[int]
    BATCH_METADATA_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    status: str
    send_after: _timestamp_pb2.Timestamp
    meta_data: _struct_pb2.Struct
    batch_metadata: _struct_pb2.Struct
    def __init__(self, batch_id: _Optional[str] = ..., status: _Optional[str] = ..., send_after: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., meta_data: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., batch_metadata: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class CancelBatchRequest(_message.Message):
    __slots__ = ("project_id", "batch_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    batch_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., batch_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class CancelBatchResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetBatchStatusRequest(_message.Message):
    __slots__ = ("project_id", "batch_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    batch_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., batch_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class GetBatchStatusResponse(_message.Message):
    __slots__ = ("batch",)
    BATCH_FIELD_NUMBER: _ClassVar[int]
    batch: Batch
    def __init__(self, batch: _Optional[_Union[Batch, _Mapping]] = ...) -> None: ...

class GetBatchStatusByMetadataRequest(_message.Message):
    __slots__ = ("project_id", "metadataKey", "metadataValue", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    METADATAKEY_FIELD_NUMBER: _ClassVar[int]
    METADATAVALUE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    metadataKey: str
    metadataValue: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., metadataKey: _Optional[str] = ..., metadataValue: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class GetBatchStatusByMetadataResponse(_message.Message):
    __slots__ = ("batches",)
    BATCHES_FIELD_NUMBER: _ClassVar[int]
    batches: _containers.RepeatedCompositeFieldContainer[Batch]
    def __init__(self, batches: _Optional[_Iterable[_Union[Batch, _Mapping]]] = ...) -> None: ...

class CreateContactsRequest(_message.Message):
    __slots__ = ("project_id", "contacts", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    contacts: _containers.RepeatedCompositeFieldContainer[_contact_pb2.NewContact]
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., contacts: _Optional[_Iterable[_Union[_contact_pb2.NewContact, _Mapping]]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class CreateContactsResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DeleteContactsRequest(_message.Message):
    __slots__ = ("project_id", "contact_ids", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_IDS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    contact_ids: _containers.RepeatedScalarFieldContainer[str]
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., contact_ids: _Optional[_Iterable[str]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class DeleteContactsResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class InsertConsentsRequest(_message.Message):
    __slots__ = ("project_id", "app_id", "consent_records", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    CONSENT_RECORDS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    app_id: str
    consent_records: _containers.RepeatedCompositeFieldContainer[ConsentRecord]
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., app_id: _Optional[str] = ..., consent_records: _Optional[_Iterable[_Union[ConsentRecord, _Mapping]]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class ConsentRecord(_message.Message):
    __slots__ = ("identification", "consent_type")
    IDENTIFICATION_FIELD_NUMBER: _ClassVar[int]
    CONSENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    identification: str
    consent_type: str
    def __init__(self, identification: _Optional[str] = ..., consent_type: _Optional[str] = ...) -> None: ...

class InsertConsentsResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
