"""A URL in a message or in an event is passed on, and never fetched."""

import httpx
from conversation_gateway.v1 import app_message_pb2, message_pb2_grpc

from gateway.simulator.server import Simulator
from tests.conftest import APP_ID, WEBHOOK_SECRET, RunningGateway
from tests.integration.test_outbound import host
from tests.integration.test_receipts import collect
from tests.integration.test_send import text
from tests.integration.webhook_door import signature_lines
from tests.unit.webhooks.callbacks import MESSAGE, callback, posted


async def test_urls_of_messages_and_events_are_left_alone(gateway: RunningGateway, simulator: Simulator) -> None:
    async with host(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}") as (address, visits):
        url = f"http://{address}/picture.png"
        request = text()
        request.message.CopyFrom(app_message_pb2.AppMessage(media_message={"url": url}))
        await message_pb2_grpc.MessageServiceStub(gateway.channel).SendMessage(request, timeout=10)

        contact = {"media_message": {"url": url}}
        body = posted(callback("MESSAGE_INBOUND", app_id=APP_ID, message=MESSAGE | {"contact_message": contact}))
        lines = signature_lines(body, secret=WEBHOOK_SECRET.encode())
        headers = dict(line.split(": ", 1) for line in lines.decode().splitlines())
        async with httpx.AsyncClient(headers=headers | {"content-type": "application/json"}) as client:
            await client.post(f"http://{gateway.addresses.webhooks}/webhooks/default", content=body)
        [event] = await collect(gateway, 1)

    assert event.message.contact_message.media_message.url == url
    assert any(url in str(seen.json) for seen in simulator.requests)
    assert visits == []
