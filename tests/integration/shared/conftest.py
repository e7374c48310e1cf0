"""The behaviour tests of the embedded state, run again over a real Valkey."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from gateway.clock import Clock
from gateway.state.valkey_log import ValkeyEventLog
from gateway.state.writer import WriterLimits
from tests import limiter_desk
from tests.integration.shared.opening import opened_store
from tests.integration.shared.virtual import LEASED, virtual_limiter, virtual_vault
from tests.unit.state import sample
from tests.unit.upstream import tokens_stage
from tests.valkey_server import ValkeyCluster, ValkeyServer, running_cluster, running_server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is about files and threads has nothing to say here."""
    items[:] = [item for item in items if not (item.get_closest_marker("embedded") and "shared" in item.path.parts)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what the embedded state's tests say once over a single server, and once over a cluster."""
    if metafunc.module.__name__.rpartition(".")[2].startswith(("test_state_", "test_events_", "test_upstream_")):
        metafunc.fixturenames.append("valkey_session")
        metafunc.parametrize("valkey_session", ["server", "cluster"], indirect=True, scope="session")


@pytest.fixture(scope="session")
def valkey_session(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[ValkeyServer]:
    """One server, or one cluster, for all tests of this process that leave it as they found it."""
    folder = tmp_path_factory.mktemp("valkey")
    if getattr(request, "param", "server") == "server":
        with running_server(folder) as server:
            yield server
        return
    with asyncio.Runner() as runner:
        running = running_cluster(folder)
        servers = runner.run(running.__aenter__())
        yield ValkeyCluster(servers)
        runner.run(running.__aexit__(None, None, None))


@pytest.fixture
def valkey(valkey_session: ValkeyServer) -> ValkeyServer:
    """An empty server."""
    valkey_session.do("FLUSHALL")
    return valkey_session


@pytest.fixture
def shared_log(valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every log that a test opens be the shared one."""

    @asynccontextmanager
    async def open_shared(
        _path: Path, *, clock: Clock, limits: WriterLimits | None = None
    ) -> AsyncIterator[ValkeyEventLog]:
        async with opened_store(valkey, limits=limits or WriterLimits()) as store:
            log = await ValkeyEventLog.open(store, clock=clock, memory_s=10 * 86_400)
            try:
                yield log
            finally:
                await log.close()

    monkeypatch.setattr(sample, "open_log", open_shared)


@pytest.fixture(scope="module")
def shared_rate(valkey_session: ValkeyServer) -> Iterator[None]:
    """Have every limiter that a test opens lease from the shared store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limiter_desk, "open_limiter", partial(virtual_limiter, valkey_session))
        patch.setattr(limiter_desk, "allowance", LEASED)
        yield


@pytest.fixture(scope="module")
def shared_token(valkey_session: ValkeyServer) -> Iterator[None]:
    """Have every gateway of a test share its token with the others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens_stage, "open_vault", partial(virtual_vault, valkey_session))
        yield
