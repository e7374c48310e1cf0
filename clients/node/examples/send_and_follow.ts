/**
 * Sends one message and follows what becomes of it until it was read.
 *
 *     node dist/examples/send_and_follow.js +46700000001
 *
 * The gateway is the one at CONVERSATION_GATEWAY_ADDRESS, or on this machine (`make playground`). When it is away for
 * five seconds the program gives up.
 */

import { randomUUID } from "node:crypto";

import { connect, GatewayError } from "../src/index.js";
import { EventFilter } from "../src/gen/conversation_gateway/v1/event_feed.js";
import { SendMessageRequest } from "../src/gen/conversation_gateway/v1/message.js";
import { ConversationChannel, DeliveryStatus, WebhookTrigger } from "../src/vocabulary.js";

async function main(number: string): Promise<void> {
  const client = connect();
  try {
    // Taken before the send, so that no receipt can come too early.
    const { newestCursor } = await client.feed.GetFeed({ projectId: "" });
    const sent = await client.messages.SendMessage(SendMessageRequest.fromPartial({
      recipient: { recipient: { $case: "identifiedBy", value: {
        channelIdentities: [{ channel: ConversationChannel.WHATSAPP, identity: number }],
      } } },
      message: { body: { $case: "textMessage", value: { text: "Hello" } } },
      options: { requestId: randomUUID() },
    }));

    const filter = EventFilter.create({ triggers: [WebhookTrigger.MESSAGE_DELIVERY], messageIds: [sent.messageId ?? ""] });
    const events = client.events({ start: { $case: "afterCursor", value: newestCursor }, filter }, { giveUpAfterMs: 5_000 });
    for await (const { payload } of events) {
      if (payload?.$case !== "messageDeliveryReport") continue;
      console.log(payload.value.status);
      if (payload.value.status === DeliveryStatus.READ || payload.value.status === DeliveryStatus.FAILED) break;
    }
  } finally {
    client.close();
  }
}

main(process.argv[2] ?? "").catch((error: unknown) => {
  console.error(error instanceof GatewayError ? String(error) : error);
  process.exitCode = 1;
});
