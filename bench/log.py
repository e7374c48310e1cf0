"""What the log costs without the webhook door, each number beside its yardstick from this run.

    python -m bench.log [--rounds 5] [--folder FOLDER]

Events of about 2 KB, durable before they are acknowledged, 32 in flight, beside the same log with a commit per event;
and the acknowledgement of a lone event beside the disk's own `fdatasync` of one page, in turns. Medians of the rounds,
and the ratio to the yardstick.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from operator import attrgetter
from pathlib import Path

import uvloop
from conversation_gateway.v1 import event_feed_pb2 as pb

from bench.figures import Goal, Spread
from bench.picture import Bars, Panel, draw
from gateway.clock import Clock
from gateway.simulator.identifiers import new_ulid
from gateway.state.events import EventIndex, NewEvent
from gateway.state.sqlite_log import SqliteEventLog
from gateway.state.transaction import Transaction
from gateway.state.writer import WriterLimits
from gateway.webhooks.identity import dedupe_key

PROJECT = "01JBPROJECT0000000000000000"
APP = "01JBAPP00000000000000000000"
BODY_BYTES = 1000
IN_FLIGHT = 32

Rounds = list[float]


def use_core(number: int) -> None:
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[number % len(cores)]})


def new_key() -> bytes:
    """The identity of a receipt whose id comes after all before, as those that the API gives do."""
    return dedupe_key(project_id=PROJECT, app_id=APP, trigger="MESSAGE_DELIVERY", parts=(new_ulid(), "DELIVERED"))


def event() -> NewEvent:
    key = new_key()
    typed = pb.FeedEvent(event_id=key.hex(), trigger="MESSAGE_DELIVERY", webhook="default", project_id=PROJECT)
    typed.received_time.FromSeconds(1_800_000_000)
    typed.message_delivery_report.message_id = "01JBMESSAGE0000000000000000"
    typed.message_delivery_report.status = "DELIVERED"
    typed.message_metadata = "m" * (BODY_BYTES - 200)
    index = EventIndex(
        trigger="MESSAGE_DELIVERY",
        app_id=APP,
        channel="SMS",
        contact_id="01JBCONTACT0000000000000000",
        conversation_id="01JBCONVERSATION00000000000",
        message_id="01JBMESSAGE0000000000000000",
        correlation_id="",
        metadata="",
    )
    return NewEvent(
        project_id=PROJECT,
        dedupe_key=key,
        body_hash=os.urandom(32),
        index=index,
        encoded=typed.SerializeToString(),
        raw=os.urandom(BODY_BYTES),
    )


async def fill(log: SqliteEventLog, events: Iterable[NewEvent], in_flight: int) -> list[float]:
    """Append everything; how long each acknowledgement took."""
    waits_s: list[float] = []
    left = iter(events)

    async def work() -> None:
        for each in left:
            start = time.perf_counter()
            await log.append(each)
            waits_s.append(time.perf_counter() - start)

    await asyncio.gather(*(work() for _ in range(in_flight)))
    return waits_s


async def stock(path: Path, count: int, make: Callable[[], NewEvent], *, group_count: int = 20_000) -> None:
    """Store many events by the log's own writer: in large groups, and without waiting for the disk.

    A group comes in the order of its identities, which are random, so that a page of their index is written once for
    all of it: the larger the log, the larger a group should be, as far as memory allows.
    """
    log = await SqliteEventLog.open(path, clock=Clock(), synchronous="OFF")
    for first in range(0, count, group_count):
        events = [make() for _ in range(min(group_count, count - first))]
        events.sort(key=attrgetter("dedupe_key"))
        await log.write(partial(_append_all, events=events))
    await log.close()


def _append_all(transaction: Transaction, *, events: list[NewEvent]) -> None:
    transaction.look_up([event.dedupe_key for event in events])
    for event in events:
        transaction.append(event)


async def ingest(folder: Path, rounds: int) -> list[Panel]:
    grouped: Rounds = []
    alone: Rounds = []
    acknowledged: Rounds = []
    synced: Rounds = []
    for number in range(rounds):
        for limits, rates, count in ((WriterLimits(), grouped, 10_000), (WriterLimits(group_count=1), alone, 2000)):
            log = await SqliteEventLog.open(folder / f"{number}-{limits.group_count}.db", clock=Clock(), limits=limits)
            events = [event() for _ in range(count)]
            start = time.perf_counter()
            await fill(log, events, IN_FLIGHT)
            rates.append(count / (time.perf_counter() - start))
            if limits.group_count > 1:
                await lone(log, folder / "page", acknowledged, synced)
            await log.close()
    return [
        *show("ingest, 32 in flight, events/s", grouped, "a commit per event", alone),
        *show("a lone event's acknowledgement, µs", micro(acknowledged), "fdatasync of a page", micro(synced)),
    ]


async def lone(log: SqliteEventLog, path: Path, acknowledged: Rounds, synced: Rounds) -> None:
    """The median time of an acknowledgement and of the disk taking one page, in turns."""
    waits_s: tuple[Rounds, Rounds] = ([], [])
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    for number in range(300):
        waits_s[0].extend(await fill(log, [event()], 1))
        os.pwrite(descriptor, b"x" * 4096, number * 4096)
        start = time.perf_counter()
        os.fdatasync(descriptor)
        waits_s[1].append(time.perf_counter() - start)
    os.close(descriptor)
    acknowledged.append(statistics.median(waits_s[0]))
    synced.append(statistics.median(waits_s[1]))


def micro(rounds_s: Rounds) -> Rounds:
    return [each * 1e6 for each in rounds_s]


def show(what: str, ours: Rounds, yardstick: str, theirs: Rounds, goal: Goal | None = None) -> list[Panel]:
    """Print a figure, its yardstick, and the median of the rounds' own ratios; gives what to draw of it."""
    ratio = Spread.of(mine / their for mine, their in zip(ours, theirs, strict=True))
    verdict = f"   {goal.verdict(ratio)} ({goal})" if goal else ""
    rows = {"gateway": Spread.of(ours), yardstick: Spread.of(theirs)}
    print(f"{what}: {rows['gateway'].text(0)}; {yardstick}: {rows[yardstick].text(0)}")
    print(f"    ratio {ratio.text(3)}{verdict}")
    compared = Bars(title=f"gateway / {yardstick}", rows={"": ratio}, digits=3, goal=goal)
    return [Bars(title=what, rows=rows, digits=0), *([compared] if goal else [])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="on the disk to measure; a temporary one by default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        panels = uvloop.run(ingest(Path(folder), options.rounds))
    draw("log", "The event log without the webhook door", panels)


if __name__ == "__main__":
    main()
