"""CPU of the gateway per event delivered live, by how many subscribe, and the memory of one that waits.

One event after the other: a signed post, its 200, and then the next when the last subscriber has it. What the post and
the commit cost without a subscriber is taken away, so that only delivering is left. Every subscriber has to get every
event once, in the same bytes.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import grpc
from conversation_gateway.v1 import event_feed_pb2

from bench import message
from bench.feed import BATCH_TAG
from bench.growth_sizes import Costs
from bench.large_batch import rss_bytes
from bench.live import Connection, Door
from bench.processes import BenchFailed, Child, Cores, child, cpu_s, on
from bench.webhooks import SECRET, ids, posts

# A caller may have 128 streams open, so there are several of them, each with a token of its own.
STREAMS_PER_CALLER = 100
METHOD = "/conversation_gateway.v1.EventFeedService/Subscribe"
# Enough deliveries for the clock that CPU time is counted by, and no more posts than that takes.
DELIVERIES, LEAST_POSTS, MOST_POSTS = 20_000, 20, 1_000
WITHIN_S = 30.0


def token(number: int) -> str:
    """That of the caller to whom a subscriber belongs."""
    return f"token of caller {number // STREAMS_PER_CALLER}"


class Audience:
    """Everybody who subscribes, and what they got."""

    def __init__(self, target: str, stack: AsyncExitStack) -> None:
        """Nobody yet; connections are closed by `stack`."""
        self._target = target
        self._stack = stack
        self._tasks: list[asyncio.Task[None]] = []
        self._frames: Counter[bytes] = Counter()
        self._changed = asyncio.Event()
        self._live = 0
        self._stack.callback(self._leave)

    async def grow(self, count: int) -> None:
        """Have so many subscribe; returns when all of them are live."""
        for number in range(len(self._tasks), count):
            options = [("grpc.use_local_subchannel_pool", 1)]
            channel = await self._stack.enter_async_context(grpc.aio.insecure_channel(self._target, options=options))
            self._tasks.append(asyncio.create_task(self._follow(channel, token(number))))
        await self._until(lambda: self._live == count)

    async def has(self, event_count: int) -> None:
        """Return when everybody has the events since `forget`."""
        wanted = event_count * len(self._tasks)
        await self._until(lambda: self._frames.total() >= wanted)
        if len(self._frames) != (event_count if wanted else 0) or set(self._frames.values()) - {len(self._tasks)}:
            raise BenchFailed("a subscriber has an event twice, or other bytes than the others")

    def forget(self) -> None:
        """Count from here."""
        self._frames.clear()

    async def _follow(self, channel: grpc.aio.Channel, bearer: str) -> None:
        stub: Any = channel.unary_stream(METHOD, request_serializer=None, response_deserializer=None)
        request = event_feed_pb2.SubscribeRequest(latest={}).SerializeToString()
        async for frame in stub(request, metadata=(("authorization", f"Bearer {bearer}"),)):
            if frame[0] == BATCH_TAG:
                self._frames[frame] += 1
            else:
                answer = event_feed_pb2.SubscribeResponse.FromString(frame)
                self._live += answer.WhichOneof("answer") == "caught_up"
            self._changed.set()

    async def _until(self, reached: Any) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not reached():
                for task in self._tasks:
                    if task.done():
                        task.result()
                self._changed.clear()
                await self._changed.wait()

    def _leave(self) -> None:
        for task in self._tasks:
            task.cancel()


async def post_all(requests: Sequence[bytes], door: Door, audience: Audience) -> None:
    """One post after the other, each when everybody has the one before."""
    audience.forget()
    for count, request in enumerate(requests):
        (await door.take()).send(request, lambda: None)
        await door.have_free(1)
        await audience.has(count + 1)


async def one_round(
    gateway: Child, sizes: Sequence[int], source: Iterator[bytes], found: dict[int, list[float]]
) -> float:
    """Every size, from none on; gives the KiB that each of the last to come takes."""
    async with AsyncExitStack() as stack:
        audience, door = Audience(gateway.ready["grpc"], stack), Door()
        host, _, port = gateway.ready["webhooks"].rpartition(":")
        await asyncio.get_running_loop().create_connection(partial(Connection, door), host, int(port))

        async def cost_s(count: int) -> float:
            before_s = cpu_s(gateway.pid)[0]
            await post_all(list(islice(source, count)), door, audience)
            return (cpu_s(gateway.pid)[0] - before_s) / count

        await cost_s(MOST_POSTS // 4)
        alone_s = await cost_s(MOST_POSTS)
        before, each_bytes = 0, 0.0
        for size in sizes:
            without_bytes = rss_bytes(gateway.pid)
            await audience.grow(size)
            each_bytes = (rss_bytes(gateway.pid) - without_bytes) / (size - before)
            before = size
            await cost_s(LEAST_POSTS // 4)
            spent_s = await cost_s(min(max(DELIVERIES // size, LEAST_POSTS), MOST_POSTS))
            found[size].append((spent_s - alone_s) / size * 1e6)
        return each_bytes / 1024


async def live_subscribers(sizes: Sequence[int], rounds: int, cores: Cores) -> tuple[Costs, list[float]]:
    """Costs, and the KiB that a subscriber takes; memory is not given back, so each round has a gateway of its own."""
    found: dict[int, list[float]] = {size: [] for size in sizes}
    memory_kib = []
    with on(cores.beside):
        for _ in range(rounds):
            with tempfile.TemporaryDirectory(prefix="conversation-gateway-bench-") as folder:
                settings = _settings(Path(folder), max(sizes))
                started = child("gateway.cli", "serve", core=cores.measured, environment=settings, ready_on="stderr")
                async with started as gateway:
                    memory_kib.append(await one_round(gateway, sizes, posts(ids()), found))
    return Costs(name="live delivery", unit="per event and subscriber", of="subscribers", found=found), memory_kib


def _settings(folder: Path, subscriber_count: int) -> dict[str, str]:
    doors = ("GATEWAY_GRPC_ADDRESS", "GATEWAY_WEBHOOK_ADDRESS", "GATEWAY_ADMIN_ADDRESS")
    digests = [sha256(token(number).encode()).hexdigest() for number in range(0, subscriber_count, STREAMS_PER_CALLER)]
    return {
        "SINCH_PROJECT_ID": "bench",
        "SINCH_KEY_ID": message.KEY_ID,
        "SINCH_KEY_SECRET": message.KEY_SECRET,
        "GATEWAY_WEBHOOK_SECRET": SECRET.decode(),
        "GATEWAY_STATE_URL": f"sqlite://{folder / 'state.db'}",
        "GATEWAY_LOG_FORMAT": "json",
        "GATEWAY_CALLER_TOKENS_SHA256": ",".join(digests),
        "GATEWAY_GRPC_MAX_STREAMS": "2048",
        "GATEWAY_GRPC_MAX_CONNECTIONS": "2048",
        **dict.fromkeys(doors, "127.0.0.1:0"),
    }
