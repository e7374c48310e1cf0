"""One rate for all replicas: kept by all together, shared fairly, and the more urgent first wherever it waits."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from gateway.deadline import Deadline
from gateway.state.permits import Wish
from gateway.state.valkey_permits import CellRate, ValkeyPermitCell
from gateway.upstream.leased_pace import AHEAD_S
from gateway.upstream.rate_limit import Claim, Priority, RateLimiter
from tests.integration.shared.opening import opened_store
from tests.integration.shared.virtual import LEASED, VirtualStore, virtual_limiter
from tests.limiter_desk import HOUR_S, give_up
from tests.unit.state.sample import PROJECT
from tests.valkey_server import ValkeyServer
from tests.virtual_time import VirtualClock, run

RATE = CellRate(rate_per_s=200.0, burst=1, recovery_per_s2=4.0)
# What one replica holds at most of what others may be in need of: a lease, and what it had fetched ahead.
HELD = RATE.chunk + int(RATE.rate_per_s * AHEAD_S)


class Replicas:
    """Limiters of several processes on one cell and one virtual clock, and whom they admitted when."""

    def __init__(self, clock: VirtualClock, limiters: list[RateLimiter]) -> None:
        self.clock = clock
        self.limiters = limiters
        self.admitted: list[tuple[int, float]] = []
        self.calls: list[asyncio.Task[float]] = []

    def flood(self, number: int, count: int, priority: Priority = Priority.NORMAL) -> "list[asyncio.Task[float]]":
        """Have calls wait at one replica."""
        calls = [asyncio.create_task(self.call(number, priority)) for _ in range(count)]
        self.calls += calls
        return calls

    async def crowd(self) -> None:
        """Have many calls wait at both of two replicas, and be under way with them."""
        self.flood(0, 1_000)
        self.flood(1, 1_000)
        await self.clock.sleep(0.5)

    async def call(self, number: int, priority: Priority = Priority.NORMAL) -> float:
        """Have a call wait; the seconds that it did."""
        waited_s = await self.limiters[number].acquire(Claim(priority=priority), Deadline.after(HOUR_S, self.clock))
        self.admitted.append((number, self.clock.monotonic()))
        return waited_s

    async def during(self, seconds: float) -> Counter[int]:
        """How many calls each replica admits in a while from now on."""
        before = len(self.admitted)
        await self.clock.sleep(seconds)
        return Counter(number for number, _ in self.admitted[before:])


def on_replicas(
    count: int,
) -> Callable[[Callable[[Replicas], Awaitable[None]]], Callable[[ValkeyServer], None]]:
    """Run a test with so many limiters on one cell."""

    def decorated(scenario: Callable[[Replicas], Awaitable[None]]) -> Callable[[ValkeyServer], None]:
        def test(valkey: ValkeyServer) -> None:
            async def story(clock: VirtualClock) -> None:
                async with AsyncExitStack() as stack:
                    limiters = []
                    for number in range(count):
                        opening = virtual_limiter(
                            valkey,
                            clock,
                            cell=PROJECT,
                            rate_per_s=RATE.rate_per_s,
                            burst=RATE.burst,
                            # Some are nearer to the server than others.
                            answer_s=number * 0.005,
                        )
                        limiters.append(await stack.enter_async_context(opening))
                    replicas = Replicas(clock, limiters)
                    await scenario(replicas)
                    await give_up(replicas.calls)

            run(story)

        test.__name__ = scenario.__name__
        return test

    return decorated


@on_replicas(4)
async def test_replicas_that_ask_for_more_get_all_of_the_rate_and_no_more_each_its_share(
    replicas: Replicas,
) -> None:
    for number in range(4):
        replicas.flood(number, 500)

    shares = await replicas.during(5.0)

    assert 0.95 * 1_000 <= shares.total() <= 1_000 + RATE.burst + RATE.rate_per_s * LEASED.kept_s
    assert all(0.8 * 250 <= shares[number] <= 1.2 * 250 for number in range(4))
    instants_s = [at_s for _, at_s in replicas.admitted[::20]]
    for (i, first_s), (j, last_s) in itertools.combinations(enumerate(instants_s), 2):
        assert (j - i) * 20 + 1 <= RATE.burst + RATE.rate_per_s * (last_s - first_s + LEASED.kept_s)


@on_replicas(2)
async def test_a_replica_that_wants_little_waits_for_a_lease_of_the_other_and_leaves_it_the_rest(
    replicas: Replicas,
) -> None:
    replicas.flood(1, 2_000)
    started_s = replicas.clock.monotonic()

    waits_s = []
    for _ in range(40):
        await replicas.clock.sleep(0.1)
        waits_s.append(await replicas.call(0))

    # What the other has leased ahead, and the lease that is its turn before one's own.
    assert max(waits_s) <= LEASED.late_s + 2 * RATE.chunk / RATE.rate_per_s
    assert len(replicas.admitted) >= 0.95 * 200 * (replicas.clock.monotonic() - started_s)


@on_replicas(2)
async def test_a_replica_that_has_become_idle_holds_nothing_back(replicas: Replicas) -> None:
    await asyncio.gather(*replicas.flood(0, 100))
    replicas.flood(1, 1_000)

    shares = await replicas.during(2.0)

    assert shares[1] >= 0.95 * 400


@on_replicas(2)
async def test_a_replica_that_dies_with_calls_in_line_holds_up_the_other_for_a_moment_only(replicas: Replicas) -> None:
    await replicas.crowd()
    # It asks no more, and tells nobody.
    await replicas.limiters[0].close()
    await replicas.clock.sleep(0.2)

    shares = await replicas.during(2.0)

    assert shares[1] >= 0.95 * 400


@on_replicas(2)
async def test_urgent_calls_at_one_replica_go_before_the_bulk_calls_of_another_to_within_a_lease(
    replicas: Replicas,
) -> None:
    replicas.flood(0, 1_000, Priority.BULK)
    await replicas.clock.sleep(0.5)

    before = len(replicas.admitted)
    await asyncio.gather(*replicas.flood(1, 200, Priority.URGENT))

    bulk = [number for number, _ in replicas.admitted[before:]].count(0)
    # One in forty is theirs.
    assert bulk <= HELD + 200 / 39


@on_replicas(2)
async def test_bulk_calls_at_one_replica_get_one_permit_in_forty_while_another_floods(replicas: Replicas) -> None:
    replicas.flood(1, 1_500, Priority.URGENT)
    replicas.flood(0, 1_000, Priority.BULK)
    await replicas.clock.sleep(0.5)

    shares = await replicas.during(4.0)

    assert 0.6 * 800 / 40 <= shares[0] <= 1.4 * 800 / 40


@on_replicas(2)
async def test_a_429_at_one_replica_pauses_the_other_too(replicas: Replicas) -> None:
    await replicas.crowd()

    replicas.limiters[0].throttled("", 2.0, app_queue_full=False)
    at_once = await replicas.during(1.9)
    await replicas.clock.sleep(0.2)
    after = await replicas.during(1.0)

    # What the other had leased already.
    assert at_once.total() <= HELD
    assert 0.6 * 200 <= after.total() <= 0.8 * 200


@on_replicas(2)
async def test_replicas_get_all_of_the_rate_and_no_more_while_the_servers_clock_is_set_back(replicas: Replicas) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(VirtualStore, "ahead_s", 3_600.0)
        await replicas.crowd()

        patch.setattr(VirtualStore, "ahead_s", 3_000.0)
        shares = await replicas.during(2.0)

    assert 0.9 * 400 <= shares.total() <= 400 + RATE.burst + RATE.rate_per_s * LEASED.kept_s
    assert all(0.8 * 200 <= shares[number] <= 1.2 * 200 for number in range(2))


@on_replicas(2)
async def test_a_pause_lasts_as_long_as_it_was_to_where_the_servers_clock_is_set_back(replicas: Replicas) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(VirtualStore, "ahead_s", 3_600.0)
        await replicas.crowd()
        replicas.limiters[0].throttled("", 2.0, app_queue_full=False)
        await replicas.clock.sleep(0.5)

        patch.setattr(VirtualStore, "ahead_s", 3_000.0)
        during = await replicas.during(1.4)
        await replicas.clock.sleep(1.1)
        after = await replicas.during(1.0)

    assert during.total() == 0
    assert 0.6 * 200 <= after.total() <= 0.8 * 200


@asynccontextmanager
async def replica_cell(server: ValkeyServer) -> AsyncIterator[ValkeyPermitCell]:
    async with opened_store(server) as store:
        yield ValkeyPermitCell(store=store, project_id=PROJECT, rate=RATE)


async def test_by_the_servers_own_clock_bulk_calls_get_nothing_while_another_replica_has_urgent_ones(
    valkey: ValkeyServer,
) -> None:
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
