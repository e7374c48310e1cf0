"""What delivery costs, each number beside its yardstick from this run.

    python -m bench.feed [--events 1000000] [--rounds 5] [--folder FOLDER]

Replay: everything in a log of a million events of about 2 KB, over gRPC to one client in batches, beside a plain SELECT
of the same rows in the same process, and beside the first of them one event per message, and one per read and message;
then to 100 clients side by side. Live: 100 subscribers while events come as fast as they can be committed, beside a
gRPC stream that sends the same bytes as often, ready made. Memory: of streams that wait, and of one that is never read
while events come. Server on core 0, clients in a process of their own on core 1 where there are two. Medians of the
rounds, and the ratio to the yardstick.
"""

import argparse
import asyncio
import gc
import multiprocessing
import os
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import grpc
import uvloop
from conversation_gateway.v1 import event_feed_pb2 as pb

from bench.figures import Goal
from bench.log import IN_FLIGHT, PROJECT, Rounds, event, fill, show, stock, use_core
from bench.picture import Panel, draw
from bench.processes import BenchFailed
from gateway.clock import Clock
from gateway.events.feed import Feed
from gateway.events.limits import FeedLimits
from gateway.state.sqlite_log import SqliteEventLog

SUBSCRIBERS = 100
LIVE_EVENTS = 300
IDLE_STREAMS = 1000
# What the slower ways replay of the same log.
FEW_EVENTS = 10_000
GOAL = Goal(limit=0.1, at_least=True)
BATCH_TAG = 0x12
UNBOUNDED = FeedLimits(streams_per_caller=1_000_000)
ONE_PER_MESSAGE = FeedLimits(batch_count=1, streams_per_caller=1_000_000)
ONE_BY_ONE = FeedLimits(batch_count=1, page_count=1, streams_per_caller=1_000_000)


Method = Callable[[pb.SubscribeRequest], AsyncIterator[bytes]]


@asynccontextmanager
async def serving(methods: dict[str, Method]) -> AsyncIterator[str]:
    """A gRPC server whose streams send bytes as they are."""

    def handler(method: Method) -> Any:
        async def handle(request: pb.SubscribeRequest, context: Any) -> None:
            async with aclosing(method(request)) as answers:  # type: ignore[type-var]  # streams can be closed
                async for answer in answers:
                    await context.write(answer)

        return grpc.unary_stream_rpc_method_handler(handle, request_deserializer=pb.SubscribeRequest.FromString)

    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    handlers = {name: handler(method) for name, method in methods.items()}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench", handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


def consume(
    telling: Connection, *, target: str, method: str, request: bytes, streams: int, batches: int | None
) -> None:
    """A process of subscribers that take so many batches each, or everything, and then say how many bytes that was."""
    use_core(1)

    async def run() -> None:
        async with AsyncExitStack() as stack:
            channels = [
                await stack.enter_async_context(
                    grpc.aio.insecure_channel(target, options=[("grpc.use_local_subchannel_pool", 1)])
                )
                for _ in range(min(streams, 4))
            ]
            opened = asyncio.Barrier(streams + 1)

            async def follow(number: int) -> int:
                stub: Any = channels[number % len(channels)].unary_stream(f"/bench/{method}")
                left, size_bytes = batches, 0
                answers = aiter(stub(request))
                await anext(answers)
                await opened.wait()
                async for answer in answers:
                    size_bytes += len(answer)
                    if left is not None and answer[0] == BATCH_TAG:
                        left -= 1
                        if left == 0:
                            break
                return size_bytes

            followers = [asyncio.ensure_future(follow(number)) for number in range(streams)]
            await opened.wait()
            telling.send("opened")
            telling.send(sum(await asyncio.gather(*followers)))

    uvloop.run(run())


async def consumed(
    target: str,
    method: str,
    request: pb.SubscribeRequest,
    *,
    streams: int = 1,
    batches: int | None = None,
    meanwhile: Callable[[], Awaitable[object]] | None = None,
    least_bytes: int = 1,
) -> float:
    """Seconds from the moment every subscriber was open until all were done.

    Raises `BenchFailed` when they did not get `least_bytes`.
    """
    telling, asking = multiprocessing.Pipe()
    spawn = multiprocessing.get_context("spawn")
    wanted = {
        "target": target,
        "method": method,
        "request": request.SerializeToString(),
        "streams": streams,
        "batches": batches,
    }
    child = spawn.Process(target=consume, args=(asking,), kwargs=wanted, daemon=True)
    child.start()
    await asyncio.to_thread(telling.recv)
    start = time.perf_counter()
    if meanwhile is not None:
        await meanwhile()
    size_bytes = await asyncio.to_thread(telling.recv)
    elapsed_s = time.perf_counter() - start
    await asyncio.to_thread(child.join)
    if size_bytes < least_bytes:
        raise BenchFailed(f"subscribers got {size_bytes} bytes and not {least_bytes}")
    return elapsed_s


async def replay(folder: Path, rounds: int, count: int) -> list[Panel]:
    count = max(count, FEW_EVENTS)
    await stock(folder / "replay.db", count, event)
    log = await SqliteEventLog.open(folder / "replay.db", clock=Clock())
    encoded_bytes = len(event().encoded)
    everything = pb.SubscribeRequest(earliest={}, stop_at_newest={})
    ways = {
        "batched": UNBOUNDED,
        "one event per message": ONE_PER_MESSAGE,
        "one event per read and message": ONE_BY_ONE,
    }
    rates: dict[str, Rounds] = {name: [] for name in (*ways, "a plain SELECT")}
    feeds = {name: Feed(log=log, clock=Clock(), project_id=PROJECT, limits=limits) for name, limits in ways.items()}
    methods: dict[str, Method] = {name.replace(" ", ""): subscribing(feed) for name, feed in feeds.items()}
    together: dict[str, Rounds] = {"batched": [], "one event per message": []}
    async with serving(methods) as target:
        for _ in range(rounds):
            for name in ways:
                batches = None if name == "batched" else FEW_EVENTS
                least_bytes = (batches or count) * encoded_bytes
                elapsed_s = await consumed(
                    target, name.replace(" ", ""), everything, batches=batches, least_bytes=least_bytes
                )
                rates[name].append((batches or count) / elapsed_s)
            rates["a plain SELECT"].append(count / select_s(folder / "replay.db"))
            for name, found in together.items():
                size, batches = (64, 100) if name == "batched" else (1, 1000)
                method = name.replace(" ", "")
                elapsed_s = await consumed(target, method, everything, streams=SUBSCRIBERS, batches=batches)
                found.append(SUBSCRIBERS * batches * size / elapsed_s)
    await log.close()
    batched = rates.pop("batched")
    goals = {"a plain SELECT": GOAL}
    panels = []
    for name, theirs in rates.items():
        panels += show(f"replay of {count:,} events over gRPC, events/s", batched, name, theirs, goals.get(name))
    batched, single = together.values()
    what = f"replay to {SUBSCRIBERS} subscribers side by side, events/s"
    return [*panels, *show(what, batched, "one event per message", single)]


def subscribing(feed: Feed) -> Method:
    return lambda request: feed.subscribe(request, caller="")


def select_s(path: Path) -> float:
    connection = sqlite3.connect(path)
    start = time.perf_counter()
    for _ in connection.execute("SELECT * FROM events ORDER BY position"):
        pass
    elapsed_s = time.perf_counter() - start
    connection.close()
    return elapsed_s


async def live(folder: Path, rounds: int) -> list[Panel]:
    log = await SqliteEventLog.open(folder / "live.db", clock=Clock())
    feed = Feed(log=log, clock=Clock(), project_id=PROJECT, limits=ONE_PER_MESSAGE)
    frames: list[bytes] = []
    go = asyncio.Event()

    async def ready_made(_request: pb.SubscribeRequest) -> AsyncIterator[bytes]:
        yield frames[0]
        await go.wait()
        for frame in frames[1:]:
            yield frame

    async def start() -> None:
        go.set()

    ours: Rounds = []
    ceiling: Rounds = []
    methods: dict[str, Method] = {"feed": subscribing(feed), "ready": ready_made}
    deliveries = SUBSCRIBERS * LIVE_EVENTS
    async with serving(methods) as target:
        for _ in range(rounds):
            go.clear()
            events = [event() for _ in range(LIVE_EVENTS)]
            after = log.tail.position
            elapsed_s = await consumed(
                target,
                "feed",
                pb.SubscribeRequest(),
                streams=SUBSCRIBERS,
                batches=LIVE_EVENTS,
                meanwhile=lambda: fill(log, events, IN_FLIGHT),  # noqa: B023  # over before the next round
            )
            ours.append(deliveries / elapsed_s)
            frames[:] = await said(feed, after)
            ceiling.append(
                deliveries
                / await consumed(
                    target, "ready", pb.SubscribeRequest(), streams=SUBSCRIBERS, batches=LIVE_EVENTS, meanwhile=start
                )
            )
    await log.close()
    return show(f"live to {SUBSCRIBERS} subscribers, deliveries/s", ours, "the same bytes ready made", ceiling)


async def said(feed: Feed, after: int) -> list[bytes]:
    """The opening and then one frame per event after a position."""
    request = pb.SubscribeRequest(earliest={}, stop_at_newest={})
    async with aclosing(feed.subscribe(request, caller="")) as stream:
        frames = [frame async for frame in stream]
    return [frames[0], *[frame for frame in frames if frame[0] == BATCH_TAG][after:]]


async def memory(folder: Path) -> None:
    log = await SqliteEventLog.open(folder / "memory.db", clock=Clock())
    feed = Feed(log=log, clock=Clock(), project_id=PROJECT, limits=UNBOUNDED)
    await fill(log, (event() for _ in range(5000)), 64)
    async with AsyncExitStack() as stack:
        before = resident_bytes()
        waiting: list[asyncio.Future[bytes]] = []
        for _ in range(IDLE_STREAMS):
            stream = await stack.enter_async_context(aclosing(feed.subscribe(pb.SubscribeRequest(), caller="")))
            await anext(stream)
            await anext(stream)
            waiting.append(asyncio.ensure_future(anext(stream)))
        await asyncio.sleep(0)
        print(f"a stream that waits: {(resident_bytes() - before) / IDLE_STREAMS / 1024:.1f} KiB")
        for future in waiting:
            future.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    await fill(log, (event() for _ in range(5000)), 64)
    async with aclosing(feed.subscribe(pb.SubscribeRequest(), caller="")) as slow:
        await anext(slow)
        before = resident_bytes()
        await fill(log, (event() for _ in range(20_000)), 64)
        print(f"20,000 events while a stream is never read: {(resident_bytes() - before) / 1024:.0f} KiB more")
    await log.close()


def resident_bytes() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


async def measure(folder: Path, rounds: int, events: int) -> list[Panel]:
    use_core(0)
    # First, before the others leave freed memory behind.
    await memory(folder)
    return [*await replay(folder, rounds, events), *await live(folder, rounds)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000, help="to replay")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="on the disk to measure; a temporary one by default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        panels = uvloop.run(measure(Path(folder), options.rounds, options.events))
    draw("feed", "Delivering and replaying events", panels)


if __name__ == "__main__":
    main()
