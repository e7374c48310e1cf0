"""The processes of `log_program.py`, seen from outside."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from tests.patience import PATIENCE_S

PROGRAM = Path(__file__).with_name("log_program.py")
REPOSITORY = Path(__file__).parents[2]


async def start(*arguments: object, prefix: tuple[str, ...] = ()) -> Process:
    """Start the program; its standard streams are pipes."""
    return await asyncio.create_subprocess_exec(
        *(*prefix, sys.executable, str(PROGRAM), *map(str, arguments)),
        cwd=REPOSITORY,
        env={"PYTHONPATH": str(REPOSITORY)},
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )


async def append_until_killed(path: Path, first: int, *, after: int) -> dict[int, int]:
    """Positions by number of the events that were acknowledged by a process killed after so many of them."""
    child = await start("append", path, "FULL", 16, first, 1_000_000)
    assert child.stdout is not None
    lines: list[bytes] = []
    async with asyncio.timeout(PATIENCE_S):
        while len(lines) < after and (line := await child.stdout.readline()):
            lines.append(line)
        child.kill()
        rest, _ = await child.communicate()
    words = [line.split() for line in (b"".join(lines) + rest).splitlines(keepends=True) if line.endswith(b"\n")]
    return {int(number): int(position) for _, number, position in words}
