/**
 * What every client must be able to do, step by step; clients/scenario.md explains it.
 *
 *     node dist/examples/scenario.js clients/scenario.json
 */

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

import { status } from "@grpc/grpc-js";

import { AppMessage } from "../src/gen/conversation_gateway/v1/app_message.js";
import {
  EventFilter, type FeedEvent, ListFeedEventsRequest, type SubscribeRequest,
} from "../src/gen/conversation_gateway/v1/event_feed.js";
import { SendMessageRequest, TranscodeMessageRequest } from "../src/gen/conversation_gateway/v1/message.js";
import { type Client, connect, InvalidRequest, LimitReached, Unavailable } from "../src/index.js";
import { WebhookTrigger } from "../src/vocabulary.js";

interface Scenario {
  recipient: string;
  recipient_over_the_limit: string;
  channel: string;
  receipts: string[];
  transcode_to: string[];
  messages: Record<string, unknown>[];
}

const filter = EventFilter.create({ triggers: [WebhookTrigger.MESSAGE_DELIVERY] });
const data = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Scenario;

async function play(client: Client): Promise<void> {
  console.log("health:", (await client.isServing()) ? "SERVING" : "NOT_SERVING");
  const { newestCursor } = await client.feed.GetFeed({ projectId: "" });
  const after = { $case: "afterCursor", value: newestCursor } as const;
  const names = data.messages.map((message) => Object.keys(message)[0]);
  const ids: string[] = [];
  for (const message of data.messages) {
    ids.push((await client.messages.SendMessage(send(message))).messageId ?? "");
  }
  for (const name of names) console.log("sent:", name);
  await refused(client);
  await limited(client);
  await replayed(client);
  const card = TranscodeMessageRequest.create({ appMessage: AppMessage.fromJSON(data.messages[2]), channels: data.transcode_to });
  const { transcodedMessage } = await client.messages.TranscodeMessage(card);
  console.log("transcoded:", ...Object.keys(transcodedMessage).sort());

  const events = client.events({ start: after, filter })[Symbol.asyncIterator]();
  const seen = await receipts(events, ids);
  for (const name of names) console.log("receipts:", name, ...data.receipts);
  seen.push(...(await resumed(client, events)));
  await events.return?.();
  const page = await client.feed.ListFeedEvents(ListFeedEventsRequest.create({ start: after, filter, pageSize: 1_000 }));
  const same = seen.every((event, index) => event.eventId === page.events[index]?.eventId);
  console.log("resumed:", verdict(same, "without loss or repeat"));
  await committedAndCancelled(client, seen);
}

/** The request that sends a message. */
function send(message: unknown, options: SendMessageRequest["options"] = undefined, to = data.recipient): SendMessageRequest {
  return SendMessageRequest.fromPartial({
    recipient: { recipient: { $case: "identifiedBy", value: { channelIdentities: [{ channel: data.channel, identity: to }] } } },
    message: AppMessage.fromJSON(message),
    options,
  });
}

/** A send of nothing to nobody. */
async function refused(client: Client): Promise<void> {
  const failure = await failed(client, SendMessageRequest.create());
  if (!(failure instanceof InvalidRequest)) throw failure;
  console.log("refused:", status[failure.code], failure.reason);
  for (const field of failure.violations.map((violation) => violation.field).sort()) console.log("violation:", field);
}

/** A send that the API refuses as one too many, by a caller who does not want to wait. */
async function limited(client: Client): Promise<void> {
  const maxQueueWait = { seconds: 0, nanos: 100_000_000 };
  const request = SendMessageRequest.fromPartial({
    ...send(data.messages[0], undefined, data.recipient_over_the_limit), options: { maxQueueWait },
  });
  const failure = await failed(client, request);
  if (!(failure instanceof LimitReached)) throw failure;
  const hinted = (failure.retryAfterMs ?? 0) > 0;
  console.log("limited:", status[failure.code], failure.reason, verdict(hinted, "with a retry hint"));
}

function failed(client: Client, request: SendMessageRequest): Promise<unknown> {
  return client.messages.SendMessage(request).then(() => undefined, (error: unknown) => error);
}

/** A send that may be repeated. */
function repeatable(): SendMessageRequest {
  return SendMessageRequest.fromPartial({ ...send(data.messages[0]), options: { requestId: randomUUID() } });
}

/** The same request id twice: one message. */
async function replayed(client: Client): Promise<void> {
  const request = repeatable();
  const first = await client.messages.SendMessage(request);
  let marked = false;
  const second = await client.messages.SendMessage(request, {
    onTrailer: (trailer) => { marked = trailer.get("x-gateway-replayed")[0] === "true"; },
  });
  console.log("replayed:", verdict(marked && first.messageId === second.messageId, "the same message"));
}

/** Wait for every receipt of these messages; the events seen meanwhile. */
async function receipts(events: AsyncIterator<FeedEvent>, ids: string[]): Promise<FeedEvent[]> {
  const seen: FeedEvent[] = [];
  const missing = new Set(ids.flatMap((id) => data.receipts.map((receipt) => `${id} ${receipt}`)));
  while (missing.size > 0) {
    const event: FeedEvent = (await events.next()).value;
    seen.push(event);
    if (event.payload?.$case === "messageDeliveryReport") {
      missing.delete(`${event.payload.value.messageId} ${event.payload.value.status}`);
    }
  }
  return seen;
}

/** Lose the connection, send, and wait for the receipts on the same stream; the events seen. */
async function resumed(client: Client, events: AsyncIterator<FeedEvent>): Promise<FeedEvent[]> {
  console.log("disconnect");
  // Whoever runs this may break the connection now, and say so with a line.
  const lines = createInterface({ input: process.stdin });
  await Promise.race([once(lines, "line"), once(lines, "close")]);
  lines.close();
  const request = repeatable();
  for (;;) {
    try {
      const { messageId } = await client.messages.SendMessage(request);
      return await receipts(events, [messageId ?? ""]);
    } catch (error) {
      // Its request id makes it safe to repeat a send while the gateway is away.
      if (!(error instanceof Unavailable)) throw error;
      await sleep(200);
    }
  }
}

/** Go on where a subscription was committed, and leave. */
async function committedAndCancelled(client: Client, seen: FeedEvent[]): Promise<void> {
  const name = `scenario-${randomUUID()}`;
  await client.commit(name, seen[2]!.cursor);
  const request: Partial<SubscribeRequest> = { start: { $case: "subscription", value: name }, filter };
  for await (const event of client.events(request)) {
    console.log("committed:", verdict(event.eventId === seen[3]?.eventId, "goes on with the next event"));
    break;
  }
  while (await isActive(client, name)) await sleep(50);
  console.log("cancelled: the gateway knows");
}

/** Whether the gateway believes that somebody listens. */
async function isActive(client: Client, name: string): Promise<boolean> {
  const { subscriptions } = await client.feed.GetFeed({ projectId: "" });
  return subscriptions.some((known) => known.subscription === name && known.active);
}

function verdict(holds: boolean, what: string): string {
  return holds ? what : `NOT ${what}`;
}

const client = connect();
try {
  await play(client);
} finally {
  client.close();
}
