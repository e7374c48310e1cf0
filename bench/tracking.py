"""What it costs to follow many messages at once.

    python -m bench.tracking [--messages 10000] [--rounds 5]

A real log and the real tracker, without gRPC: memory per message that is followed, with the task that follows it, while
nothing comes; then the time from the commit of a receipt for each of them to its state in the hands of whoever follows;
and how often the API was asked meanwhile, which has to be never. Medians of the rounds, each with a log of its own.
"""

import argparse
import asyncio
import gc
import os
import tempfile
import time
import tracemalloc
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import uvloop
from conversation_gateway.v1 import event_feed_pb2, message_pb2

from bench.figures import Goal, Spread
from bench.picture import Bars, draw
from bench.processes import BenchFailed
from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.journeys.progress import DELIVERED
from gateway.journeys.tracking import Tracker, Wish
from gateway.journeys.witness import Witness
from gateway.state.events import EventIndex, NewEvent
from gateway.state.sqlite_log import SqliteEventLog

PROJECT = "01JBPROJECT0000000000000000"
GOAL = Goal(limit=4096)


def receipt(message_id: str) -> NewEvent:
    key = os.urandom(32)
    said = event_feed_pb2.FeedEvent(trigger="MESSAGE_DELIVERY", project_id=PROJECT)
    said.received_time.GetCurrentTime()
    said.message_delivery_report.message_id = message_id
    said.message_delivery_report.status = DELIVERED
    said.message_delivery_report.channel_identity.channel = "SMS"
    index = EventIndex(
        trigger="MESSAGE_DELIVERY",
        app_id="APP",
        channel="SMS",
        contact_id="",
        conversation_id="",
        message_id=message_id,
        correlation_id="",
        metadata="",
    )
    encoded = said.SerializeToString()
    return NewEvent(
        project_id=PROJECT, dedupe_key=key, body_hash=key, index=index, encoded=encoded, raw=os.urandom(1000)
    )


class Followed:
    """All the messages that are followed, and what became known of them."""

    def __init__(self, tracker: Tracker, witness: Witness, count: int) -> None:
        self._tracker = tracker
        self._witness = witness
        self.asked = 0
        self.all_followed = asyncio.Event()
        self._left = count
        self.told = 0

    async def ask(self) -> message_pb2.ConversationMessage | None:
        self.asked += 1
        return None

    async def follow(self, message_id: str) -> None:
        accepted = message_pb2.MessageState(message_id=message_id, status="ACCEPTED")
        wish = Wish(
            project_id=PROJECT,
            message_id=message_id,
            until=DELIVERED,
            horizon=Deadline.after(600, Clock()),
            after=self._witness.newest,
            accepted=accepted,
        )
        async with aclosing(self._tracker.track(wish, self.ask)) as states:
            async for state in states:
                if isinstance(state, message_pb2.MessageState):
                    self._left -= state.status == "ACCEPTED"
                    self.told += state.status == DELIVERED
                    if not self._left:
                        self.all_followed.set()


async def waiting_bytes(count: int) -> float:
    """Memory of a task that waits for the next item of an async generator, whatever that does."""
    released = asyncio.get_running_loop().create_future()

    async def items() -> AsyncGenerator[None, None]:
        await released
        yield

    async def wait() -> None:
        async with aclosing(items()) as waited:
            async for _ in waited:
                pass

    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    tasks = [asyncio.create_task(wait()) for _ in range(count)]
    await asyncio.sleep(0.1)
    gc.collect()
    each = (tracemalloc.get_traced_memory()[0] - before) / count
    released.set_result(None)
    await asyncio.gather(*tasks)
    return each


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round has shown."""

    bare_bytes: float
    each_bytes: float
    told_per_s: float
    asked: int


async def measure(path: Path, count: int) -> Round:
    log = await SqliteEventLog.open(path, clock=Clock())
    witness = Witness(log=log, on_capability=lambda _: None)
    witness.start()
    followed = Followed(Tracker(witness=witness, clock=Clock()), witness, count)
    ids = [f"01JBMESSAGE{number:015}" for number in range(count)]
    tracemalloc.start()
    bare = await waiting_bytes(count)
    before = tracemalloc.get_traced_memory()[0]
    tasks = [asyncio.create_task(followed.follow(message_id)) for message_id in ids]
    await followed.all_followed.wait()
    # The last ones have told their first state, but do not wait for the next one yet.
    await asyncio.sleep(0.1)
    gc.collect()
    each = (tracemalloc.get_traced_memory()[0] - before) / count
    tracemalloc.stop()
    start_s = time.perf_counter()
    for first in range(0, count, 256):
        await asyncio.gather(*(log.append(receipt(message_id)) for message_id in ids[first : first + 256]))
    await asyncio.gather(*tasks)
    elapsed_s = time.perf_counter() - start_s
    if followed.told != count:
        raise BenchFailed(f"{followed.told} of {count} receipts were told")
    witness.close()
    await log.close()
    return Round(bare_bytes=bare, each_bytes=each, told_per_s=count / elapsed_s, asked=followed.asked)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.db" for number in range(options.rounds)]
        rounds = [uvloop.run(measure(path, options.messages)) for path in paths]
    with_task = Spread.of(each.each_bytes for each in rounds)
    alone = Spread.of(each.each_bytes - each.bare_bytes for each in rounds)
    told = Spread.of(each.told_per_s for each in rounds)
    print(f"{options.messages:,} messages followed at once, {options.rounds} rounds")
    print(f"memory per message followed, with the task that follows it, bytes: {with_task.text(0)}")
    print(f"without it, as any task takes some, bytes: {alone.text(0)}   {GOAL.verdict(alone)} ({GOAL})")
    print(f"receipts stored and told, per second: {told.text(0)}")
    print(f"times the API was asked: {sum(each.asked for each in rounds)} (goal: 0)")
    panels = [
        Bars(title="memory per message, bytes, without the task", rows={"": alone}, digits=0, goal=GOAL),
        Bars(title="receipts stored and told, per second", rows={"": told}, digits=0),
    ]
    draw("tracking", f"{options.messages:,} messages followed at once", panels)


if __name__ == "__main__":
    main()
