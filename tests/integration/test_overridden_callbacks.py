"""Receipts that a send directs to a URL of its own are signed with the app's secret, and reach the same feed."""

import asyncio

import pytest
from conversation_gateway.v1 import message_pb2_grpc

from gateway.simulator.options import AppOptions, SimulatorOptions
from tests.conftest import APP_ID, WEBHOOK_SECRET, RunningGateway, StartGateway
from tests.integration.test_receipts import collect
from tests.integration.test_send import text

APP_SECRET = "secret-for-overridden-urls"


@pytest.fixture
def simulator_options() -> SimulatorOptions:
    # No webhook is registered: what arrives was sent to the URL of the message.
    apps = (AppOptions(APP_ID, callback_secret=APP_SECRET),)
    return SimulatorOptions(apps=apps, receipt_delay_s=0.01, callback_retry_base_s=0.05, replies="none")


async def send_to_the_door(gateway: RunningGateway) -> str:
    request = text()
    request.callback_url = f"http://{gateway.addresses.webhooks}/webhooks/default"
    response = await message_pb2_grpc.MessageServiceStub(gateway.channel).SendMessage(request, timeout=10)
    return response.message_id


async def test_receipts_under_the_apps_secret_are_taken_beside_those_under_the_webhooks(
    start_gateway: StartGateway,
) -> None:
    async with start_gateway(GATEWAY_WEBHOOK_SECRET=f"{WEBHOOK_SECRET},{APP_SECRET}") as gateway:
        message_id = await send_to_the_door(gateway)
        events = await collect(gateway, 3)

    assert {event.message_delivery_report.message_id for event in events} == {message_id}
    assert {event.webhook for event in events} == {"default"}


async def test_without_the_apps_secret_they_are_not(start_gateway: StartGateway) -> None:
    async with start_gateway() as gateway:
        await send_to_the_door(gateway)

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await collect(gateway, 1)
