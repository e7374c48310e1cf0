import datetime

from conversation_gateway.v1 import event_payload_pb2 as _event_payload_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import empty_pb2 as _empty_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OnGap(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ON_GAP_UNSPECIFIED: _ClassVar[OnGap]
    ON_GAP_FAIL: _ClassVar[OnGap]
    ON_GAP_RESUME_AT_OLDEST: _ClassVar[OnGap]

class FeedView(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FEED_VIEW_UNSPECIFIED: _ClassVar[FeedView]
    FEED_VIEW_BASIC: _ClassVar[FeedView]
    FEED_VIEW_RAW: _ClassVar[FeedView]

class NewSubscription(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NEW_SUBSCRIPTION_UNSPECIFIED: _ClassVar[NewSubscription]
    NEW_SUBSCRIPTION_EARLIEST: _ClassVar[NewSubscription]
    NEW_SUBSCRIPTION_LATEST: _ClassVar[NewSubscription]
    NEW_SUBSCRIPTION_FAIL: _ClassVar[NewSubscription]
ON_GAP_UNSPECIFIED: OnGap
ON_GAP_FAIL: OnGap
ON_GAP_RESUME_AT_OLDEST: OnGap
FEED_VIEW_UNSPECIFIED: FeedView
FEED_VIEW_BASIC: FeedView
FEED_VIEW_RAW: FeedView
NEW_SUBSCRIPTION_UNSPECIFIED: NewSubscription
NEW_SUBSCRIPTION_EARLIEST: NewSubscription
NEW_SUBSCRIPTION_LATEST: NewSubscription
NEW_SUBSCRIPTION_FAIL: NewSubscription

class SubscribeRequest(_message.Message):
    __slots__ = ("project_id", "after_cursor", "earliest", "latest", "at_time", "subscription", "on_gap", "filter", "view", "heartbeat_interval", "stop_at_cursor", "stop_at_newest", "new_subscription")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_CURSOR_FIELD_NUMBER: _ClassVar[int]
    EARLIEST_FIELD_NUMBER: _ClassVar[int]
    LATEST_FIELD_NUMBER: _ClassVar[int]
    AT_TIME_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ON_GAP_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    STOP_AT_CURSOR_FIELD_NUMBER: _ClassVar[int]
    STOP_AT_NEWEST_FIELD_NUMBER: _ClassVar[int]
    NEW_SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    after_cursor: bytes
    earliest: _empty_pb2.Empty
    latest: _empty_pb2.Empty
    at_time: _timestamp_pb2.Timestamp
    subscription: str
    on_gap: OnGap
    filter: EventFilter
    view: FeedView
    heartbeat_interval: _duration_pb2.Duration
    stop_at_cursor: bytes
    stop_at_newest: _empty_pb2.Empty
    new_subscription: NewSubscription
    def __init__(self, project_id: _Optional[str] = ..., after_cursor: _Optional[bytes] = ..., earliest: _Optional[_Union[_empty_pb2.Empty, _Mapping]] = ..., latest: _Optional[_Union[_empty_pb2.Empty, _Mapping]] = ..., at_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., subscription: _Optional[str] = ..., on_gap: _Optional[_Union[OnGap, str]] = ..., filter: _Optional[_Union[EventFilter, _Mapping]] = ..., view: _Optional[_Union[FeedView, str]] = ..., heartbeat_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., stop_at_cursor: _Optional[bytes] = ..., stop_at_newest: _Optional[_Union[_empty_pb2.Empty, _Mapping]] = ..., new_subscription: _Optional[_Union[NewSubscription, str]] = ...) -> None: ...

class EventFilter(_message.Message):
    __slots__ = ("triggers", "app_ids", "channels", "contact_ids", "conversation_ids", "message_ids", "correlation_ids", "message_metadata")
    TRIGGERS_FIELD_NUMBER: _ClassVar[int]
    APP_IDS_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_IDS_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_IDS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_IDS_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_IDS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_METADATA_FIELD_NUMBER: _ClassVar[int]
    triggers: _containers.RepeatedScalarFieldContainer[str]
    app_ids: _containers.RepeatedScalarFieldContainer[str]
    channels: _containers.RepeatedScalarFieldContainer[str]
    contact_ids: _containers.RepeatedScalarFieldContainer[str]
    conversation_ids: _containers.RepeatedScalarFieldContainer[str]
    message_ids: _containers.RepeatedScalarFieldContainer[str]
    correlation_ids: _containers.RepeatedScalarFieldContainer[str]
    message_metadata: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, triggers: _Optional[_Iterable[str]] = ..., app_ids: _Optional[_Iterable[str]] = ..., channels: _Optional[_Iterable[str]] = ..., contact_ids: _Optional[_Iterable[str]] = ..., conversation_ids: _Optional[_Iterable[str]] = ..., message_ids: _Optional[_Iterable[str]] = ..., correlation_ids: _Optional[_Iterable[str]] = ..., message_metadata: _Optional[_Iterable[str]] = ...) -> None: ...

class SubscribeResponse(_message.Message):
    __slots__ = ("opened", "batch", "heartbeat", "caught_up", "fell_behind", "gap_skipped", "draining")
    OPENED_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    CAUGHT_UP_FIELD_NUMBER: _ClassVar[int]
    FELL_BEHIND_FIELD_NUMBER: _ClassVar[int]
    GAP_SKIPPED_FIELD_NUMBER: _ClassVar[int]
    DRAINING_FIELD_NUMBER: _ClassVar[int]
    opened: Opened
    batch: EventBatch
    heartbeat: Heartbeat
    caught_up: CaughtUp
    fell_behind: FellBehind
    gap_skipped: GapSkipped
    draining: Draining
    def __init__(self, opened: _Optional[_Union[Opened, _Mapping]] = ..., batch: _Optional[_Union[EventBatch, _Mapping]] = ..., heartbeat: _Optional[_Union[Heartbeat, _Mapping]] = ..., caught_up: _Optional[_Union[CaughtUp, _Mapping]] = ..., fell_behind: _Optional[_Union[FellBehind, _Mapping]] = ..., gap_skipped: _Optional[_Union[GapSkipped, _Mapping]] = ..., draining: _Optional[_Union[Draining, _Mapping]] = ...) -> None: ...

class Opened(_message.Message):
    __slots__ = ("cursor", "oldest_cursor", "newest_cursor", "epoch", "heartbeat_interval", "subscription", "fencing_epoch")
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    OLDEST_CURSOR_FIELD_NUMBER: _ClassVar[int]
    NEWEST_CURSOR_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    FENCING_EPOCH_FIELD_NUMBER: _ClassVar[int]
    cursor: bytes
    oldest_cursor: bytes
    newest_cursor: bytes
    epoch: str
    heartbeat_interval: _duration_pb2.Duration
    subscription: str
    fencing_epoch: int
    def __init__(self, cursor: _Optional[bytes] = ..., oldest_cursor: _Optional[bytes] = ..., newest_cursor: _Optional[bytes] = ..., epoch: _Optional[str] = ..., heartbeat_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., subscription: _Optional[str] = ..., fencing_epoch: _Optional[int] = ...) -> None: ...

class EventBatch(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[FeedEvent]
    def __init__(self, events: _Optional[_Iterable[_Union[FeedEvent, _Mapping]]] = ...) -> None: ...

class Heartbeat(_message.Message):
    __slots__ = ("cursor", "newest_cursor", "lag", "lag_event_count")
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    NEWEST_CURSOR_FIELD_NUMBER: _ClassVar[int]
    LAG_FIELD_NUMBER: _ClassVar[int]
    LAG_EVENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    cursor: bytes
    newest_cursor: bytes
    lag: _duration_pb2.Duration
    lag_event_count: int
    def __init__(self, cursor: _Optional[bytes] = ..., newest_cursor: _Optional[bytes] = ..., lag: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., lag_event_count: _Optional[int] = ...) -> None: ...

class CaughtUp(_message.Message):
    __slots__ = ("cursor",)
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    cursor: bytes
    def __init__(self, cursor: _Optional[bytes] = ...) -> None: ...

class FellBehind(_message.Message):
    __slots__ = ("cursor", "lag_event_count")
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    LAG_EVENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    cursor: bytes
    lag_event_count: int
    def __init__(self, cursor: _Optional[bytes] = ..., lag_event_count: _Optional[int] = ...) -> None: ...

class GapSkipped(_message.Message):
    __slots__ = ("lost_from_cursor", "resumed_at_cursor")
    LOST_FROM_CURSOR_FIELD_NUMBER: _ClassVar[int]
    RESUMED_AT_CURSOR_FIELD_NUMBER: _ClassVar[int]
    lost_from_cursor: bytes
    resumed_at_cursor: bytes
    def __init__(self, lost_from_cursor: _Optional[bytes] = ..., resumed_at_cursor: _Optional[bytes] = ...) -> None: ...

class Draining(_message.Message):
    __slots__ = ("cursor", "reconnect_delay")
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    RECONNECT_DELAY_FIELD_NUMBER: _ClassVar[int]
    cursor: bytes
    reconnect_delay: _duration_pb2.Duration
    def __init__(self, cursor: _Optional[bytes] = ..., reconnect_delay: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class FeedEvent(_message.Message):
    __slots__ = ("event_id", "trigger", "webhook", "project_id", "app_id", "accepted_time", "event_time", "received_time", "message_metadata", "correlation_id", "possible_duplicate", "cursor", "raw", "partially_typed", "message", "message_redaction", "message_submit_notification", "message_delivery_report", "event", "event_delivery_report", "conversation_start_notification", "conversation_stop_notification", "conversation_delete_notification", "contact_create_notification", "contact_update_notification", "contact_delete_notification", "contact_merge_notification", "duplicated_contact_identities_notification", "capability_notification", "opt_in_notification", "opt_out_notification", "channel_event_notification", "unsupported_callback", "smart_conversation_notification", "record_notification", "batch_status_update_notification")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    TRIGGER_FIELD_NUMBER: _ClassVar[int]
    WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_TIME_FIELD_NUMBER: _ClassVar[int]
    EVENT_TIME_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_TIME_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_METADATA_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    POSSIBLE_DUPLICATE_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    RAW_FIELD_NUMBER: _ClassVar[int]
    PARTIALLY_TYPED_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_REDACTION_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_SUBMIT_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_DELIVERY_REPORT_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    EVENT_DELIVERY_REPORT_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_START_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_STOP_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_DELETE_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    CONTACT_CREATE_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    CONTACT_UPDATE_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    CONTACT_DELETE_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    CONTACT_MERGE_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    DUPLICATED_CONTACT_IDENTITIES_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    CAPABILITY_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    OPT_IN_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    OPT_OUT_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_EVENT_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    UNSUPPORTED_CALLBACK_FIELD_NUMBER: _ClassVar[int]
    SMART_CONVERSATION_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    RECORD_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    BATCH_STATUS_UPDATE_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    trigger: str
    webhook: str
    project_id: str
    app_id: str
    accepted_time: _timestamp_pb2.Timestamp
    event_time: _timestamp_pb2.Timestamp
    received_time: _timestamp_pb2.Timestamp
    message_metadata: str
    correlation_id: str
    possible_duplicate: bool
    cursor: bytes
    raw: bytes
    partially_typed: bool
    message: _event_payload_pb2.MessageInboundItem
    message_redaction: _event_payload_pb2.MessageInboundItem
    message_submit_notification: _event_payload_pb2.MessageSubmitNotification
    message_delivery_report: _event_payload_pb2.MessageDeliveryReport
    event: _event_payload_pb2.EventInboundItem
    event_delivery_report: _event_payload_pb2.EventDeliveryReport
    conversation_start_notification: _event_payload_pb2.ConversationNotification
    conversation_stop_notification: _event_payload_pb2.ConversationNotification
    conversation_delete_notification: _event_payload_pb2.ConversationNotification
    contact_create_notification: _event_payload_pb2.ContactNotification
    contact_update_notification: _event_payload_pb2.ContactNotification
    contact_delete_notification: _event_payload_pb2.ContactNotification
    contact_merge_notification: _event_payload_pb2.ContactMergeNotification
    duplicated_contact_identities_notification: _event_payload_pb2.DuplicatedContactIdentitiesNotification
    capability_notification: _event_payload_pb2.CapabilityNotification
    opt_in_notification: _event_payload_pb2.OptInNotification
    opt_out_notification: _event_payload_pb2.OptOutNotification
    channel_event_notification: _event_payload_pb2.ChannelEventNotification
    unsupported_callback: _event_payload_pb2.UnsupportedCallback
    smart_conversation_notification: _event_payload_pb2.SmartConversationNotification
    record_notification: _event_payload_pb2.RecordNotification
    batch_status_update_notification: _event_payload_pb2.BatchStatusUpdateNotification
    def __init__(self, event_id: _Optional[str] = ..., trigger: _Optional[str] = ..., webhook: _Optional[str] = ..., project_id: _Optional[str] = ..., app_id: _Optional[str] = ..., accepted_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., event_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., received_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., message_metadata: _Optional[str] = ..., correlation_id: _Optional[str] = ..., possible_duplicate: bool = ..., cursor: _Optional[bytes] = ..., raw: _Optional[bytes] = ..., partially_typed: bool = ..., message: _Optional[_Union[_event_payload_pb2.MessageInboundItem, _Mapping]] = ..., message_redaction: _Optional[_Union[_event_payload_pb2.MessageInboundItem, _Mapping]] = ..., message_submit_notification: _Optional[_Union[_event_payload_pb2.MessageSubmitNotification, _Mapping]] = ..., message_delivery_report: _Optional[_Union[_event_payload_pb2.MessageDeliveryReport, _Mapping]] = ..., event: _Optional[_Union[_event_payload_pb2.EventInboundItem, _Mapping]] = ..., event_delivery_report: _Optional[_Union[_event_payload_pb2.EventDeliveryReport, _Mapping]] = ..., conversation_start_notification: _Optional[_Union[_event_payload_pb2.ConversationNotification, _Mapping]] = ..., conversation_stop_notification: _Optional[_Union[_event_payload_pb2.ConversationNotification, _Mapping]] = ..., conversation_delete_notification: _Optional[_Union[_event_payload_pb2.ConversationNotification, _Mapping]] = ..., contact_create_notification: _Optional[_Union[_event_payload_pb2.ContactNotification, _Mapping]] = ..., contact_update_notification: _Optional[_Union[_event_payload_pb2.ContactNotification, _Mapping]] = ..., contact_delete_notification: _Optional[_Union[_event_payload_pb2.ContactNotification, _Mapping]] = ..., contact_merge_notification: _Optional[_Union[_event_payload_pb2.ContactMergeNotification, _Mapping]] = ..., duplicated_contact_identities_notification: _Optional[_Union[_event_payload_pb2.DuplicatedContactIdentitiesNotification, _Mapping]] = ..., capability_notification: _Optional[_Union[_event_payload_pb2.CapabilityNotification, _Mapping]] = ..., opt_in_notification: _Optional[_Union[_event_payload_pb2.OptInNotification, _Mapping]] = ..., opt_out_notification: _Optional[_Union[_event_payload_pb2.OptOutNotification, _Mapping]] = ..., channel_event_notification: _Optional[_Union[_event_payload_pb2.ChannelEventNotification, _Mapping]] = ..., unsupported_callback: _Optional[_Union[_event_payload_pb2.UnsupportedCallback, _Mapping]] = ..., smart_conversation_notification: _Optional[_Union[_event_payload_pb2.SmartConversationNotification, _Mapping]] = ..., record_notification: _Optional[_Union[_event_payload_pb2.RecordNotification, _Mapping]] = ..., batch_status_update_notification: _Optional[_Union[_event_payload_pb2.BatchStatusUpdateNotification, _Mapping]] = ...) -> None: ...

class CommitRequest(_message.Message):
    __slots__ = ("project_id", "subscription", "cursor", "fencing_epoch", "rewind")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    FENCING_EPOCH_FIELD_NUMBER: _ClassVar[int]
    REWIND_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    subscription: str
    cursor: bytes
    fencing_epoch: int
    rewind: bool
    def __init__(self, project_id: _Optional[str] = ..., subscription: _Optional[str] = ..., cursor: _Optional[bytes] = ..., fencing_epoch: _Optional[int] = ..., rewind: bool = ...) -> None: ...

class CommitResponse(_message.Message):
    __slots__ = ("cursor",)
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    cursor: bytes
    def __init__(self, cursor: _Optional[bytes] = ...) -> None: ...

class DeleteSubscriptionRequest(_message.Message):
    __slots__ = ("project_id", "subscription")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    subscription: str
    def __init__(self, project_id: _Optional[str] = ..., subscription: _Optional[str] = ...) -> None: ...

class DeleteSubscriptionResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListFeedEventsRequest(_message.Message):
    __slots__ = ("project_id", "after_cursor", "at_time", "filter", "view", "page_size", "page_token")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_CURSOR_FIELD_NUMBER: _ClassVar[int]
    AT_TIME_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    after_cursor: bytes
    at_time: _timestamp_pb2.Timestamp
    filter: EventFilter
    view: FeedView
    page_size: int
    page_token: str
    def __init__(self, project_id: _Optional[str] = ..., after_cursor: _Optional[bytes] = ..., at_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., filter: _Optional[_Union[EventFilter, _Mapping]] = ..., view: _Optional[_Union[FeedView, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListFeedEventsResponse(_message.Message):
    __slots__ = ("events", "next_page_token", "cursor")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[FeedEvent]
    next_page_token: str
    cursor: bytes
    def __init__(self, events: _Optional[_Iterable[_Union[FeedEvent, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., cursor: _Optional[bytes] = ...) -> None: ...

class GetFeedEventRequest(_message.Message):
    __slots__ = ("project_id", "cursor", "event_id", "view")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    cursor: bytes
    event_id: str
    view: FeedView
    def __init__(self, project_id: _Optional[str] = ..., cursor: _Optional[bytes] = ..., event_id: _Optional[str] = ..., view: _Optional[_Union[FeedView, str]] = ...) -> None: ...

class GetFeedEventResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: FeedEvent
    def __init__(self, event: _Optional[_Union[FeedEvent, _Mapping]] = ...) -> None: ...

class GetFeedRequest(_message.Message):
    __slots__ = ("project_id",)
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    def __init__(self, project_id: _Optional[str] = ...) -> None: ...

class GetFeedResponse(_message.Message):
    __slots__ = ("oldest_cursor", "newest_cursor", "epoch", "event_count", "size_bytes", "oldest_time", "newest_time", "subscriptions")
    OLDEST_CURSOR_FIELD_NUMBER: _ClassVar[int]
    NEWEST_CURSOR_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    EVENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    OLDEST_TIME_FIELD_NUMBER: _ClassVar[int]
    NEWEST_TIME_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTIONS_FIELD_NUMBER: _ClassVar[int]
    oldest_cursor: bytes
    newest_cursor: bytes
    epoch: str
    event_count: int
    size_bytes: int
    oldest_time: _timestamp_pb2.Timestamp
    newest_time: _timestamp_pb2.Timestamp
    subscriptions: _containers.RepeatedCompositeFieldContainer[SubscriptionStatus]
    def __init__(self, oldest_cursor: _Optional[bytes] = ..., newest_cursor: _Optional[bytes] = ..., epoch: _Optional[str] = ..., event_count: _Optional[int] = ..., size_bytes: _Optional[int] = ..., oldest_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., newest_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., subscriptions: _Optional[_Iterable[_Union[SubscriptionStatus, _Mapping]]] = ...) -> None: ...

class SubscriptionStatus(_message.Message):
    __slots__ = ("subscription", "cursor", "commit_time", "lag", "lag_event_count", "active", "fencing_epoch", "gap")
    SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    COMMIT_TIME_FIELD_NUMBER: _ClassVar[int]
    LAG_FIELD_NUMBER: _ClassVar[int]
    LAG_EVENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    FENCING_EPOCH_FIELD_NUMBER: _ClassVar[int]
    GAP_FIELD_NUMBER: _ClassVar[int]
    subscription: str
    cursor: bytes
    commit_time: _timestamp_pb2.Timestamp
    lag: _duration_pb2.Duration
    lag_event_count: int
    active: bool
    fencing_epoch: int
    gap: bool
    def __init__(self, subscription: _Optional[str] = ..., cursor: _Optional[bytes] = ..., commit_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., lag: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., lag_event_count: _Optional[int] = ..., active: bool = ..., fencing_epoch: _Optional[int] = ..., gap: bool = ...) -> None: ...
