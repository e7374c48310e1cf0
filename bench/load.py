"""Does the send over and over, and says what it took: `python -m bench.load WAY TARGET`.

One process per way, started once and asked again and again, so that nothing is measured cold: each line on standard
input is an `Order`, each line on standard output a `Sample`. An answer that is wrong ends the process.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from dataclasses import dataclass

import orjson
import uvloop

from bench import ways
from bench.processes import cpu_s

ASYNC_WAYS = {"httpx": ways.direct, "gateway": ways.rpc, "constant": ways.rpc, "bare": ways.rpc, "upstream": ways.raw}
# Seconds spent on each send.
Latencies = list[float]
Run = Callable[[int, float], Latencies]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Keep `in_flight` sends going for `duration_s`; `pids` are the processes whose CPU time to take meanwhile."""

    in_flight: int
    duration_s: float
    pids: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What came of an order. CPU seconds are those of the order's processes, and of this one behind them."""

    send_count: int
    wall_s: float
    cpu_s: list[float]
    p50_s: float
    p99_s: float


class Novelty:
    """Takes the message id of every answer: one that was there before means an answer to another send."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._count = 0

    def take(self, message_id: str) -> None:
        self._seen.add(message_id)
        self._count += 1

    def check(self) -> None:
        if len(self._seen) != self._count:
            raise ValueError(f"{self._count - len(self._seen)} of {self._count} answers repeat a message id")


@contextmanager
def in_threads(send: Callable[[], str], take: Callable[[str], None]) -> Iterator[Run]:
    """One thread per send in flight."""
    with ThreadPoolExecutor(ways.MAX_IN_FLIGHT) as pool:

        def run(in_flight: int, duration_s: float) -> Latencies:
            latencies: Latencies = []
            end_s = time.perf_counter() + duration_s

            def caller() -> None:
                while (start_s := time.perf_counter()) < end_s:
                    take(send())
                    latencies.append(time.perf_counter() - start_s)

            for done in [pool.submit(caller) for _ in range(in_flight)]:
                done.result()
            return latencies

        yield run


@contextmanager
def in_tasks(way: AbstractAsyncContextManager[ways.Send], take: Callable[[str], None]) -> Iterator[Run]:
    """One task per send in flight, on the loop that the gateway uses too."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        stack = AsyncExitStack()
        send = runner.run(stack.enter_async_context(way))

        async def load(in_flight: int, duration_s: float) -> Latencies:
            latencies: Latencies = []
            end_s = time.perf_counter() + duration_s

            async def caller() -> None:
                while (start_s := time.perf_counter()) < end_s:
                    take(await send())
                    latencies.append(time.perf_counter() - start_s)

            await asyncio.gather(*(caller() for _ in range(in_flight)))
            return latencies

        try:
            yield lambda in_flight, duration_s: runner.run(load(in_flight, duration_s))
        finally:
            runner.run(stack.aclose())


def sample(run: Run, order: Order) -> Sample:
    """Carry out one order."""
    before, start_s = cpu_s(*order.pids), time.perf_counter()
    latencies = run(order.in_flight, order.duration_s)
    wall_s, after = time.perf_counter() - start_s, cpu_s(*order.pids)
    latencies.sort()
    return Sample(
        send_count=len(latencies),
        wall_s=wall_s,
        cpu_s=[end - start for start, end in zip(before, after, strict=True)],
        p50_s=latencies[len(latencies) // 2],
        p99_s=latencies[len(latencies) * 99 // 100],
    )


def main() -> None:
    way, target = sys.argv[1:]
    novelty = Novelty()
    # The constant answer is the same each time; that is what it is for.
    take = (lambda _: None) if way == "constant" else novelty.take
    opened = in_threads(ways.sdk(target), take) if way == "sdk" else in_tasks(ASYNC_WAYS[way](target), take)
    with opened as run:
        sys.stdout.buffer.write(b'{"event":"ready"}\n')
        sys.stdout.flush()
        for line in sys.stdin:
            taken = sample(run, Order(**orjson.loads(line)))
            novelty.check()
            sys.stdout.buffer.write(orjson.dumps(taken) + b"\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
