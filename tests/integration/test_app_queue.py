"""The second limit: what an app's queue at the API forecasts, and the two kinds of 429 told apart."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import httpx
import pytest
from conversation_gateway.v1 import contact_pb2, contact_pb2_grpc, message_pb2, message_pb2_grpc
from google.rpc import error_details_pb2

from gateway.simulator.server import Simulator
from tests.conftest import APP_ID, EU_APP_ID, RunningGateway, StartGateway
from tests.integration.test_send import refusal, text
from tests.patience import PATIENCE_S
from tests.rich_status import detail, info
from tests.simulator_faults import arrived, misbehave, tell

ETA = "x-gateway-app-queue-eta-s"
# Short, so that the first look is soon; the data are good for twice as long.
POLL = {"GATEWAY_QUEUE_POLL_S": "5"}


async def send(gateway: RunningGateway, request: message_pb2.SendMessageRequest) -> dict[str, str]:
    """The trailing metadata of a send."""
    stub = message_pb2_grpc.MessageServiceStub(gateway.channel)
    call: grpc.aio.UnaryUnaryCall[Any, Any] = stub.SendMessage(request, timeout=10)
    await call
    return {key: str(value) for key, value in await call.trailing_metadata()}


async def pretend(simulator: Simulator, **queue: Any) -> None:
    await tell(simulator, "queue", {"app_id": APP_ID, **queue})


async def looked(simulator: Simulator) -> None:
    """Wait for the gateway's look at the app, and for it to have been understood."""
    await simulator.wait_until(lambda _: arrived(simulator, "GET", f"/apps/{APP_ID}") >= 1)


@pytest.fixture
async def guarded(start_gateway: StartGateway) -> AsyncIterator[RunningGateway]:
    async with start_gateway(GATEWAY_QUEUE_GUARD="refuse", **POLL) as gateway:
        yield gateway


async def known_eta(gateway: RunningGateway, simulator: Simulator) -> int:
    """Send until the forecast is known."""
    await send(gateway, text())
    await looked(simulator)
    async with asyncio.timeout(PATIENCE_S):
        while ETA not in (trailers := await send(gateway, text())):
            pass
    return int(trailers[ETA])


async def test_a_send_tells_when_the_apps_queue_gets_to_it(start_gateway: StartGateway, simulator: Simulator) -> None:
    await pretend(simulator, outbound_size=50_000)

    async with start_gateway(**POLL) as gateway:
        eta_s = await known_eta(gateway, simulator)
        async with httpx.AsyncClient() as client:
            metrics = (await client.get(f"http://{gateway.addresses.admin}/metrics")).text

    # At the 25 messages a second that the app says it drains.
    assert 1950 <= eta_s <= 2010
    (line,) = [line for line in metrics.splitlines() if line.startswith("gateway_app_queue_eta_seconds ")]
    assert 1950 <= float(line.split()[1]) <= 2010


async def test_a_look_at_the_app_is_taken_once_per_poll_however_much_is_sent(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    async with start_gateway(**POLL) as gateway:
        await known_eta(gateway, simulator)
        for _ in range(50):
            await send(gateway, text())

    assert arrived(simulator, "GET", f"/apps/{APP_ID}") == 1


async def test_without_the_guard_nothing_is_refused(start_gateway: StartGateway, simulator: Simulator) -> None:
    await pretend(simulator, outbound_size=400_000)
    request = text()
    request.ttl.seconds = 60

    async with start_gateway(**POLL) as gateway:
        await known_eta(gateway, simulator)
        trailers = await send(gateway, request)

    assert int(trailers[ETA]) > 60


async def test_the_guard_refuses_what_would_expire_in_the_queue(guarded: RunningGateway, simulator: Simulator) -> None:
    await pretend(simulator, outbound_size=50_000)
    eta_s = await known_eta(guarded, simulator)
    request, patient, first = text(), text(), text()
    request.ttl.seconds, patient.ttl.seconds, first.ttl.seconds = 60, 86_400, 60
    first.queue = "HIGH_PRIORITY"
    before = arrived(simulator, "POST", "/messages:send")

    error = await refusal(guarded, request)
    await send(guarded, patient)
    await send(guarded, first)

    delay = detail(error, error_details_pb2.RetryInfo)
    quota = detail(error, error_details_pb2.QuotaFailure)
    assert (error.code(), info(error).reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "TTL_BELOW_QUEUE_ETA")
    assert abs(int(dict(error.trailing_metadata() or ())[ETA]) - eta_s) < 60
    assert delay is not None
    assert delay.retry_delay.seconds > 1000
    assert quota is not None
    assert quota.violations[0].subject == f"app:{APP_ID}"
    assert arrived(simulator, "POST", "/messages:send") == before + 2


async def test_the_guard_refuses_what_a_full_queue_could_not_take(
    guarded: RunningGateway, simulator: Simulator
) -> None:
    await pretend(simulator, outbound_size=500_000, outbound_limit=500_000)

    first = await within_a_second(guarded)
    second = await refusal(guarded, text())

    # The API had to say so once; from then on the gateway knows.
    assert info(first).reason == info(second).reason == "APP_QUEUE_FULL"
    assert arrived(simulator, "POST", "/messages:send") == 1


async def within_a_second(gateway: RunningGateway) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await message_pb2_grpc.MessageServiceStub(gateway.channel).SendMessage(impatient(), timeout=10)
    return caught.value


def impatient() -> message_pb2.SendMessageRequest:
    request = text()
    request.options.max_queue_wait.nanos = 1_000_000
    return request


async def list_contacts(gateway: RunningGateway) -> None:
    stub = contact_pb2_grpc.ContactServiceStub(gateway.channel)
    await stub.ListContacts(
        contact_pb2.ListContactsRequest(options={"max_queue_wait": {"nanos": 1_000_000}}), timeout=10
    )


async def test_a_full_app_queue_pauses_that_app_alone(gateway: RunningGateway, simulator: Simulator) -> None:
    await pretend(simulator, outbound_size=500_000, outbound_limit=500_000)
    other = text(EU_APP_ID)
    other.options.region = "eu"
    other.options.max_queue_wait.nanos = 1_000_000

    error = await within_a_second(gateway)
    await list_contacts(gateway)
    await send(gateway, other)

    assert (error.code(), info(error).reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "APP_QUEUE_FULL")
    assert detail(error, error_details_pb2.RetryInfo) is not None


async def test_any_other_429_pauses_the_project(gateway: RunningGateway, simulator: Simulator) -> None:
    await misbehave(simulator, {"path": "messages:send", "nth": [1]}, {"status": 429})

    error = await within_a_second(gateway)
    with pytest.raises(grpc.aio.AioRpcError) as paused:
        await list_contacts(gateway)

    quota = detail(paused.value, error_details_pb2.QuotaFailure)
    assert info(error).reason == "UPSTREAM_RATE_LIMITED"
    assert info(paused.value).reason == "RATE_LIMITED"
    assert quota is not None
    assert quota.violations[0].subject == "project:demo-project"
    assert not {"quota_subject", "quota_description"} & set(info(paused.value).metadata)
