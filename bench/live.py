"""From a webhook's post to its subscribers, beside the same posts' 200.

    python -m bench.live [--rate 500] [--subscribers 10] [--connections 32] [--seconds 5] [--rounds 5]

A whole gateway takes signed posts of 1 KB at a steady pace that waits for nobody, and every subscriber tells when it
has each event in its hands. A 200 follows the disk, so the yardstick holds the commit: the ratio says what reading the
log and writing ten streams adds. The gateway has a core to itself, posts and subscribers share another. Every post has
to be answered 200, and every subscriber has to get every event once.
"""

import argparse
import asyncio
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import grpc
import uvloop
from conversation_gateway.v1 import event_feed_pb2, event_feed_pb2_grpc

from bench import message
from bench.figures import Goal, Spread
from bench.picture import Bars, draw
from bench.processes import BenchFailed, Cores, child, choose_cores, on
from bench.webhooks import SECRET, ids, posts

GOAL = Goal(limit=2.0)
DRAIN_S = 10.0


@dataclass(slots=True)
class Round:
    """When each post of a round was due, answered, and received by each subscriber."""

    message_ids: list[str]
    posted_s: dict[str, float] = field(default_factory=dict)
    answered_s: dict[str, float] = field(default_factory=dict)
    received_s: list[float] = field(default_factory=list)
    """Seconds from the post to a receipt, over all events and subscribers."""
    all_received: asyncio.Event = field(default_factory=asyncio.Event)

    def answered(self, message_id: str) -> None:
        """Note that a post has its 200."""
        self.answered_s[message_id] = time.perf_counter()

    def p99s_ms(self) -> tuple[float, float]:
        """The 200's p99, and the receipt's."""
        answers = [at_s - self.posted_s[each] for each, at_s in self.answered_s.items()]
        return _p99(answers) * 1000, _p99(self.received_s) * 1000


def _p99(values: list[float]) -> float:
    return sorted(values)[len(values) * 99 // 100]


class Door:
    """The connections to the webhook door that carry no post at the moment."""

    def __init__(self) -> None:
        self._free: deque[Connection] = deque()
        self._changed = asyncio.Event()

    async def take(self) -> "Connection":
        """A connection, as soon as one is free."""
        await self.have_free(1)
        return self._free.popleft()

    async def have_free(self, count: int) -> None:
        """Return once so many carry nothing."""
        while len(self._free) < count:
            self._changed.clear()
            await self._changed.wait()

    def put(self, connection: "Connection") -> None:
        self._free.append(connection)
        self._changed.set()


class Connection(asyncio.Protocol):
    """A kept connection that carries one post at a time; an answer of 200 always fits one segment."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._answered: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self._door.put(self)

    def send(self, request: bytes, answered: Callable[[], None]) -> None:
        self._answered = answered
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self._answered is None or not data.startswith(b"HTTP/1.1 200 "):
            raise BenchFailed(f"a post was answered {data[:40]!r}")
        self._answered()
        self._answered = None
        self._door.put(self)


async def offer(current: Round, requests: list[bytes], options: argparse.Namespace, door: Door) -> None:
    """Post at a steady pace; a post that finds every connection busy waits, and its waiting counts."""
    started_s = time.perf_counter()
    for count, request in enumerate(requests):
        due_s = started_s + count / options.rate
        await asyncio.sleep(max(0.0, due_s - time.perf_counter()))
        message_id = current.message_ids[count]
        current.posted_s[message_id] = due_s
        (await door.take()).send(request, partial(current.answered, message_id))
    async with asyncio.timeout(DRAIN_S):
        await door.have_free(options.connections)
        await current.all_received.wait()


async def follow(call: Any, rounds: dict[str, Round], expected: int, opened: asyncio.Event) -> None:
    """One subscriber: note when each event arrives."""
    async for answer in call:
        now_s = time.perf_counter()
        if answer.WhichOneof("answer") == "opened":
            opened.set()
        for event in answer.batch.events:
            current = rounds[event.message.id]
            current.received_s.append(now_s - current.posted_s[event.message.id])
            if len(current.received_s) == expected:
                current.all_received.set()


async def measure(options: argparse.Namespace, cores: Cores) -> None:
    """Run a gateway, then round after round, the first of which only warms up."""
    count = round(options.rate * options.seconds)
    rounds = [Round(message_ids=list(islice(ids(), count))) for _ in range(options.rounds + 1)]
    round_of = {message_id: each for each in rounds for message_id in each.message_ids}
    with tempfile.TemporaryDirectory(dir=options.folder or Path.cwd()) as folder:
        settings = _settings(Path(folder))
        started = child("gateway.cli", "serve", core=cores.measured, environment=settings, ready_on="stderr")
        async with started as gateway, asyncio.TaskGroup() as tasks:
            door = Door()
            host, _, port = gateway.ready["webhooks"].rpartition(":")
            loop = asyncio.get_running_loop()
            for _ in range(options.connections):
                await loop.create_connection(partial(Connection, door), host, int(port))
            channel = grpc.aio.insecure_channel(gateway.ready["grpc"])
            stub: Any = event_feed_pb2_grpc.EventFeedServiceStub(channel)
            followers = []
            for _ in range(options.subscribers):
                opened = asyncio.Event()
                call = stub.Subscribe(event_feed_pb2.SubscribeRequest(latest={}))
                expected = count * options.subscribers
                followers.append(tasks.create_task(follow(call, round_of, expected, opened)))
                await opened.wait()
            for current in rounds:
                await offer(current, list(posts(current.message_ids)), options, door)
            for follower in followers:
                follower.cancel()
            await channel.close()
    _report(rounds[1:], options)


def _settings(folder: Path) -> dict[str, str]:
    doors = ("GATEWAY_GRPC_ADDRESS", "GATEWAY_WEBHOOK_ADDRESS", "GATEWAY_ADMIN_ADDRESS")
    return {
        "SINCH_PROJECT_ID": "bench",
        "SINCH_KEY_ID": message.KEY_ID,
        "SINCH_KEY_SECRET": message.KEY_SECRET,
        "GATEWAY_WEBHOOK_SECRET": SECRET.decode(),
        "GATEWAY_STATE_URL": f"sqlite://{folder / 'state.db'}",
        "GATEWAY_LOG_FORMAT": "json",
        **dict.fromkeys(doors, "127.0.0.1:0"),
    }


def _report(rounds: list[Round], options: argparse.Namespace) -> None:
    answers, receipts = zip(*(each.p99s_ms() for each in rounds), strict=True)
    ratio = Spread.of(receipt / answer for answer, receipt in zip(answers, receipts, strict=True))
    p99s = {"p99 of the 200, ms": Spread.of(answers), "p99 of a receipt, ms": Spread.of(receipts)}
    print(f"{options.rate:g} posts/s of 1 KB, {options.subscribers} subscribers, {len(rounds)} rounds")
    for name, spread in p99s.items():
        print(f"{name:24} {spread.text(2)}")
    print(f"receipt p99 / 200 p99: {ratio.text(2)}   {GOAL.verdict(ratio)} ({GOAL})")
    panels = [
        Bars(title="from the post, ms", rows=p99s),
        Bars(title="p99: receipt / 200", rows={"": ratio}, goal=GOAL),
    ]
    draw("live", f"From a webhook to {options.subscribers} subscribers", panels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=500.0, help="posts per second")
    parser.add_argument("--subscribers", type=int, default=10)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=5.0, help="length of a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="on the disk to measure; default: the current folder's")
    parser.add_argument("--free", action="store_true", help="pin nothing to a core")
    options = parser.parse_args()
    cores = choose_cores(free=options.free)
    print(cores.description)
    with on(cores.beside):
        uvloop.run(measure(options, cores))


if __name__ == "__main__":
    main()
