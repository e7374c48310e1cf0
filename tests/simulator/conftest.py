"""A running simulator, a client that knows its credentials, and a receiver of callbacks."""

from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.simulator import Simulator, SimulatorOptions
from tests.simulator.api_client import ApiClient
from tests.simulator.receiver import Receiver


@pytest.fixture
def options() -> SimulatorOptions:
    """What the simulator of a test is told; a test module overrides it."""
    return SimulatorOptions(receipt_delay_s=0.0, callback_retry_base_s=0.01, callback_retry_cap_s=0.05)


@pytest.fixture
async def simulator(options: SimulatorOptions) -> AsyncIterator[Simulator]:
    async with Simulator(options) as running:
        yield running


@pytest.fixture
async def http(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=simulator.url, timeout=10, trust_env=False, verify=False) as client:
        yield client


@pytest.fixture
async def api(http: httpx.AsyncClient) -> ApiClient:
    return await ApiClient.connect(http)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as running:
        yield running
