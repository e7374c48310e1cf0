"""Sees to the webhook, asks which channel reaches somebody, and asks that person a question: one call each.

    python journeys.py https://gateway.example.com/webhooks/default +46700000001

The first argument is the gateway's webhook door as the API reaches it. The gateway is the one at
CONVERSATION_GATEWAY_ADDRESS, or on this machine (`make playground`).
"""

import asyncio
import sys

from conversation_gateway import Client, connect
from conversation_gateway.errors import GatewayError
from conversation_gateway.v1.capability_pb2 import AwaitCapabilityRequest
from conversation_gateway.v1.message_pb2 import AskAndAwaitReplyRequest
from conversation_gateway.v1.webhook_pb2 import EnsureWebhooksRequest, WebhookChange, WebhookProof


async def ensure_webhook(client: Client, target: str) -> None:
    """The API posts to the gateway, and an event of the gateway's own has proven it."""
    request = EnsureWebhooksRequest(webhooks=[{"target": target}], prove=True)
    for webhook in (await client.webhooks.EnsureWebhooks(request)).webhooks:
        print(WebhookChange.Name(webhook.change), WebhookProof.Name(webhook.proof))


async def await_capability(client: Client, number: str) -> None:
    """Whether the channel reaches the number; the answer to the lookup, or a remembered one."""
    request = AwaitCapabilityRequest()
    request.recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity=number)
    for found in (await client.capabilities.AwaitCapability(request)).capabilities:
        print(found.channel, found.capability_status)


async def ask(client: Client, number: str) -> None:
    """A question, and the choice that was made within five minutes."""
    request = AskAndAwaitReplyRequest()
    request.send.recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity=number)
    question = request.send.message.choice_message
    question.text_message.text = "Tea or coffee?"
    question.choices.add(text_message={"text": "Tea"}, postback_data="tea")
    question.choices.add(text_message={"text": "Coffee"}, postback_data="coffee")
    # People take longer than the 30 seconds that a call gets by itself.
    reply = await client.messages.AskAndAwaitReply(request, timeout=300)
    print(reply.postback_data or reply.text)


async def main(target: str, number: str) -> None:
    """The three of them."""
    async with connect() as client:
        await ensure_webhook(client, target)
        await await_capability(client, number)
        await ask(client, number)


try:
    asyncio.run(main(*sys.argv[1:]))
except GatewayError as error:
    sys.exit(f"{type(error).__name__}: {error}")
