"""Both halves together: a message goes out, and its receipts and the reply come back as a stream."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from conversation_gateway.v1 import event_feed_pb2 as feed_pb
from conversation_gateway.v1 import event_feed_pb2_grpc, message_pb2_grpc, webhook_pb2, webhook_pb2_grpc

from tests.conftest import APP_ID, WEBHOOK_SECRET, RunningGateway, StartGateway
from tests.integration.test_send import text
from tests.patience import PATIENCE_S

TRIGGERS = ("MESSAGE_DELIVERY", "MESSAGE_INBOUND")


async def register(gateway: RunningGateway, secret: str = WEBHOOK_SECRET) -> None:
    target = f"http://{gateway.addresses.webhooks}/webhooks/default"
    webhook = webhook_pb2.NewWebhook(app_id=APP_ID, target=target, target_type="HTTP", secret=secret, triggers=TRIGGERS)
    stub = webhook_pb2_grpc.WebhookServiceStub(gateway.channel)
    await stub.CreateWebhook(webhook_pb2.CreateWebhookRequest(webhook=webhook))


async def follow(gateway: RunningGateway, request: feed_pb.SubscribeRequest) -> AsyncIterator[feed_pb.FeedEvent]:
    stream = event_feed_pb2_grpc.EventFeedServiceStub(gateway.channel).Subscribe(request)
    try:
        async for answer in stream:
            for event in answer.batch.events:
                yield event
    finally:
        stream.cancel()


async def collect(gateway: RunningGateway, count: int, after: bytes = b"") -> list[feed_pb.FeedEvent]:
    start = feed_pb.SubscribeRequest(after_cursor=after) if after else feed_pb.SubscribeRequest(earliest={})
    events = []
    async with asyncio.timeout(PATIENCE_S):
        async for event in follow(gateway, start):
            events.append(event)
            if len(events) == count:
                break
    return events


async def send(gateway: RunningGateway) -> str:
    response = await message_pb2_grpc.MessageServiceStub(gateway.channel).SendMessage(text(), timeout=10)
    return response.message_id


async def test_every_receipt_and_the_reply_come_back_typed(gateway: RunningGateway) -> None:
    await register(gateway)
    message_id = await send(gateway)

    events = await collect(gateway, 4)

    statuses = [e.message_delivery_report.status for e in events if e.message_delivery_report.message_id == message_id]
    replies = [e for e in events if e.trigger == "MESSAGE_INBOUND"]
    assert sorted(statuses) == ["DELIVERED", "QUEUED_ON_CHANNEL", "READ"]
    assert [e.trigger for e in events].count("MESSAGE_DELIVERY") == 3
    assert replies[0].message.contact_message.text_message.text
    assert replies[0].message.channel_identity.identity == "46700000001"
    assert {e.app_id for e in events} == {APP_ID}
    assert {e.webhook for e in events} == {"default"}


async def test_a_stream_resumes_after_its_cursor_across_a_restart(start_gateway: StartGateway) -> None:
    async with start_gateway() as gateway:
        await register(gateway)
        await send(gateway)
        first = await collect(gateway, 4)
    async with start_gateway() as gateway:
        resumed = await collect(gateway, 2, after=first[1].cursor)

    assert [event.event_id for event in resumed] == [event.event_id for event in first[2:]]


async def test_a_webhook_with_a_wrong_signature_is_401_and_leaves_nothing(gateway: RunningGateway) -> None:
    headers = {
        "content-type": "application/json",
        "x-sinch-webhook-signature": "AAAA",
        "x-sinch-webhook-signature-timestamp": "1760000000",
        "x-sinch-webhook-signature-nonce": "n",
        "x-sinch-webhook-signature-algorithm": "HmacSHA256",
    }
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"http://{gateway.addresses.webhooks}/webhooks/default", content=b'{"app_id":"x"}', headers=headers
        )
    request = feed_pb.SubscribeRequest(earliest={}, stop_at_newest={})
    stored = [event async for event in follow(gateway, request)]

    assert answer.status_code == 401
    assert stored == []


async def test_receipts_signed_with_another_secret_never_reach_the_feed(gateway: RunningGateway) -> None:
    await register(gateway, secret="another-secret")
    await send(gateway)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await collect(gateway, 1)


async def test_several_secrets_are_accepted_while_one_replaces_another(start_gateway: StartGateway) -> None:
    async with start_gateway(GATEWAY_WEBHOOK_SECRET=f"new-secret,{WEBHOOK_SECRET}") as gateway:
        await register(gateway)
        await send(gateway)

        events = await collect(gateway, 4)

    assert len(events) == 4
