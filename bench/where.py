"""Where the CPU time of one send goes, layer by layer: `python -m bench.where [--seconds 10]`.

The gateway runs twice: as it is, for what a send costs, and with `bench.sampled` looking at its
stack, for the shares of the layers. The shares of the event loop's thread are scaled to the cost without sampling, and
what the process's other threads use is a row of its own, so that the table adds up.
"""

import argparse
import asyncio
import os
import signal
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import orjson

from bench.figures import Spread
from bench.load import Order, Sample
from bench.picture import Bars, draw
from bench.processes import child, choose_cores, on
from bench.sends import certificate, settings_for

IN_FLIGHT = 32
WARM_UP_S = 1.0
TIMEOUT_S = 30.0
# Of the run without sampling, so that the cost has a spread; the shares need all of the other.
PARTS = 5
# The first prefix that fits, of a file of the gateway.
LAYERS = (
    ("", "grpc.aio and uvloop, on the event loop's thread"),
    ("rpc/observation", "metrics, the line in the log, spans"),
    ("telemetry/", "metrics, the line in the log, spans"),
    ("upstream/watched_transport", "metrics, the line in the log, spans"),
    ("upstream/exchange_spans", "metrics, the line in the log, spans"),
    ("rpc/", "the door: admission, request, deadline, status"),
    ("upstream/checks", "local checks: required fields, sizes, defaults, options"),
    ("upstream/defaults", "local checks: required fields, sizes, defaults, options"),
    ("upstream/options", "local checks: required fields, sizes, defaults, options"),
    ("upstream/sending", "local checks: required fields, sizes, defaults, options"),
    ("upstream/callback_urls", "local checks: required fields, sizes, defaults, options"),
    ("mapping/", "mapping: message to JSON and back"),
    ("upstream/method", "mapping: message to JSON and back"),
    ("upstream/connection", "HTTP/1.1 and TLS: writing, reading, keeping connections"),
    ("upstream/pool", "HTTP/1.1 and TLS: writing, reading, keeping connections"),
    ("upstream/transport", "HTTP/1.1 and TLS: writing, reading, keeping connections"),
    ("upstream/", "the call: permit, token, breaker, queue of the app, attempts, verdict"),
)
OTHER = "clock and deadline"
THREADS = "gRPC's threads, and the log's"


def layer(file: str) -> str:
    """The layer of a file; of no file, that of the libraries underneath."""
    if not file:
        return LAYERS[0][1]
    return next((name for prefix, name in LAYERS[1:] if file.startswith(prefix)), OTHER)


async def measure(seconds: float) -> dict[str, float]:
    """CPU microseconds of one send, by layer."""
    cores = choose_cores(free=False)
    async with AsyncExitStack() as stack:
        stack.enter_context(on(cores.beside))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conversation-gateway-bench-")))
        trust = {"SSL_CERT_FILE": str(folder / "authority.pem")}
        upstream = await stack.enter_async_context(
            child("bench.upstream", *certificate(folder), core=cores.beside, environment=trust)
        )

        async def run(*program: str, parts: int, begin: signal.Signals | None = None) -> list[Sample]:
            state = folder / program[0]
            state.mkdir()
            environment = trust | settings_for(upstream.ready["url"], state)
            async with child(*program, core=cores.measured, environment=environment, ready_on="stderr") as gateway:
                address = gateway.ready["grpc"]
                async with child("bench.load", "gateway", address, core=cores.beside, environment=trust) as load:
                    order = Order(in_flight=IN_FLIGHT, duration_s=WARM_UP_S, pids=[gateway.pid])
                    await load.ask(order, TIMEOUT_S)
                    if begin is not None:
                        os.kill(gateway.pid, begin)
                    order = replace(order, duration_s=seconds / parts)
                    return [Sample(**await load.ask(order, TIMEOUT_S + seconds)) for _ in range(parts)]

        plain = await run("gateway.cli", "serve", parts=PARTS)
        found = folder / "seconds.json"
        [sampled] = await run("bench.sampled", str(found), "serve", parts=1, begin=signal.SIGUSR1)
        cost_us = Spread.of(each.cpu_s[0] / each.send_count * 1e6 for each in plain)
        print(f"{cost_us.text(0)} µs of CPU per send; {cores.description}\n")
        return _by_layer(orjson.loads(found.read_bytes()), sampled, cost_us.median)


def _by_layer(seconds: dict[str, float], sampled: Sample, cost_us: float) -> dict[str, float]:
    """What was found, as shares of what a send costs when nobody looks; the costliest layer first."""
    shares: Counter[str] = Counter()
    for file, used_s in seconds.items():
        shares[layer(file)] += used_s / sampled.cpu_s[0]  # type: ignore[assignment]
    shares[THREADS] = max(1 - sum(shares.values()), 0)
    return {name: share * cost_us for name, share in shares.most_common()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each of the two runs")
    costs = asyncio.run(measure(parser.parse_args().seconds))
    whole = sum(costs.values())
    for name, cost_us in [*costs.items(), ("together", whole)]:
        print(f"{name:<72}{cost_us:>6.0f} µs {cost_us / whole:>6.0%}")
    rows = {name.partition(":")[0]: Spread.of([cost_us]) for name, cost_us in costs.items()}
    draw("where", "Where the CPU time of one send goes", [Bars(title="CPU per send, µs", rows=rows, digits=0)])


if __name__ == "__main__":
    main()
