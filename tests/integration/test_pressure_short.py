"""More calls than the project may send: the limit is kept, everyone is told something, and nothing is sent twice.

The short form of `bench/pressure.py`, without any of its measurements: those depend on the machine.
"""

from collections import Counter
from dataclasses import replace

import grpc
import pytest
from conversation_gateway.v1 import call_options_pb2

from bench import message
from bench.pressure import Plan, offer
from gateway.simulator.options import AppOptions, SimulatorOptions
from gateway.simulator.server import Simulator
from tests.conftest import RunningGateway, StartGateway

LIMIT_PER_S = 60.0
PLAN = Plan(offered_per_s=150.0, callers=5, duration_s=2.0, deadline_s=2.0)


@pytest.fixture
def simulator_options(simulator_options: SimulatorOptions) -> SimulatorOptions:
    apps = (AppOptions(message.APP_ID),)
    return replace(simulator_options, apps=apps, project_rate_per_s=LIMIT_PER_S, replies="none")


async def under_pressure(gateway: RunningGateway) -> Counter[str]:
    channels = [
        grpc.aio.insecure_channel(gateway.addresses.grpc, options=[("grpc.use_local_subchannel_pool", 1)])
        for _ in range(PLAN.callers)
    ]
    tally = await offer(channels, PLAN)
    for channel in channels:
        await channel.close()
    assert tally.offered == sum(tally.codes.values()) == 300
    assert tally.waits_ms[call_options_pb2.PRIORITY_URGENT]
    assert tally.waits_ms[call_options_pb2.PRIORITY_NORMAL]
    assert tally.waits_ms[call_options_pb2.PRIORITY_BULK], "the least of them is not starved"
    return tally.codes


async def test_offered_more_than_the_limit_the_api_refuses_nothing_and_is_sent_nothing_twice(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    async with start_gateway(GATEWAY_RATE_LIMIT_PER_S=str(LIMIT_PER_S)) as gateway:
        codes = await under_pressure(gateway)

    sent = Counter(r.json["correlation_id"] for r in simulator.requests if r.path.endswith("messages:send"))
    statuses = Counter(r.status for r in simulator.requests if r.path.endswith("messages:send"))
    assert max(sent.values()) == 1
    assert statuses[429] == 0
    assert codes["OK"] <= statuses[200]
    assert codes["RESOURCE_EXHAUSTED"] > 0
    assert set(codes) <= {"OK", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED"}
