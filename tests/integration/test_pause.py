"""A gateway that was stopped by the system for a while, as by a debugger or a starved machine, goes on as if it had not
been: what is late is given up, what is not goes on, and nothing is made up for at once.

`FULL_LENGTH=1` makes the pause ten seconds.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import grpc
import httpx
import pytest
from conversation_gateway.v1 import event_feed_pb2, event_feed_pb2_grpc, message_pb2_grpc

from gateway.simulator.options import SimulatorOptions
from gateway.simulator.server import Simulator
from tests.conftest import Environment
from tests.integration.test_send import text
from tests.patience import PATIENCE_S
from tests.processes import Process, gateway_process
from tests.simulator_faults import arrived, behave, misbehave

# Longer than a call takes to be held against its host, 5 s.
PAUSE_S = 10.0 if os.environ.get("FULL_LENGTH") else 6.0
LIMIT_PER_S = 40
SENDS = "messages:send"


@pytest.fixture
def simulator_options(simulator_options: SimulatorOptions) -> SimulatorOptions:
    # The API's own bucket holds one second of calls; what it refuses came too fast. A token is over before a pause is.
    return replace(simulator_options, project_rate_per_s=LIMIT_PER_S * 1.5, token_life_s=5, replies="none")


@asynccontextmanager
async def paused(process: Process) -> AsyncIterator[None]:
    """Stop the process; the block is what happens meanwhile."""
    process.child.send_signal(signal.SIGSTOP)
    try:
        async with asyncio.timeout(PAUSE_S * 2):
            yield
    finally:
        process.child.send_signal(signal.SIGCONT)


def send(channel: grpc.aio.Channel, name: str, timeout_s: float) -> Any:
    request = text()
    request.correlation_id = name
    return message_pb2_grpc.MessageServiceStub(channel).SendMessage(request, timeout=timeout_s)


async def codes(calls: list[Any]) -> set[grpc.StatusCode]:
    return {await call.code() for call in calls}


async def arrivals(simulator: Simulator, count: int) -> None:
    await simulator.wait_until(lambda seen: sum(r.path.endswith(SENDS) for r in seen) >= count)


async def test_what_waits_goes_on_at_the_limit_and_the_token_is_a_new_one(
    environment: Environment, simulator: Simulator
) -> None:
    limits = {"GATEWAY_RATE_LIMIT_PER_S": str(LIMIT_PER_S), "GATEWAY_RATE_LIMIT_BURST": "5"}
    async with gateway_process({**environment, **limits}) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            calls = [send(channel, f"patient-{number}", 60) for number in range(150)]
            await arrivals(simulator, 10)

            async with paused(process):
                await asyncio.sleep(PAUSE_S)

            assert await codes(calls) == {grpc.StatusCode.OK}
    assert arrived(simulator, "POST", SENDS) == 150
    assert {r.status for r in simulator.requests if r.path.endswith(SENDS)} == {200}, "no 429, and no 401"


async def test_what_came_too_late_is_not_sent_any_more(environment: Environment, simulator: Simulator) -> None:
    limits = {"GATEWAY_RATE_LIMIT_PER_S": "20", "GATEWAY_RATE_LIMIT_BURST": "5"}
    async with gateway_process({**environment, **limits}) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            calls = [send(channel, f"late-{number}", 4) for number in range(60)]
            await arrivals(simulator, 10)

            async with paused(process):
                late = [call for call in calls if await call.code() is grpc.StatusCode.DEADLINE_EXCEEDED]
                await asyncio.sleep(PAUSE_S - 4)
                sent_before = arrived(simulator, "POST", SENDS)
            await send(channel, "after", 20)

    assert late, "there were calls whose time passed"
    assert arrived(simulator, "POST", SENDS) == sent_before + 1


async def test_the_api_is_not_blamed_for_answers_that_the_gateway_was_late_to_read(
    environment: Environment, simulator: Simulator
) -> None:
    await misbehave(simulator, {"path": SENDS}, {"delay_s": 0.5})
    async with gateway_process(environment) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            calls = [send(channel, f"under-way-{number}", 3) for number in range(40)]
            await arrivals(simulator, 40)

            async with paused(process):
                assert await codes(calls) == {grpc.StatusCode.DEADLINE_EXCEEDED}
                await asyncio.sleep(PAUSE_S - 3)
            await behave(simulator)

            after = [send(channel, f"after-{number}", 20) for number in range(10)]
            assert await codes(after) == {grpc.StatusCode.OK}
            async with httpx.AsyncClient() as client:
                metrics = (await client.get(f"http://{ready['admin']}/metrics")).text
    assert 'gateway_breaker_state{host="conversation"} 0.0' in metrics


async def test_a_stream_lives_on(environment: Environment) -> None:
    async with gateway_process(environment) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            request = event_feed_pb2.SubscribeRequest(heartbeat_interval={"seconds": 1})
            stream = event_feed_pb2_grpc.EventFeedServiceStub(channel).Subscribe(request)
            opened = await stream.read()

            async with paused(process):
                await asyncio.sleep(PAUSE_S)

            async with asyncio.timeout(PATIENCE_S):
                answers = [await stream.read() for _ in range(3)]
            stream.cancel()
    said = [getattr(answer, "WhichOneof", str)("answer") for answer in (opened, *answers)]
    assert said == ["opened", "caught_up", "heartbeat", "heartbeat"]
