package io.conversationgateway;

/**
 * The vendor's vocabularies, generated from `proto/vocabulary.json` by `make proto`.
 *
 * They are plain strings, as in the messages: other values exist and more will come, so compare with these and expect
 * the rest.
 */
public final class Vocabulary {
  private Vocabulary() {}

  /** Who answers on the app's side. */
  public static final class AgentType {
    private AgentType() {}

    public static final String UNKNOWN_AGENT_TYPE = "UNKNOWN_AGENT_TYPE";
    public static final String HUMAN = "HUMAN";
    public static final String BOT = "BOT";
  }

  /** What was done to a consent record. */
  public static final class AuditRecordOperation {
    private AuditRecordOperation() {}

    public static final String OPERATION_INSERT = "OPERATION_INSERT";
    public static final String OPERATION_UPDATE = "OPERATION_UPDATE";
    public static final String OPERATION_DELETE = "OPERATION_DELETE";
  }

  /** Where a consent record came from. */
  public static final class AuditRecordOrigin {
    private AuditRecordOrigin() {}

    public static final String ORIGIN_API = "ORIGIN_API";
    public static final String ORIGIN_MO = "ORIGIN_MO";
  }

  /** Status of a batch, as told by webhook; others are likely (unconfirmed). */
  public static final class BatchNotificationStatus {
    private BatchNotificationStatus() {}

    public static final String BATCH_STATUS_PROCESSED = "BATCH_STATUS_PROCESSED";
  }

  /** Status of a batch, as read. */
  public static final class BatchStatus {
    private BatchStatus() {}

    public static final String READY = "READY";
    public static final String SCHEDULED = "SCHEDULED";
    public static final String PROCESSED = "PROCESSED";
    public static final String CANCELLED = "CANCELLED";
  }

  /** Kinds of batch, as told by webhook; others are likely (unconfirmed). */
  public static final class BatchType {
    private BatchType() {}

    public static final String BATCH_TYPE_MESSAGES = "BATCH_TYPE_MESSAGES";
  }

  /** Whether a channel can reach a recipient. */
  public static final class CapabilityStatus {
    private CapabilityStatus() {}

    public static final String CAPABILITY_UNKNOWN = "CAPABILITY_UNKNOWN";
    public static final String CAPABILITY_FULL = "CAPABILITY_FULL";
    public static final String CAPABILITY_PARTIAL = "CAPABILITY_PARTIAL";
    public static final String NO_CAPABILITY = "NO_CAPABILITY";
  }

  /** Height of a card's media on RCS. */
  public static final class CardHeight {
    private CardHeight() {}

    public static final String UNSPECIFIED_HEIGHT = "UNSPECIFIED_HEIGHT";
    public static final String SHORT = "SHORT";
    public static final String MEDIUM = "MEDIUM";
    public static final String TALL = "TALL";
  }

  /** Known events of channels. */
  public static final class ChannelEventType {
    private ChannelEventType() {}

    public static final String WHATS_APP_QUALITY_RATING_CHANGED = "WHATS_APP_QUALITY_RATING_CHANGED";
  }

  /** State of an app's channel. */
  public static final class ChannelIntegrationStatus {
    private ChannelIntegrationStatus() {}

    public static final String PENDING = "PENDING";
    public static final String ACTIVE = "ACTIVE";
    public static final String FAILING = "FAILING";
  }

  /** Channels that have profiles. */
  public static final class ChannelProfileChannel {
    private ChannelProfileChannel() {}

    public static final String MESSENGER = "MESSENGER";
    public static final String INSTAGRAM = "INSTAGRAM";
    public static final String VIBER = "VIBER";
    public static final String LINE = "LINE";
  }

  /** Known keys of channel properties; the vendor's list is longer. */
  public static final class ChannelPropertyKey {
    private ChannelPropertyKey() {}

    public static final String SMS_SENDER = "SMS_SENDER";
    public static final String SMS_MAX_NUMBER_OF_MESSAGE_PARTS = "SMS_MAX_NUMBER_OF_MESSAGE_PARTS";
    public static final String SMS_FLASH_MESSAGE = "SMS_FLASH_MESSAGE";
    public static final String MMS_SENDER = "MMS_SENDER";
    public static final String MMS_STRICT_VALIDATION = "MMS_STRICT_VALIDATION";
    public static final String RCS_WEBVIEW_MODE = "RCS_WEBVIEW_MODE";
    public static final String RCS_CARD_ORIENTATION = "RCS_CARD_ORIENTATION";
    public static final String RCS_CARD_THUMBNAIL_IMAGE_ALIGNMENT = "RCS_CARD_THUMBNAIL_IMAGE_ALIGNMENT";
    public static final String MESSENGER_NOTIFICATION_TYPE = "MESSENGER_NOTIFICATION_TYPE";
    public static final String VIBERBM_TEMPLATE_MESSAGE_DEVICES = "VIBERBM_TEMPLATE_MESSAGE_DEVICES";
  }

  /** Structures of channel-specific messages from contacts. */
  public static final class ChannelSpecificContactMessageType {
    private ChannelSpecificContactMessageType() {}

    public static final String NFM_REPLY = "nfm_reply";
  }

  /** Structures of channel-specific messages. */
  public static final class ChannelSpecificMessageType {
    private ChannelSpecificMessageType() {}

    public static final String FLOWS = "FLOWS";
    public static final String ORDER_DETAILS = "ORDER_DETAILS";
    public static final String ORDER_STATUS = "ORDER_STATUS";
    public static final String COMMERCE = "COMMERCE";
    public static final String CAROUSEL_COMMERCE = "CAROUSEL_COMMERCE";
    public static final String NOTIFICATION_MESSAGE_TEMPLATE = "NOTIFICATION_MESSAGE_TEMPLATE";
  }

  /** Where a comment was made. */
  public static final class CommentType {
    private CommentType() {}

    public static final String FEED = "FEED";
    public static final String LIVE = "LIVE";
  }

  /** Opt-out lists. */
  public static final class ConsentsListType {
    private ConsentsListType() {}

    public static final String OPT_OUT_ALL = "OPT_OUT_ALL";
    public static final String OPT_OUT_MARKETING = "OPT_OUT_MARKETING";
    public static final String OPT_OUT_NOTIFICATION = "OPT_OUT_NOTIFICATION";
  }

  /** Languages of contacts. */
  public static final class ContactLanguage {
    private ContactLanguage() {}

    public static final String AF = "AF";
    public static final String SQ = "SQ";
    public static final String AR = "AR";
    public static final String AZ = "AZ";
    public static final String BN = "BN";
    public static final String BG = "BG";
    public static final String CA = "CA";
    public static final String ZH = "ZH";
    public static final String ZH_CN = "ZH_CN";
    public static final String ZH_HK = "ZH_HK";
    public static final String ZH_TW = "ZH_TW";
    public static final String HR = "HR";
    public static final String CS = "CS";
    public static final String DA = "DA";
    public static final String NL = "NL";
    public static final String EN = "EN";
    public static final String EN_GB = "EN_GB";
    public static final String EN_US = "EN_US";
    public static final String ET = "ET";
    public static final String FIL = "FIL";
    public static final String FI = "FI";
    public static final String FR = "FR";
    public static final String DE = "DE";
    public static final String EL = "EL";
    public static final String GU = "GU";
    public static final String HA = "HA";
    public static final String HE = "HE";
    public static final String HI = "HI";
    public static final String HU = "HU";
    public static final String ID = "ID";
    public static final String GA = "GA";
    public static final String IT = "IT";
    public static final String JA = "JA";
    public static final String KN = "KN";
    public static final String KK = "KK";
    public static final String KO = "KO";
    public static final String LO = "LO";
    public static final String LV = "LV";
    public static final String LT = "LT";
    public static final String MK = "MK";
    public static final String MS = "MS";
    public static final String ML = "ML";
    public static final String MR = "MR";
    public static final String NB = "NB";
    public static final String FA = "FA";
    public static final String PL = "PL";
    public static final String PT = "PT";
    public static final String PT_BR = "PT_BR";
    public static final String PT_PT = "PT_PT";
    public static final String PA = "PA";
    public static final String RO = "RO";
    public static final String RU = "RU";
    public static final String SR = "SR";
    public static final String SK = "SK";
    public static final String SL = "SL";
    public static final String ES = "ES";
    public static final String ES_AR = "ES_AR";
    public static final String ES_ES = "ES_ES";
    public static final String ES_MX = "ES_MX";
    public static final String SW = "SW";
    public static final String SV = "SV";
    public static final String TA = "TA";
    public static final String TE = "TE";
    public static final String TH = "TH";
    public static final String TR = "TR";
    public static final String UK = "UK";
    public static final String UR = "UR";
    public static final String UZ = "UZ";
    public static final String VI = "VI";
    public static final String ZU = "ZU";
  }

  /** Channels that messages travel on. */
  public static final class ConversationChannel {
    private ConversationChannel() {}

    public static final String SMS = "SMS";
    public static final String RCS = "RCS";
    public static final String WHATSAPP = "WHATSAPP";
    public static final String MMS = "MMS";
    public static final String KAKAOTALK = "KAKAOTALK";
    public static final String KAKAOTALKCHAT = "KAKAOTALKCHAT";
    public static final String VIBERBM = "VIBERBM";
    public static final String LINE = "LINE";
    public static final String INSTAGRAM = "INSTAGRAM";
    public static final String MESSENGER = "MESSENGER";
    public static final String WECHAT = "WECHAT";
    public static final String TELEGRAM = "TELEGRAM";
    public static final String APPLEBC = "APPLEBC";
  }

  /** Which way a message or event went. */
  public static final class ConversationDirection {
    private ConversationDirection() {}

    public static final String TO_APP = "TO_APP";
    public static final String TO_CONTACT = "TO_CONTACT";
  }

  /** How much of each stored message to read. */
  public static final class ConversationMessagesView {
    private ConversationMessagesView() {}

    public static final String WITH_METADATA = "WITH_METADATA";
    public static final String WITHOUT_METADATA = "WITHOUT_METADATA";
  }

  /** Whether events carry the conversation's metadata. */
  public static final class ConversationMetadataReportView {
    private ConversationMetadataReportView() {}

    public static final String NONE = "NONE";
    public static final String FULL = "FULL";
  }

  /** What became of a message or event. */
  public static final class DeliveryStatus {
    private DeliveryStatus() {}

    public static final String QUEUED_ON_CHANNEL = "QUEUED_ON_CHANNEL";
    public static final String DELIVERED = "DELIVERED";
    public static final String READ = "READ";
    public static final String FAILED = "FAILED";
    public static final String SWITCHING_CHANNEL = "SWITCHING_CHANNEL";
  }

  /** Whether a choice stays visible. */
  public static final class DisplayMode {
    private DisplayMode() {}

    public static final String DISPLAY_MODE_UNSPECIFIED = "DISPLAY_MODE_UNSPECIFIED";
    public static final String PERSISTENT = "PERSISTENT";
  }

  /** What a WhatsApp flow begins with. */
  public static final class FlowAction {
    private FlowAction() {}

    public static final String NAVIGATE = "navigate";
    public static final String DATA_EXCHANGE = "data_exchange";
  }

  /** State of a WhatsApp flow. */
  public static final class FlowMode {
    private FlowMode() {}

    public static final String DRAFT = "draft";
    public static final String PUBLISHED = "published";
  }

  /** Kinds of header of a WhatsApp message. */
  public static final class InteractiveHeaderType {
    private InteractiveHeaderType() {}

    public static final String TEXT = "text";
    public static final String IMAGE = "image";
    public static final String DOCUMENT = "document";
    public static final String VIDEO = "video";
  }

  /** Kinds of KakaoTalk button. */
  public static final class KakaoTalkButtonType {
    private KakaoTalkButtonType() {}

    public static final String WL = "WL";
    public static final String AL = "AL";
    public static final String BK = "BK";
  }

  /** Kinds of KakaoTalk price. */
  public static final class KakaoTalkCommerceType {
    private KakaoTalkCommerceType() {}

    public static final String REGULAR_PRICE_COMMERCE = "REGULAR_PRICE_COMMERCE";
    public static final String FIXED_DISCOUNT_COMMERCE = "FIXED_DISCOUNT_COMMERCE";
    public static final String PERCENTAGE_DISCOUNT_COMMERCE = "PERCENTAGE_DISCOUNT_COMMERCE";
  }

  /** Kinds of KakaoTalk coupon. */
  public static final class KakaoTalkCouponType {
    private KakaoTalkCouponType() {}

    public static final String FIXED_DISCOUNT_COUPON = "FIXED_DISCOUNT_COUPON";
    public static final String PERCENTAGE_DISCOUNT_COUPON = "PERCENTAGE_DISCOUNT_COUPON";
    public static final String SHIPPING_DISCOUNT_COUPON = "SHIPPING_DISCOUNT_COUPON";
    public static final String FREE_COUPON = "FREE_COUPON";
    public static final String UP_COUPON = "UP_COUPON";
  }

  /** How contacts are merged. */
  public static final class MergeStrategy {
    private MergeStrategy() {}

    public static final String MERGE = "MERGE";
  }

  /** What a message is for, for consent management. */
  public static final class MessageContentType {
    private MessageContentType() {}

    public static final String CONTENT_UNKNOWN = "CONTENT_UNKNOWN";
    public static final String CONTENT_MARKETING = "CONTENT_MARKETING";
    public static final String CONTENT_NOTIFICATION = "CONTENT_NOTIFICATION";
  }

  /** The two queues of an app. */
  public static final class MessageQueue {
    private MessageQueue() {}

    public static final String NORMAL_PRIORITY = "NORMAL_PRIORITY";
    public static final String HIGH_PRIORITY = "HIGH_PRIORITY";
  }

  /** Which store of messages to read. */
  public static final class MessageSource {
    private MessageSource() {}

    public static final String CONVERSATION_SOURCE = "CONVERSATION_SOURCE";
    public static final String DISPATCH_SOURCE = "DISPATCH_SOURCE";
  }

  /** How new metadata meets old. */
  public static final class MetadataUpdateStrategy {
    private MetadataUpdateStrategy() {}

    public static final String REPLACE = "REPLACE";
    public static final String MERGE_PATCH = "MERGE_PATCH";
  }

  /** What a WhatsApp native-flow answer answers. */
  public static final class NfmReplyName {
    private NfmReplyName() {}

    public static final String FLOW = "flow";
    public static final String ADDRESS_MESSAGE = "address_message";
  }

  /** Whether content is offensive. */
  public static final class OffensiveEvaluation {
    private OffensiveEvaluation() {}

    public static final String SAFE = "SAFE";
    public static final String UNSAFE = "UNSAFE";
  }

  /** Whether an opt-in took effect. */
  public static final class OptInStatus {
    private OptInStatus() {}

    public static final String OPT_IN_SUCCEEDED = "OPT_IN_SUCCEEDED";
    public static final String OPT_IN_FAILED = "OPT_IN_FAILED";
    public static final String OPT_IN_STATUS_UNSPECIFIED = "OPT_IN_STATUS_UNSPECIFIED";
  }

  /** Whether an opt-out took effect. */
  public static final class OptOutStatus {
    private OptOutStatus() {}

    public static final String OPT_OUT_SUCCEEDED = "OPT_OUT_SUCCEEDED";
    public static final String OPT_OUT_FAILED = "OPT_OUT_FAILED";
    public static final String OPT_OUT_STATUS_UNSPECIFIED = "OPT_OUT_STATUS_UNSPECIFIED";
  }

  /** Country of a WhatsApp payment. */
  public static final class OrderPaymentType {
    private OrderPaymentType() {}

    public static final String BR = "br";
    public static final String SG = "sg";
  }

  /** Status of a WhatsApp order. */
  public static final class OrderStatusValue {
    private OrderStatusValue() {}

    public static final String PENDING = "pending";
    public static final String PROCESSING = "processing";
    public static final String PARTIALLY_SHIPPED = "partially-shipped";
    public static final String SHIPPED = "shipped";
    public static final String COMPLETED = "completed";
    public static final String CANCELED = "canceled";
  }

  /** Ways to pay a WhatsApp order. */
  public static final class PaymentButtonType {
    private PaymentButtonType() {}

    public static final String PIX_DYNAMIC_CODE = "pix_dynamic_code";
    public static final String PAYMENT_LINK = "payment_link";
    public static final String BOLETO = "boleto";
  }

  /** Status of a payment. */
  public static final class PaymentStatus {
    private PaymentStatus() {}

    public static final String PAYMENT_STATUS_UNKNOWN = "PAYMENT_STATUS_UNKNOWN";
    public static final String PAYMENT_STATUS_NEW = "PAYMENT_STATUS_NEW";
    public static final String PAYMENT_STATUS_PENDING = "PAYMENT_STATUS_PENDING";
    public static final String PAYMENT_STATUS_CAPTURED = "PAYMENT_STATUS_CAPTURED";
    public static final String PAYMENT_STATUS_CANCELED = "PAYMENT_STATUS_CANCELED";
    public static final String PAYMENT_STATUS_FAILED = "PAYMENT_STATUS_FAILED";
  }

  /** Status of a payment's transaction. */
  public static final class PaymentTransactionStatus {
    private PaymentTransactionStatus() {}

    public static final String PAYMENT_STATUS_TRANSACTION_UNKNOWN = "PAYMENT_STATUS_TRANSACTION_UNKNOWN";
    public static final String PAYMENT_STATUS_TRANSACTION_PENDING = "PAYMENT_STATUS_TRANSACTION_PENDING";
    public static final String PAYMENT_STATUS_TRANSACTION_FAILED = "PAYMENT_STATUS_TRANSACTION_FAILED";
    public static final String PAYMENT_STATUS_TRANSACTION_SUCCESS = "PAYMENT_STATUS_TRANSACTION_SUCCESS";
    public static final String PAYMENT_STATUS_TRANSACTION_CANCELED = "PAYMENT_STATUS_TRANSACTION_CANCELED";
  }

  /** Kinds of Pix key. */
  public static final class PixKeyType {
    private PixKeyType() {}

    public static final String CPF = "CPF";
    public static final String CNPJ = "CNPJ";
    public static final String EMAIL = "EMAIL";
    public static final String PHONE = "PHONE";
    public static final String EVP = "EVP";
  }

  /** Whether an app keeps contacts and conversations. */
  public static final class ProcessingMode {
    private ProcessingMode() {}

    public static final String CONVERSATION = "CONVERSATION";
    public static final String DISPATCH = "DISPATCH";
  }

  /** Whether one send follows the app's mode. */
  public static final class ProcessingStrategy {
    private ProcessingStrategy() {}

    public static final String DEFAULT = "DEFAULT";
    public static final String DISPATCH_ONLY = "DISPATCH_ONLY";
  }

  /** Whether a reaction was set or taken back. */
  public static final class ReactionAction {
    private ReactionAction() {}

    public static final String REACTION_ACTION_UNKNOWN = "REACTION_ACTION_UNKNOWN";
    public static final String REACTION_ACTION_REACT = "REACTION_ACTION_REACT";
    public static final String REACTION_ACTION_UNREACT = "REACTION_ACTION_UNREACT";
  }

  /** Classes of failure. */
  public static final class ReasonCode {
    private ReasonCode() {}

    public static final String UNKNOWN = "UNKNOWN";
    public static final String INTERNAL_ERROR = "INTERNAL_ERROR";
    public static final String RATE_LIMITED = "RATE_LIMITED";
    public static final String RECIPIENT_INVALID_CHANNEL_IDENTITY = "RECIPIENT_INVALID_CHANNEL_IDENTITY";
    public static final String RECIPIENT_NOT_REACHABLE = "RECIPIENT_NOT_REACHABLE";
    public static final String RECIPIENT_NOT_OPTED_IN = "RECIPIENT_NOT_OPTED_IN";
    public static final String OUTSIDE_ALLOWED_SENDING_WINDOW = "OUTSIDE_ALLOWED_SENDING_WINDOW";
    public static final String CHANNEL_FAILURE = "CHANNEL_FAILURE";
    public static final String CHANNEL_BAD_CONFIGURATION = "CHANNEL_BAD_CONFIGURATION";
    public static final String CHANNEL_CONFIGURATION_MISSING = "CHANNEL_CONFIGURATION_MISSING";
    public static final String MEDIA_TYPE_UNSUPPORTED = "MEDIA_TYPE_UNSUPPORTED";
    public static final String MEDIA_TOO_LARGE = "MEDIA_TOO_LARGE";
    public static final String MEDIA_NOT_REACHABLE = "MEDIA_NOT_REACHABLE";
    public static final String NO_CHANNELS_LEFT = "NO_CHANNELS_LEFT";
    public static final String TEMPLATE_NOT_FOUND = "TEMPLATE_NOT_FOUND";
    public static final String TEMPLATE_INSUFFICIENT_PARAMETERS = "TEMPLATE_INSUFFICIENT_PARAMETERS";
    public static final String TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION = "TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION";
    public static final String DELIVERY_TIMED_OUT = "DELIVERY_TIMED_OUT";
    public static final String DELIVERY_REJECTED_DUE_TO_POLICY = "DELIVERY_REJECTED_DUE_TO_POLICY";
    public static final String CONTACT_NOT_FOUND = "CONTACT_NOT_FOUND";
    public static final String BAD_REQUEST = "BAD_REQUEST";
    public static final String UNKNOWN_APP = "UNKNOWN_APP";
    public static final String NO_CHANNEL_IDENTITY_FOR_CONTACT = "NO_CHANNEL_IDENTITY_FOR_CONTACT";
    public static final String CHANNEL_REJECT = "CHANNEL_REJECT";
    public static final String NO_PERMISSION = "NO_PERMISSION";
    public static final String NO_PROFILE_AVAILABLE = "NO_PROFILE_AVAILABLE";
    public static final String UNSUPPORTED_OPERATION = "UNSUPPORTED_OPERATION";
  }

  /** Closer causes of failure. */
  public static final class ReasonSubCode {
    private ReasonSubCode() {}

    public static final String UNSPECIFIED_SUB_CODE = "UNSPECIFIED_SUB_CODE";
    public static final String ATTACHMENT_REJECTED = "ATTACHMENT_REJECTED";
    public static final String MEDIA_TYPE_UNDETERMINED = "MEDIA_TYPE_UNDETERMINED";
    public static final String INACTIVE_SENDER = "INACTIVE_SENDER";
  }

  /** What happened to a record. */
  public static final class RecordStatus {
    private RecordStatus() {}

    public static final String RECORD_STATUS_UNSPECIFIED = "RECORD_STATUS_UNSPECIFIED";
    public static final String EVENT_RECORD_STORED = "EVENT_RECORD_STORED";
  }

  /** Regions that data and hosts belong to. */
  public static final class Region {
    private Region() {}

    public static final String US = "us";
    public static final String EU = "eu";
    public static final String BR = "br";
  }

  /** What expires. */
  public static final class RetentionPolicyType {
    private RetentionPolicyType() {}

    public static final String MESSAGE_EXPIRE_POLICY = "MESSAGE_EXPIRE_POLICY";
    public static final String CONVERSATION_EXPIRE_POLICY = "CONVERSATION_EXPIRE_POLICY";
    public static final String PERSIST_RETENTION_POLICY = "PERSIST_RETENTION_POLICY";
  }

  /** Mood of a text. */
  public static final class Sentiment {
    private Sentiment() {}

    public static final String POSITIVE = "positive";
    public static final String NEGATIVE = "negative";
    public static final String NEUTRAL = "neutral";
  }

  /** Order of a list. */
  public static final class SortOrder {
    private SortOrder() {}

    public static final String ASC = "ASC";
    public static final String DESC = "DESC";
  }

  /** How client credentials are sent. */
  public static final class TokenRequestType {
    private TokenRequestType() {}

    public static final String BASIC = "BASIC";
    public static final String FORM = "FORM";
  }

  /** What a WhatsApp order is about. */
  public static final class TypeOfGoods {
    private TypeOfGoods() {}

    public static final String DIGITAL_GOODS = "digital-goods";
    public static final String PHYSICAL_GOODS = "physical-goods";
  }

  /** Whether a webhook posts. */
  public static final class WebhookTargetType {
    private WebhookTargetType() {}

    public static final String DISMISS = "DISMISS";
    public static final String HTTP = "HTTP";
  }

  /** Kinds of event. */
  public static final class WebhookTrigger {
    private WebhookTrigger() {}

    public static final String UNSPECIFIED_TRIGGER = "UNSPECIFIED_TRIGGER";
    public static final String MESSAGE_DELIVERY = "MESSAGE_DELIVERY";
    public static final String EVENT_DELIVERY = "EVENT_DELIVERY";
    public static final String MESSAGE_INBOUND = "MESSAGE_INBOUND";
    public static final String EVENT_INBOUND = "EVENT_INBOUND";
    public static final String CONVERSATION_START = "CONVERSATION_START";
    public static final String CONVERSATION_STOP = "CONVERSATION_STOP";
    public static final String CONTACT_CREATE = "CONTACT_CREATE";
    public static final String CONTACT_DELETE = "CONTACT_DELETE";
    public static final String CONTACT_MERGE = "CONTACT_MERGE";
    public static final String CONTACT_UPDATE = "CONTACT_UPDATE";
    public static final String UNSUPPORTED = "UNSUPPORTED";
    public static final String OPT_IN = "OPT_IN";
    public static final String OPT_OUT = "OPT_OUT";
    public static final String CAPABILITY = "CAPABILITY";
    public static final String CONVERSATION_DELETE = "CONVERSATION_DELETE";
    public static final String CONTACT_IDENTITIES_DUPLICATION = "CONTACT_IDENTITIES_DUPLICATION";
    public static final String CHANNEL_EVENT = "CHANNEL_EVENT";
    public static final String SMART_CONVERSATION = "SMART_CONVERSATION";
    public static final String MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION = "MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION";
    public static final String RECORD_NOTIFICATION = "RECORD_NOTIFICATION";
    public static final String MESSAGE_SUBMIT = "MESSAGE_SUBMIT";
    public static final String BATCH_STATUS_UPDATE = "BATCH_STATUS_UPDATE";
  }
}
