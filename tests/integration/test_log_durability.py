"""200 means the event is on disk: seen in the system calls of a process that acknowledges events."""

import asyncio
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from tests.integration.log_process import append_until_killed, start
from tests.patience import PATIENCE_S
from tests.requirements import require

EVENTS = 12
CALLS = ("write", "pwrite64", "writev", "pwritev", "fsync", "fdatasync")

_CALL = re.compile(r"^(\d+) +(?:<\.\.\. )?(\w+)(\(| resumed)(.*)$")


async def test_the_disk_has_an_event_before_it_is_acknowledged(tmp_path: Path) -> None:
    calls = await trace(tmp_path, synchronous="FULL")

    assert acknowledged_unsynced(calls) == []


async def test_the_test_above_would_notice_a_missing_sync(tmp_path: Path) -> None:
    calls = await trace(tmp_path, synchronous="OFF")

    assert acknowledged_unsynced(calls) == list(range(1, EVENTS + 1))


async def test_a_repeat_is_not_acknowledged_on_the_strength_of_what_a_crash_left_unsynced(tmp_path: Path) -> None:
    positions = await append_until_killed(tmp_path / "log.db", 1, after=3)

    calls = await trace(tmp_path, synchronous="FULL", count=1)

    assert positions[1] == 1
    acknowledged = next(number for number, line in enumerate(calls) if '"ack 1 1' in line)
    synced = [number for number, line in enumerate(calls) if "sync(" in line and "log.db-wal>" in line]
    assert synced
    assert synced[0] < acknowledged


async def trace(folder: Path, *, synchronous: str, count: int = EVENTS) -> list[str]:
    """The writes and syncs, in order, of a process that appends events one at a time."""
    strace = shutil.which("strace")
    require(strace, "strace is not installed")
    assert strace is not None
    output = folder / "calls"
    watching = (strace, "-f", "-y", "-s", "64", "-o", str(output), "-e", f"trace={','.join(CALLS)}")
    child = await start("append", folder / "log.db", synchronous, 1, 1, count, prefix=watching)
    said, complaint = await asyncio.wait_for(child.communicate(), PATIENCE_S)
    require(b"Operation not permitted" not in complaint, "strace may not trace processes here")
    assert said.count(b"ack ") == count, complaint.decode()
    return output.read_text().splitlines()


def acknowledged_unsynced(calls: Iterable[str]) -> list[int]:
    """The acknowledgements that were said while a write to the write-ahead log had no finished sync after it."""
    guilty: list[int] = []
    entered: dict[str, str] = {}
    synced, written_since = True, 0
    for line in calls:
        if (match := _CALL.match(line)) is None:
            continue
        process, name, how, rest = match.groups()
        if how == "(":
            entered[process] = rest
            if name.startswith(("pwrite", "write")) and "log.db-wal>" in rest:
                synced, written_since = False, written_since + 1
            if name == "write" and (ack := re.search(r'"ack (\d+) ', rest)):
                if not synced or not written_since:
                    guilty.append(int(ack.group(1)))
                written_since = 0
        finished = "= 0" in rest and "unfinished" not in rest
        if name in ("fsync", "fdatasync") and finished and "log.db-wal>" in entered.get(process, rest):
            synced = True
    return guilty
