"""What tracing costs a send: off, sampled at 1 %, all recorded, each of the last two for a dead collector as well.

`python -m bench.traces [--quick]`. One gateway for each, all up at once, taking turns; figures of the same turn are
compared, so that what slows a whole turn cancels out. The collector is a process beside that takes and forgets.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import orjson

from bench.figures import MANY, Figures
from bench.load import Order, Sample
from bench.processes import Child, Cores, child, choose_cores, on
from bench.sends import FULL, ORDER_TIMEOUT_S, QUICK, Plan, certificate, settings_for

EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
# Refuses connections at once, as a collector that was stopped does.
DEAD = "http://127.0.0.1:1"


async def collect() -> None:
    """Be a collector until standard input ends."""

    class Everything(grpc.GenericRpcHandler):
        def service(self, _details: object) -> Any:
            async def forget(_data: bytes, _context: object) -> bytes:
                return b""

            return grpc.unary_unary_rpc_method_handler(forget)

    server = grpc.aio.server()
    port = server.add_insecure_port("127.0.0.1:0")
    server.add_generic_rpc_handlers((Everything(),))
    await server.start()
    sys.stdout.write(orjson.dumps({"event": "ready", "url": f"http://127.0.0.1:{port}"}).decode() + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


def variables(collector: str) -> dict[str, dict[str, str]]:
    """What each gateway is told."""
    sampled = {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.01"}
    return {
        "off": {},
        "1 %": sampled | {"OTEL_EXPORTER_OTLP_ENDPOINT": collector},
        "1 %, dead collector": sampled | {"OTEL_EXPORTER_OTLP_ENDPOINT": DEAD},
        "all": {"OTEL_EXPORTER_OTLP_ENDPOINT": collector},
        "all, dead collector": {"OTEL_EXPORTER_OTLP_ENDPOINT": DEAD},
    }


@asynccontextmanager
async def gateways(cores: Cores) -> AsyncIterator[dict[str, tuple[Child, int]]]:
    """A load and the gateway's process id, for each way."""
    async with AsyncExitStack() as stack:
        stack.enter_context(on(cores.beside))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conversation-gateway-bench-")))
        tls = certificate(folder)
        trust = {"SSL_CERT_FILE": str(folder / "authority.pem")}

        async def start(*arguments: str, core: int | None, ready_on: str = "stdout", **settings: str) -> Child:
            return await stack.enter_async_context(
                child(*arguments, core=core, environment=trust | settings, ready_on=ready_on)
            )

        upstream = await start("bench.upstream", *tls, core=cores.beside)
        collector = await start("bench.traces", "--collect", core=cores.beside)
        running = {}
        for number, (way, told) in enumerate(variables(collector.ready["url"]).items()):
            settings = settings_for(upstream.ready["url"], folder)
            settings["GATEWAY_STATE_URL"] = f"sqlite://{folder / f'state-{number}.db'}"
            gateway = await start("gateway.cli", "serve", core=cores.measured, ready_on="stderr", **settings, **told)
            load = await start("bench.load", "gateway", gateway.ready["grpc"], core=cores.beside)
            running[way] = (load, gateway.pid)
        yield running


async def measure(plan: Plan, cores: Cores) -> dict[str, list[Figures]]:
    """Every way in turns."""
    async with gateways(cores) as running:
        figures: dict[str, list[Figures]] = {way: [] for way in running}
        for repeat in range(plan.repeat_count + 1):
            for way, (load, pid) in running.items():
                order = Order(in_flight=MANY, duration_s=plan.duration_s, pids=[pid])
                found = Figures.of(Sample(**await load.ask(order, ORDER_TIMEOUT_S)))
                # The first turn opens every connection.
                if repeat:
                    figures[way].append(found)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a first look")
    parser.add_argument("--collect", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.collect:
        asyncio.run(collect())
        return
    cores = choose_cores(free=False)
    figures = asyncio.run(measure(QUICK if options.quick else FULL, cores))
    print(f"{MANY} in flight; {cores.description}\n")
    print(f"{'tracing':<20} {'CPU us':>7} {'sends/s':>8} {'of off':>7}")
    off = figures["off"]
    for way, found in figures.items():
        share = statistics.median(a.sends_per_s / b.sends_per_s for a, b in zip(found, off, strict=True))
        cpu_us, rate = (statistics.median(getattr(each, name) for each in found) for name in ("cpu_us", "sends_per_s"))
        print(f"{way:<20} {cpu_us:>7.0f} {rate:>8.0f} {share:>7.2f}")


if __name__ == "__main__":
    main()
