/**
 * Node client of the Conversation Gateway: typed calls, typed errors, and an event feed that resumes by itself.
 *
 * The messages are in `conversation-gateway-client/v1/…`, the vendor's vocabularies in `…/vocabulary`.
 */

import type { ChannelCredentials } from "@grpc/grpc-js";

import { Channel } from "./channel.js";
import { type EventOptions, EventStream } from "./events.js";
import { AppServiceClientImpl } from "./gen/conversation_gateway/v1/app.js";
import { BatchServiceClientImpl } from "./gen/conversation_gateway/v1/batch.js";
import { CapabilityServiceClientImpl } from "./gen/conversation_gateway/v1/capability.js";
import { ConsentServiceClientImpl } from "./gen/conversation_gateway/v1/consent.js";
import { ContactServiceClientImpl } from "./gen/conversation_gateway/v1/contact.js";
import { ConversationServiceClientImpl } from "./gen/conversation_gateway/v1/conversation.js";
import { ConversationEventServiceClientImpl } from "./gen/conversation_gateway/v1/conversation_event.js";
import {
  CommitRequest, EventFeedServiceClientImpl, type SubscribeRequest,
} from "./gen/conversation_gateway/v1/event_feed.js";
import { MessageServiceClientImpl } from "./gen/conversation_gateway/v1/message.js";
import { ProjectSettingsServiceClientImpl } from "./gen/conversation_gateway/v1/project_settings.js";
import { RawServiceClientImpl } from "./gen/conversation_gateway/v1/raw.js";
import { TemplateServiceClientImpl } from "./gen/conversation_gateway/v1/template.js";
import { WebhookServiceClientImpl } from "./gen/conversation_gateway/v1/webhook.js";

export type { CallSettings } from "./channel.js";
export * from "./errors.js";
export { type EventOptions, EventStream } from "./events.js";

/** How to connect. */
export interface ConnectOptions {
  /** `host:port` or `unix:/path`; else what CONVERSATION_GATEWAY_ADDRESS says, else 127.0.0.1:50051. */
  address?: string;
  /** Else TLS where CONVERSATION_GATEWAY_CA_FILE is set, and plaintext where it is not. */
  credentials?: ChannelCredentials;
  /** What a unary call gets that sets none of its own; 30 seconds. */
  timeoutMs?: number;
}

/** A connection to a gateway: each service of the contract is a property, and `events` the event feed. */
export class Client {
  readonly #channel: Channel;
  readonly apps;
  readonly batches;
  readonly capabilities;
  readonly consents;
  readonly contacts;
  readonly conversationEvents;
  readonly conversations;
  readonly feed;
  readonly messages;
  readonly projectSettings;
  readonly raw;
  readonly templates;
  readonly webhooks;

  constructor({ address, credentials, timeoutMs = 30_000 }: ConnectOptions = {}) {
    const channel = new Channel(timeoutMs, address, credentials);
    this.#channel = channel;
    this.apps = new AppServiceClientImpl(channel);
    this.batches = new BatchServiceClientImpl(channel);
    this.capabilities = new CapabilityServiceClientImpl(channel);
    this.consents = new ConsentServiceClientImpl(channel);
    this.contacts = new ContactServiceClientImpl(channel);
    this.conversationEvents = new ConversationEventServiceClientImpl(channel);
    this.conversations = new ConversationServiceClientImpl(channel);
    this.feed = new EventFeedServiceClientImpl(channel);
    this.messages = new MessageServiceClientImpl(channel);
    this.projectSettings = new ProjectSettingsServiceClientImpl(channel);
    this.raw = new RawServiceClientImpl(channel);
    this.templates = new TemplateServiceClientImpl(channel);
    this.webhooks = new WebhookServiceClientImpl(channel);
  }

  /** Whether the gateway says, by the standard health check, that it serves. */
  async isServing(): Promise<boolean> {
    const health = await this.#channel.request("grpc.health.v1.Health", "Check", new Uint8Array());
    // Field 1 is the status, and 1 is SERVING.
    return health.length === 2 && health[0] === 8 && health[1] === 1;
  }

  /** Follow the events: the request is the contract's own. */
  events(request: Partial<SubscribeRequest>, options: EventOptions = {}): EventStream {
    return new EventStream(this.feed, request, options);
  }

  /** Record durably that a subscription has dealt with everything up to a cursor. */
  async commit(subscription: string, cursor: Buffer): Promise<void> {
    await this.feed.Commit(CommitRequest.create({ subscription, cursor }));
  }

  /** End the connection, once every call has ended. */
  close(): void {
    this.#channel.close();
  }
}

/** A client; nothing is sent before its first call. */
export function connect(options: ConnectOptions = {}): Client {
  return new Client(options);
}
