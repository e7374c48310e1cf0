"""What it takes to have a gateway at all: `python -m bench.footprint [--rounds 5]`.

Resident memory of a gateway under light load, two seconds of one send after the other, beside that of a program that
only imports the vendor's SDK; and the CPU time from the start of the process to its line `ready` beside that of
importing the libraries underneath. In turns, medians of the rounds.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from bench.figures import Goal, Spread
from bench.load import Order
from bench.picture import Bars, draw
from bench.processes import child, choose_cores, cpu_s, on
from bench.sends import certificate, settings_for

MEMORY_GOAL, START_GOAL = Goal(limit=0.8), Goal(limit=4.0)
LIGHT_S = 2.0
# What a gateway with default settings loads of libraries.
STACK = (
    "grpc.aio, grpc_health.v1.health_pb2, grpc_reflection.v1alpha.reflection, uvloop, httptools, orjson, "
    "prometheus_client, structlog, starlette.applications, click, opentelemetry.trace"
)
IMPORT = "import time, {modules}\nprint(time.process_time(), open('/proc/self/statm').read().split()[1])"


async def rounds(count: int) -> tuple[list[float], list[float], list[str]]:
    """Per round the two ratios, and the figures that they are of."""
    cores = choose_cores(free=False)
    memory, start, lines = [], [], []
    async with AsyncExitStack() as stack:
        stack.enter_context(on(cores.beside))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conversation-gateway-bench-")))
        trust = {"SSL_CERT_FILE": str(folder / "authority.pem")}
        upstream = await stack.enter_async_context(
            child("bench.upstream", *certificate(folder), core=cores.beside, environment=trust)
        )
        for number in range(count):
            state = folder / str(number)
            state.mkdir()
            imported_s, _ = await _importing(STACK)
            _, sdk_bytes = await _importing("sinch")
            environment = trust | settings_for(upstream.ready["url"], state)
            async with child(
                "gateway.cli", "serve", core=cores.measured, environment=environment, ready_on="stderr"
            ) as gateway:
                [ready_s] = cpu_s(gateway.pid)
                async with child(
                    "bench.load", "gateway", gateway.ready["grpc"], core=cores.beside, environment=trust
                ) as load:
                    await load.ask(Order(in_flight=1, duration_s=LIGHT_S, pids=[gateway.pid]), LIGHT_S + 30)
                    held_bytes = resident_bytes(gateway.pid)
            memory.append(held_bytes / sdk_bytes)
            start.append(ready_s / imported_s)
            lines.append(
                f"gateway {held_bytes / 2**20:.0f} MiB, SDK {sdk_bytes / 2**20:.0f} MiB; "
                f"ready after {ready_s:.2f} s of CPU, import {imported_s:.2f} s"
            )
    return memory, start, lines


def resident_bytes(pid: int) -> int:
    """What a process holds in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def _importing(modules: str) -> tuple[float, int]:
    """CPU seconds for a new process to import these, and the bytes it then holds."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", IMPORT.format(modules=modules), stdout=asyncio.subprocess.PIPE
    )
    spent_s, pages = (await process.communicate())[0].split()
    return float(spent_s), int(pages) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    memory, start, lines = asyncio.run(rounds(parser.parse_args().rounds))
    print(*lines, sep="\n")
    panels = []
    for name, ratios, goal in (
        ("resident memory: gateway under light load / importing the SDK", memory, MEMORY_GOAL),
        ("CPU time: start to ready / import of the libraries", start, START_GOAL),
    ):
        spread = Spread.of(ratios)
        print(f"{name:<64}{spread.text(2)}   {goal.verdict(spread)} ({goal})")
        panels.append(Bars(title=name, rows={"": spread}, goal=goal))
    draw("footprint", "What it takes to have a gateway at all", panels)


if __name__ == "__main__":
    main()
