"""The clients as programs: how each one's scenario and examples are started, and whether they can be here."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.patience import PATIENCE_S
from tests.requirements import require

CLIENTS = REPOSITORY / "clients"
DATA = CLIENTS / "scenario.json"
GOLDEN = CLIENTS / "scenario.golden.txt"

Command = tuple[str | Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """The programs of one client."""

    scenario: Command
    example: Command
    """Sends, and follows the feed."""
    track: Command
    """Sends and tracks in one call."""
    journeys: Command | None = None
    """The other calls that are whole journeys."""
    needs: Path | None = None
    """What `make clients` builds, where there is something to build."""


PYTHON = CLIENTS / "python" / "examples"
JAVA = f"{CLIENTS}/java/target/client.jar:{CLIENTS}/java/target/lib/*"
PROGRAMS = {
    "python": Programs(
        scenario=(sys.executable, PYTHON / "scenario.py"),
        example=(sys.executable, PYTHON / "send_and_follow.py"),
        track=(sys.executable, PYTHON / "send_and_track.py"),
        journeys=(sys.executable, PYTHON / "journeys.py"),
    ),
    "python-sync": Programs(
        scenario=(sys.executable, PYTHON / "scenario_sync.py"),
        example=(sys.executable, PYTHON / "send_and_follow_sync.py"),
        track=(sys.executable, PYTHON / "send_and_track_sync.py"),
    ),
    "go": Programs(
        scenario=(CLIENTS / "go" / "build" / "scenario",),
        example=(CLIENTS / "go" / "build" / "send_and_follow",),
        track=(CLIENTS / "go" / "build" / "send_and_track",),
        journeys=(CLIENTS / "go" / "build" / "journeys",),
        needs=CLIENTS / "go" / "build",
    ),
    "node": Programs(
        scenario=("node", CLIENTS / "node" / "dist" / "examples" / "scenario.js"),
        example=("node", CLIENTS / "node" / "dist" / "examples" / "send_and_follow.js"),
        track=("node", CLIENTS / "node" / "dist" / "examples" / "send_and_track.js"),
        journeys=("node", CLIENTS / "node" / "dist" / "examples" / "journeys.js"),
        needs=CLIENTS / "node" / "dist",
    ),
    "java": Programs(
        scenario=("java", "-cp", JAVA, "io.conversationgateway.examples.Scenario"),
        example=("java", "-cp", JAVA, "io.conversationgateway.examples.SendAndFollow"),
        track=("java", "-cp", JAVA, "io.conversationgateway.examples.SendAndTrack"),
        journeys=("java", "-cp", JAVA, "io.conversationgateway.examples.Journeys"),
        needs=CLIENTS / "java" / "target" / "lib",
    ),
}


def programs(name: str) -> Programs:
    """The programs of a client; skips the running test where they are not built."""
    found = PROGRAMS[name]
    require(found.needs is None or found.needs.exists(), f"the {name} client is not built here: make clients")
    return found


@dataclass(slots=True)
class Ended:
    """How a program ended."""

    code: int
    lines: list[str]
    errors: str


OnLine = Callable[[str], None]


async def run(command: Command, *, address: str, on_line: OnLine | None = None, **environment: str) -> Ended:
    """Run a program against a gateway to its end; `on_line` is called for each line as it comes.

    The program reads an empty line whenever it waits for one, once `on_line` has seen what it said before.
    """
    async with started(command, address=address, **environment) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        errors = asyncio.create_task(child.stderr.read())
        lines = []
        async for raw in child.stdout:
            lines.append(raw.decode().rstrip("\n"))
            if on_line is not None:
                on_line(lines[-1])
            if lines[-1] == "disconnect":
                child.stdin.write(b"\n")
        return Ended(await child.wait(), lines, (await errors).decode())


@asynccontextmanager
async def started(command: Command, *, address: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A running program, killed at the end if it is still there."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CONVERSATION_GATEWAY_")}
    child = await asyncio.create_subprocess_exec(
        *command,
        env={**inherited, "CONVERSATION_GATEWAY_ADDRESS": address, **environment},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()
