"""What one permit costs the gateway, in CPU time: uncontended, and with many calls in line.

    python -m bench.rate_limit [--loop uvloop|asyncio] [--permits 20000] [--rounds 5]

The limiter's clock and timer are worked by hand, so nothing here waits: the whole time is work. A queued permit is a
call's whole stay: forecast, joining the line, its turn, and waking the task that asked. The line is kept at its length
by as many tasks, spread over 20 callers and the three priorities; each asks again as soon as it is served. What grows
with the line is the interpreter's garbage collection, which walks all those tasks.
"""

import argparse
import asyncio
import functools
import itertools
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

import uvloop

from bench.figures import Goal, Spread
from bench.picture import Bars, draw
from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.state.valkey_permits import CellRate, ValkeyPermitCell
from gateway.state.valkey_store import StoreOptions, ValkeyStore
from gateway.upstream.rate_limit import RECOVERY_PER_S, Claim, Priority, RateLimiter

RATE_PER_S = 792.0
LINE_LENGTHS = (10, 1_000, 10_000)
CALLERS = 20
TARGET = Goal(limit=5.0)
# As many as `sends` has.
IN_FLIGHT = 32

Opening: TypeAlias = AbstractAsyncContextManager[RateLimiter]


class HandClock(Clock):
    """Time that passes when told; also the limiter's one timer."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self._callback: Callable[[], object] | None = None

    def monotonic(self) -> float:
        return self.now_s

    def call_later(self, _delay: float, callback: Callable[[], object], /) -> "HandClock":
        self._callback = callback
        return self

    def cancel(self) -> None:
        self._callback = None

    def fire(self) -> None:
        callback, self._callback = self._callback, None
        if callback is not None:
            callback()


def limiter(clock: HandClock, rate_per_s: float) -> RateLimiter:
    return RateLimiter(project_id="bench", clock=clock, timers=clock, rate_per_s=rate_per_s, margin=0.0)


async def uncontended_us(permits: int) -> float:
    """A permit that nobody competes for, with the real clock."""
    subject = RateLimiter(project_id="bench", clock=Clock(), timers=HandClock(), rate_per_s=1e9)
    claim, deadline = Claim(caller="caller"), Deadline.after(3600.0, Clock())
    started_s = time.process_time()
    for _ in range(permits):
        await subject.acquire(claim, deadline)
    return (time.process_time() - started_s) / permits * 1e6


async def offered_us(opening: Opening, offered_per_s: float, seconds: float) -> float:
    """A permit of those that calls ask for at a steady rate, own or leased: CPU beyond that of asking for none.

    With and without take turns of a second, as what a process costs that mostly sleeps changes from moment to moment.
    """
    plain_s = spent_s = 0.0
    permits = 0
    async with opening as subject:
        for _ in range(max(round(seconds), 1)):
            plain_s += (await _offered(None, offered_per_s, 1.0))[0]
            found_s, found = await _offered(subject, offered_per_s, 1.0)
            spent_s, permits = spent_s + found_s, permits + found
    return max(spent_s - plain_s, 0.0) / permits * 1e6


async def _offered(subject: RateLimiter | None, offered_per_s: float, seconds: float) -> tuple[float, int]:
    """The CPU time that a while of calls takes, and how many there were."""
    clock = Clock()
    claim, deadline, permits = Claim(caller="caller"), Deadline.after(3600.0, clock), 0
    over_s = clock.monotonic() + seconds

    async def caller(number: int) -> None:
        nonlocal permits
        await asyncio.sleep(number / offered_per_s)
        while clock.monotonic() < over_s:
            if subject is not None:
                await subject.acquire(claim, deadline)
            permits += 1
            await asyncio.sleep(IN_FLIGHT / offered_per_s)

    started_s = time.process_time()
    await asyncio.gather(*map(caller, range(IN_FLIGHT)))
    return time.process_time() - started_s, permits


@asynccontextmanager
async def embedded(rate_per_s: float) -> AsyncIterator[RateLimiter]:
    """A limiter that has the project's rate for itself."""
    loop = asyncio.get_running_loop()
    yield RateLimiter(project_id="bench", clock=Clock(), timers=loop, rate_per_s=rate_per_s, margin=0.0)


@asynccontextmanager
async def leased(rate_per_s: float, *, url: str) -> AsyncIterator[RateLimiter]:
    """A limiter that leases its permits from the Valkey at a URL."""
    # Patient, as falling back on the local share costs less.
    store = await ValkeyStore.open(StoreOptions(url=url, project_id="bench", wait_s=1.0))
    rate = CellRate(rate_per_s=rate_per_s, burst=40, recovery_per_s2=rate_per_s * RECOVERY_PER_S)
    subject = RateLimiter(
        project_id="bench",
        clock=Clock(),
        timers=asyncio.get_running_loop(),
        rate_per_s=rate_per_s,
        margin=0.0,
        cell=ValkeyPermitCell(store=store, project_id="bench", rate=rate),
        local_share=0.25,
    )
    try:
        yield subject
    finally:
        await subject.close()
        await store.close()


async def queued_us(waiting: int, permits: int) -> float:
    """A permit for one of `waiting` calls in line, at a steady length of the line."""
    clock = HandClock()
    subject = limiter(clock, RATE_PER_S)
    served = 0

    async def caller(claim: Claim) -> None:
        nonlocal served
        while True:
            await subject.acquire(claim, Deadline.after(3600.0, clock))
            served += 1

    kinds = itertools.cycle(
        Claim(priority=priority, caller=f"caller-{number}") for number in range(CALLERS) for priority in Priority
    )
    tasks = [asyncio.create_task(caller(next(kinds))) for _ in range(waiting)]

    async def serve(until: int) -> None:
        while served < until:
            clock.now_s += 1 / RATE_PER_S
            clock.fire()
            await asyncio.sleep(0)

    await serve(waiting + 100)
    started, started_s = served, time.process_time()
    await serve(started + permits)
    spent_s, done = time.process_time() - started_s, served - started
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return spent_s / done * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loop", choices=("uvloop", "asyncio"), default="uvloop")
    parser.add_argument("--permits", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    factory = uvloop.new_event_loop if options.loop == "uvloop" else asyncio.new_event_loop

    def spread_us(measure: Callable[[], Coroutine[object, object, float]]) -> Spread:
        rounds = []
        for _ in range(options.rounds):
            with asyncio.Runner(loop_factory=factory) as runner:
                rounds.append(runner.run(measure()))
        return Spread.of(rounds)

    cost_us = spread_us(functools.partial(uncontended_us, options.permits))
    print(f"uncontended            {cost_us.text(2):>20} us per permit   {TARGET.verdict(cost_us)} ({TARGET})")
    lines = {}
    for waiting in LINE_LENGTHS:
        lines[f"{waiting:,} calls in line"] = spread_us(functools.partial(queued_us, waiting, options.permits))
    for name, spread in lines.items():
        print(f"{name:<22} {spread.text(2):>20} us per permit")
    panels = [
        Bars(title="CPU per permit, uncontended, µs", rows={"": cost_us}, goal=TARGET),
        Bars(title="CPU per permit with a line, µs", rows=lines),
    ]
    draw("rate_limit", "One permit", panels)


if __name__ == "__main__":
    main()
