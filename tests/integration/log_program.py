"""A process that owns a log and appends to it, to be watched, starved and killed.

log_program.py append PATH SYNCHRONOUS IN_FLIGHT FIRST COUNT   say `ack NUMBER POSITION` for each event on disk
log_program.py starve PATH                                     run into a file size limit, then get past it
log_program.py hold PATH                                       say `held` and keep the file until stdin ends
"""

import asyncio
import os
import resource
import sys
from pathlib import Path
from typing import Literal, cast

from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.state.sqlite_log import SqliteEventLog
from gateway.telemetry import logs
from tests.unit.state.sample import new_event


def say(line: str) -> None:
    # One system call that nobody buffers: what the watcher has read has happened.
    os.write(1, line.encode() + b"\n")


async def append(path: Path, synchronous: str, in_flight: int, first: int, count: int) -> None:
    log = await SqliteEventLog.open(
        path,
        clock=Clock(),
        synchronous=cast(Literal["FULL", "OFF"], synchronous),
        free_space_floor_bytes=0,
    )
    numbers = iter(range(first, first + count))

    async def work() -> None:
        for number in numbers:
            appended = await log.append(new_event(number))
            say(f"ack {number} {appended.position}")

    await asyncio.gather(*(work() for _ in range(in_flight)))
    await log.close()


async def starve(path: Path) -> None:
    log = await SqliteEventLog.open(path, clock=Clock(), free_space_floor_bytes=0)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024, hard))
    number = 0
    try:
        while True:
            await log.append(new_event(number + 1, body=b"x" * 1000))
            number += 1
    except StoreError as error:
        say(f"refused {number} {error.reason}")
    for _ in range(3):
        try:
            await log.append(new_event(number + 1, body=b"x" * 1000))
        except StoreError:
            say("still refused")
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    appended = await log.append(new_event(number + 1, body=b"x" * 1000))
    say(f"taken {appended.position}")
    await log.close()


async def hold(path: Path) -> None:
    log = await SqliteEventLog.open(path, clock=Clock())
    say("held")
    await asyncio.to_thread(sys.stdin.read)
    await log.close()


async def main(mode: str, path: str, *rest: str) -> None:
    if mode == "append":
        synchronous, *numbers = rest
        await append(Path(path), synchronous, *(int(number) for number in numbers))
    elif mode == "starve":
        await starve(Path(path))
    else:
        await hold(Path(path))


if __name__ == "__main__":
    logs.configure(level="error", form="json")
    asyncio.run(main(*sys.argv[1:]))
