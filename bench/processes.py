"""The processes of a measurement: each on its core, each gone at the end, and the CPU time each has used."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any

import orjson

from gateway.cli.processes import ChildFailed, discard, ready_line, stop

ROOT = Path(__file__).resolve().parent.parent


class BenchFailed(Exception):
    """There is nothing to measure: a process did not start, or an answer was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cores:
    """Where processes run: what is measured on one core, everything else on another; None leaves it to the kernel."""

    measured: int | None = None
    beside: int | None = None
    description: str


def choose_cores(*, free: bool) -> Cores:
    """The first two cores of this process, where there are two and the system lets one choose."""
    if free:
        return Cores(description="not pinned, as asked")
    if not hasattr(os, "sched_setaffinity"):
        return Cores(description="NOT PINNED: this system has no way to; load and gateway take time from each other")
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) == 1:
        return Cores(description="NOT PINNED: there is one core; load and gateway take time from each other")
    return Cores(
        measured=cores[0],
        beside=cores[1],
        description=f"what is measured on core {cores[0]}, everything else on core {cores[1]}",
    )


@contextmanager
def on(core: int | None) -> Iterator[None]:
    """Processes started in this block stay on one core, as they inherit that from whoever starts them."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_s(*pids: int) -> list[float]:
    """CPU seconds that each process has used with all its threads, in user and kernel mode; NaN without `/proc`."""
    return [_cpu_s(Path(f"/proc/{pid}/stat")) for pid in pids]


def _cpu_s(stat: Path) -> float:
    if not stat.exists():
        return nan
    # The second field is the program's name in parentheses, and may hold anything; utime and stime are 14 and 15.
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Child:
    """A running process that has said it is ready."""

    def __init__(self, process: asyncio.subprocess.Process, ready: Mapping[str, Any]) -> None:
        self.pid = process.pid
        self.ready = ready
        self._process = process

    @property
    def exit_code(self) -> int | None:
        """How the process ended; None while it runs."""
        return self._process.returncode

    async def ask(self, question: object, timeout_s: float) -> Any:
        """Write one JSON line to the process, and read the one it answers with."""
        if self._process.stdin is None or self._process.stdout is None:
            raise BenchFailed("a process that cannot be asked")
        self._process.stdin.write(orjson.dumps(question) + b"\n")
        async with asyncio.timeout(timeout_s):
            line = await self._process.stdout.readline()
        if not line:
            raise BenchFailed("a load process ended; its own message is above")
        return orjson.loads(line)


@asynccontextmanager
async def child(
    *arguments: str,
    core: int | None,
    environment: Mapping[str, str],
    ready_on: str = "stdout",
    hear: Callable[[bytes], None] | None = None,
) -> AsyncIterator[Child]:
    """Run `python -m` with these arguments until the block ends, from its line `ready` on.

    That line comes on `ready_on`. What follows on standard error is read as a log collector would read it, and given to
    `hear` line by line or dropped; standard output is for `ask`. The child is terminated whatever happens, and killed
    if it does not go.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SINCH_", "GATEWAY_"))}
    with on(core):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *arguments,
            cwd=ROOT, env={**inherited, **environment},
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE if ready_on == "stderr" else None,
        )  # fmt: skip
    stream = process.stderr if ready_on == "stderr" else process.stdout
    if stream is None:
        raise BenchFailed(f"{arguments[0]} has no {ready_on}")
    drain = None
    try:
        ready = await ready_line(arguments[0], stream)
        if ready_on == "stderr":
            drain = asyncio.create_task(_told(stream, hear) if hear else discard(stream))
        yield Child(process, ready)
    except ChildFailed as error:
        raise BenchFailed(str(error)) from None
    finally:
        await stop(process)
        if drain is not None:
            await drain


async def _told(stream: asyncio.StreamReader, hear: Callable[[bytes], None]) -> None:
    async for line in stream:
        hear(line)
