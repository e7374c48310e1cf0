"""The simulator as a program of its own."""

import asyncio
import signal
import sys

import orjson

from gateway.simulator.options import SimulatorOptions
from gateway.simulator.server import Simulator


def run(options: SimulatorOptions) -> None:
    """Serve until SIGTERM or SIGINT, then return; OSError or ValueError when it cannot start.

    The one line on standard output, `{"event":"ready","url":"…"}`, says that it serves.
    """
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(options))


async def _serve(options: SimulatorOptions) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with Simulator(options) as simulator:
        sys.stdout.write(orjson.dumps({"event": "ready", "url": simulator.url}).decode() + "\n")
        sys.stdout.flush()
        await stop.wait()


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415  # not on every platform
    except ImportError:
        return None
    loop: type[asyncio.AbstractEventLoop] = uvloop.Loop
    return loop
