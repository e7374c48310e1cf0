"""One rate for all replicas: what is more urgent goes first, whichever replica it waits at."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.state.permits import Wish
from gateway.state.valkey_permits import CellRate, ValkeyPermitCell
from gateway.upstream.rate_limit import Claim, Priority, RateLimiter
from tests.integration.shared.opening import opened_store
from tests.limiter_desk import HOUR_S, give_up
from tests.unit.state.sample import PROJECT
from tests.valkey_server import ValkeyServer

RATE = CellRate(rate_per_s=200.0, burst=1, recovery_per_s2=4.0)


@asynccontextmanager
async def replica_cell(server: ValkeyServer) -> AsyncIterator[ValkeyPermitCell]:
    async with opened_store(server) as store:
        yield ValkeyPermitCell(store=store, project_id=PROJECT, rate=RATE)


@asynccontextmanager
async def replica_limiter(server: ValkeyServer) -> AsyncIterator[RateLimiter]:
    async with replica_cell(server) as cell:
        limiter = RateLimiter(
            project_id=PROJECT,
            clock=Clock(),
            timers=asyncio.get_running_loop(),
            rate_per_s=RATE.rate_per_s,
            margin=0.0,
            burst=RATE.burst,
            cell=cell,
        )
        yield limiter
        await limiter.close()


async def test_a_lease_gives_bulk_calls_nothing_while_another_replica_has_urgent_ones(valkey: ValkeyServer) -> None:
    urgent_count, bulk_counts = 0, []
    async with replica_cell(valkey) as one, replica_cell(valkey) as two:
        while urgent_count < 30:
            urgent_count += (await one.lease(Wish(wanted=(100, 0, 0)))).count
            bulk = await two.lease(Wish(wanted=(0, 0, 100)))
            # A replica that this machine has held up for too long counts as gone.
            if bulk.contenders:
                bulk_counts.append(bulk.count)

    assert bulk_counts
    assert not any(bulk_counts)


async def test_urgent_calls_at_one_replica_go_before_the_bulk_calls_of_another(valkey: ValkeyServer) -> None:
    admitted: list[Priority] = []

    async def call(limiter: RateLimiter, priority: Priority) -> float:
        waited_s = await limiter.acquire(Claim(priority=priority), Deadline.after(HOUR_S, Clock()))
        admitted.append(priority)
        return waited_s

    async with replica_limiter(valkey) as one, replica_limiter(valkey) as two:
        bulk = [asyncio.create_task(call(one, Priority.BULK)) for _ in range(1_000)]
        await asyncio.wait(bulk, return_when=asyncio.FIRST_COMPLETED)
        urgent = [asyncio.create_task(call(two, Priority.URGENT)) for _ in range(100)]
        await asyncio.wait(urgent, return_when=asyncio.FIRST_COMPLETED)
        before = admitted.count(Priority.BULK)
        await asyncio.gather(*urgent)
        meanwhile = admitted.count(Priority.BULK) - before
        await give_up(bulk)

    # Equals would have had a hundred: these are what was leased already, and the one in forty that bulk calls get.
    assert meanwhile < 30
