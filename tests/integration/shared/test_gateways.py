"""Several whole gateways on one Valkey: whichever replica a call or a webhook lands on, the answer is the same."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import grpc
import httpx
import pytest
from conversation_gateway.v1 import event_feed_pb2 as feed_pb
from conversation_gateway.v1 import event_feed_pb2_grpc, message_pb2_grpc, webhook_pb2, webhook_pb2_grpc

from gateway.app import Addresses
from gateway.simulator.server import Simulator
from tests.conftest import Environment, RunningGateway
from tests.integration.test_receipts import collect, register
from tests.integration.test_send import send, text
from tests.patience import PATIENCE_S
from tests.processes import Process, gateway_process
from tests.valkey_server import ValkeyServer

# The machine that runs tests may stall for longer than a send may wait.
PATIENT = {"GATEWAY_STATE_WAIT_S": "3"}


@asynccontextmanager
async def replica(environment: Environment) -> AsyncIterator[tuple[Process, RunningGateway]]:
    """One gateway as a process of its own."""
    async with gateway_process(environment) as process:
        ready = await process.line("ready")
        addresses = Addresses(grpc=ready["grpc"], webhooks=ready["webhooks"], admin=ready["admin"], control="")
        async with grpc.aio.insecure_channel(addresses.grpc) as channel:
            yield process, RunningGateway(addresses, channel)


@pytest.fixture
def shared_environment(environment: Environment, valkey: ValkeyServer) -> Environment:
    return {**environment, **PATIENT, "GATEWAY_STATE_URL": valkey.url}


@pytest.fixture
async def replicas(shared_environment: Environment) -> AsyncIterator[list[RunningGateway]]:
    """Two gateways on one Valkey."""
    async with AsyncExitStack() as stack:
        started = [stack.enter_async_context(replica(shared_environment)) for _ in range(2)]
        yield [gateway for _, gateway in await asyncio.gather(*started)]


async def sent_count(simulator: Simulator) -> int:
    async with httpx.AsyncClient(base_url=simulator.url) as client:
        recorded = (await client.get("/_simulator/requests")).json()["requests"]
    return sum(request["path"].endswith("messages:send") for request in recorded)


async def test_receipts_that_land_on_one_replica_are_followed_on_the_other(replicas: list[RunningGateway]) -> None:
    one, two = replicas
    await register(one)

    response = await send(two, text())
    first, second = await collect(two, 2)
    (resumed,) = await collect(one, 1, first.cursor)

    assert {event.message_delivery_report.message_id for event in (first, second)} == {response.message_id}
    assert resumed == second


async def test_a_replica_without_a_webhook_door_proves_that_webhooks_reach_the_others(
    shared_environment: Environment,
) -> None:
    door, sending = shared_environment, {**shared_environment, "GATEWAY_WEBHOOK_ADDRESS": ""}
    async with replica(door) as (_, one), replica(sending) as (_, two):
        target = f"http://{one.addresses.webhooks}/webhooks/default"
        request = webhook_pb2.EnsureWebhooksRequest(webhooks=[{"target": target}], prove=True)
        answer = await webhook_pb2_grpc.WebhookServiceStub(two.channel).EnsureWebhooks(request, timeout=PATIENCE_S)

    assert [each.proof for each in answer.webhooks] == [webhook_pb2.WEBHOOK_PROOF_PROVEN]


async def test_the_same_request_id_at_two_replicas_at_once_is_sent_once(
    replicas: list[RunningGateway], simulator: Simulator
) -> None:
    request = text()
    request.options.request_id = "order-17"

    answers = await asyncio.gather(*(send(gateway, request) for gateway in replicas * 5))

    assert len({answer.message_id for answer in answers}) == 1
    assert await sent_count(simulator) == 1


async def test_replicas_share_one_token(replicas: list[RunningGateway], valkey: ValkeyServer) -> None:
    await asyncio.gather(*(send(gateway, text()) for gateway in replicas))

    fetched = []
    async with httpx.AsyncClient() as client:
        for gateway in replicas:
            page = (await client.get(f"http://{gateway.addresses.admin}/metrics")).text
            fetched += [line for line in page.splitlines() if line.startswith("gateway_token_fetches_total")]
    stored = [valkey.do("GET", key) for key in valkey.do("KEYS", "*:token:*")]

    assert sum(float(line.rpartition(" ")[2]) for line in fetched if 'outcome="ok"' in line) == 1
    assert len(stored) == 1
    assert b"token" not in stored[0]


async def test_a_named_subscription_moves_to_the_other_replica(replicas: list[RunningGateway]) -> None:
    one, two = replicas
    former = event_feed_pb2_grpc.EventFeedServiceStub(one.channel).Subscribe(
        feed_pb.SubscribeRequest(subscription="worker")
    )
    before = await former.read()
    await former.read()
    current = event_feed_pb2_grpc.EventFeedServiceStub(two.channel).Subscribe(
        feed_pb.SubscribeRequest(subscription="worker")
    )
    opened = await current.read()
    assert isinstance(before, feed_pb.SubscribeResponse)
    assert isinstance(opened, feed_pb.SubscribeResponse)

    async with asyncio.timeout(PATIENCE_S):
        code = await former.code()
    current.cancel()

    assert 0 < before.opened.fencing_epoch < opened.opened.fencing_epoch
    assert code is grpc.StatusCode.ABORTED


async def test_a_replica_that_dies_takes_nothing_with_it(shared_environment: Environment) -> None:
    async with replica(shared_environment) as (_, survivor):
        async with replica(shared_environment) as (process, doomed):
            await register(doomed)
            await send(doomed, text())
            before = await collect(doomed, 2)
            process.child.send_signal(signal.SIGKILL)
            await process.ended()

        after = await collect(survivor, 2)

    assert after == before


async def test_sends_go_on_and_webhooks_are_refused_while_valkey_is_away(
    environment: Environment, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = ValkeyServer(tmp_path_factory.mktemp("own"))
    server.start()
    try:
        async with replica({**environment, **PATIENT, "GATEWAY_STATE_URL": server.url}) as (process, gateway):
            await register(gateway)
            await send(gateway, text())
            await collect(gateway, 2)
            server.stop()
            await process.line("store_unusable")

            answer = await send(gateway, text())
            with_id = text()
            with_id.options.request_id = "order-18"
            with pytest.raises(grpc.aio.AioRpcError) as refusal:
                await send(gateway, with_id)
            async with httpx.AsyncClient() as client:
                probe = await client.get(f"http://{gateway.addresses.admin}/readiness")
                page = (await client.get(f"http://{gateway.addresses.admin}/metrics")).text
            server.start()
            await process.line("store_usable")
            # Three receipts for each and a reply; the simulator posts again what was answered with 503.
            delivered = await collect(gateway, 7)
    finally:
        server.kill()

    assert answer.message_id in {event.message_delivery_report.message_id for event in delivered}
    assert refusal.value.code() is grpc.StatusCode.UNAVAILABLE
    assert probe.status_code == 503
    assert "gateway_store_usable 0.0" in page
    assert "gateway_rate_limit_local 1.0" in page


async def test_sends_are_refused_at_once_where_no_local_share_is_allowed(
    environment: Environment, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = ValkeyServer(tmp_path_factory.mktemp("own"))
    server.start()
    own = {**environment, "GATEWAY_STATE_URL": server.url, "GATEWAY_STATE_LOCAL_SHARE": "0"}
    async with replica(own) as (process, gateway):
        server.kill()
        await process.line("store_unusable")

        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await message_pb2_grpc.MessageServiceStub(gateway.channel).SendMessage(text(), timeout=PATIENCE_S)

    assert refusal.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_an_unsafe_server_is_one_clear_line_at_the_start(
    environment: Environment, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = ValkeyServer(tmp_path_factory.mktemp("own"), appendfsync="everysec")
    server.start()
    async with gateway_process({**environment, "GATEWAY_STATE_URL": server.url}) as process:
        code = await process.ended()
    server.kill()

    assert code != 0
    assert "appendfsync is everysec" in process.text
    assert "Traceback" not in process.text
