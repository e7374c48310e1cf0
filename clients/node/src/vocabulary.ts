/*
 * The vendor's vocabularies, generated from `proto/vocabulary.json` by `make proto`.
 *
 * They are plain strings, as in the messages: other values exist and more will come, so compare with these and expect
 * the rest.
 */

/** Who answers on the app's side. */
export const AgentType = {
  UNKNOWN_AGENT_TYPE: "UNKNOWN_AGENT_TYPE",
  HUMAN: "HUMAN",
  BOT: "BOT",
} as const;

/** What was done to a consent record. */
export const AuditRecordOperation = {
  OPERATION_INSERT: "OPERATION_INSERT",
  OPERATION_UPDATE: "OPERATION_UPDATE",
  OPERATION_DELETE: "OPERATION_DELETE",
} as const;

/** Where a consent record came from. */
export const AuditRecordOrigin = {
  ORIGIN_API: "ORIGIN_API",
  ORIGIN_MO: "ORIGIN_MO",
} as const;

/** Status of a batch, as told by webhook; others are likely (unconfirmed). */
export const BatchNotificationStatus = {
  BATCH_STATUS_PROCESSED: "BATCH_STATUS_PROCESSED",
} as const;

/** Status of a batch, as read. */
export const BatchStatus = {
  READY: "READY",
  SCHEDULED: "SCHEDULED",
  PROCESSED: "PROCESSED",
  CANCELLED: "CANCELLED",
} as const;

/** Kinds of batch, as told by webhook; others are likely (unconfirmed). */
export const BatchType = {
  BATCH_TYPE_MESSAGES: "BATCH_TYPE_MESSAGES",
} as const;

/** Whether a channel can reach a recipient. */
export const CapabilityStatus = {
  CAPABILITY_UNKNOWN: "CAPABILITY_UNKNOWN",
  CAPABILITY_FULL: "CAPABILITY_FULL",
  CAPABILITY_PARTIAL: "CAPABILITY_PARTIAL",
  NO_CAPABILITY: "NO_CAPABILITY",
} as const;

/** Height of a card's media on RCS. */
export const CardHeight = {
  UNSPECIFIED_HEIGHT: "UNSPECIFIED_HEIGHT",
  SHORT: "SHORT",
  MEDIUM: "MEDIUM",
  TALL: "TALL",
} as const;

/** Known events of channels. */
export const ChannelEventType = {
  WHATS_APP_QUALITY_RATING_CHANGED: "WHATS_APP_QUALITY_RATING_CHANGED",
} as const;

/** State of an app's channel. */
export const ChannelIntegrationStatus = {
  PENDING: "PENDING",
  ACTIVE: "ACTIVE",
  FAILING: "FAILING",
} as const;

/** Channels that have profiles. */
export const ChannelProfileChannel = {
  MESSENGER: "MESSENGER",
  INSTAGRAM: "INSTAGRAM",
  VIBER: "VIBER",
  LINE: "LINE",
} as const;

/** Known keys of channel properties; the vendor's list is longer. */
export const ChannelPropertyKey = {
  SMS_SENDER: "SMS_SENDER",
  SMS_MAX_NUMBER_OF_MESSAGE_PARTS: "SMS_MAX_NUMBER_OF_MESSAGE_PARTS",
  SMS_FLASH_MESSAGE: "SMS_FLASH_MESSAGE",
  MMS_SENDER: "MMS_SENDER",
  MMS_STRICT_VALIDATION: "MMS_STRICT_VALIDATION",
  RCS_WEBVIEW_MODE: "RCS_WEBVIEW_MODE",
  RCS_CARD_ORIENTATION: "RCS_CARD_ORIENTATION",
  RCS_CARD_THUMBNAIL_IMAGE_ALIGNMENT: "RCS_CARD_THUMBNAIL_IMAGE_ALIGNMENT",
  MESSENGER_NOTIFICATION_TYPE: "MESSENGER_NOTIFICATION_TYPE",
  VIBERBM_TEMPLATE_MESSAGE_DEVICES: "VIBERBM_TEMPLATE_MESSAGE_DEVICES",
} as const;

/** Structures of channel-specific messages from contacts. */
export const ChannelSpecificContactMessageType = {
  NFM_REPLY: "nfm_reply",
} as const;

/** Structures of channel-specific messages. */
export const ChannelSpecificMessageType = {
  FLOWS: "FLOWS",
  ORDER_DETAILS: "ORDER_DETAILS",
  ORDER_STATUS: "ORDER_STATUS",
  COMMERCE: "COMMERCE",
  CAROUSEL_COMMERCE: "CAROUSEL_COMMERCE",
  NOTIFICATION_MESSAGE_TEMPLATE: "NOTIFICATION_MESSAGE_TEMPLATE",
} as const;

/** Where a comment was made. */
export const CommentType = {
  FEED: "FEED",
  LIVE: "LIVE",
} as const;

/** Opt-out lists. */
export const ConsentsListType = {
  OPT_OUT_ALL: "OPT_OUT_ALL",
  OPT_OUT_MARKETING: "OPT_OUT_MARKETING",
  OPT_OUT_NOTIFICATION: "OPT_OUT_NOTIFICATION",
} as const;

/** Languages of contacts. */
export const ContactLanguage = {
  AF: "AF",
  SQ: "SQ",
  AR: "AR",
  AZ: "AZ",
  BN: "BN",
  BG: "BG",
  CA: "CA",
  ZH: "ZH",
  ZH_CN: "ZH_CN",
  ZH_HK: "ZH_HK",
  ZH_TW: "ZH_TW",
  HR: "HR",
  CS: "CS",
  DA: "DA",
  NL: "NL",
  EN: "EN",
  EN_GB: "EN_GB",
  EN_US: "EN_US",
  ET: "ET",
  FIL: "FIL",
  FI: "FI",
  FR: "FR",
  DE: "DE",
  EL: "EL",
  GU: "GU",
  HA: "HA",
  HE: "HE",
  HI: "HI",
  HU: "HU",
  ID: "ID",
  GA: "GA",
  IT: "IT",
  JA: "JA",
  KN: "KN",
  KK: "KK",
  KO: "KO",
  LO: "LO",
  LV: "LV",
  LT: "LT",
  MK: "MK",
  MS: "MS",
  ML: "ML",
  MR: "MR",
  NB: "NB",
  FA: "FA",
  PL: "PL",
  PT: "PT",
  PT_BR: "PT_BR",
  PT_PT: "PT_PT",
  PA: "PA",
  RO: "RO",
  RU: "RU",
  SR: "SR",
  SK: "SK",
  SL: "SL",
  ES: "ES",
  ES_AR: "ES_AR",
  ES_ES: "ES_ES",
  ES_MX: "ES_MX",
  SW: "SW",
  SV: "SV",
  TA: "TA",
  TE: "TE",
  TH: "TH",
  TR: "TR",
  UK: "UK",
  UR: "UR",
  UZ: "UZ",
  VI: "VI",
  ZU: "ZU",
} as const;

/** Channels that messages travel on. */
export const ConversationChannel = {
  SMS: "SMS",
  RCS: "RCS",
  WHATSAPP: "WHATSAPP",
  MMS: "MMS",
  KAKAOTALK: "KAKAOTALK",
  KAKAOTALKCHAT: "KAKAOTALKCHAT",
  VIBERBM: "VIBERBM",
  LINE: "LINE",
  INSTAGRAM: "INSTAGRAM",
  MESSENGER: "MESSENGER",
  WECHAT: "WECHAT",
  TELEGRAM: "TELEGRAM",
  APPLEBC: "APPLEBC",
} as const;

/** Which way a message or event went. */
export const ConversationDirection = {
  TO_APP: "TO_APP",
  TO_CONTACT: "TO_CONTACT",
} as const;

/** How much of each stored message to read. */
export const ConversationMessagesView = {
  WITH_METADATA: "WITH_METADATA",
  WITHOUT_METADATA: "WITHOUT_METADATA",
} as const;

/** Whether events carry the conversation's metadata. */
export const ConversationMetadataReportView = {
  NONE: "NONE",
  FULL: "FULL",
} as const;

/** What became of a message or event. */
export const DeliveryStatus = {
  QUEUED_ON_CHANNEL: "QUEUED_ON_CHANNEL",
  DELIVERED: "DELIVERED",
  READ: "READ",
  FAILED: "FAILED",
  SWITCHING_CHANNEL: "SWITCHING_CHANNEL",
} as const;

/** Whether a choice stays visible. */
export const DisplayMode = {
  DISPLAY_MODE_UNSPECIFIED: "DISPLAY_MODE_UNSPECIFIED",
  PERSISTENT: "PERSISTENT",
} as const;

/** What a WhatsApp flow begins with. */
export const FlowAction = {
  NAVIGATE: "navigate",
  DATA_EXCHANGE: "data_exchange",
} as const;

/** State of a WhatsApp flow. */
export const FlowMode = {
  DRAFT: "draft",
  PUBLISHED: "published",
} as const;

/** Kinds of header of a WhatsApp message. */
export const InteractiveHeaderType = {
  TEXT: "text",
  IMAGE: "image",
  DOCUMENT: "document",
  VIDEO: "video",
} as const;

/** Kinds of KakaoTalk button. */
export const KakaoTalkButtonType = {
  WL: "WL",
  AL: "AL",
  BK: "BK",
} as const;

/** Kinds of KakaoTalk price. */
export const KakaoTalkCommerceType = {
  REGULAR_PRICE_COMMERCE: "REGULAR_PRICE_COMMERCE",
  FIXED_DISCOUNT_COMMERCE: "FIXED_DISCOUNT_COMMERCE",
  PERCENTAGE_DISCOUNT_COMMERCE: "PERCENTAGE_DISCOUNT_COMMERCE",
} as const;

/** Kinds of KakaoTalk coupon. */
export const KakaoTalkCouponType = {
  FIXED_DISCOUNT_COUPON: "FIXED_DISCOUNT_COUPON",
  PERCENTAGE_DISCOUNT_COUPON: "PERCENTAGE_DISCOUNT_COUPON",
  SHIPPING_DISCOUNT_COUPON: "SHIPPING_DISCOUNT_COUPON",
  FREE_COUPON: "FREE_COUPON",
  UP_COUPON: "UP_COUPON",
} as const;

/** How contacts are merged. */
export const MergeStrategy = {
  MERGE: "MERGE",
} as const;

/** What a message is for, for consent management. */
export const MessageContentType = {
  CONTENT_UNKNOWN: "CONTENT_UNKNOWN",
  CONTENT_MARKETING: "CONTENT_MARKETING",
  CONTENT_NOTIFICATION: "CONTENT_NOTIFICATION",
} as const;

/** The two queues of an app. */
export const MessageQueue = {
  NORMAL_PRIORITY: "NORMAL_PRIORITY",
  HIGH_PRIORITY: "HIGH_PRIORITY",
} as const;

/** Which store of messages to read. */
export const MessageSource = {
  CONVERSATION_SOURCE: "CONVERSATION_SOURCE",
  DISPATCH_SOURCE: "DISPATCH_SOURCE",
} as const;

/** How new metadata meets old. */
export const MetadataUpdateStrategy = {
  REPLACE: "REPLACE",
  MERGE_PATCH: "MERGE_PATCH",
} as const;

/** What a WhatsApp native-flow answer answers. */
export const NfmReplyName = {
  FLOW: "flow",
  ADDRESS_MESSAGE: "address_message",
} as const;

/** Whether content is offensive. */
export const OffensiveEvaluation = {
  SAFE: "SAFE",
  UNSAFE: "UNSAFE",
} as const;

/** Whether an opt-in took effect. */
export const OptInStatus = {
  OPT_IN_SUCCEEDED: "OPT_IN_SUCCEEDED",
  OPT_IN_FAILED: "OPT_IN_FAILED",
  OPT_IN_STATUS_UNSPECIFIED: "OPT_IN_STATUS_UNSPECIFIED",
} as const;

/** Whether an opt-out took effect. */
export const OptOutStatus = {
  OPT_OUT_SUCCEEDED: "OPT_OUT_SUCCEEDED",
  OPT_OUT_FAILED: "OPT_OUT_FAILED",
  OPT_OUT_STATUS_UNSPECIFIED: "OPT_OUT_STATUS_UNSPECIFIED",
} as const;

/** Country of a WhatsApp payment. */
export const OrderPaymentType = {
  BR: "br",
  SG: "sg",
} as const;

/** Status of a WhatsApp order. */
export const OrderStatusValue = {
  PENDING: "pending",
  PROCESSING: "processing",
  PARTIALLY_SHIPPED: "partially-shipped",
  SHIPPED: "shipped",
  COMPLETED: "completed",
  CANCELED: "canceled",
} as const;

/** Ways to pay a WhatsApp order. */
export const PaymentButtonType = {
  PIX_DYNAMIC_CODE: "pix_dynamic_code",
  PAYMENT_LINK: "payment_link",
  BOLETO: "boleto",
} as const;

/** Status of a payment. */
export const PaymentStatus = {
  PAYMENT_STATUS_UNKNOWN: "PAYMENT_STATUS_UNKNOWN",
  PAYMENT_STATUS_NEW: "PAYMENT_STATUS_NEW",
  PAYMENT_STATUS_PENDING: "PAYMENT_STATUS_PENDING",
  PAYMENT_STATUS_CAPTURED: "PAYMENT_STATUS_CAPTURED",
  PAYMENT_STATUS_CANCELED: "PAYMENT_STATUS_CANCELED",
  PAYMENT_STATUS_FAILED: "PAYMENT_STATUS_FAILED",
} as const;

/** Status of a payment's transaction. */
export const PaymentTransactionStatus = {
  PAYMENT_STATUS_TRANSACTION_UNKNOWN: "PAYMENT_STATUS_TRANSACTION_UNKNOWN",
  PAYMENT_STATUS_TRANSACTION_PENDING: "PAYMENT_STATUS_TRANSACTION_PENDING",
  PAYMENT_STATUS_TRANSACTION_FAILED: "PAYMENT_STATUS_TRANSACTION_FAILED",
  PAYMENT_STATUS_TRANSACTION_SUCCESS: "PAYMENT_STATUS_TRANSACTION_SUCCESS",
  PAYMENT_STATUS_TRANSACTION_CANCELED: "PAYMENT_STATUS_TRANSACTION_CANCELED",
} as const;

/** Kinds of Pix key. */
export const PixKeyType = {
  CPF: "CPF",
  CNPJ: "CNPJ",
  EMAIL: "EMAIL",
  PHONE: "PHONE",
  EVP: "EVP",
} as const;

/** Whether an app keeps contacts and conversations. */
export const ProcessingMode = {
  CONVERSATION: "CONVERSATION",
  DISPATCH: "DISPATCH",
} as const;

/** Whether one send follows the app's mode. */
export const ProcessingStrategy = {
  DEFAULT: "DEFAULT",
  DISPATCH_ONLY: "DISPATCH_ONLY",
} as const;

/** Whether a reaction was set or taken back. */
export const ReactionAction = {
  REACTION_ACTION_UNKNOWN: "REACTION_ACTION_UNKNOWN",
  REACTION_ACTION_REACT: "REACTION_ACTION_REACT",
  REACTION_ACTION_UNREACT: "REACTION_ACTION_UNREACT",
} as const;

/** Classes of failure. */
export const ReasonCode = {
  UNKNOWN: "UNKNOWN",
  INTERNAL_ERROR: "INTERNAL_ERROR",
  RATE_LIMITED: "RATE_LIMITED",
  RECIPIENT_INVALID_CHANNEL_IDENTITY: "RECIPIENT_INVALID_CHANNEL_IDENTITY",
  RECIPIENT_NOT_REACHABLE: "RECIPIENT_NOT_REACHABLE",
  RECIPIENT_NOT_OPTED_IN: "RECIPIENT_NOT_OPTED_IN",
  OUTSIDE_ALLOWED_SENDING_WINDOW: "OUTSIDE_ALLOWED_SENDING_WINDOW",
  CHANNEL_FAILURE: "CHANNEL_FAILURE",
  CHANNEL_BAD_CONFIGURATION: "CHANNEL_BAD_CONFIGURATION",
  CHANNEL_CONFIGURATION_MISSING: "CHANNEL_CONFIGURATION_MISSING",
  MEDIA_TYPE_UNSUPPORTED: "MEDIA_TYPE_UNSUPPORTED",
  MEDIA_TOO_LARGE: "MEDIA_TOO_LARGE",
  MEDIA_NOT_REACHABLE: "MEDIA_NOT_REACHABLE",
  NO_CHANNELS_LEFT: "NO_CHANNELS_LEFT",
  TEMPLATE_NOT_FOUND: "TEMPLATE_NOT_FOUND",
  TEMPLATE_INSUFFICIENT_PARAMETERS: "TEMPLATE_INSUFFICIENT_PARAMETERS",
  TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION: "TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION",
  DELIVERY_TIMED_OUT: "DELIVERY_TIMED_OUT",
  DELIVERY_REJECTED_DUE_TO_POLICY: "DELIVERY_REJECTED_DUE_TO_POLICY",
  CONTACT_NOT_FOUND: "CONTACT_NOT_FOUND",
  BAD_REQUEST: "BAD_REQUEST",
  UNKNOWN_APP: "UNKNOWN_APP",
  NO_CHANNEL_IDENTITY_FOR_CONTACT: "NO_CHANNEL_IDENTITY_FOR_CONTACT",
  CHANNEL_REJECT: "CHANNEL_REJECT",
  NO_PERMISSION: "NO_PERMISSION",
  NO_PROFILE_AVAILABLE: "NO_PROFILE_AVAILABLE",
  UNSUPPORTED_OPERATION: "UNSUPPORTED_OPERATION",
} as const;

/** Closer causes of failure. */
export const ReasonSubCode = {
  UNSPECIFIED_SUB_CODE: "UNSPECIFIED_SUB_CODE",
  ATTACHMENT_REJECTED: "ATTACHMENT_REJECTED",
  MEDIA_TYPE_UNDETERMINED: "MEDIA_TYPE_UNDETERMINED",
  INACTIVE_SENDER: "INACTIVE_SENDER",
} as const;

/** What happened to a record. */
export const RecordStatus = {
  RECORD_STATUS_UNSPECIFIED: "RECORD_STATUS_UNSPECIFIED",
  EVENT_RECORD_STORED: "EVENT_RECORD_STORED",
} as const;

/** Regions that data and hosts belong to. */
export const Region = {
  US: "us",
  EU: "eu",
  BR: "br",
} as const;

/** What expires. */
export const RetentionPolicyType = {
  MESSAGE_EXPIRE_POLICY: "MESSAGE_EXPIRE_POLICY",
  CONVERSATION_EXPIRE_POLICY: "CONVERSATION_EXPIRE_POLICY",
  PERSIST_RETENTION_POLICY: "PERSIST_RETENTION_POLICY",
} as const;

/** Mood of a text. */
export const Sentiment = {
  POSITIVE: "positive",
  NEGATIVE: "negative",
  NEUTRAL: "neutral",
} as const;

/** Order of a list. */
export const SortOrder = {
  ASC: "ASC",
  DESC: "DESC",
} as const;

/** How client credentials are sent. */
export const TokenRequestType = {
  BASIC: "BASIC",
  FORM: "FORM",
} as const;

/** What a WhatsApp order is about. */
export const TypeOfGoods = {
  DIGITAL_GOODS: "digital-goods",
  PHYSICAL_GOODS: "physical-goods",
} as const;

/** Whether a webhook posts. */
export const WebhookTargetType = {
  DISMISS: "DISMISS",
  HTTP: "HTTP",
} as const;

/** Kinds of event. */
export const WebhookTrigger = {
  UNSPECIFIED_TRIGGER: "UNSPECIFIED_TRIGGER",
  MESSAGE_DELIVERY: "MESSAGE_DELIVERY",
  EVENT_DELIVERY: "EVENT_DELIVERY",
  MESSAGE_INBOUND: "MESSAGE_INBOUND",
  EVENT_INBOUND: "EVENT_INBOUND",
  CONVERSATION_START: "CONVERSATION_START",
  CONVERSATION_STOP: "CONVERSATION_STOP",
  CONTACT_CREATE: "CONTACT_CREATE",
  CONTACT_DELETE: "CONTACT_DELETE",
  CONTACT_MERGE: "CONTACT_MERGE",
  CONTACT_UPDATE: "CONTACT_UPDATE",
  UNSUPPORTED: "UNSUPPORTED",
  OPT_IN: "OPT_IN",
  OPT_OUT: "OPT_OUT",
  CAPABILITY: "CAPABILITY",
  CONVERSATION_DELETE: "CONVERSATION_DELETE",
  CONTACT_IDENTITIES_DUPLICATION: "CONTACT_IDENTITIES_DUPLICATION",
  CHANNEL_EVENT: "CHANNEL_EVENT",
  SMART_CONVERSATION: "SMART_CONVERSATION",
  MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION: "MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION",
  RECORD_NOTIFICATION: "RECORD_NOTIFICATION",
  MESSAGE_SUBMIT: "MESSAGE_SUBMIT",
  BATCH_STATUS_UPDATE: "BATCH_STATUS_UPDATE",
} as const;
