"""CPU per append and per page read, by how many events are stored.

Small events, so that ten million of them fit on a disk: the bench is about what finding a place costs, not about
copying bytes. All logs are open at once and take turns.
"""

import os
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from bench.growth_sizes import Costs
from bench.log import IN_FLIGHT, PROJECT, fill, new_key, stock, use_core
from bench.processes import BenchFailed
from gateway.clock import Clock
from gateway.state.events import EventIndex, NewEvent
from gateway.state.sqlite_log import SqliteEventLog

APPENDS = 2_000
PAGES = 100
PAGE_COUNT = 256
STOCK_GROUP = 200_000
PAGE_BYTES = 1024 * 1024
INDEX = EventIndex(
    trigger="MESSAGE_DELIVERY",
    app_id="01JBAPP",
    channel="SMS",
    contact_id="",
    conversation_id="",
    message_id="01JBMESSAGE",
    correlation_id="",
    metadata="",
)
Work = Callable[[], Awaitable[object]]


def event() -> NewEvent:
    """A small one."""
    return NewEvent(
        project_id=PROJECT,
        dedupe_key=new_key(),
        body_hash=os.urandom(32),
        index=INDEX,
        encoded=b"e" * 80,
        raw=b"r" * 40,
    )


async def cpu_us(work: Work, count: int) -> float:
    """CPU microseconds of this process, with all its threads, for each of `count` items."""
    started_s = time.process_time()
    await work()
    return (time.process_time() - started_s) / count * 1e6


async def append(log: SqliteEventLog, events: Sequence[NewEvent]) -> None:
    """As many as come in a short while, a few dozen at a time."""
    await fill(log, events, IN_FLIGHT)


async def read(log: SqliteEventLog, starts: Sequence[int]) -> None:
    """A page after each of these positions."""
    for after in starts:
        page = await log.read_page(after=after, count=PAGE_COUNT, size_bytes=PAGE_BYTES)
        if [event.position for event in page.events] != list(range(after + 1, after + PAGE_COUNT + 1)):
            raise BenchFailed("a page has other events than those that were asked for")


async def stored_events(sizes: Sequence[int], rounds: int, folder: Path) -> list[Costs]:
    """Appends, pages anywhere, and pages at the end, for every size in turns."""
    use_core(0)
    found: dict[str, dict[int, list[float]]] = {
        name: {size: [] for size in sizes} for name in ("append", "page of a replay", "page at the end")
    }
    async with AsyncExitStack() as stack:
        logs = {}
        for size in sizes:
            path = folder / f"{size}.db"
            await stock(path, size, event, group_count=STOCK_GROUP)
            log = logs[size] = await SqliteEventLog.open(path, clock=Clock())
            stack.push_async_callback(log.close)
        # Once unrecorded: what was just written is still on its way to the disk.
        for number in range(rounds + 1):
            for size, log in logs.items():
                drawn = random.Random(number)
                anywhere = [drawn.randrange(size - PAGE_COUNT) for _ in range(PAGES)]
                events = [event() for _ in range(APPENDS)]
                works: dict[str, tuple[Work, int]] = {
                    "append": (partial(append, log, events), APPENDS),
                    "page of a replay": (partial(read, log, anywhere), PAGES),
                    "page at the end": (partial(read, log, [log.tail.position + APPENDS - PAGE_COUNT] * PAGES), PAGES),
                }
                for name, (work, count) in works.items():
                    spent_us = await cpu_us(work, count)
                    if number:
                        found[name][size].append(spent_us)
    units = {"append": "per event", "page of a replay": "per page", "page at the end": "per page"}
    return [Costs(name=name, unit=units[name], of="stored", found=each) for name, each in found.items()]
