/**
 * Sees to the webhook, asks which channel reaches somebody, and asks that person a question: one call each.
 *
 *     node dist/examples/journeys.js https://gateway.example.com/webhooks/default +46700000001
 *
 * The first argument is the gateway's webhook door as the API reaches it. The gateway is the one at
 * CONVERSATION_GATEWAY_ADDRESS, or on this machine (`make playground`).
 */

import { type Client, connect, GatewayError } from "../src/index.js";
import { AwaitCapabilityRequest } from "../src/gen/conversation_gateway/v1/capability.js";
import { AskAndAwaitReplyRequest } from "../src/gen/conversation_gateway/v1/message.js";
import { EnsureWebhooksRequest, WebhookChange, WebhookProof } from "../src/gen/conversation_gateway/v1/webhook.js";

/** The API posts to the gateway, and an event of the gateway's own has proven it. */
async function ensureWebhook(client: Client, target: string): Promise<void> {
  const request = EnsureWebhooksRequest.fromPartial({ webhooks: [{ target }], prove: true });
  for (const { change, proof } of (await client.webhooks.EnsureWebhooks(request)).webhooks) {
    console.log(WebhookChange[change], WebhookProof[proof]);
  }
}

/** Whether the channel reaches the number; the answer to the lookup, or a remembered one. */
async function awaitCapability(client: Client, number: string): Promise<void> {
  const request = AwaitCapabilityRequest.fromPartial({ recipient: recipient(number) });
  for (const { channel, capabilityStatus } of (await client.capabilities.AwaitCapability(request)).capabilities) {
    console.log(channel, capabilityStatus);
  }
}

/** A question, and the choice that was made within five minutes. */
async function ask(client: Client, number: string): Promise<void> {
  const choices = ["Tea", "Coffee"].map((text) => (
    { choice: { $case: "textMessage" as const, value: { text } }, postbackData: text.toLowerCase() }
  ));
  const request = AskAndAwaitReplyRequest.fromPartial({ send: {
    recipient: recipient(number),
    message: { body: { $case: "choiceMessage", value: { textMessage: { text: "Tea or coffee?" }, choices } } },
  } });
  // People take longer than the 30 seconds that a call gets by itself.
  const reply = await client.messages.AskAndAwaitReply(request, { timeoutMs: 300_000 });
  console.log(reply.postbackData || reply.text);
}

function recipient(number: string) {
  const channelIdentities = [{ channel: "WHATSAPP", identity: number }];
  return { recipient: { $case: "identifiedBy" as const, value: { channelIdentities } } };
}

async function main(target: string, number: string): Promise<void> {
  const client = connect();
  try {
    await ensureWebhook(client, target);
    await awaitCapability(client, number);
    await ask(client, number);
  } finally {
    client.close();
  }
}

main(process.argv[2] ?? "", process.argv[3] ?? "").catch((error: unknown) => {
  console.error(error instanceof GatewayError ? String(error) : error);
  process.exitCode = 1;
});
