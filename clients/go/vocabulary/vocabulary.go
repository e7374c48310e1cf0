// Code generated from proto/vocabulary.json by make proto. DO NOT EDIT.

// Package vocabulary holds the vendor's vocabularies, generated from `proto/vocabulary.json` by `make proto`.
//
// They are plain strings, as in the messages: other values exist and more will come, so compare with these and expect
// the rest.
package vocabulary

// AgentType: Who answers on the app's side.
const (
	AgentType_UNKNOWN_AGENT_TYPE = "UNKNOWN_AGENT_TYPE"
	AgentType_HUMAN              = "HUMAN"
	AgentType_BOT                = "BOT"
)

// AuditRecordOperation: What was done to a consent record.
const (
	AuditRecordOperation_OPERATION_INSERT = "OPERATION_INSERT"
	AuditRecordOperation_OPERATION_UPDATE = "OPERATION_UPDATE"
	AuditRecordOperation_OPERATION_DELETE = "OPERATION_DELETE"
)

// AuditRecordOrigin: Where a consent record came from.
const (
	AuditRecordOrigin_ORIGIN_API = "ORIGIN_API"
	AuditRecordOrigin_ORIGIN_MO  = "ORIGIN_MO"
)

// BatchNotificationStatus: Status of a batch, as told by webhook; others are likely (unconfirmed).
const (
	BatchNotificationStatus_BATCH_STATUS_PROCESSED = "BATCH_STATUS_PROCESSED"
)

// BatchStatus: Status of a batch, as read.
const (
	BatchStatus_READY     = "READY"
	BatchStatus_SCHEDULED = "SCHEDULED"
	BatchStatus_PROCESSED = "PROCESSED"
	BatchStatus_CANCELLED = "CANCELLED"
)

// BatchType: Kinds of batch, as told by webhook; others are likely (unconfirmed).
const (
	BatchType_BATCH_TYPE_MESSAGES = "BATCH_TYPE_MESSAGES"
)

// CapabilityStatus: Whether a channel can reach a recipient.
const (
	CapabilityStatus_CAPABILITY_UNKNOWN = "CAPABILITY_UNKNOWN"
	CapabilityStatus_CAPABILITY_FULL    = "CAPABILITY_FULL"
	CapabilityStatus_CAPABILITY_PARTIAL = "CAPABILITY_PARTIAL"
	CapabilityStatus_NO_CAPABILITY      = "NO_CAPABILITY"
)

// CardHeight: Height of a card's media on RCS.
const (
	CardHeight_UNSPECIFIED_HEIGHT = "UNSPECIFIED_HEIGHT"
	CardHeight_SHORT              = "SHORT"
	CardHeight_MEDIUM             = "MEDIUM"
	CardHeight_TALL               = "TALL"
)

// ChannelEventType: Known events of channels.
const (
	ChannelEventType_WHATS_APP_QUALITY_RATING_CHANGED = "WHATS_APP_QUALITY_RATING_CHANGED"
)

// ChannelIntegrationStatus: State of an app's channel.
const (
	ChannelIntegrationStatus_PENDING = "PENDING"
	ChannelIntegrationStatus_ACTIVE  = "ACTIVE"
	ChannelIntegrationStatus_FAILING = "FAILING"
)

// ChannelProfileChannel: Channels that have profiles.
const (
	ChannelProfileChannel_MESSENGER = "MESSENGER"
	ChannelProfileChannel_INSTAGRAM = "INSTAGRAM"
	ChannelProfileChannel_VIBER     = "VIBER"
	ChannelProfileChannel_LINE      = "LINE"
)

// ChannelPropertyKey: Known keys of channel properties; the vendor's list is longer.
const (
	ChannelPropertyKey_SMS_SENDER                         = "SMS_SENDER"
	ChannelPropertyKey_SMS_MAX_NUMBER_OF_MESSAGE_PARTS    = "SMS_MAX_NUMBER_OF_MESSAGE_PARTS"
	ChannelPropertyKey_SMS_FLASH_MESSAGE                  = "SMS_FLASH_MESSAGE"
	ChannelPropertyKey_MMS_SENDER                         = "MMS_SENDER"
	ChannelPropertyKey_MMS_STRICT_VALIDATION              = "MMS_STRICT_VALIDATION"
	ChannelPropertyKey_RCS_WEBVIEW_MODE                   = "RCS_WEBVIEW_MODE"
	ChannelPropertyKey_RCS_CARD_ORIENTATION               = "RCS_CARD_ORIENTATION"
	ChannelPropertyKey_RCS_CARD_THUMBNAIL_IMAGE_ALIGNMENT = "RCS_CARD_THUMBNAIL_IMAGE_ALIGNMENT"
	ChannelPropertyKey_MESSENGER_NOTIFICATION_TYPE        = "MESSENGER_NOTIFICATION_TYPE"
	ChannelPropertyKey_VIBERBM_TEMPLATE_MESSAGE_DEVICES   = "VIBERBM_TEMPLATE_MESSAGE_DEVICES"
)

// ChannelSpecificContactMessageType: Structures of channel-specific messages from contacts.
const (
	ChannelSpecificContactMessageType_NFM_REPLY = "nfm_reply"
)

// ChannelSpecificMessageType: Structures of channel-specific messages.
const (
	ChannelSpecificMessageType_FLOWS                         = "FLOWS"
	ChannelSpecificMessageType_ORDER_DETAILS                 = "ORDER_DETAILS"
	ChannelSpecificMessageType_ORDER_STATUS                  = "ORDER_STATUS"
	ChannelSpecificMessageType_COMMERCE                      = "COMMERCE"
	ChannelSpecificMessageType_CAROUSEL_COMMERCE             = "CAROUSEL_COMMERCE"
	ChannelSpecificMessageType_NOTIFICATION_MESSAGE_TEMPLATE = "NOTIFICATION_MESSAGE_TEMPLATE"
)

// CommentType: Where a comment was made.
const (
	CommentType_FEED = "FEED"
	CommentType_LIVE = "LIVE"
)

// ConsentsListType: Opt-out lists.
const (
	ConsentsListType_OPT_OUT_ALL          = "OPT_OUT_ALL"
	ConsentsListType_OPT_OUT_MARKETING    = "OPT_OUT_MARKETING"
	ConsentsListType_OPT_OUT_NOTIFICATION = "OPT_OUT_NOTIFICATION"
)

// ContactLanguage: Languages of contacts.
const (
	ContactLanguage_AF    = "AF"
	ContactLanguage_SQ    = "SQ"
	ContactLanguage_AR    = "AR"
	ContactLanguage_AZ    = "AZ"
	ContactLanguage_BN    = "BN"
	ContactLanguage_BG    = "BG"
	ContactLanguage_CA    = "CA"
	ContactLanguage_ZH    = "ZH"
	ContactLanguage_ZH_CN = "ZH_CN"
	ContactLanguage_ZH_HK = "ZH_HK"
	ContactLanguage_ZH_TW = "ZH_TW"
	ContactLanguage_HR    = "HR"
	ContactLanguage_CS    = "CS"
	ContactLanguage_DA    = "DA"
	ContactLanguage_NL    = "NL"
	ContactLanguage_EN    = "EN"
	ContactLanguage_EN_GB = "EN_GB"
	ContactLanguage_EN_US = "EN_US"
	ContactLanguage_ET    = "ET"
	ContactLanguage_FIL   = "FIL"
	ContactLanguage_FI    = "FI"
	ContactLanguage_FR    = "FR"
	ContactLanguage_DE    = "DE"
	ContactLanguage_EL    = "EL"
	ContactLanguage_GU    = "GU"
	ContactLanguage_HA    = "HA"
	ContactLanguage_HE    = "HE"
	ContactLanguage_HI    = "HI"
	ContactLanguage_HU    = "HU"
	ContactLanguage_ID    = "ID"
	ContactLanguage_GA    = "GA"
	ContactLanguage_IT    = "IT"
	ContactLanguage_JA    = "JA"
	ContactLanguage_KN    = "KN"
	ContactLanguage_KK    = "KK"
	ContactLanguage_KO    = "KO"
	ContactLanguage_LO    = "LO"
	ContactLanguage_LV    = "LV"
	ContactLanguage_LT    = "LT"
	ContactLanguage_MK    = "MK"
	ContactLanguage_MS    = "MS"
	ContactLanguage_ML    = "ML"
	ContactLanguage_MR    = "MR"
	ContactLanguage_NB    = "NB"
	ContactLanguage_FA    = "FA"
	ContactLanguage_PL    = "PL"
	ContactLanguage_PT    = "PT"
	ContactLanguage_PT_BR = "PT_BR"
	ContactLanguage_PT_PT = "PT_PT"
	ContactLanguage_PA    = "PA"
	ContactLanguage_RO    = "RO"
	ContactLanguage_RU    = "RU"
	ContactLanguage_SR    = "SR"
	ContactLanguage_SK    = "SK"
	ContactLanguage_SL    = "SL"
	ContactLanguage_ES    = "ES"
	ContactLanguage_ES_AR = "ES_AR"
	ContactLanguage_ES_ES = "ES_ES"
	ContactLanguage_ES_MX = "ES_MX"
	ContactLanguage_SW    = "SW"
	ContactLanguage_SV    = "SV"
	ContactLanguage_TA    = "TA"
	ContactLanguage_TE    = "TE"
	ContactLanguage_TH    = "TH"
	ContactLanguage_TR    = "TR"
	ContactLanguage_UK    = "UK"
	ContactLanguage_UR    = "UR"
	ContactLanguage_UZ    = "UZ"
	ContactLanguage_VI    = "VI"
	ContactLanguage_ZU    = "ZU"
)

// ConversationChannel: Channels that messages travel on.
const (
	ConversationChannel_SMS           = "SMS"
	ConversationChannel_RCS           = "RCS"
	ConversationChannel_WHATSAPP      = "WHATSAPP"
	ConversationChannel_MMS           = "MMS"
	ConversationChannel_KAKAOTALK     = "KAKAOTALK"
	ConversationChannel_KAKAOTALKCHAT = "KAKAOTALKCHAT"
	ConversationChannel_VIBERBM       = "VIBERBM"
	ConversationChannel_LINE          = "LINE"
	ConversationChannel_INSTAGRAM     = "INSTAGRAM"
	ConversationChannel_MESSENGER     = "MESSENGER"
	ConversationChannel_WECHAT        = "WECHAT"
	ConversationChannel_TELEGRAM      = "TELEGRAM"
	ConversationChannel_APPLEBC       = "APPLEBC"
)

// ConversationDirection: Which way a message or event went.
const (
	ConversationDirection_TO_APP     = "TO_APP"
	ConversationDirection_TO_CONTACT = "TO_CONTACT"
)

// ConversationMessagesView: How much of each stored message to read.
const (
	ConversationMessagesView_WITH_METADATA    = "WITH_METADATA"
	ConversationMessagesView_WITHOUT_METADATA = "WITHOUT_METADATA"
)

// ConversationMetadataReportView: Whether events carry the conversation's metadata.
const (
	ConversationMetadataReportView_NONE = "NONE"
	ConversationMetadataReportView_FULL = "FULL"
)

// DeliveryStatus: What became of a message or event.
const (
	DeliveryStatus_QUEUED_ON_CHANNEL = "QUEUED_ON_CHANNEL"
	DeliveryStatus_DELIVERED         = "DELIVERED"
	DeliveryStatus_READ              = "READ"
	DeliveryStatus_FAILED            = "FAILED"
	DeliveryStatus_SWITCHING_CHANNEL = "SWITCHING_CHANNEL"
)

// DisplayMode: Whether a choice stays visible.
const (
	DisplayMode_DISPLAY_MODE_UNSPECIFIED = "DISPLAY_MODE_UNSPECIFIED"
	DisplayMode_PERSISTENT               = "PERSISTENT"
)

// FlowAction: What a WhatsApp flow begins with.
const (
	FlowAction_NAVIGATE      = "navigate"
	FlowAction_DATA_EXCHANGE = "data_exchange"
)

// FlowMode: State of a WhatsApp flow.
const (
	FlowMode_DRAFT     = "draft"
	FlowMode_PUBLISHED = "published"
)

// InteractiveHeaderType: Kinds of header of a WhatsApp message.
const (
	InteractiveHeaderType_TEXT     = "text"
	InteractiveHeaderType_IMAGE    = "image"
	InteractiveHeaderType_DOCUMENT = "document"
	InteractiveHeaderType_VIDEO    = "video"
)

// KakaoTalkButtonType: Kinds of KakaoTalk button.
const (
	KakaoTalkButtonType_WL = "WL"
	KakaoTalkButtonType_AL = "AL"
	KakaoTalkButtonType_BK = "BK"
)

// KakaoTalkCommerceType: Kinds of KakaoTalk price.
const (
	KakaoTalkCommerceType_REGULAR_PRICE_COMMERCE       = "REGULAR_PRICE_COMMERCE"
	KakaoTalkCommerceType_FIXED_DISCOUNT_COMMERCE      = "FIXED_DISCOUNT_COMMERCE"
	KakaoTalkCommerceType_PERCENTAGE_DISCOUNT_COMMERCE = "PERCENTAGE_DISCOUNT_COMMERCE"
)

// KakaoTalkCouponType: Kinds of KakaoTalk coupon.
const (
	KakaoTalkCouponType_FIXED_DISCOUNT_COUPON      = "FIXED_DISCOUNT_COUPON"
	KakaoTalkCouponType_PERCENTAGE_DISCOUNT_COUPON = "PERCENTAGE_DISCOUNT_COUPON"
	KakaoTalkCouponType_SHIPPING_DISCOUNT_COUPON   = "SHIPPING_DISCOUNT_COUPON"
	KakaoTalkCouponType_FREE_COUPON                = "FREE_COUPON"
	KakaoTalkCouponType_UP_COUPON                  = "UP_COUPON"
)

// MergeStrategy: How contacts are merged.
const (
	MergeStrategy_MERGE = "MERGE"
)

// MessageContentType: What a message is for, for consent management.
const (
	MessageContentType_CONTENT_UNKNOWN      = "CONTENT_UNKNOWN"
	MessageContentType_CONTENT_MARKETING    = "CONTENT_MARKETING"
	MessageContentType_CONTENT_NOTIFICATION = "CONTENT_NOTIFICATION"
)

// MessageQueue: The two queues of an app.
const (
	MessageQueue_NORMAL_PRIORITY = "NORMAL_PRIORITY"
	MessageQueue_HIGH_PRIORITY   = "HIGH_PRIORITY"
)

// MessageSource: Which store of messages to read.
const (
	MessageSource_CONVERSATION_SOURCE = "CONVERSATION_SOURCE"
	MessageSource_DISPATCH_SOURCE     = "DISPATCH_SOURCE"
)

// MetadataUpdateStrategy: How new metadata meets old.
const (
	MetadataUpdateStrategy_REPLACE     = "REPLACE"
	MetadataUpdateStrategy_MERGE_PATCH = "MERGE_PATCH"
)

// NfmReplyName: What a WhatsApp native-flow answer answers.
const (
	NfmReplyName_FLOW            = "flow"
	NfmReplyName_ADDRESS_MESSAGE = "address_message"
)

// OffensiveEvaluation: Whether content is offensive.
const (
	OffensiveEvaluation_SAFE   = "SAFE"
	OffensiveEvaluation_UNSAFE = "UNSAFE"
)

// OptInStatus: Whether an opt-in took effect.
const (
	OptInStatus_OPT_IN_SUCCEEDED          = "OPT_IN_SUCCEEDED"
	OptInStatus_OPT_IN_FAILED             = "OPT_IN_FAILED"
	OptInStatus_OPT_IN_STATUS_UNSPECIFIED = "OPT_IN_STATUS_UNSPECIFIED"
)

// OptOutStatus: Whether an opt-out took effect.
const (
	OptOutStatus_OPT_OUT_SUCCEEDED          = "OPT_OUT_SUCCEEDED"
	OptOutStatus_OPT_OUT_FAILED             = "OPT_OUT_FAILED"
	OptOutStatus_OPT_OUT_STATUS_UNSPECIFIED = "OPT_OUT_STATUS_UNSPECIFIED"
)

// OrderPaymentType: Country of a WhatsApp payment.
const (
	OrderPaymentType_BR = "br"
	OrderPaymentType_SG = "sg"
)

// OrderStatusValue: Status of a WhatsApp order.
const (
	OrderStatusValue_PENDING           = "pending"
	OrderStatusValue_PROCESSING        = "processing"
	OrderStatusValue_PARTIALLY_SHIPPED = "partially-shipped"
	OrderStatusValue_SHIPPED           = "shipped"
	OrderStatusValue_COMPLETED         = "completed"
	OrderStatusValue_CANCELED          = "canceled"
)

// PaymentButtonType: Ways to pay a WhatsApp order.
const (
	PaymentButtonType_PIX_DYNAMIC_CODE = "pix_dynamic_code"
	PaymentButtonType_PAYMENT_LINK     = "payment_link"
	PaymentButtonType_BOLETO           = "boleto"
)

// PaymentStatus: Status of a payment.
const (
	PaymentStatus_PAYMENT_STATUS_UNKNOWN  = "PAYMENT_STATUS_UNKNOWN"
	PaymentStatus_PAYMENT_STATUS_NEW      = "PAYMENT_STATUS_NEW"
	PaymentStatus_PAYMENT_STATUS_PENDING  = "PAYMENT_STATUS_PENDING"
	PaymentStatus_PAYMENT_STATUS_CAPTURED = "PAYMENT_STATUS_CAPTURED"
	PaymentStatus_PAYMENT_STATUS_CANCELED = "PAYMENT_STATUS_CANCELED"
	PaymentStatus_PAYMENT_STATUS_FAILED   = "PAYMENT_STATUS_FAILED"
)

// PaymentTransactionStatus: Status of a payment's transaction.
const (
	PaymentTransactionStatus_PAYMENT_STATUS_TRANSACTION_UNKNOWN  = "PAYMENT_STATUS_TRANSACTION_UNKNOWN"
	PaymentTransactionStatus_PAYMENT_STATUS_TRANSACTION_PENDING  = "PAYMENT_STATUS_TRANSACTION_PENDING"
	PaymentTransactionStatus_PAYMENT_STATUS_TRANSACTION_FAILED   = "PAYMENT_STATUS_TRANSACTION_FAILED"
	PaymentTransactionStatus_PAYMENT_STATUS_TRANSACTION_SUCCESS  = "PAYMENT_STATUS_TRANSACTION_SUCCESS"
	PaymentTransactionStatus_PAYMENT_STATUS_TRANSACTION_CANCELED = "PAYMENT_STATUS_TRANSACTION_CANCELED"
)

// PixKeyType: Kinds of Pix key.
const (
	PixKeyType_CPF   = "CPF"
	PixKeyType_CNPJ  = "CNPJ"
	PixKeyType_EMAIL = "EMAIL"
	PixKeyType_PHONE = "PHONE"
	PixKeyType_EVP   = "EVP"
)

// ProcessingMode: Whether an app keeps contacts and conversations.
const (
	ProcessingMode_CONVERSATION = "CONVERSATION"
	ProcessingMode_DISPATCH     = "DISPATCH"
)

// ProcessingStrategy: Whether one send follows the app's mode.
const (
	ProcessingStrategy_DEFAULT       = "DEFAULT"
	ProcessingStrategy_DISPATCH_ONLY = "DISPATCH_ONLY"
)

// ReactionAction: Whether a reaction was set or taken back.
const (
	ReactionAction_REACTION_ACTION_UNKNOWN = "REACTION_ACTION_UNKNOWN"
	ReactionAction_REACTION_ACTION_REACT   = "REACTION_ACTION_REACT"
	ReactionAction_REACTION_ACTION_UNREACT = "REACTION_ACTION_UNREACT"
)

// ReasonCode: Classes of failure.
const (
	ReasonCode_UNKNOWN                                   = "UNKNOWN"
	ReasonCode_INTERNAL_ERROR                            = "INTERNAL_ERROR"
	ReasonCode_RATE_LIMITED                              = "RATE_LIMITED"
	ReasonCode_RECIPIENT_INVALID_CHANNEL_IDENTITY        = "RECIPIENT_INVALID_CHANNEL_IDENTITY"
	ReasonCode_RECIPIENT_NOT_REACHABLE                   = "RECIPIENT_NOT_REACHABLE"
	ReasonCode_RECIPIENT_NOT_OPTED_IN                    = "RECIPIENT_NOT_OPTED_IN"
	ReasonCode_OUTSIDE_ALLOWED_SENDING_WINDOW            = "OUTSIDE_ALLOWED_SENDING_WINDOW"
	ReasonCode_CHANNEL_FAILURE                           = "CHANNEL_FAILURE"
	ReasonCode_CHANNEL_BAD_CONFIGURATION                 = "CHANNEL_BAD_CONFIGURATION"
	ReasonCode_CHANNEL_CONFIGURATION_MISSING             = "CHANNEL_CONFIGURATION_MISSING"
	ReasonCode_MEDIA_TYPE_UNSUPPORTED                    = "MEDIA_TYPE_UNSUPPORTED"
	ReasonCode_MEDIA_TOO_LARGE                           = "MEDIA_TOO_LARGE"
	ReasonCode_MEDIA_NOT_REACHABLE                       = "MEDIA_NOT_REACHABLE"
	ReasonCode_NO_CHANNELS_LEFT                          = "NO_CHANNELS_LEFT"
	ReasonCode_TEMPLATE_NOT_FOUND                        = "TEMPLATE_NOT_FOUND"
	ReasonCode_TEMPLATE_INSUFFICIENT_PARAMETERS          = "TEMPLATE_INSUFFICIENT_PARAMETERS"
	ReasonCode_TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION = "TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION"
	ReasonCode_DELIVERY_TIMED_OUT                        = "DELIVERY_TIMED_OUT"
	ReasonCode_DELIVERY_REJECTED_DUE_TO_POLICY           = "DELIVERY_REJECTED_DUE_TO_POLICY"
	ReasonCode_CONTACT_NOT_FOUND                         = "CONTACT_NOT_FOUND"
	ReasonCode_BAD_REQUEST                               = "BAD_REQUEST"
	ReasonCode_UNKNOWN_APP                               = "UNKNOWN_APP"
	ReasonCode_NO_CHANNEL_IDENTITY_FOR_CONTACT           = "NO_CHANNEL_IDENTITY_FOR_CONTACT"
	ReasonCode_CHANNEL_REJECT                            = "CHANNEL_REJECT"
	ReasonCode_NO_PERMISSION                             = "NO_PERMISSION"
	ReasonCode_NO_PROFILE_AVAILABLE                      = "NO_PROFILE_AVAILABLE"
	ReasonCode_UNSUPPORTED_OPERATION                     = "UNSUPPORTED_OPERATION"
)

// ReasonSubCode: Closer causes of failure.
const (
	ReasonSubCode_UNSPECIFIED_SUB_CODE    = "UNSPECIFIED_SUB_CODE"
	ReasonSubCode_ATTACHMENT_REJECTED     = "ATTACHMENT_REJECTED"
	ReasonSubCode_MEDIA_TYPE_UNDETERMINED = "MEDIA_TYPE_UNDETERMINED"
	ReasonSubCode_INACTIVE_SENDER         = "INACTIVE_SENDER"
)

// RecordStatus: What happened to a record.
const (
	RecordStatus_RECORD_STATUS_UNSPECIFIED = "RECORD_STATUS_UNSPECIFIED"
	RecordStatus_EVENT_RECORD_STORED       = "EVENT_RECORD_STORED"
)

// Region: Regions that data and hosts belong to.
const (
	Region_US = "us"
	Region_EU = "eu"
	Region_BR = "br"
)

// RetentionPolicyType: What expires.
const (
	RetentionPolicyType_MESSAGE_EXPIRE_POLICY      = "MESSAGE_EXPIRE_POLICY"
	RetentionPolicyType_CONVERSATION_EXPIRE_POLICY = "CONVERSATION_EXPIRE_POLICY"
	RetentionPolicyType_PERSIST_RETENTION_POLICY   = "PERSIST_RETENTION_POLICY"
)

// Sentiment: Mood of a text.
const (
	Sentiment_POSITIVE = "positive"
	Sentiment_NEGATIVE = "negative"
	Sentiment_NEUTRAL  = "neutral"
)

// SortOrder: Order of a list.
const (
	SortOrder_ASC  = "ASC"
	SortOrder_DESC = "DESC"
)

// TokenRequestType: How client credentials are sent.
const (
	TokenRequestType_BASIC = "BASIC"
	TokenRequestType_FORM  = "FORM"
)

// TypeOfGoods: What a WhatsApp order is about.
const (
	TypeOfGoods_DIGITAL_GOODS  = "digital-goods"
	TypeOfGoods_PHYSICAL_GOODS = "physical-goods"
)

// WebhookTargetType: Whether a webhook posts.
const (
	WebhookTargetType_DISMISS = "DISMISS"
	WebhookTargetType_HTTP    = "HTTP"
)

// WebhookTrigger: Kinds of event.
const (
	WebhookTrigger_UNSPECIFIED_TRIGGER                          = "UNSPECIFIED_TRIGGER"
	WebhookTrigger_MESSAGE_DELIVERY                             = "MESSAGE_DELIVERY"
	WebhookTrigger_EVENT_DELIVERY                               = "EVENT_DELIVERY"
	WebhookTrigger_MESSAGE_INBOUND                              = "MESSAGE_INBOUND"
	WebhookTrigger_EVENT_INBOUND                                = "EVENT_INBOUND"
	WebhookTrigger_CONVERSATION_START                           = "CONVERSATION_START"
	WebhookTrigger_CONVERSATION_STOP                            = "CONVERSATION_STOP"
	WebhookTrigger_CONTACT_CREATE                               = "CONTACT_CREATE"
	WebhookTrigger_CONTACT_DELETE                               = "CONTACT_DELETE"
	WebhookTrigger_CONTACT_MERGE                                = "CONTACT_MERGE"
	WebhookTrigger_CONTACT_UPDATE                               = "CONTACT_UPDATE"
	WebhookTrigger_UNSUPPORTED                                  = "UNSUPPORTED"
	WebhookTrigger_OPT_IN                                       = "OPT_IN"
	WebhookTrigger_OPT_OUT                                      = "OPT_OUT"
	WebhookTrigger_CAPABILITY                                   = "CAPABILITY"
	WebhookTrigger_CONVERSATION_DELETE                          = "CONVERSATION_DELETE"
	WebhookTrigger_CONTACT_IDENTITIES_DUPLICATION               = "CONTACT_IDENTITIES_DUPLICATION"
	WebhookTrigger_CHANNEL_EVENT                                = "CHANNEL_EVENT"
	WebhookTrigger_SMART_CONVERSATION                           = "SMART_CONVERSATION"
	WebhookTrigger_MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION = "MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION"
	WebhookTrigger_RECORD_NOTIFICATION                          = "RECORD_NOTIFICATION"
	WebhookTrigger_MESSAGE_SUBMIT                               = "MESSAGE_SUBMIT"
	WebhookTrigger_BATCH_STATUS_UPDATE                          = "BATCH_STATUS_UPDATE"
)
