"""Sends at moments drawn beforehand, whatever becomes of them: `python -m bench.arrivals WAY TARGET`.

An open loop: a send that takes long keeps no other from setting out, and its latency counts from the moment it was
due, so that neither a slow side nor a late client can hide what a caller would have waited. Like `bench.load`, each
line on standard input is an `Order` and each line on standard output a `Sample`; a wrong answer ends the process.
"""

import asyncio
import random
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import orjson
import uvloop

from bench.load import ASYNC_WAYS, Novelty
from bench.processes import cpu_s
from bench.ways import Send

DRAIN_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Sends for `duration_s`, `rate_per_s` of them on average; the same `seed` draws the same moments."""

    rate_per_s: float
    duration_s: float
    seed: int
    pids: list[int]
    """Processes whose CPU time to take meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What came of an order; all latencies count from the moment a send was due."""

    send_count: int
    wall_s: float
    cpu_s: list[float]
    """Of the order's processes, in their order."""
    p50_s: float
    p99_s: float
    late_p99_s: float
    """How long after it was due a send was begun by this process: the client's own part of the latencies."""
    most_in_flight: int


def moments(order: Order) -> Iterator[float]:
    """Seconds from the start at which sends are due: a Poisson process."""
    drawn, at_s = random.Random(order.seed), 0.0
    while (at_s := at_s + drawn.expovariate(order.rate_per_s)) < order.duration_s:
        yield at_s


class Alarm:
    """Wakes one task at an instant, to a few microseconds.

    Event loops count timers in milliseconds, which is a fiftieth of what is measured here; the kernel's interval timer
    does not, and a signal wakes the loop like anything else does.
    """

    def __init__(self) -> None:
        """Take SIGALRM; must be made while the event loop runs."""
        self._rung = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGALRM, self._rung.set)

    async def until(self, at_s: float) -> None:
        """Return at an instant of the performance counter, at once when it has passed."""
        while (left_s := at_s - time.perf_counter()) > 0:
            self._rung.clear()
            signal.setitimer(signal.ITIMER_REAL, left_s)
            await self._rung.wait()


async def offer(send: Send, order: Order, novelty: Novelty, alarm: Alarm) -> Sample:
    """Carry out one order, and wait until each of its sends was answered."""
    latencies_s: list[float] = []
    late_s: list[float] = []
    most_in_flight = 0

    async def one(due_s: float) -> None:
        nonlocal most_in_flight
        late_s.append(time.perf_counter() - due_s)
        most_in_flight = max(most_in_flight, len(late_s) - len(latencies_s))
        novelty.take(await send())
        latencies_s.append(time.perf_counter() - due_s)

    before, start_s = cpu_s(*order.pids), time.perf_counter()
    async with asyncio.timeout(order.duration_s + DRAIN_S), asyncio.TaskGroup() as sends:
        for at_s in moments(order):
            await alarm.until(start_s + at_s)
            sends.create_task(one(start_s + at_s))
    wall_s, after = time.perf_counter() - start_s, cpu_s(*order.pids)
    novelty.check()
    latencies_s.sort()
    late_s.sort()
    return Sample(
        send_count=len(latencies_s),
        wall_s=wall_s,
        cpu_s=[end - start for start, end in zip(before, after, strict=True)],
        p50_s=latencies_s[len(latencies_s) // 2],
        p99_s=latencies_s[len(latencies_s) * 99 // 100],
        late_p99_s=late_s[len(late_s) * 99 // 100],
        most_in_flight=most_in_flight,
    )


async def serve(way: str, target: str) -> None:
    """Carry out orders until standard input ends."""
    novelty, alarm = Novelty(), Alarm()
    async with ASYNC_WAYS[way](target) as send:
        _say({"event": "ready"})
        while line := await asyncio.to_thread(sys.stdin.readline):
            _say(await offer(send, Order(**orjson.loads(line)), novelty, alarm))


def _say(answer: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(serve(*sys.argv[1:]))
