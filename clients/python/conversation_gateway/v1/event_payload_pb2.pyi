import datetime

from conversation_gateway.v1 import app_message_pb2 as _app_message_pb2
from conversation_gateway.v1 import contact_pb2 as _contact_pb2
from conversation_gateway.v1 import contact_message_pb2 as _contact_message_pb2
from conversation_gateway.v1 import conversation_pb2 as _conversation_pb2
from conversation_gateway.v1 import conversation_event_pb2 as _conversation_event_pb2
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

class MessageInboundItem(_message.Message):
    __slots__ = ("id", "direction", "contact_message", "channel_identity", "conversation_id", "contact_id", "metadata", "accept_time", "sender_id", "processing_mode", "injected")
    ID_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    CONTACT_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    ACCEPT_TIME_FIELD_NUMBER: _ClassVar[int]
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_MODE_FIELD_NUMBER: _ClassVar[int]
    INJECTED_FIELD_NUMBER: _ClassVar[int]
    id: str
    direction: str
    contact_message: _contact_message_pb2.ContactMessage
    channel_identity: _identity_pb2.ChannelIdentity
    conversation_id: str
    contact_id: str
    metadata: str
    accept_time: _timestamp_pb2.Timestamp
    sender_id: str
    processing_mode: str
    injected: bool
    def __init__(self, id: _Optional[str] = ..., direction: _Optional[str] = ..., contact_message: _Optional[_Union[_contact_message_pb2.ContactMessage, _Mapping]] = ..., channel_identity: _Optional[_Union[_identity_pb2.ChannelIdentity, _Mapping]] = ..., conversation_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., metadata: _Optional[str] = ..., accept_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., sender_id: _Optional[str] = ..., processing_mode: _Optional[str] = ..., injected: bool = ...) -> None: ...

class MessageSubmitNotification(_message.Message):
    __slots__ = ("message_id", "conversation_id", "channel_identity", "contact_id", "submitted_message", "metadata", "processing_mode")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_MODE_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    conversation_id: str
    channel_identity: _identity_pb2.ChannelIdentity
    contact_id: str
    submitted_message: _app_message_pb2.AppMessage
    metadata: str
    processing_mode: str
    def __init__(self, message_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., channel_identity: _Optional[_Union[_identity_pb2.ChannelIdentity, _Mapping]] = ..., contact_id: _Optional[str] = ..., submitted_message: _Optional[_Union[_app_message_pb2.AppMessage, _Mapping]] = ..., metadata: _Optional[str] = ..., processing_mode: _Optional[str] = ...) -> None: ...

class MessageDeliveryReport(_message.Message):
    __slots__ = ("message_id", "conversation_id", "status", "channel_identity", "contact_id", "reason", "metadata", "processing_mode")
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_MODE_FIELD_NUMBER: _ClassVar[int]
    message_id: str
    conversation_id: str
    status: str
    channel_identity: _identity_pb2.ChannelIdentity
    contact_id: str
    reason: _identity_pb2.Reason
    metadata: str
    processing_mode: str
    def __init__(self, message_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., status: _Optional[str] = ..., channel_identity: _Optional[_Union[_identity_pb2.ChannelIdentity, _Mapping]] = ..., contact_id: _Optional[str] = ..., reason: _Optional[_Union[_identity_pb2.Reason, _Mapping]] = ..., metadata: _Optional[str] = ..., processing_mode: _Optional[str] = ...) -> None: ...

class EventInboundItem(_message.Message):
    __slots__ = ("id", "direction", "contact_event", "contact_message_event", "channel_identity", "contact_id", "conversation_id", "accept_time", "processing_mode")
    ID_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    CONTACT_EVENT_FIELD_NUMBER: _ClassVar[int]
    CONTACT_MESSAGE_EVENT_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    ACCEPT_TIME_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_MODE_FIELD_NUMBER: _ClassVar[int]
    id: str
    direction: str
    contact_event: _conversation_event_pb2.ContactEvent
    contact_message_event: _conversation_event_pb2.ContactMessageEvent
    channel_identity: _identity_pb2.ChannelIdentity
    contact_id: str
    conversation_id: str
    accept_time: _timestamp_pb2.Timestamp
    processing_mode: str
    def __init__(self, id: _Optional[str] = ..., direction: _Optional[str] = ..., contact_event: _Optional[_Union[_conversation_event_pb2.ContactEvent, _Mapping]] = ..., contact_message_event: _Optional[_Union[_conversation_event_pb2.ContactMessageEvent, _Mapping]] = ..., channel_identity: _Optional[_Union[_identity_pb2.ChannelIdentity, _Mapping]] = ..., contact_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., accept_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., processing_mode: _Optional[str] = ...) -> None: ...

class EventDeliveryReport(_message.Message):
    __slots__ = ("event_id", "status", "channel_identity", "contact_id", "reason", "metadata", "processing_mode")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_MODE_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    status: str
    channel_identity: _identity_pb2.ChannelIdentity
    contact_id: str
    reason: _identity_pb2.Reason
    metadata: str
    processing_mode: str
    def __init__(self, event_id: _Optional[str] = ..., status: _Optional[str] = ..., channel_identity: _Optional[_Union[_identity_pb2.ChannelIdentity, _Mapping]] = ..., contact_id: _Optional[str] = ..., reason: _Optional[_Union[_identity_pb2.Reason, _Mapping]] = ..., metadata: _Optional[str] = ..., processing_mode: _Optional[str] = ...) -> None: ...

class ConversationNotification(_message.Message):
    __slots__ = ("conversation",)
    CONVERSATION_FIELD_NUMBER: _ClassVar[int]
    conversation: _conversation_pb2.Conversation
    def __init__(self, conversation: _Optional[_Union[_conversation_pb2.Conversation, _Mapping]] = ...) -> None: ...

class ContactNotification(_message.Message):
    __slots__ = ("contact",)
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    contact: _contact_pb2.Contact
    def __init__(self, contact: _Optional[_Union[_contact_pb2.Contact, _Mapping]] = ...) -> None: ...

class ContactMergeNotification(_message.Message):
    __slots__ = ("preserved_contact", "deleted_contact")
    PRESERVED_CONTACT_FIELD_NUMBER: _ClassVar[int]
    DELETED_CONTACT_FIELD_NUMBER: _ClassVar[int]
    preserved_contact: _contact_pb2.Contact
    deleted_contact: _contact_pb2.Contact
    def __init__(self, preserved_contact: _Optional[_Union[_contact_pb2.Contact, _Mapping]] = ..., deleted_contact: _Optional[_Union[_contact_pb2.Contact, _Mapping]] = ...) -> None: ...

class DuplicatedContactIdentitiesNotification(_message.Message):
    __slots__ = ("duplicated_identities",)
    DUPLICATED_IDENTITIES_FIELD_NUMBER: _ClassVar[int]
    duplicated_identities: _containers.RepeatedCompositeFieldContainer[DuplicatedIdentity]
    def __init__(self, duplicated_identities: _Optional[_Iterable[_Union[DuplicatedIdentity, _Mapping]]] = ...) -> None: ...

class DuplicatedIdentity(_message.Message):
    __slots__ = ("channel", "contact_ids", "identity", "app_id")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    CONTACT_IDS_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    channel: str
    contact_ids: _containers.RepeatedScalarFieldContainer[str]
    identity: str
    app_id: str
    def __init__(self, channel: _Optional[str] = ..., contact_ids: _Optional[_Iterable[str]] = ..., identity: _Optional[str] = ..., app_id: _Optional[str] = ...) -> None: ...

class CapabilityNotification(_message.Message):
    __slots__ = ("request_id", "contact_id", "channel", "identity", "capability_status", "channel_capabilities", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    CAPABILITY_STATUS_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    contact_id: str
    channel: str
    identity: str
    capability_status: str
    channel_capabilities: _containers.RepeatedScalarFieldContainer[str]
    reason: _identity_pb2.Reason
    def __init__(self, request_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., channel: _Optional[str] = ..., identity: _Optional[str] = ..., capability_status: _Optional[str] = ..., channel_capabilities: _Optional[_Iterable[str]] = ..., reason: _Optional[_Union[_identity_pb2.Reason, _Mapping]] = ...) -> None: ...

class OptInNotification(_message.Message):
    __slots__ = ("request_id", "contact_id", "channel", "identity", "status", "error_details", "processing_mode")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ERROR_DETAILS_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_MODE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    contact_id: str
    channel: str
    identity: str
    status: str
    error_details: OptErrorDetails
    processing_mode: str
    def __init__(self, request_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., channel: _Optional[str] = ..., identity: _Optional[str] = ..., status: _Optional[str] = ..., error_details: _Optional[_Union[OptErrorDetails, _Mapping]] = ..., processing_mode: _Optional[str] = ...) -> None: ...

class OptOutNotification(_message.Message):
    __slots__ = ("request_id", "contact_id", "channel", "identity", "status", "error_details", "processing_mode")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ERROR_DETAILS_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_MODE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    contact_id: str
    channel: str
    identity: str
    status: str
    error_details: OptErrorDetails
    processing_mode: str
    def __init__(self, request_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., channel: _Optional[str] = ..., identity: _Optional[str] = ..., status: _Optional[str] = ..., error_details: _Optional[_Union[OptErrorDetails, _Mapping]] = ..., processing_mode: _Optional[str] = ...) -> None: ...

class OptErrorDetails(_message.Message):
    __slots__ = ("description",)
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    description: str
    def __init__(self, description: _Optional[str] = ...) -> None: ...

class ChannelEventNotification(_message.Message):
    __slots__ = ("channel_event",)
    CHANNEL_EVENT_FIELD_NUMBER: _ClassVar[int]
    channel_event: ChannelEvent
    def __init__(self, channel_event: _Optional[_Union[ChannelEvent, _Mapping]] = ...) -> None: ...

class ChannelEvent(_message.Message):
    __slots__ = ("channel", "event_type", "additional_data")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    EVENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    ADDITIONAL_DATA_FIELD_NUMBER: _ClassVar[int]
    channel: str
    event_type: str
    additional_data: _struct_pb2.Struct
    def __init__(self, channel: _Optional[str] = ..., event_type: _Optional[str] = ..., additional_data: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class UnsupportedCallback(_message.Message):
    __slots__ = ("channel", "payload", "processing_mode", "id", "contact_id", "conversation_id", "channel_identity")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_MODE_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    channel: str
    payload: str
    processing_mode: str
    id: str
    contact_id: str
    conversation_id: str
    channel_identity: _identity_pb2.ChannelIdentity
    def __init__(self, channel: _Optional[str] = ..., payload: _Optional[str] = ..., processing_mode: _Optional[str] = ..., id: _Optional[str] = ..., contact_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., channel_identity: _Optional[_Union[_identity_pb2.ChannelIdentity, _Mapping]] = ...) -> None: ...

class SmartConversationNotification(_message.Message):
    __slots__ = ("contact_id", "channel_identity", "channel", "message_id", "conversation_id", "analysis_results")
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    ANALYSIS_RESULTS_FIELD_NUMBER: _ClassVar[int]
    contact_id: str
    channel_identity: str
    channel: str
    message_id: str
    conversation_id: str
    analysis_results: AnalysisResult
    def __init__(self, contact_id: _Optional[str] = ..., channel_identity: _Optional[str] = ..., channel: _Optional[str] = ..., message_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., analysis_results: _Optional[_Union[AnalysisResult, _Mapping]] = ...) -> None: ...

class AnalysisResult(_message.Message):
    __slots__ = ("ml_sentiment_result", "ml_nlu_result", "ml_image_recognition_result", "ml_pii_result", "ml_offensive_analysis_result")
    ML_SENTIMENT_RESULT_FIELD_NUMBER: _ClassVar[int]
    ML_NLU_RESULT_FIELD_NUMBER: _ClassVar[int]
    ML_IMAGE_RECOGNITION_RESULT_FIELD_NUMBER: _ClassVar[int]
    ML_PII_RESULT_FIELD_NUMBER: _ClassVar[int]
    ML_OFFENSIVE_ANALYSIS_RESULT_FIELD_NUMBER: _ClassVar[int]
    ml_sentiment_result: _containers.RepeatedCompositeFieldContainer[SentimentResult]
    ml_nlu_result: _containers.RepeatedCompositeFieldContainer[IntentResult]
    ml_image_recognition_result: _containers.RepeatedCompositeFieldContainer[ImageRecognitionResult]
    ml_pii_result: _containers.RepeatedCompositeFieldContainer[PersonalDataResult]
    ml_offensive_analysis_result: _containers.RepeatedCompositeFieldContainer[OffensiveAnalysisResult]
    def __init__(self, ml_sentiment_result: _Optional[_Iterable[_Union[SentimentResult, _Mapping]]] = ..., ml_nlu_result: _Optional[_Iterable[_Union[IntentResult, _Mapping]]] = ..., ml_image_recognition_result: _Optional[_Iterable[_Union[ImageRecognitionResult, _Mapping]]] = ..., ml_pii_result: _Optional[_Iterable[_Union[PersonalDataResult, _Mapping]]] = ..., ml_offensive_analysis_result: _Optional[_Iterable[_Union[OffensiveAnalysisResult, _Mapping]]] = ...) -> None: ...

class SentimentResult(_message.Message):
    __slots__ = ("message", "results", "sentiment", "score")
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    SENTIMENT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    message: str
    results: _containers.RepeatedCompositeFieldContainer[SentimentScore]
    sentiment: str
    score: float
    def __init__(self, message: _Optional[str] = ..., results: _Optional[_Iterable[_Union[SentimentScore, _Mapping]]] = ..., sentiment: _Optional[str] = ..., score: _Optional[float] = ...) -> None: ...

class SentimentScore(_message.Message):
    __slots__ = ("sentiment", "score")
    SENTIMENT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    sentiment: str
    score: float
    def __init__(self, sentiment: _Optional[str] = ..., score: _Optional[float] = ...) -> None: ...

class IntentResult(_message.Message):
    __slots__ = ("message", "results", "intent", "score")
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    INTENT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    message: str
    results: _containers.RepeatedCompositeFieldContainer[IntentScore]
    intent: str
    score: float
    def __init__(self, message: _Optional[str] = ..., results: _Optional[_Iterable[_Union[IntentScore, _Mapping]]] = ..., intent: _Optional[str] = ..., score: _Optional[float] = ...) -> None: ...

class IntentScore(_message.Message):
    __slots__ = ("intent", "score")
    INTENT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    intent: str
    score: float
    def __init__(self, intent: _Optional[str] = ..., score: _Optional[float] = ...) -> None: ...

class ImageRecognitionResult(_message.Message):
    __slots__ = ("url", "document_image_classification", "optical_character_recognition", "document_field_classification")
    URL_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_IMAGE_CLASSIFICATION_FIELD_NUMBER: _ClassVar[int]
    OPTICAL_CHARACTER_RECOGNITION_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_CLASSIFICATION_FIELD_NUMBER: _ClassVar[int]
    url: str
    document_image_classification: DocumentImageClassification
    optical_character_recognition: OpticalCharacterRecognition
    document_field_classification: DocumentFieldClassification
    def __init__(self, url: _Optional[str] = ..., document_image_classification: _Optional[_Union[DocumentImageClassification, _Mapping]] = ..., optical_character_recognition: _Optional[_Union[OpticalCharacterRecognition, _Mapping]] = ..., document_field_classification: _Optional[_Union[DocumentFieldClassification, _Mapping]] = ...) -> None: ...

class DocumentImageClassification(_message.Message):
    __slots__ = ("doc_type", "confidence")
    DOC_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    doc_type: str
    confidence: float
    def __init__(self, doc_type: _Optional[str] = ..., confidence: _Optional[float] = ...) -> None: ...

class OpticalCharacterRecognition(_message.Message):
    __slots__ = ("result",)
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: _containers.RepeatedCompositeFieldContainer[RecognizedText]
    def __init__(self, result: _Optional[_Iterable[_Union[RecognizedText, _Mapping]]] = ...) -> None: ...

class RecognizedText(_message.Message):
    __slots__ = ("data",)
    DATA_FIELD_NUMBER: _ClassVar[int]
    data: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, data: _Optional[_Iterable[str]] = ...) -> None: ...

class DocumentFieldClassification(_message.Message):
    __slots__ = ("result",)
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: _containers.RepeatedCompositeFieldContainer[_struct_pb2.Struct]
    def __init__(self, result: _Optional[_Iterable[_Union[_struct_pb2.Struct, _Mapping]]] = ...) -> None: ...

class PersonalDataResult(_message.Message):
    __slots__ = ("message", "masked")
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    MASKED_FIELD_NUMBER: _ClassVar[int]
    message: str
    masked: str
    def __init__(self, message: _Optional[str] = ..., masked: _Optional[str] = ...) -> None: ...

class OffensiveAnalysisResult(_message.Message):
    __slots__ = ("message", "url", "evaluation", "score")
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    EVALUATION_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    message: str
    url: str
    evaluation: str
    score: float
    def __init__(self, message: _Optional[str] = ..., url: _Optional[str] = ..., evaluation: _Optional[str] = ..., score: _Optional[float] = ...) -> None: ...

class RecordNotification(_message.Message):
    __slots__ = ("entity_id", "record_status", "channel_identity", "contact_id", "conversation_id", "reason", "processing_mode")
    ENTITY_ID_FIELD_NUMBER: _ClassVar[int]
    RECORD_STATUS_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_MODE_FIELD_NUMBER: _ClassVar[int]
    entity_id: str
    record_status: str
    channel_identity: _identity_pb2.ChannelIdentity
    contact_id: str
    conversation_id: str
    reason: _identity_pb2.Reason
    processing_mode: str
    def __init__(self, entity_id: _Optional[str] = ..., record_status: _Optional[str] = ..., channel_identity: _Optional[_Union[_identity_pb2.ChannelIdentity, _Mapping]] = ..., contact_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., reason: _Optional[_Union[_identity_pb2.Reason, _Mapping]] = ..., processing_mode: _Optional[str] = ...) -> None: ...

class BatchStatusUpdateNotification(_message.Message):
    __slots__ = ("batch_id", "batch_status", "batch_type", "additional_data")
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    BATCH_STATUS_FIELD_NUMBER: _ClassVar[int]
    BATCH_TYPE_FIELD_NUMBER: _ClassVar[int]
    ADDITIONAL_DATA_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    batch_status: str
    batch_type: str
    additional_data: BatchAdditionalData
    def __init__(self, batch_id: _Optional[str] = ..., batch_status: _Optional[str] = ..., batch_type: _Optional[str] = ..., additional_data: _Optional[_Union[BatchAdditionalData, _Mapping]] = ...) -> None: ...

class BatchAdditionalData(_message.Message):
    __slots__ = ("message_batch_data",)
    MESSAGE_BATCH_DATA_FIELD_NUMBER: _ClassVar[int]
    message_batch_data: MessageBatchData
    def __init__(self, message_batch_data: _Optional[_Union[MessageBatchData, _Mapping]] = ...) -> None: ...

class MessageBatchData(_message.Message):
    __slots__ = ("send_after", "batch_metadata")
    SEND_AFTER_FIELD_NUMBER: _ClassVar[int]
    BATCH_METADATA_FIELD_NUMBER: _ClassVar[int]
    send_after: _timestamp_pb2.Timestamp
    batch_metadata: _struct_pb2.Struct
    def __init__(self, send_after: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., batch_metadata: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...
