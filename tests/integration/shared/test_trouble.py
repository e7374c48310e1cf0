"""A gateway in each trouble of its Valkey: sends go on, webhooks are to come again, streams say so and resume.

Request ids are refused or remembered by the replica alone, as it was told; metrics and health show the state; and when
the trouble is over all is as before.
"""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import grpc
import httpx
import pytest
from conversation_gateway.v1 import event_feed_pb2 as feed_pb
from conversation_gateway.v1 import event_feed_pb2_grpc, message_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc

from gateway.state.valkey_health import REASONS
from tests.conftest import WEBHOOK_SECRET, Environment, RunningGateway
from tests.integration.shared.test_gateways import PATIENT, replica
from tests.integration.shared.troubles import TROUBLES, Door, cut_off, promoted
from tests.integration.test_receipts import collect
from tests.integration.test_send import send, text
from tests.integration.webhook_door import BODY, signature_lines
from tests.patience import PATIENCE_S
from tests.valkey_server import running_server

Stream = grpc.aio.UnaryStreamCall[feed_pb.SubscribeRequest, feed_pb.SubscribeResponse]
FEED = "conversation_gateway.v1.EventFeedService"


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Door]:
    """A server, and another that copies it."""
    with running_server(tmp_path / "primary") as primary, running_server(tmp_path / "follower") as follower:
        follower.do("REPLICAOF", "127.0.0.1", primary.port)
        yield Door(primary, follower)


@pytest.mark.parametrize("name", TROUBLES)
async def test_all_that_a_gateway_does_goes_on_or_says_so_and_is_as_before_afterwards(
    environment: Environment, servers: Door, name: str
) -> None:
    trouble = TROUBLES[name]
    async with AsyncExitStack() as stack:
        door = await stack.enter_async_context(servers.open())
        shared = {**environment, **PATIENT, "GATEWAY_STATE_URL": f"valkey://127.0.0.1:{door.port}/0"}
        refusing, remembering = await asyncio.gather(
            stack.enter_async_context(replica(shared)),
            stack.enter_async_context(replica({**shared, "GATEWAY_STATE_AWAY_REQUEST_IDS": "local"})),
        )
        process, gateway = refusing
        stream = subscribe(gateway)
        assert await post_until_taken(gateway, 1) == 200
        await collect(gateway, 1)
        await trouble.begin(door)
        for one, _ in (refusing, remembering):
            await one.line("store_unsafe" if name == "unsafe" else "store_unusable")

        await sends_go_on(gateway)
        await sends_go_on(remembering[1])
        await request_ids_are_refused(gateway)
        await request_ids_are_remembered(remembering[1])
        assert await post(gateway, 2) == 503
        assert await ending(stream) is grpc.StatusCode.UNAVAILABLE
        await is_seen(gateway, trouble.reasons)

        await trouble.end(door)
        await process.line("store_usable")
        await is_as_before(gateway)


async def test_streams_of_a_server_that_lost_its_tail_end_and_all_else_goes_on(
    environment: Environment, servers: Door
) -> None:
    async with servers.open() as door:
        shared = {**environment, **PATIENT, "GATEWAY_STATE_URL": f"valkey://127.0.0.1:{door.port}/0"}
        async with replica(shared) as (process, gateway):
            assert await post_until_taken(gateway, 1) == 200
            await cut_off(door)
            stream = subscribe(gateway)
            assert await post_until_taken(gateway, 2) == 200
            await collect(gateway, 2)
            door.primary.kill()
            await promoted(door)
            await process.line("log_lost_its_tail")

            code = await ending(stream)
            await send(gateway, with_id("after"))
            taken = await post_until_taken(gateway, 2)
            events = await collect(gateway, 2)

    assert code in {grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.UNAVAILABLE}
    assert taken == 200
    assert [event.message.id for event in events] == ["M1", "M2"]


def with_id(request_id: str) -> message_pb2.SendMessageRequest:
    request = text()
    request.options.request_id = request_id
    return request


def subscribe(gateway: RunningGateway) -> Stream:
    request = feed_pb.SubscribeRequest(earliest={}, heartbeat_interval={"seconds": 1})
    return event_feed_pb2_grpc.EventFeedServiceStub(gateway.channel).Subscribe(request)


async def ending(stream: Stream) -> grpc.StatusCode:
    """How a stream ends, whatever it says before."""
    async with asyncio.timeout(PATIENCE_S):
        try:
            async for _ in stream:
                pass
        except grpc.aio.AioRpcError as error:
            return error.code()
    raise AssertionError("the stream ended as if all were well")


async def post(gateway: RunningGateway, number: int) -> int:
    """The answer to a genuine webhook."""
    body = BODY.replace(b'"M1"', b'"M%d"' % number)
    lines = signature_lines(body, secret=WEBHOOK_SECRET.encode()).decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines if line) | {"Content-Type": "application/json"}
    async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
        url = f"http://{gateway.addresses.webhooks}/webhooks/default"
        return (await client.post(url, content=body, headers=headers)).status_code


async def post_until_taken(gateway: RunningGateway, number: int) -> int:
    async with asyncio.timeout(PATIENCE_S):
        while (code := await post(gateway, number)) != 200:  # noqa: ASYNC110  # as Sinch does
            await asyncio.sleep(0.1)
    return code


async def sends_go_on(gateway: RunningGateway) -> None:
    for _ in range(3):
        assert (await send(gateway, text())).message_id


async def request_ids_are_refused(gateway: RunningGateway) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        await send(gateway, with_id("during"))
    assert refusal.value.code() is grpc.StatusCode.UNAVAILABLE


async def request_ids_are_remembered(gateway: RunningGateway) -> None:
    first, repeat = await send(gateway, with_id("here")), await send(gateway, with_id("here"))
    assert first.message_id == repeat.message_id


async def is_seen(gateway: RunningGateway, reasons: frozenset[str]) -> None:
    """Whoever watches sees the trouble."""
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"http://{gateway.addresses.admin}/readiness")).status_code == 503
        page = (await client.get(f"http://{gateway.addresses.admin}/metrics")).text.splitlines()
    assert "gateway_store_usable 0.0" in page
    assert "gateway_rate_limit_local 1.0" in page
    counted = {reason for reason in REASONS if f'gateway_store_failures_total{{reason="{reason}"}} 0.0' not in page}
    assert counted & reasons, counted
    # It looks twice a second.
    async with asyncio.timeout(PATIENCE_S):
        while await health(gateway, FEED) != health_pb2.HealthCheckResponse.NOT_SERVING:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert await health(gateway, "") == health_pb2.HealthCheckResponse.SERVING


async def health(gateway: RunningGateway, service: str) -> int:
    request = health_pb2.HealthCheckRequest(service=service)
    status: int = (await health_pb2_grpc.HealthStub(gateway.channel).Check(request)).status
    return status


async def is_as_before(gateway: RunningGateway) -> None:
    """Everything works, and a stream resumes where it was."""
    assert await post_until_taken(gateway, 2) == 200
    first, _ = await collect(gateway, 2)
    (resumed,) = await collect(gateway, 1, first.cursor)
    assert resumed.message.id == "M2"
    assert (await send(gateway, with_id("after"))).message_id
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"http://{gateway.addresses.admin}/readiness")).status_code == 200
