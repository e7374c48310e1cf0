"""Child processes of the demo: the same two programs a user would start, on ports that are free."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0


class ChildFailed(Exception):
    """A child did not come up; its last words are in the message."""


@asynccontextmanager
async def child(*arguments: str, environment: Mapping[str, str], ready_on: str) -> AsyncIterator[dict[str, Any]]:
    """Run `conversation-gateway` with these arguments until the block ends; gives its `ready` line.

    `ready_on` is the stream that line comes on: `stdout` or `stderr`. The child is terminated on the way out,
    whatever happens, and killed if it does not go.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SINCH_", "GATEWAY_"))}
    process = await asyncio.create_subprocess_exec(
        # -P keeps a file called gateway.py in the current folder from being taken for this package.
        sys.executable, "-P", "-m", "gateway.cli", *arguments,
        env={**inherited, **environment},
        stdout=asyncio.subprocess.PIPE if ready_on == "stdout" else asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE if ready_on == "stderr" else None,
    )  # fmt: skip
    stream = process.stdout if ready_on == "stdout" else process.stderr
    if stream is None:
        raise ChildFailed(f"{arguments[0]} gave no {ready_on}")
    drain = None
    try:
        ready = await ready_line(arguments[0], stream)
        # A pipe that nobody reads would stop the child one day.
        drain = asyncio.create_task(discard(stream))
        yield ready
    finally:
        await stop(process)
        if drain is not None:
            await drain


async def ready_line(name: str, stream: asyncio.StreamReader) -> dict[str, Any]:
    """The line on which a child says that it is ready; `ChildFailed` when none comes in time."""
    last = b""
    try:
        async with asyncio.timeout(START_TIMEOUT_S):
            async for line in stream:
                last = line
                if line.startswith(b"{") and (event := orjson.loads(line)).get("event") == "ready":
                    return dict(event)
    except TimeoutError:
        raise ChildFailed(f"{name} was not ready within {START_TIMEOUT_S:.0f} s") from None
    raise ChildFailed(f"{name} ended before it was ready: {last.decode(errors='replace').strip()}")


async def discard(stream: asyncio.StreamReader) -> None:
    """Read and forget what a child still says."""
    while await stream.read(65_536):
        pass


async def stop(process: asyncio.subprocess.Process) -> None:
    """End a child: asked first, killed if it does not go."""
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(STOP_TIMEOUT_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
