/** Events, one after the other, over as many connections as it takes. */

import { setTimeout as sleep } from "node:timers/promises";

import { status } from "@grpc/grpc-js";

import { GatewayError, Unavailable } from "./errors.js";
import type { Duration } from "./gen/google/protobuf/duration.js";
import {
  CommitRequest, type Draining, type EventFeedService, type FeedEvent, type Opened, SubscribeRequest,
  type SubscribeResponse,
} from "./gen/conversation_gateway/v1/event_feed.js";

const DEFAULT_HEARTBEAT_MS = 10_000;
// The contract's advice: a stream that is silent for three granted heartbeat intervals is broken.
const SILENT_INTERVALS = 3;
const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 10_000;
// What a server asks for is honoured up to here; beyond, it is more likely a mistake than a wish.
const MAX_ASKED_MS = 60_000;

/** What may be chosen for a stream beside its request. */
export interface EventOptions {
  /** How long to try while the gateway does not open the stream; for ever unless given. */
  giveUpAfterMs?: number;
  /** Given every answer that holds no events: `opened`, `heartbeat` with the lag, `gapSkipped` and the others. */
  notice?: (answer: SubscribeResponse) => void;
  /** Ends the stream, with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * The events of one request: `for await (const event of client.events(request))`.
 *
 * It is a cursor: what was handed out, or proven not to concern the caller, is behind it, and a connection that breaks,
 * falls silent for three heartbeat intervals, or is sent away by a gateway that shuts down is replaced by one that starts
 * after it, with back-off and jitter. A stream of a named subscription starts after what was committed. An error that
 * trying again cannot mend is thrown. Leaving the loop cancels the call; another loop goes on after the cursor.
 */
export class EventStream implements AsyncIterable<FeedEvent> {
  /** Where to go on: everything up to here was handed out or did not pass the filter. */
  cursor: Buffer | undefined;
  /** The gateway's last word on opening the stream. */
  opened: Opened | undefined;
  readonly #feed: EventFeedService;
  readonly #request: SubscribeRequest;
  readonly #options: EventOptions;
  #draining: Draining | undefined;
  #backoffMs = FIRST_BACKOFF_MS;
  #tryingSinceMs: number | undefined;

  constructor(feed: EventFeedService, request: Partial<SubscribeRequest>, options: EventOptions) {
    this.#feed = feed;
    this.#request = SubscribeRequest.create(request);
    this.#options = options;
    if (request.start?.$case === "afterCursor") this.cursor = request.start.value;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FeedEvent, void, void> {
    for (;;) {
      let failure: unknown;
      try {
        yield* this.#connection();
        if (this.#request.stop !== undefined && this.#draining === undefined) return;
      } catch (error) {
        this.#options.signal?.throwIfAborted();
        failure = error;
      }
      await sleep(this.#waitMs(failure), undefined, this.#options.signal ? { signal: this.#options.signal } : {});
    }
  }

  /** Record durably that everything up to this event is dealt with; FENCED when another consumer has taken over. */
  async commit(event: FeedEvent): Promise<void> {
    const subscription = this.#request.start?.$case === "subscription" ? this.#request.start.value : "";
    const { projectId } = this.#request;
    const fencingEpoch = this.opened?.fencingEpoch ?? 0;
    await this.#feed.Commit(CommitRequest.create({ projectId, subscription, cursor: event.cursor, fencingEpoch }));
  }

  /** One call, to its end. */
  async *#connection(): AsyncGenerator<FeedEvent, void, void> {
    if (this.cursor?.length && this.#request.start?.$case !== "subscription") {
      this.#request.start = { $case: "afterCursor", value: this.cursor };
    }
    this.#draining = undefined;
    this.#tryingSinceMs ??= Date.now();
    let patienceMs = this.#patienceMs();
    const over = new AbortController();
    const signal = this.#options.signal ? AbortSignal.any([this.#options.signal, over.signal]) : over.signal;
    const answers = this.#feed.Subscribe(this.#request, { signal })[Symbol.asyncIterator]();
    try {
      for (;;) {
        let silent = false;
        // Runs only while an answer is awaited: that nothing comes while the caller is busy means nothing.
        const timer = setTimeout(() => { silent = true; over.abort(); }, patienceMs);
        const next = await answers.next().catch((error: unknown) => {
          throw silent ? new Unavailable(status.UNAVAILABLE, `the gateway said nothing for ${patienceMs} ms`) : error;
        }).finally(() => clearTimeout(timer));
        if (next.done) return;
        if (next.value.answer?.$case === "opened") {
          patienceMs = SILENT_INTERVALS * milliseconds(next.value.answer.value.heartbeatInterval) || patienceMs;
        }
        this.#follow(next.value);
        for (const event of next.value.answer?.$case === "batch" ? next.value.answer.value.events : []) {
          this.cursor = event.cursor;
          yield event;
        }
      }
    } finally {
      over.abort();
    }
  }

  /** Move on as an answer says; one of a kind that is not known here says nothing. */
  #follow({ answer }: SubscribeResponse): void {
    switch (answer?.$case) {
      case "opened":
        this.opened = answer.value;
        this.cursor = answer.value.cursor;
        this.#tryingSinceMs = undefined;
        if (this.#request.stop?.$case === "stopAtNewest") {
          // Newest when the stream was first opened, not when it is opened again.
          this.#request.stop = { $case: "stopAtCursor", value: answer.value.newestCursor };
        }
        break;
      case "batch":
        this.#backoffMs = FIRST_BACKOFF_MS;
        return;
      case "heartbeat":
        this.#backoffMs = FIRST_BACKOFF_MS;
        this.cursor = answer.value.cursor;
        break;
      case "gapSkipped":
        this.cursor = answer.value.resumedAtCursor;
        break;
      case "draining":
        this.#draining = answer.value;
        this.cursor = answer.value.cursor;
        break;
      case "caughtUp":
      case "fellBehind":
        this.cursor = answer.value.cursor;
    }
    this.#options.notice?.({ answer });
  }

  /** How long to wait before the next call; throws a failure that no waiting mends. */
  #waitMs(failure: unknown): number {
    const typed = failure instanceof GatewayError ? failure : undefined;
    const askedMs = Math.min(typed?.retryAfterMs ?? milliseconds(this.#draining?.reconnectDelay), MAX_ASKED_MS);
    // Clients that were sent away together must not come back together.
    const waitMs = askedMs + Math.random() * Math.max(this.#backoffMs, askedMs);
    this.#backoffMs = Math.min(2 * this.#backoffMs, MAX_BACKOFF_MS);
    this.#tryingSinceMs ??= Date.now();
    const late = Date.now() + waitMs >= this.#tryingSinceMs + (this.#options.giveUpAfterMs ?? Infinity);
    if (failure !== undefined && (late || !typed?.canPass)) throw failure;
    return waitMs;
  }

  #patienceMs(): number {
    const heartbeatMs = milliseconds(this.#request.heartbeatInterval) || DEFAULT_HEARTBEAT_MS;
    return Math.min(SILENT_INTERVALS * heartbeatMs, this.#options.giveUpAfterMs ?? Infinity);
  }
}

function milliseconds(duration: Duration | undefined): number {
  return duration ? duration.seconds * 1_000 + duration.nanos / 1_000_000 : 0;
}
