"""The parts every test may use: a whole simulator, a whole gateway in front of it, and a channel to that."""

import asyncio
import gc
import importlib
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
from hypothesis import settings

from gateway import app
from gateway.configuration import load
from gateway.simulator.options import AppOptions, SimulatorOptions
from gateway.simulator.server import Simulator
from tests.requirements import require

REPOSITORY = Path(__file__).parent.parent
APP_ID = "01DEM0APP00000000000000000"
EU_APP_ID = "01DEM0APP0000000000000000E"
WEBHOOK_SECRET = "test-webhook-secret"

Environment = dict[str, str]

# Whatever else is in force, an example may take its time: the machine that runs the tests may stall.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")

# In this process, and in the gateways that it starts (`tests/processes.py`), before anything can look elsewhere.
_OUTSIDE = Path(tempfile.mkdtemp(prefix="outside-")) / "log"
os.environ["TESTS_OUTSIDE_LOG"] = str(_OUTSIDE)
importlib.import_module("tests.loopback_only.sitecustomize")


@pytest.fixture(autouse=True)
def nothing_outside() -> Iterator[None]:
    """Fail a test that looked anywhere else than on this machine, also where the failure was swallowed."""
    _OUTSIDE.unlink(missing_ok=True)
    yield
    assert not _OUTSIDE.exists(), _OUTSIDE.read_text()


@pytest.fixture(scope="session", autouse=True)
def settled_memory() -> Iterator[None]:
    """Spare each collection everything that was there before the first test.

    Among thousands of tests one takes a quarter second, in which this process stands still and others do not.
    """
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@dataclass(frozen=True, slots=True)
class RunningGateway:
    """A gateway in this process, with a channel to it."""

    addresses: app.Addresses
    channel: grpc.aio.Channel


@dataclass(frozen=True, slots=True)
class SilentHost:
    """A host that reads and never answers."""

    address: str
    asked: asyncio.Event
    """Set by the first byte of a request."""


@pytest.fixture
async def silent_host() -> AsyncIterator[SilentHost]:
    """A host that accepts connections and never answers."""
    writers = []
    asked = asyncio.Event()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        if await reader.read(1):
            asked.set()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    yield SilentHost(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", asked)
    for writer in writers:
        writer.close()
    server.close()
    await server.wait_closed()


StartGateway = Callable[..., AbstractAsyncContextManager[RunningGateway]]


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """The official wire examples, which are not part of this project."""
    folder = Path(os.environ.get("CONVERSATION_FIXTURES", REPOSITORY.parent / "shared" / "fixtures"))
    require(folder.is_dir(), "the official wire examples are not beside this checkout (CONVERSATION_FIXTURES)")
    return folder


@pytest.fixture
def simulator_options() -> SimulatorOptions:
    """Override to change what the simulator is told."""
    return SimulatorOptions(
        apps=(AppOptions(APP_ID), AppOptions(EU_APP_ID, "eu")), receipt_delay_s=0.01, callback_retry_base_s=0.05
    )


@pytest.fixture
async def simulator(simulator_options: SimulatorOptions) -> AsyncIterator[Simulator]:
    """A whole fake Sinch on a port of its own."""
    async with Simulator(simulator_options) as running:
        yield running


def environment_for(simulator_url: str, folder: Path) -> Environment:
    """Settings that point a gateway at a simulator, every door on a free port."""
    return {
        "SINCH_PROJECT_ID": "demo-project",
        "SINCH_KEY_ID": "demo-key",
        "SINCH_KEY_SECRET": "demo-secret",
        "SINCH_APP_ID": APP_ID,
        "GATEWAY_GRPC_ADDRESS": "127.0.0.1:0",
        "GATEWAY_WEBHOOK_ADDRESS": "127.0.0.1:0",
        "GATEWAY_ADMIN_ADDRESS": "127.0.0.1:0",
        "GATEWAY_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "GATEWAY_STATE_URL": f"sqlite://{folder / 'state.db'}",
        "GATEWAY_CONVERSATION_URL": simulator_url + "/{region}/conversation",
        "GATEWAY_BATCH_URL": simulator_url + "/{region}/batch",
        "GATEWAY_TEMPLATE_URL": simulator_url + "/{region}/template",
        "GATEWAY_AUTH_URL": simulator_url + "/auth",
        "GATEWAY_LOG_FORMAT": "json",
    }


@pytest.fixture
def environment(simulator: Simulator, tmp_path: Path) -> Environment:
    """Settings of a gateway in front of the simulator."""
    return environment_for(simulator.url, tmp_path)


@pytest.fixture
def start_gateway(environment: Environment) -> StartGateway:
    """Starts a gateway in this process; keyword arguments override its environment."""

    @asynccontextmanager
    async def start(**overrides: str) -> AsyncIterator[RunningGateway]:
        settings = load({**environment, **overrides}).settings
        async with app.running(settings) as addresses, grpc.aio.insecure_channel(addresses.grpc) as channel:
            yield RunningGateway(addresses, channel)

    return start


@pytest.fixture
async def gateway(start_gateway: StartGateway) -> AsyncIterator[RunningGateway]:
    """A gateway with everything at its defaults."""
    async with start_gateway() as running:
        yield running
