"""Sends one message and prints what becomes of it, until it was read or has failed.

    python send_and_track.py +46700000001

The gateway is the one at CONVERSATION_GATEWAY_ADDRESS, or on this machine (`make playground`).
"""

import asyncio
import sys

from conversation_gateway import answers, connect
from conversation_gateway.errors import GatewayError
from conversation_gateway.v1.message_pb2 import SendAndTrackRequest


async def main(number: str) -> None:
    """Send, then print each state."""
    request = SendAndTrackRequest(send={"message": {"text_message": {"text": "Hello"}}})
    request.send.recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity=number)
    async with connect() as client:
        async for answer in answers(client.messages.SendAndTrack(request)):
            if answer.HasField("state"):
                print(answer.state.status)


try:
    asyncio.run(main(sys.argv[1]))
except GatewayError as error:
    sys.exit(f"{type(error).__name__}: {error}")
