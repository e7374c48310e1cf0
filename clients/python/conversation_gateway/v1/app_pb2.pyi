from conversation_gateway.v1 import call_options_pb2 as _call_options_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import client_pb2 as _client_pb2
from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class App(_message.Message):
    __slots__ = ("id", "display_name", "channel_credentials", "conversation_metadata_report_view", "retention_policy", "dispatch_retention_policy", "processing_mode", "smart_conversation", "callback_settings", "message_retry_settings", "delivery_report_based_fallback", "rate_limits", "queue_stats", "persist_message_status", "message_search")
    ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_METADATA_REPORT_VIEW_FIELD_NUMBER: _ClassVar[int]
    RETENTION_POLICY_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_RETENTION_POLICY_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_MODE_FIELD_NUMBER: _ClassVar[int]
    SMART_CONVERSATION_FIELD_NUMBER: _ClassVar[int]
    CALLBACK_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_RETRY_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_REPORT_BASED_FALLBACK_FIELD_NUMBER: _ClassVar[int]
    RATE_LIMITS_FIELD_NUMBER: _ClassVar[int]
    QUEUE_STATS_FIELD_NUMBER: _ClassVar[int]
    PERSIST_MESSAGE_STATUS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_SEARCH_FIELD_NUMBER: _ClassVar[int]
    id: str
    display_name: str
    channel_credentials: _containers.RepeatedCompositeFieldContainer[ConversationChannelCredentials]
    conversation_metadata_report_view: str
    retention_policy: RetentionPolicy
    dispatch_retention_policy: DispatchRetentionPolicy
    processing_mode: str
    smart_conversation: SmartConversation
    callback_settings: CallbackSettings
    message_retry_settings: MessageRetrySettings
    delivery_report_based_fallback: DeliveryReportBasedFallback
    rate_limits: RateLimits
    queue_stats: QueueStats
    persist_message_status: PersistMessageStatus
    message_search: MessageSearch
    def __init__(self, id: _Optional[str] = ..., display_name: _Optional[str] = ..., channel_credentials: _Optional[_Iterable[_Union[ConversationChannelCredentials, _Mapping]]] = ..., conversation_metadata_report_view: _Optional[str] = ..., retention_policy: _Optional[_Union[RetentionPolicy, _Mapping]] = ..., dispatch_retention_policy: _Optional[_Union[DispatchRetentionPolicy, _Mapping]] = ..., processing_mode: _Optional[str] = ..., smart_conversation: _Optional[_Union[SmartConversation, _Mapping]] = ..., callback_settings: _Optional[_Union[CallbackSettings, _Mapping]] = ..., message_retry_settings: _Optional[_Union[MessageRetrySettings, _Mapping]] = ..., delivery_report_based_fallback: _Optional[_Union[DeliveryReportBasedFallback, _Mapping]] = ..., rate_limits: _Optional[_Union[RateLimits, _Mapping]] = ..., queue_stats: _Optional[_Union[QueueStats, _Mapping]] = ..., persist_message_status: _Optional[_Union[PersistMessageStatus, _Mapping]] = ..., message_search: _Optional[_Union[MessageSearch, _Mapping]] = ...) -> None: ...

class NewApp(_message.Message):
    __slots__ = ("display_name", "channel_credentials", "conversation_metadata_report_view", "retention_policy", "dispatch_retention_policy", "processing_mode", "smart_conversation", "callback_settings", "message_retry_settings", "delivery_report_based_fallback")
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_METADATA_REPORT_VIEW_FIELD_NUMBER: _ClassVar[int]
    RETENTION_POLICY_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_RETENTION_POLICY_FIELD_NUMBER: _ClassVar[int]
    PROCESSING_MODE_FIELD_NUMBER: _ClassVar[int]
    SMART_CONVERSATION_FIELD_NUMBER: _ClassVar[int]
    CALLBACK_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_RETRY_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_REPORT_BASED_FALLBACK_FIELD_NUMBER: _ClassVar[int]
    display_name: str
    channel_credentials: _containers.RepeatedCompositeFieldContainer[ConversationChannelCredentials]
    conversation_metadata_report_view: str
    retention_policy: RetentionPolicy
    dispatch_retention_policy: DispatchRetentionPolicy
    processing_mode: str
    smart_conversation: SmartConversation
    callback_settings: CallbackSettings
    message_retry_settings: MessageRetrySettings
    delivery_report_based_fallback: DeliveryReportBasedFallback
    def __init__(self, display_name: _Optional[str] = ..., channel_credentials: _Optional[_Iterable[_Union[ConversationChannelCredentials, _Mapping]]] = ..., conversation_metadata_report_view: _Optional[str] = ..., retention_policy: _Optional[_Union[RetentionPolicy, _Mapping]] = ..., dispatch_retention_policy: _Optional[_Union[DispatchRetentionPolicy, _Mapping]] = ..., processing_mode: _Optional[str] = ..., smart_conversation: _Optional[_Union[SmartConversation, _Mapping]] = ..., callback_settings: _Optional[_Union[CallbackSettings, _Mapping]] = ..., message_retry_settings: _Optional[_Union[MessageRetrySettings, _Mapping]] = ..., delivery_report_based_fallback: _Optional[_Union[DeliveryReportBasedFallback, _Mapping]] = ...) -> None: ...

class RetentionPolicy(_message.Message):
    __slots__ = ("retention_type", "ttl_days")
    RETENTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    TTL_DAYS_FIELD_NUMBER: _ClassVar[int]
    retention_type: str
    ttl_days: int
    def __init__(self, retention_type: _Optional[str] = ..., ttl_days: _Optional[int] = ...) -> None: ...

class DispatchRetentionPolicy(_message.Message):
    __slots__ = ("retention_type", "ttl_days")
    RETENTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    TTL_DAYS_FIELD_NUMBER: _ClassVar[int]
    retention_type: str
    ttl_days: int
    def __init__(self, retention_type: _Optional[str] = ..., ttl_days: _Optional[int] = ...) -> None: ...

class SmartConversation(_message.Message):
    __slots__ = ("enabled",)
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    enabled: bool
    def __init__(self, enabled: bool = ...) -> None: ...

class CallbackSettings(_message.Message):
    __slots__ = ("secret_for_overridden_callback_urls",)
    SECRET_FOR_OVERRIDDEN_CALLBACK_URLS_FIELD_NUMBER: _ClassVar[int]
    secret_for_overridden_callback_urls: str
    def __init__(self, secret_for_overridden_callback_urls: _Optional[str] = ...) -> None: ...

class MessageRetrySettings(_message.Message):
    __slots__ = ("retry_duration",)
    RETRY_DURATION_FIELD_NUMBER: _ClassVar[int]
    retry_duration: int
    def __init__(self, retry_duration: _Optional[int] = ...) -> None: ...

class DeliveryReportBasedFallback(_message.Message):
    __slots__ = ("enabled", "delivery_report_waiting_time")
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_REPORT_WAITING_TIME_FIELD_NUMBER: _ClassVar[int]
    enabled: bool
    delivery_report_waiting_time: int
    def __init__(self, enabled: bool = ..., delivery_report_waiting_time: _Optional[int] = ...) -> None: ...

class RateLimits(_message.Message):
    __slots__ = ("inbound", "outbound", "webhooks")
    INBOUND_FIELD_NUMBER: _ClassVar[int]
    OUTBOUND_FIELD_NUMBER: _ClassVar[int]
    WEBHOOKS_FIELD_NUMBER: _ClassVar[int]
    inbound: int
    outbound: int
    webhooks: int
    def __init__(self, inbound: _Optional[int] = ..., outbound: _Optional[int] = ..., webhooks: _Optional[int] = ...) -> None: ...

class QueueStats(_message.Message):
    __slots__ = ("outbound_size", "outbound_limit")
    OUTBOUND_SIZE_FIELD_NUMBER: _ClassVar[int]
    OUTBOUND_LIMIT_FIELD_NUMBER: _ClassVar[int]
    outbound_size: int
    outbound_limit: int
    def __init__(self, outbound_size: _Optional[int] = ..., outbound_limit: _Optional[int] = ...) -> None: ...

class PersistMessageStatus(_message.Message):
    __slots__ = ("enabled",)
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    enabled: bool
    def __init__(self, enabled: bool = ...) -> None: ...

class MessageSearch(_message.Message):
    __slots__ = ("enabled",)
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    enabled: bool
    def __init__(self, enabled: bool = ...) -> None: ...

class ConversationChannelCredentials(_message.Message):
    __slots__ = ("static_bearer", "static_token", "mms_credentials", "kakaotalk_credentials", "kakaotalkchat_credentials", "telegram_credentials", "line_credentials", "line_enterprise_credentials", "wechat_credentials", "instagram_credentials", "applebc_credentials", "channel", "callback_secret", "credential_ordinal_number", "state", "channel_known_id")
    STATIC_BEARER_FIELD_NUMBER: _ClassVar[int]
    STATIC_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MMS_CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    KAKAOTALK_CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    KAKAOTALKCHAT_CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    TELEGRAM_CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    LINE_CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    LINE_ENTERPRISE_CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    WECHAT_CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    INSTAGRAM_CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    APPLEBC_CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    CALLBACK_SECRET_FIELD_NUMBER: _ClassVar[int]
    CREDENTIAL_ORDINAL_NUMBER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_KNOWN_ID_FIELD_NUMBER: _ClassVar[int]
    static_bearer: StaticBearer
    static_token: StaticToken
    mms_credentials: MmsCredentials
    kakaotalk_credentials: KakaoTalkCredentials
    kakaotalkchat_credentials: KakaoTalkChatCredentials
    telegram_credentials: TelegramCredentials
    line_credentials: LineCredentials
    line_enterprise_credentials: LineEnterpriseCredentials
    wechat_credentials: WeChatCredentials
    instagram_credentials: InstagramCredentials
    applebc_credentials: AppleBusinessChatCredentials
    channel: str
    callback_secret: str
    credential_ordinal_number: int
    state: ChannelIntegrationState
    channel_known_id: str
    def __init__(self, static_bearer: _Optional[_Union[StaticBearer, _Mapping]] = ..., static_token: _Optional[_Union[StaticToken, _Mapping]] = ..., mms_credentials: _Optional[_Union[MmsCredentials, _Mapping]] = ..., kakaotalk_credentials: _Optional[_Union[KakaoTalkCredentials, _Mapping]] = ..., kakaotalkchat_credentials: _Optional[_Union[KakaoTalkChatCredentials, _Mapping]] = ..., telegram_credentials: _Optional[_Union[TelegramCredentials, _Mapping]] = ..., line_credentials: _Optional[_Union[LineCredentials, _Mapping]] = ..., line_enterprise_credentials: _Optional[_Union[LineEnterpriseCredentials, _Mapping]] = ..., wechat_credentials: _Optional[_Union[WeChatCredentials, _Mapping]] = ..., instagram_credentials: _Optional[_Union[InstagramCredentials, _Mapping]] = ..., applebc_credentials: _Optional[_Union[AppleBusinessChatCredentials, _Mapping]] = ..., channel: _Optional[str] = ..., callback_secret: _Optional[str] = ..., credential_ordinal_number: _Optional[int] = ..., state: _Optional[_Union[ChannelIntegrationState, _Mapping]] = ..., channel_known_id: _Optional[str] = ...) -> None: ...

class ChannelIntegrationState(_message.Message):
    __slots__ = ("status", "description")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    status: str
    description: str
    def __init__(self, status: _Optional[str] = ..., description: _Optional[str] = ...) -> None: ...

class StaticBearer(_message.Message):
    __slots__ = ("claimed_identity", "token")
    CLAIMED_IDENTITY_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    claimed_identity: str
    token: str
    def __init__(self, claimed_identity: _Optional[str] = ..., token: _Optional[str] = ...) -> None: ...

class StaticToken(_message.Message):
    __slots__ = ("token",)
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    token: str
    def __init__(self, token: _Optional[str] = ...) -> None: ...

class MmsCredentials(_message.Message):
    __slots__ = ("account_id", "api_key", "basic_auth")
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    API_KEY_FIELD_NUMBER: _ClassVar[int]
    BASIC_AUTH_FIELD_NUMBER: _ClassVar[int]
    account_id: str
    api_key: str
    basic_auth: BasicAuth
    def __init__(self, account_id: _Optional[str] = ..., api_key: _Optional[str] = ..., basic_auth: _Optional[_Union[BasicAuth, _Mapping]] = ...) -> None: ...

class BasicAuth(_message.Message):
    __slots__ = ("username", "password")
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    username: str
    password: str
    def __init__(self, username: _Optional[str] = ..., password: _Optional[str] = ...) -> None: ...

class KakaoTalkCredentials(_message.Message):
    __slots__ = ("kakaotalk_plus_friend_id", "kakaotalk_sender_key")
    KAKAOTALK_PLUS_FRIEND_ID_FIELD_NUMBER: _ClassVar[int]
    KAKAOTALK_SENDER_KEY_FIELD_NUMBER: _ClassVar[int]
    kakaotalk_plus_friend_id: str
    kakaotalk_sender_key: str
    def __init__(self, kakaotalk_plus_friend_id: _Optional[str] = ..., kakaotalk_sender_key: _Optional[str] = ...) -> None: ...

class KakaoTalkChatCredentials(_message.Message):
    __slots__ = ("kakaotalk_plus_friend_id", "api_key")
    KAKAOTALK_PLUS_FRIEND_ID_FIELD_NUMBER: _ClassVar[int]
    API_KEY_FIELD_NUMBER: _ClassVar[int]
    kakaotalk_plus_friend_id: str
    api_key: str
    def __init__(self, kakaotalk_plus_friend_id: _Optional[str] = ..., api_key: _Optional[str] = ...) -> None: ...

class TelegramCredentials(_message.Message):
    __slots__ = ("token",)
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    token: str
    def __init__(self, token: _Optional[str] = ...) -> None: ...

class LineCredentials(_message.Message):
    __slots__ = ("token", "secret", "is_default")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    IS_DEFAULT_FIELD_NUMBER: _ClassVar[int]
    token: str
    secret: str
    is_default: bool
    def __init__(self, token: _Optional[str] = ..., secret: _Optional[str] = ..., is_default: bool = ...) -> None: ...

class LineEnterpriseCredentials(_message.Message):
    __slots__ = ("line_japan", "line_thailand", "is_default")
    LINE_JAPAN_FIELD_NUMBER: _ClassVar[int]
    LINE_THAILAND_FIELD_NUMBER: _ClassVar[int]
    IS_DEFAULT_FIELD_NUMBER: _ClassVar[int]
    line_japan: LineCountryCredentials
    line_thailand: LineCountryCredentials
    is_default: bool
    def __init__(self, line_japan: _Optional[_Union[LineCountryCredentials, _Mapping]] = ..., line_thailand: _Optional[_Union[LineCountryCredentials, _Mapping]] = ..., is_default: bool = ...) -> None: ...

class LineCountryCredentials(_message.Message):
    __slots__ = ("token", "secret")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    token: str
    secret: str
    def __init__(self, token: _Optional[str] = ..., secret: _Optional[str] = ...) -> None: ...

class WeChatCredentials(_message.Message):
    __slots__ = ("app_id", "app_secret", "token", "aes_key")
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    APP_SECRET_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    AES_KEY_FIELD_NUMBER: _ClassVar[int]
    app_id: str
    app_secret: str
    token: str
    aes_key: str
    def __init__(self, app_id: _Optional[str] = ..., app_secret: _Optional[str] = ..., token: _Optional[str] = ..., aes_key: _Optional[str] = ...) -> None: ...

class InstagramCredentials(_message.Message):
    __slots__ = ("token", "business_account_id")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    token: str
    business_account_id: str
    def __init__(self, token: _Optional[str] = ..., business_account_id: _Optional[str] = ...) -> None: ...

class AppleBusinessChatCredentials(_message.Message):
    __slots__ = ("business_chat_account_id", "merchant_id", "apple_pay_certificate_reference", "apple_pay_certificate_password")
    BUSINESS_CHAT_ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    MERCHANT_ID_FIELD_NUMBER: _ClassVar[int]
    APPLE_PAY_CERTIFICATE_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    APPLE_PAY_CERTIFICATE_PASSWORD_FIELD_NUMBER: _ClassVar[int]
    business_chat_account_id: str
    merchant_id: str
    apple_pay_certificate_reference: str
    apple_pay_certificate_password: str
    def __init__(self, business_chat_account_id: _Optional[str] = ..., merchant_id: _Optional[str] = ..., apple_pay_certificate_reference: _Optional[str] = ..., apple_pay_certificate_password: _Optional[str] = ...) -> None: ...

class CreateAppRequest(_message.Message):
    __slots__ = ("project_id", "app", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    app: NewApp
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., app: _Optional[_Union[NewApp, _Mapping]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class CreateAppResponse(_message.Message):
    __slots__ = ("app",)
    APP_FIELD_NUMBER: _ClassVar[int]
    app: App
    def __init__(self, app: _Optional[_Union[App, _Mapping]] = ...) -> None: ...

class ListAppsRequest(_message.Message):
    __slots__ = ("project_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class ListAppsResponse(_message.Message):
    __slots__ = ("apps",)
    APPS_FIELD_NUMBER: _ClassVar[int]
    apps: _containers.RepeatedCompositeFieldContainer[App]
    def __init__(self, apps: _Optional[_Iterable[_Union[App, _Mapping]]] = ...) -> None: ...

class GetAppRequest(_message.Message):
    __slots__ = ("project_id", "app_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    app_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., app_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class GetAppResponse(_message.Message):
    __slots__ = ("app",)
    APP_FIELD_NUMBER: _ClassVar[int]
    app: App
    def __init__(self, app: _Optional[_Union[App, _Mapping]] = ...) -> None: ...

class UpdateAppRequest(_message.Message):
    __slots__ = ("project_id", "app_id", "app", "update_mask", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    APP_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    app_id: str
    app: App
    update_mask: _field_mask_pb2.FieldMask
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., app_id: _Optional[str] = ..., app: _Optional[_Union[App, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class UpdateAppResponse(_message.Message):
    __slots__ = ("app",)
    APP_FIELD_NUMBER: _ClassVar[int]
    app: App
    def __init__(self, app: _Optional[_Union[App, _Mapping]] = ...) -> None: ...

class DeleteAppRequest(_message.Message):
    __slots__ = ("project_id", "app_id", "options")
    PROJECT_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    project_id: str
    app_id: str
    options: _call_options_pb2.CallOptions
    def __init__(self, project_id: _Optional[str] = ..., app_id: _Optional[str] = ..., options: _Optional[_Union[_call_options_pb2.CallOptions, _Mapping]] = ...) -> None: ...

class DeleteAppResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
