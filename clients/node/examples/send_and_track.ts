/**
 * Sends one message and prints what becomes of it, until it was read or has failed.
 *
 *     node dist/examples/send_and_track.js +46700000001
 *
 * The gateway is the one at CONVERSATION_GATEWAY_ADDRESS, or on this machine (`make playground`).
 */

import { connect } from "../src/index.js";
import { SendAndTrackRequest } from "../src/gen/conversation_gateway/v1/message.js";

async function main(number: string): Promise<void> {
  const client = connect();
  const request = SendAndTrackRequest.fromPartial({ send: {
    recipient: { recipient: { $case: "identifiedBy", value: {
      channelIdentities: [{ channel: "WHATSAPP", identity: number }],
    } } },
    message: { body: { $case: "textMessage", value: { text: "Hello" } } },
  } });
  for await (const { answer } of client.messages.SendAndTrack(request)) {
    if (answer?.$case === "state") console.log(answer.value.status);
  }
  client.close();
}

main(process.argv[2] ?? "").catch((error: unknown) => {
  console.error(String(error));
  process.exit(1);
});
