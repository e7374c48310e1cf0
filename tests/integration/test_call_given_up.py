"""A call that its caller gives up costs nothing any more: neither the API, nor the rate limit, nor a connection."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from conversation_gateway.v1 import message_pb2, message_pb2_grpc

from tests.conftest import RunningGateway, StartGateway
from tests.integration.test_metrics import scrape
from tests.integration.test_send import text
from tests.patience import PATIENCE_S


@dataclass
class Host:
    """An API that reads every request and answers none."""

    address: str = ""
    asked: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    left: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked.release()
        try:
            while await reader.read(65536):
                pass
        except ConnectionError:
            pass
        finally:
            self.left.release()
            writer.close()


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    host = Host()
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0)
    host.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield host
    server.close()


async def becomes(gateway: RunningGateway, series: str, least: float, most: float) -> None:
    """Wait until a series is between these two: a cancellation is told to nobody who could be awaited."""
    async with asyncio.timeout(PATIENCE_S):
        while not least <= (await scrape(gateway))[series] <= most:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_read_that_is_given_up_is_given_up_at_the_api_too(start_gateway: StartGateway, host: Host) -> None:
    async with start_gateway(GATEWAY_CONVERSATION_URL=f"http://{host.address}/{{region}}") as gateway:
        stub = message_pb2_grpc.MessageServiceStub(gateway.channel)
        read = stub.GetMessage(message_pb2.GetMessageRequest(message_id="M1"), timeout=30)
        async with asyncio.timeout(PATIENCE_S):
            await host.asked.acquire()
        under_way = (await scrape(gateway))['gateway_upstream_in_flight{host="conversation"}']

        read.cancel()

        async with asyncio.timeout(PATIENCE_S):
            await host.left.acquire()
        await becomes(gateway, 'gateway_upstream_in_flight{host="conversation"}', 0, 0)
        after = await scrape(gateway)

    assert under_way == 1
    assert after['gateway_rate_limit_waiting{priority="normal"}'] == 0
    assert after['gateway_upstream_retries_total{host="conversation",reason="no_answer"}'] == 0


async def test_calls_that_are_given_up_in_the_line_leave_it(start_gateway: StartGateway) -> None:
    async with start_gateway(GATEWAY_RATE_LIMIT_PER_S="1", GATEWAY_RATE_LIMIT_BURST="1") as gateway:
        stub = message_pb2_grpc.MessageServiceStub(gateway.channel)
        await stub.SendMessage(text(), timeout=10)
        line = [stub.SendMessage(text(), timeout=30) for _ in range(20)]
        await becomes(gateway, 'gateway_rate_limit_waiting{priority="normal"}', 15, 20)
        for call in line:
            call.cancel()
        await becomes(gateway, 'gateway_rate_limit_waiting{priority="normal"}', 0, 0)

        # Behind the twenty it could not have been admitted in time.
        sent = await stub.SendMessage(text(), timeout=10)
        permits = (await scrape(gateway))['gateway_rate_limit_permits_total{priority="normal"}']

    assert sent.message_id
    assert permits < 10
