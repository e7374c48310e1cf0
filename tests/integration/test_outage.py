"""The API goes away and comes back: one call after the other tries it, and whoever was refused meanwhile does not fall
upon it at once.

`FULL_LENGTH=1` makes it stay away for a minute.
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import grpc
import httpx
import pytest
from conversation_gateway.v1 import message_pb2_grpc

from gateway.simulator.options import SimulatorOptions
from gateway.simulator.server import Simulator
from tests.conftest import Environment
from tests.integration.test_send import text
from tests.processes import gateway_process
from tests.simulator_faults import arrived, misbehave

OUTAGE_S = 60.0 if os.environ.get("FULL_LENGTH") else 3.0
LIMIT_PER_S = 40
OFFERED_PER_S = 80
SENDS = "messages:send"
# Once closed again, the breaker has let this many calls pass one by one.
PROBES = 3


@pytest.fixture
def simulator_options(simulator_options: SimulatorOptions) -> SimulatorOptions:
    # The API's own bucket holds one second of calls; what it refuses came too fast.
    return replace(simulator_options, project_rate_per_s=LIMIT_PER_S * 1.5, replies="none", recorded_requests=100_000)


class Passage:
    """A port that leads to the simulator, and can be taken away and given back."""

    def __init__(self, simulator: Simulator) -> None:
        self._target = urlsplit(simulator.url)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._lead, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse connections, and break those that there are."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(self._target.hostname, self._target.port)
        await asyncio.gather(self._copy(reader, there[1]), self._copy(there[0], writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.close()
        self._writers.discard(writer)


@pytest.fixture
async def passage(simulator: Simulator) -> AsyncIterator[Passage]:
    passage = Passage(simulator)
    await passage.open()
    yield passage
    await passage.close()


@dataclass(slots=True)
class Told:
    """What callers heard, and what the API had seen by then."""

    offered: int = 0
    codes: Counter[grpc.StatusCode] = field(default_factory=Counter)
    seen_at_success: list[int] = field(default_factory=list)


class Callers:
    """Callers who offer calls at a steady pace, whatever becomes of them."""

    def __init__(self, channel: grpc.aio.Channel, simulator: Simulator) -> None:
        self._stub = message_pb2_grpc.MessageServiceStub(channel)
        self._simulator = simulator
        self._number = 0

    async def offer(self, *, least_s: float = 0.0, successes: int = 0) -> Told:
        """Go on for so long, and until so many have succeeded; return when every call has been told."""
        told = Told()
        seen_before = arrived(self._simulator, "POST", SENDS)
        end_s = time.monotonic() + least_s
        async with asyncio.timeout(least_s + 120), asyncio.TaskGroup() as calls:
            while time.monotonic() < end_s or told.codes[grpc.StatusCode.OK] < successes:
                calls.create_task(self._call(told, seen_before))
                await asyncio.sleep(1 / OFFERED_PER_S)
        return told

    async def _call(self, told: Told, seen_before: int) -> None:
        told.offered += 1
        self._number += 1
        request = text()
        request.correlation_id = f"call-{self._number}"
        try:
            await self._stub.SendMessage(request, timeout=10)
        except grpc.aio.AioRpcError as error:
            told.codes[error.code()] += 1
        else:
            told.codes[grpc.StatusCode.OK] += 1
            told.seen_at_success.append(arrived(self._simulator, "POST", SENDS) - seen_before)


async def retries(admin: str) -> float:
    async with httpx.AsyncClient() as client:
        lines = (await client.get(f"http://{admin}/metrics")).text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("gateway_upstream_retries_total"))


async def test_an_api_that_comes_back_is_tried_one_call_at_a_time_and_never_beyond_the_limit(
    environment: Environment, simulator: Simulator, passage: Passage
) -> None:
    await misbehave(simulator, {"path": SENDS}, {"delay_s": 0.2})
    settings = {
        "GATEWAY_CONVERSATION_URL": f"http://127.0.0.1:{passage.port}/{{region}}/conversation",
        "GATEWAY_RATE_LIMIT_PER_S": str(LIMIT_PER_S),
        "GATEWAY_RATE_LIMIT_BURST": "5",
    }
    async with gateway_process({**environment, **settings}) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            callers, began_s = Callers(channel, simulator), time.monotonic()
            before = await callers.offer(successes=20)

            await passage.close()
            during = await callers.offer(least_s=OUTAGE_S)
            await passage.open()
            after = await callers.offer(successes=100)
            retried, took_s = await retries(ready["admin"]), time.monotonic() - began_s

    assert not during.codes[grpc.StatusCode.OK]
    assert during.codes[grpc.StatusCode.UNAVAILABLE] > during.offered / 2
    assert [seen <= number + 1 for number, seen in enumerate(after.seen_at_success[: PROBES - 1], 1)] == [True, True]
    sent = Counter(r.json["correlation_id"] for r in simulator.requests if r.path.endswith(SENDS))
    assert max(sent.values()) == 1
    assert {r.status for r in simulator.requests if r.path.endswith(SENDS)} == {200}, "no 429"
    offered = before.offered + during.offered + after.offered
    assert retried <= 10 + 0.1 * offered + took_s, (
        "the budget of retries: its floor, a tenth of the calls, one a second"
    )
