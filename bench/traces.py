"""What tracing costs a send: off, sampled at 1 %, all recorded, each of the last two for a dead collector as well.

`python -m bench.traces [--quick]`. One gateway for each, all up at once, taking turns; figures of the same turn are
compared, so that what slows a whole turn cancels out. The collector is a process beside that takes and forgets.
"""

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bench.collector import sampled
from bench.figures import MANY, Figures, Spread
from bench.load import Order, Sample
from bench.picture import Bars, draw
from bench.processes import Child, Cores, child, choose_cores, on
from bench.sends import FULL, ORDER_TIMEOUT_S, QUICK, Plan, certificate, settings_for

# Refuses connections at once, as a collector that was stopped does.
DEAD = "http://127.0.0.1:1"


def variables(collector: str) -> dict[str, dict[str, str]]:
    """What each gateway is told."""
    return {
        "off": {},
        "1 %": sampled(collector),
        "1 %, dead collector": sampled(DEAD),
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
        collector = await start("bench.collector", core=cores.beside)
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
    options = parser.parse_args()
    cores = choose_cores(free=False)
    figures = asyncio.run(measure(QUICK if options.quick else FULL, cores))
    print(f"{MANY} in flight; {cores.description}\n")
    print(f"{'tracing':<20} {'CPU µs/send':>20} {'sends/s':>22} {'sends/s: of off':>20}")
    costs, shares = {}, {}
    for way, found in figures.items():
        costs[way], rate = (Spread.of(getattr(each, name) for each in found) for name in ("cpu_us", "sends_per_s"))
        shares[way] = Spread.of(a.sends_per_s / b.sends_per_s for a, b in zip(found, figures["off"], strict=True))
        print(f"{way:<20} {costs[way].text(0):>20} {rate.text(0):>22} {shares[way].text(2):>20}")
    panels = [
        Bars(title="CPU per send, µs", rows=costs, digits=0),
        Bars(title="sends/s, as a part of those with tracing off", rows=shares),
    ]
    draw("traces", "What tracing costs a send", panels, subtitle=cores.description)


if __name__ == "__main__":
    main()
