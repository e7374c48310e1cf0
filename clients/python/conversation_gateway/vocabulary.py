"""The vendor's vocabularies, generated from `proto/vocabulary.json` by `make proto`.

They are plain strings, as in the messages: other values exist and more will come, so compare with these and expect
the rest.
"""

from typing import Final


class AgentType:
    """Who answers on the app's side."""

    UNKNOWN_AGENT_TYPE: Final = "UNKNOWN_AGENT_TYPE"
    HUMAN: Final = "HUMAN"
    BOT: Final = "BOT"


class AuditRecordOperation:
    """What was done to a consent record."""

    OPERATION_INSERT: Final = "OPERATION_INSERT"
    OPERATION_UPDATE: Final = "OPERATION_UPDATE"
    OPERATION_DELETE: Final = "OPERATION_DELETE"


class AuditRecordOrigin:
    """Where a consent record came from."""

    ORIGIN_API: Final = "ORIGIN_API"
    ORIGIN_MO: Final = "ORIGIN_MO"


class BatchNotificationStatus:
    """Status of a batch, as told by webhook; others are likely (unconfirmed)."""

    BATCH_STATUS_PROCESSED: Final = "BATCH_STATUS_PROCESSED"


class BatchStatus:
    """Status of a batch, as read."""

    READY: Final = "READY"
    SCHEDULED: Final = "SCHEDULED"
    PROCESSED: Final = "PROCESSED"
    CANCELLED: Final = "CANCELLED"


class BatchType:
    """Kinds of batch, as told by webhook; others are likely (unconfirmed)."""

    BATCH_TYPE_MESSAGES: Final = "BATCH_TYPE_MESSAGES"


class CapabilityStatus:
    """Whether a channel can reach a recipient."""

    CAPABILITY_UNKNOWN: Final = "CAPABILITY_UNKNOWN"
    CAPABILITY_FULL: Final = "CAPABILITY_FULL"
    CAPABILITY_PARTIAL: Final = "CAPABILITY_PARTIAL"
    NO_CAPABILITY: Final = "NO_CAPABILITY"


class CardHeight:
    """Height of a card's media on RCS."""

    UNSPECIFIED_HEIGHT: Final = "UNSPECIFIED_HEIGHT"
    SHORT: Final = "SHORT"
    MEDIUM: Final = "MEDIUM"
    TALL: Final = "TALL"


class ChannelEventType:
    """Known events of channels."""

    WHATS_APP_QUALITY_RATING_CHANGED: Final = "WHATS_APP_QUALITY_RATING_CHANGED"


class ChannelIntegrationStatus:
    """State of an app's channel."""

    PENDING: Final = "PENDING"
    ACTIVE: Final = "ACTIVE"
    FAILING: Final = "FAILING"


class ChannelProfileChannel:
    """Channels that have profiles."""

    MESSENGER: Final = "MESSENGER"
    INSTAGRAM: Final = "INSTAGRAM"
    VIBER: Final = "VIBER"
    LINE: Final = "LINE"


class ChannelPropertyKey:
    """Known keys of channel properties; the vendor's list is longer."""

    SMS_SENDER: Final = "SMS_SENDER"
    SMS_MAX_NUMBER_OF_MESSAGE_PARTS: Final = "SMS_MAX_NUMBER_OF_MESSAGE_PARTS"
    SMS_FLASH_MESSAGE: Final = "SMS_FLASH_MESSAGE"
    MMS_SENDER: Final = "MMS_SENDER"
    MMS_STRICT_VALIDATION: Final = "MMS_STRICT_VALIDATION"
    RCS_WEBVIEW_MODE: Final = "RCS_WEBVIEW_MODE"
    RCS_CARD_ORIENTATION: Final = "RCS_CARD_ORIENTATION"
    RCS_CARD_THUMBNAIL_IMAGE_ALIGNMENT: Final = "RCS_CARD_THUMBNAIL_IMAGE_ALIGNMENT"
    MESSENGER_NOTIFICATION_TYPE: Final = "MESSENGER_NOTIFICATION_TYPE"
    VIBERBM_TEMPLATE_MESSAGE_DEVICES: Final = "VIBERBM_TEMPLATE_MESSAGE_DEVICES"


class ChannelSpecificContactMessageType:
    """Structures of channel-specific messages from contacts."""

    NFM_REPLY: Final = "nfm_reply"


class ChannelSpecificMessageType:
    """Structures of channel-specific messages."""

    FLOWS: Final = "FLOWS"
    ORDER_DETAILS: Final = "ORDER_DETAILS"
    ORDER_STATUS: Final = "ORDER_STATUS"
    COMMERCE: Final = "COMMERCE"
    CAROUSEL_COMMERCE: Final = "CAROUSEL_COMMERCE"
    NOTIFICATION_MESSAGE_TEMPLATE: Final = "NOTIFICATION_MESSAGE_TEMPLATE"


class CommentType:
    """Where a comment was made."""

    FEED: Final = "FEED"
    LIVE: Final = "LIVE"


class ConsentsListType:
    """Opt-out lists."""

    OPT_OUT_ALL: Final = "OPT_OUT_ALL"
    OPT_OUT_MARKETING: Final = "OPT_OUT_MARKETING"
    OPT_OUT_NOTIFICATION: Final = "OPT_OUT_NOTIFICATION"


class ContactLanguage:
    """Languages of contacts."""

    AF: Final = "AF"
    SQ: Final = "SQ"
    AR: Final = "AR"
    AZ: Final = "AZ"
    BN: Final = "BN"
    BG: Final = "BG"
    CA: Final = "CA"
    ZH: Final = "ZH"
    ZH_CN: Final = "ZH_CN"
    ZH_HK: Final = "ZH_HK"
    ZH_TW: Final = "ZH_TW"
    HR: Final = "HR"
    CS: Final = "CS"
    DA: Final = "DA"
    NL: Final = "NL"
    EN: Final = "EN"
    EN_GB: Final = "EN_GB"
    EN_US: Final = "EN_US"
    ET: Final = "ET"
    FIL: Final = "FIL"
    FI: Final = "FI"
    FR: Final = "FR"
    DE: Final = "DE"
    EL: Final = "EL"
    GU: Final = "GU"
    HA: Final = "HA"
    HE: Final = "HE"
    HI: Final = "HI"
    HU: Final = "HU"
    ID: Final = "ID"
    GA: Final = "GA"
    IT: Final = "IT"
    JA: Final = "JA"
    KN: Final = "KN"
    KK: Final = "KK"
    KO: Final = "KO"
    LO: Final = "LO"
    LV: Final = "LV"
    LT: Final = "LT"
    MK: Final = "MK"
    MS: Final = "MS"
    ML: Final = "ML"
    MR: Final = "MR"
    NB: Final = "NB"
    FA: Final = "FA"
    PL: Final = "PL"
    PT: Final = "PT"
    PT_BR: Final = "PT_BR"
    PT_PT: Final = "PT_PT"
    PA: Final = "PA"
    RO: Final = "RO"
    RU: Final = "RU"
    SR: Final = "SR"
    SK: Final = "SK"
    SL: Final = "SL"
    ES: Final = "ES"
    ES_AR: Final = "ES_AR"
    ES_ES: Final = "ES_ES"
    ES_MX: Final = "ES_MX"
    SW: Final = "SW"
    SV: Final = "SV"
    TA: Final = "TA"
    TE: Final = "TE"
    TH: Final = "TH"
    TR: Final = "TR"
    UK: Final = "UK"
    UR: Final = "UR"
    UZ: Final = "UZ"
    VI: Final = "VI"
    ZU: Final = "ZU"


class ConversationChannel:
    """Channels that messages travel on."""

    SMS: Final = "SMS"
    RCS: Final = "RCS"
    WHATSAPP: Final = "WHATSAPP"
    MMS: Final = "MMS"
    KAKAOTALK: Final = "KAKAOTALK"
    KAKAOTALKCHAT: Final = "KAKAOTALKCHAT"
    VIBERBM: Final = "VIBERBM"
    LINE: Final = "LINE"
    INSTAGRAM: Final = "INSTAGRAM"
    MESSENGER: Final = "MESSENGER"
    WECHAT: Final = "WECHAT"
    TELEGRAM: Final = "TELEGRAM"
    APPLEBC: Final = "APPLEBC"


class ConversationDirection:
    """Which way a message or event went."""

    TO_APP: Final = "TO_APP"
    TO_CONTACT: Final = "TO_CONTACT"


class ConversationMessagesView:
    """How much of each stored message to read."""

    WITH_METADATA: Final = "WITH_METADATA"
    WITHOUT_METADATA: Final = "WITHOUT_METADATA"


class ConversationMetadataReportView:
    """Whether events carry the conversation's metadata."""

    NONE: Final = "NONE"
    FULL: Final = "FULL"


class DeliveryStatus:
    """What became of a message or event."""

    QUEUED_ON_CHANNEL: Final = "QUEUED_ON_CHANNEL"
    DELIVERED: Final = "DELIVERED"
    READ: Final = "READ"
    FAILED: Final = "FAILED"
    SWITCHING_CHANNEL: Final = "SWITCHING_CHANNEL"


class DisplayMode:
    """Whether a choice stays visible."""

    DISPLAY_MODE_UNSPECIFIED: Final = "DISPLAY_MODE_UNSPECIFIED"
    PERSISTENT: Final = "PERSISTENT"


class FlowAction:
    """What a WhatsApp flow begins with."""

    NAVIGATE: Final = "navigate"
    DATA_EXCHANGE: Final = "data_exchange"


class FlowMode:
    """State of a WhatsApp flow."""

    DRAFT: Final = "draft"
    PUBLISHED: Final = "published"


class InteractiveHeaderType:
    """Kinds of header of a WhatsApp message."""

    TEXT: Final = "text"
    IMAGE: Final = "image"
    DOCUMENT: Final = "document"
    VIDEO: Final = "video"


class KakaoTalkButtonType:
    """Kinds of KakaoTalk button."""

    WL: Final = "WL"
    AL: Final = "AL"
    BK: Final = "BK"


class KakaoTalkCommerceType:
    """Kinds of KakaoTalk price."""

    REGULAR_PRICE_COMMERCE: Final = "REGULAR_PRICE_COMMERCE"
    FIXED_DISCOUNT_COMMERCE: Final = "FIXED_DISCOUNT_COMMERCE"
    PERCENTAGE_DISCOUNT_COMMERCE: Final = "PERCENTAGE_DISCOUNT_COMMERCE"


class KakaoTalkCouponType:
    """Kinds of KakaoTalk coupon."""

    FIXED_DISCOUNT_COUPON: Final = "FIXED_DISCOUNT_COUPON"
    PERCENTAGE_DISCOUNT_COUPON: Final = "PERCENTAGE_DISCOUNT_COUPON"
    SHIPPING_DISCOUNT_COUPON: Final = "SHIPPING_DISCOUNT_COUPON"
    FREE_COUPON: Final = "FREE_COUPON"
    UP_COUPON: Final = "UP_COUPON"


class MergeStrategy:
    """How contacts are merged."""

    MERGE: Final = "MERGE"


class MessageContentType:
    """What a message is for, for consent management."""

    CONTENT_UNKNOWN: Final = "CONTENT_UNKNOWN"
    CONTENT_MARKETING: Final = "CONTENT_MARKETING"
    CONTENT_NOTIFICATION: Final = "CONTENT_NOTIFICATION"


class MessageQueue:
    """The two queues of an app."""

    NORMAL_PRIORITY: Final = "NORMAL_PRIORITY"
    HIGH_PRIORITY: Final = "HIGH_PRIORITY"


class MessageSource:
    """Which store of messages to read."""

    CONVERSATION_SOURCE: Final = "CONVERSATION_SOURCE"
    DISPATCH_SOURCE: Final = "DISPATCH_SOURCE"


class MetadataUpdateStrategy:
    """How new metadata meets old."""

    REPLACE: Final = "REPLACE"
    MERGE_PATCH: Final = "MERGE_PATCH"


class NfmReplyName:
    """What a WhatsApp native-flow answer answers."""

    FLOW: Final = "flow"
    ADDRESS_MESSAGE: Final = "address_message"


class OffensiveEvaluation:
    """Whether content is offensive."""

    SAFE: Final = "SAFE"
    UNSAFE: Final = "UNSAFE"


class OptInStatus:
    """Whether an opt-in took effect."""

    OPT_IN_SUCCEEDED: Final = "OPT_IN_SUCCEEDED"
    OPT_IN_FAILED: Final = "OPT_IN_FAILED"
    OPT_IN_STATUS_UNSPECIFIED: Final = "OPT_IN_STATUS_UNSPECIFIED"


class OptOutStatus:
    """Whether an opt-out took effect."""

    OPT_OUT_SUCCEEDED: Final = "OPT_OUT_SUCCEEDED"
    OPT_OUT_FAILED: Final = "OPT_OUT_FAILED"
    OPT_OUT_STATUS_UNSPECIFIED: Final = "OPT_OUT_STATUS_UNSPECIFIED"


class OrderPaymentType:
    """Country of a WhatsApp payment."""

    BR: Final = "br"
    SG: Final = "sg"


class OrderStatusValue:
    """Status of a WhatsApp order."""

    PENDING: Final = "pending"
    PROCESSING: Final = "processing"
    PARTIALLY_SHIPPED: Final = "partially-shipped"
    SHIPPED: Final = "shipped"
    COMPLETED: Final = "completed"
    CANCELED: Final = "canceled"


class PaymentButtonType:
    """Ways to pay a WhatsApp order."""

    PIX_DYNAMIC_CODE: Final = "pix_dynamic_code"
    PAYMENT_LINK: Final = "payment_link"
    BOLETO: Final = "boleto"


class PaymentStatus:
    """Status of a payment."""

    PAYMENT_STATUS_UNKNOWN: Final = "PAYMENT_STATUS_UNKNOWN"
    PAYMENT_STATUS_NEW: Final = "PAYMENT_STATUS_NEW"
    PAYMENT_STATUS_PENDING: Final = "PAYMENT_STATUS_PENDING"
    PAYMENT_STATUS_CAPTURED: Final = "PAYMENT_STATUS_CAPTURED"
    PAYMENT_STATUS_CANCELED: Final = "PAYMENT_STATUS_CANCELED"
    PAYMENT_STATUS_FAILED: Final = "PAYMENT_STATUS_FAILED"


class PaymentTransactionStatus:
    """Status of a payment's transaction."""

    PAYMENT_STATUS_TRANSACTION_UNKNOWN: Final = "PAYMENT_STATUS_TRANSACTION_UNKNOWN"
    PAYMENT_STATUS_TRANSACTION_PENDING: Final = "PAYMENT_STATUS_TRANSACTION_PENDING"
    PAYMENT_STATUS_TRANSACTION_FAILED: Final = "PAYMENT_STATUS_TRANSACTION_FAILED"
    PAYMENT_STATUS_TRANSACTION_SUCCESS: Final = "PAYMENT_STATUS_TRANSACTION_SUCCESS"
    PAYMENT_STATUS_TRANSACTION_CANCELED: Final = "PAYMENT_STATUS_TRANSACTION_CANCELED"


class PixKeyType:
    """Kinds of Pix key."""

    CPF: Final = "CPF"
    CNPJ: Final = "CNPJ"
    EMAIL: Final = "EMAIL"
    PHONE: Final = "PHONE"
    EVP: Final = "EVP"


class ProcessingMode:
    """Whether an app keeps contacts and conversations."""

    CONVERSATION: Final = "CONVERSATION"
    DISPATCH: Final = "DISPATCH"


class ProcessingStrategy:
    """Whether one send follows the app's mode."""

    DEFAULT: Final = "DEFAULT"
    DISPATCH_ONLY: Final = "DISPATCH_ONLY"


class ReactionAction:
    """Whether a reaction was set or taken back."""

    REACTION_ACTION_UNKNOWN: Final = "REACTION_ACTION_UNKNOWN"
    REACTION_ACTION_REACT: Final = "REACTION_ACTION_REACT"
    REACTION_ACTION_UNREACT: Final = "REACTION_ACTION_UNREACT"


class ReasonCode:
    """Classes of failure."""

    UNKNOWN: Final = "UNKNOWN"
    INTERNAL_ERROR: Final = "INTERNAL_ERROR"
    RATE_LIMITED: Final = "RATE_LIMITED"
    RECIPIENT_INVALID_CHANNEL_IDENTITY: Final = "RECIPIENT_INVALID_CHANNEL_IDENTITY"
    RECIPIENT_NOT_REACHABLE: Final = "RECIPIENT_NOT_REACHABLE"
    RECIPIENT_NOT_OPTED_IN: Final = "RECIPIENT_NOT_OPTED_IN"
    OUTSIDE_ALLOWED_SENDING_WINDOW: Final = "OUTSIDE_ALLOWED_SENDING_WINDOW"
    CHANNEL_FAILURE: Final = "CHANNEL_FAILURE"
    CHANNEL_BAD_CONFIGURATION: Final = "CHANNEL_BAD_CONFIGURATION"
    CHANNEL_CONFIGURATION_MISSING: Final = "CHANNEL_CONFIGURATION_MISSING"
    MEDIA_TYPE_UNSUPPORTED: Final = "MEDIA_TYPE_UNSUPPORTED"
    MEDIA_TOO_LARGE: Final = "MEDIA_TOO_LARGE"
    MEDIA_NOT_REACHABLE: Final = "MEDIA_NOT_REACHABLE"
    NO_CHANNELS_LEFT: Final = "NO_CHANNELS_LEFT"
    TEMPLATE_NOT_FOUND: Final = "TEMPLATE_NOT_FOUND"
    TEMPLATE_INSUFFICIENT_PARAMETERS: Final = "TEMPLATE_INSUFFICIENT_PARAMETERS"
    TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION: Final = "TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION"
    DELIVERY_TIMED_OUT: Final = "DELIVERY_TIMED_OUT"
    DELIVERY_REJECTED_DUE_TO_POLICY: Final = "DELIVERY_REJECTED_DUE_TO_POLICY"
    CONTACT_NOT_FOUND: Final = "CONTACT_NOT_FOUND"
    BAD_REQUEST: Final = "BAD_REQUEST"
    UNKNOWN_APP: Final = "UNKNOWN_APP"
    NO_CHANNEL_IDENTITY_FOR_CONTACT: Final = "NO_CHANNEL_IDENTITY_FOR_CONTACT"
    CHANNEL_REJECT: Final = "CHANNEL_REJECT"
    NO_PERMISSION: Final = "NO_PERMISSION"
    NO_PROFILE_AVAILABLE: Final = "NO_PROFILE_AVAILABLE"
    UNSUPPORTED_OPERATION: Final = "UNSUPPORTED_OPERATION"


class ReasonSubCode:
    """Closer causes of failure."""

    UNSPECIFIED_SUB_CODE: Final = "UNSPECIFIED_SUB_CODE"
    ATTACHMENT_REJECTED: Final = "ATTACHMENT_REJECTED"
    MEDIA_TYPE_UNDETERMINED: Final = "MEDIA_TYPE_UNDETERMINED"
    INACTIVE_SENDER: Final = "INACTIVE_SENDER"


class RecordStatus:
    """What happened to a record."""

    RECORD_STATUS_UNSPECIFIED: Final = "RECORD_STATUS_UNSPECIFIED"
    EVENT_RECORD_STORED: Final = "EVENT_RECORD_STORED"


class Region:
    """Regions that data and hosts belong to."""

    US: Final = "us"
    EU: Final = "eu"
    BR: Final = "br"


class RetentionPolicyType:
    """What expires."""

    MESSAGE_EXPIRE_POLICY: Final = "MESSAGE_EXPIRE_POLICY"
    CONVERSATION_EXPIRE_POLICY: Final = "CONVERSATION_EXPIRE_POLICY"
    PERSIST_RETENTION_POLICY: Final = "PERSIST_RETENTION_POLICY"


class Sentiment:
    """Mood of a text."""

    POSITIVE: Final = "positive"
    NEGATIVE: Final = "negative"
    NEUTRAL: Final = "neutral"


class SortOrder:
    """Order of a list."""

    ASC: Final = "ASC"
    DESC: Final = "DESC"


class TokenRequestType:
    """How client credentials are sent."""

    BASIC: Final = "BASIC"
    FORM: Final = "FORM"


class TypeOfGoods:
    """What a WhatsApp order is about."""

    DIGITAL_GOODS: Final = "digital-goods"
    PHYSICAL_GOODS: Final = "physical-goods"


class WebhookTargetType:
    """Whether a webhook posts."""

    DISMISS: Final = "DISMISS"
    HTTP: Final = "HTTP"


class WebhookTrigger:
    """Kinds of event."""

    UNSPECIFIED_TRIGGER: Final = "UNSPECIFIED_TRIGGER"
    MESSAGE_DELIVERY: Final = "MESSAGE_DELIVERY"
    EVENT_DELIVERY: Final = "EVENT_DELIVERY"
    MESSAGE_INBOUND: Final = "MESSAGE_INBOUND"
    EVENT_INBOUND: Final = "EVENT_INBOUND"
    CONVERSATION_START: Final = "CONVERSATION_START"
    CONVERSATION_STOP: Final = "CONVERSATION_STOP"
    CONTACT_CREATE: Final = "CONTACT_CREATE"
    CONTACT_DELETE: Final = "CONTACT_DELETE"
    CONTACT_MERGE: Final = "CONTACT_MERGE"
    CONTACT_UPDATE: Final = "CONTACT_UPDATE"
    UNSUPPORTED: Final = "UNSUPPORTED"
    OPT_IN: Final = "OPT_IN"
    OPT_OUT: Final = "OPT_OUT"
    CAPABILITY: Final = "CAPABILITY"
    CONVERSATION_DELETE: Final = "CONVERSATION_DELETE"
    CONTACT_IDENTITIES_DUPLICATION: Final = "CONTACT_IDENTITIES_DUPLICATION"
    CHANNEL_EVENT: Final = "CHANNEL_EVENT"
    SMART_CONVERSATION: Final = "SMART_CONVERSATION"
    MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION: Final = "MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION"
    RECORD_NOTIFICATION: Final = "RECORD_NOTIFICATION"
    MESSAGE_SUBMIT: Final = "MESSAGE_SUBMIT"
    BATCH_STATUS_UPDATE: Final = "BATCH_STATUS_UPDATE"
