"""Sends one message and follows what becomes of it until it was read, without asyncio.

    python send_and_follow_sync.py +46700000001

The gateway is the one at CONVERSATION_GATEWAY_ADDRESS, or on this machine (`make playground`). When it is away for
five seconds the program gives up.
"""

import sys
import uuid

from conversation_gateway.errors import GatewayError
from conversation_gateway.sync import connect
from conversation_gateway.v1.event_feed_pb2 import EventFilter, GetFeedRequest
from conversation_gateway.v1.message_pb2 import SendMessageRequest
from conversation_gateway.vocabulary import ConversationChannel, DeliveryStatus, WebhookTrigger

GIVE_UP_AFTER_S = 5
LAST = (DeliveryStatus.READ, DeliveryStatus.FAILED)


def main(number: str) -> None:
    """Send, then print each receipt."""
    with connect() as client:
        # Taken before the send, so that no receipt can come too early.
        cursor = client.feed.GetFeed(GetFeedRequest()).newest_cursor
        request = SendMessageRequest(message={"text_message": {"text": "Hello"}})
        request.recipient.identified_by.channel_identities.add(channel=ConversationChannel.WHATSAPP, identity=number)
        request.options.request_id = str(uuid.uuid4())
        sent = client.messages.SendMessage(request)

        deliveries = EventFilter(triggers=[WebhookTrigger.MESSAGE_DELIVERY], message_ids=[sent.message_id])
        for event in client.events(after=cursor, filter=deliveries, give_up_after_s=GIVE_UP_AFTER_S):
            print(event.message_delivery_report.status, flush=True)
            if event.message_delivery_report.status in LAST:
                break


try:
    main(sys.argv[1])
except GatewayError as error:
    sys.exit(f"{type(error).__name__}: {error}")
