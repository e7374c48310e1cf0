"""An event that was answered with 200 is on disk, once, whenever the process or the disk gives up."""

import asyncio
import os
import random
import re
import resource
import shutil
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from conversation_gateway.v1.event_feed_pb2 import FeedEvent

from gateway.clock import Clock
from gateway.state.events import StoredEvent
from gateway.state.sqlite_log import SqliteEventLog
from tests.integration.webhook_door import BODY, peer_at, post
from tests.requirements import require

REPOSITORY = Path(__file__).parents[2]
# Half a second each, most of it to start the next process.
KILL_COUNT = int(os.environ.get("WEBHOOK_KILL_COUNT", "50" if os.environ.get("REQUIRE_ALL") == "1" else "10"))


@dataclass(frozen=True, slots=True)
class DoorProcess:
    process: Process
    address: str

    async def ask(self, request: bytes) -> int:
        async with peer_at(self.address) as peer:
            return (await peer.ask(request)).status

    async def stop(self) -> None:
        """End it in good order, or do nothing where it is dead already."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        await self.process.wait()


async def start(path: Path, *options: str, under: tuple[str, ...] = ()) -> DoorProcess:
    process = await asyncio.create_subprocess_exec(
        *under,
        sys.executable,
        "-m",
        "tests.integration.webhook_process",
        str(path),
        *options,
        cwd=REPOSITORY,
        stdin=PIPE,
        stdout=PIPE,
    )
    assert process.stdout is not None
    address = (await process.stdout.readline()).decode().strip()
    return DoorProcess(process, address)


@asynccontextmanager
async def door_process(path: Path, *options: str, under: tuple[str, ...] = ()) -> AsyncIterator[DoorProcess]:
    door = await start(path, *options, under=under)
    try:
        yield door
    finally:
        await door.stop()


def largest_file_bytes(folder: Path) -> int:
    return max(file.stat().st_size for file in folder.iterdir())


async def stored_in(path: Path) -> tuple[StoredEvent, ...]:
    log = await SqliteEventLog.open(path, clock=Clock())
    try:
        return (await log.read_page(after=0, count=100_000, size_bytes=100_000_000)).events
    finally:
        await log.close()


def numbered(number: int) -> bytes:
    return BODY.replace(b'"id":"M1"', b'"id":"M%d"' % number)


@pytest.mark.parametrize(("synchronous", "synced"), [("FULL", True), ("OFF", False)])
async def test_the_disk_is_synced_between_the_write_and_the_200(tmp_path: Path, synchronous: str, synced: bool) -> None:
    strace = shutil.which("strace")
    require(strace, "strace, to watch the system calls")
    trace = tmp_path / "trace"
    calls = "trace=pwrite64,fdatasync,fsync,sendto,write,writev"
    under = (str(strace), "--follow-forks", "-qq", "--string-limit=12", "-e", calls, "--output", str(trace))

    async with door_process(tmp_path / "state.db", "--synchronous", synchronous, under=under) as door:
        status = await door.ask(post())

    # Each line begins with a process id; the answer's own call shows its first bytes.
    before_answer, answer, _ = trace.read_text().partition('"HTTP/1.1 200')
    names = re.findall(r"^\d+ +(?:<\.\.\. )?(\w+)", before_answer, re.MULTILINE)
    written = len(names) - 1 - names[::-1].index("pwrite64")
    assert (status, bool(answer)) == (200, True)
    assert bool({"fdatasync", "fsync"} & set(names[written:])) is synced


async def test_killed_between_write_and_answer_and_sent_again_makes_one_event(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    request = post()

    async with door_process(path, "--die-before-answer") as door:
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await door.ask(request)
    async with door_process(path) as door:
        again = await door.ask(request)

    events = await stored_in(path)
    assert again == 200
    assert [event.raw for event in events] == [BODY]


async def test_killed_at_any_moment_every_answered_event_is_there_once_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    chances = random.Random(20251009)
    sent: list[int] = []
    done: set[int] = set()
    numbers = iter(range(10**9))
    for _ in range(KILL_COUNT):
        door = await start(path)
        senders = [asyncio.create_task(send_until_gone(door, numbers, sent, done)) for _ in range(8)]
        await asyncio.sleep(chances.uniform(0.001, 0.05))
        door.process.kill()
        await door.stop()
        await asyncio.gather(*senders)
    async with door_process(path) as door:
        for number in sorted(set(sent) - done):
            assert await door.ask(post(numbered(number))) == 200

    events = await stored_in(path)
    ids = [FeedEvent.FromString(event.encoded).message.id for event in events]
    assert sorted(ids) == sorted(f"M{number}" for number in sent)
    assert [event.position for event in events] == list(range(1, len(events) + 1))
    assert not any(event.possible_duplicate for event in events)
    assert done


async def send_until_gone(door: DoorProcess, numbers: Iterator[int], sent: list[int], done: set[int]) -> None:
    """Post one event after the other until the door is gone, and note those that were answered."""
    try:
        async with peer_at(door.address) as peer:
            for number in numbers:
                sent.append(number)
                answer = await peer.ask(post(numbered(number)))
                assert answer.status == 200
                done.add(number)
    except (OSError, asyncio.IncompleteReadError):
        return


async def test_a_full_disk_is_503_and_its_end_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "state.db"

    async with door_process(path) as door:
        first = await door.ask(post(numbered(1)))
        unlimited = resource.prlimit(door.process.pid, resource.RLIMIT_FSIZE)
        no_larger = (largest_file_bytes(tmp_path), unlimited[1])
        resource.prlimit(door.process.pid, resource.RLIMIT_FSIZE, no_larger)
        full = [await door.ask(post(numbered(number))) for number in range(2, 60)]
        resource.prlimit(door.process.pid, resource.RLIMIT_FSIZE, unlimited)
        last = await door.ask(post(numbered(100)))

    events = await stored_in(path)
    taken = [number for number, status in enumerate(full, 2) if status == 200]
    assert (first, last, set(full) - {200}) == (200, 200, {503})
    assert [FeedEvent.FromString(event.encoded).message.id for event in events] == [
        f"M{number}" for number in (1, *taken, 100)
    ]
