"""The gateway and the simulator as the processes they are in production."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from tests.patience import PATIENCE_S

# Where a gateway finds what keeps it on this machine.
LOOPBACK_ONLY = str(Path(__file__).parent / "loopback_only")


@dataclass(slots=True)
class Process:
    """A running `conversation-gateway`, its log lines collected as they come."""

    child: asyncio.subprocess.Process
    lines: list[dict[str, Any]] = field(default_factory=list)
    text: str = ""
    over: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def line(self, event: str) -> dict[str, Any]:
        """Wait for a log line by its event name."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for line in self.lines:
                    if line.get("event") == event:
                        return line
                assert not self.over, f"ended without a line {event!r}:\n{self.text}"
                self._changed.clear()
                await self._changed.wait()

    def hang_up(self) -> None:
        """Close the pipe that the log is written to."""
        self.child._transport.get_pipe_transport(2).close()  # type: ignore[attr-defined]

    async def ended(self) -> int:
        """Wait for the end; its exit code."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.child.wait()

    async def collect(self) -> None:
        """Read standard error to its end."""
        assert self.child.stderr is not None
        async for raw in self.child.stderr:
            self.text += raw.decode()
            if raw.startswith(b"{"):
                self.lines.append(orjson.loads(raw))
            self._changed.set()
        self.over = True
        self._changed.set()


@asynccontextmanager
async def gateway_process(environment: Mapping[str, str], *prefix: str) -> AsyncIterator[Process]:
    """`conversation-gateway serve` with this environment, killed at the end if it is still there.

    `prefix` goes before the command, for watching it from outside.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SINCH_", "GATEWAY_"))}
    child = await asyncio.create_subprocess_exec(
        *prefix, sys.executable, "-P", "-m", "gateway.cli", "serve",
        env={**inherited, "PYTHONPATH": LOOPBACK_ONLY, **environment}, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    process = Process(child)
    collecting = asyncio.create_task(process.collect())
    try:
        yield process
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()
        await collecting
