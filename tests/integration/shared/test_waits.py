"""However long a server is silent, a send waits no more than its bound for it, each time that it does.

The server is real and stands still; only the time that passes meanwhile is virtual.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.deadline import Deadline
from gateway.errors import StoreError
from gateway.state.permits import Wish
from gateway.state.requests import RequestState
from gateway.state.token_vault import SharedToken
from gateway.state.valkey_permits import CellRate, ValkeyPermitCell
from gateway.state.valkey_requests import ValkeyRequestStore
from gateway.state.valkey_store import StoreOptions, ValkeyStore
from gateway.state.valkey_tokens import ValkeyTokenVault
from gateway.upstream.rate_limit import Claim, RateLimiter
from tests.integration.shared.virtual import virtual_loop
from tests.unit.state.sample import PROJECT
from tests.unit.upstream.request_ids_stage import HeldClock, key
from tests.valkey_server import ValkeyServer, running_server
from tests.virtual_time import VirtualClock, run

BOUND_S = StoreOptions(url="", project_id="").wait_s
RATE = CellRate(rate_per_s=100.0, burst=1, recovery_per_s2=2.0)
TOKEN = SharedToken(value="token", life_s=3600.0, left_s=3600.0)


@asynccontextmanager
async def silent_store(server: ValkeyServer) -> AsyncIterator[ValkeyStore]:
    """A connection, with the settings of production, to a server that has stopped answering."""
    with virtual_loop().held():
        store = await ValkeyStore.open(StoreOptions(url=server.url, project_id=PROJECT))
    server.do("CLIENT", "PAUSE", 600_000, "ALL")
    try:
        yield store
    finally:
        await store.close()


def on_silence(scenario: Callable[[VirtualClock, ValkeyStore], Awaitable[None]], folder: Path) -> None:
    with running_server(folder) as server:

        async def story(clock: VirtualClock) -> None:
            async with silent_store(server) as store:
                await scenario(clock, store)

        run(story)


async def reserve(store: ValkeyStore) -> None:
    await ValkeyRequestStore(store=store, clock=HeldClock()).reserve(key())


async def dispatched(store: ValkeyStore) -> None:
    await ValkeyRequestStore(store=store, clock=HeldClock()).dispatched(key())


async def conclude(store: ValkeyStore) -> None:
    await ValkeyRequestStore(store=store, clock=HeldClock()).conclude(key(), RequestState.DONE, b"answer")


async def release(store: ValkeyStore) -> None:
    await ValkeyRequestStore(store=store, clock=HeldClock()).release(key())


async def settle(store: ValkeyStore) -> None:
    await ValkeyRequestStore(store=store, clock=HeldClock()).settle(PROJECT, "id", "message")


async def lease(store: ValkeyStore) -> None:
    await ValkeyPermitCell(store=store, project_id=PROJECT, rate=RATE).lease(Wish(wanted=(1, 0, 0)))


def vault(store: ValkeyStore) -> ValkeyTokenVault:
    return ValkeyTokenVault(store=store, project_id=PROJECT, key_id="key", key_secret="secret")


async def read(store: ValkeyStore) -> None:
    await vault(store).read()


async def claim(store: ValkeyStore) -> None:
    await vault(store).claim()


async def write(store: ValkeyStore) -> None:
    await vault(store).write(TOKEN)


async def drop(store: ValkeyStore) -> None:
    await vault(store).drop()


STEPS = [reserve, dispatched, conclude, release, settle, lease, read, claim, write, drop]


@pytest.mark.parametrize("step", STEPS)
def test_each_step_of_a_send_waits_no_longer_than_its_bound_and_not_at_all_once_the_silence_is_known(
    tmp_path: Path, step: Callable[[ValkeyStore], Awaitable[None]]
) -> None:
    async def scenario(clock: VirtualClock, store: ValkeyStore) -> None:
        waits_s = []
        for pause_s in (0.0, 0.0, 5.0, 5.0):
            await clock.sleep(pause_s)
            started_s = clock.monotonic()
            with pytest.raises(StoreError):
                await step(store)
            waits_s.append(clock.monotonic() - started_s)

        assert waits_s == pytest.approx([BOUND_S, BOUND_S, 0.0, 0.0])

    on_silence(scenario, tmp_path)


@pytest.mark.parametrize("local_share", [0.25, 0.0])
def test_a_call_waits_once_for_the_shared_rate_and_then_goes_on_or_is_refused(
    tmp_path: Path, local_share: float
) -> None:
    async def scenario(clock: VirtualClock, store: ValkeyStore) -> None:
        limiter = RateLimiter(
            project_id="project",
            clock=clock,
            timers=clock.loop,
            rate_per_s=RATE.rate_per_s,
            margin=0.0,
            cell=ValkeyPermitCell(store=store, project_id=PROJECT, rate=RATE),
            local_share=local_share,
        )
        waits_s = []
        for _ in range(3):
            await clock.sleep(1.0)
            started_s = clock.monotonic()
            try:
                await limiter.acquire(Claim(), Deadline.after(60.0, clock))
                admitted = True
            except StoreError:
                admitted = False
            assert admitted is (local_share > 0)
            waits_s.append(clock.monotonic() - started_s)
        await limiter.close()

        assert waits_s == pytest.approx([BOUND_S, 0.0, 0.0], abs=0.0011)

    on_silence(scenario, tmp_path)
