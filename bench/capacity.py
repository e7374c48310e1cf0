"""How much more the fakes can answer than the gateway can send. `python -m bench.capacity [--quick] [--free]`.

A fake that had less than three times the gateway's capacity would be a part of what a bench measures. So the
simulator, and the leaner upstream of `bench.sends`, are measured alone on the core that the gateway is measured on, in
turns with it, and compared by what one send costs each: CPU time, which holds also where other programs run.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figures import LEAST_HEADROOM, MANY, SATURATED, Figures, Goal, Spread
from bench.load import Order, Sample
from bench.picture import Bars, draw
from bench.processes import BenchFailed, Child, Cores, child, choose_cores, on
from bench.sends import FIRST_S, FULL, ORDER_TIMEOUT_S, QUICK, Plan, certificate, settings_for

SIMULATOR = ("gateway.cli", "simulator")
UPSTREAM = ("bench.upstream",)
GATEWAY = "gateway"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A process that sends, and the processes whose CPU time counts: the measured one first."""

    child: Child
    pids: list[int]

    async def sample(self, duration_s: float) -> Sample:
        """Keep many sends in flight for some time."""
        order = Order(in_flight=MANY, duration_s=duration_s, pids=[*self.pids, self.child.pid])
        return Sample(**await self.child.ask(order, ORDER_TIMEOUT_S))


# Of one transport: the gateway, and every fake, to its load.
Loads = Mapping[str, Load]
# What was measured -> one entry per repeat.
Results = Mapping[str, Sequence[Figures]]


@asynccontextmanager
async def loads(cores: Cores, *, tls: bool) -> AsyncIterator[Loads]:
    """Start the gateway with a simulator behind it, and beside them each fake that is measured alone."""
    async with AsyncExitStack() as stack:
        stack.enter_context(on(cores.beside))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conversation-gateway-bench-")))
        served = certificate(folder) if tls else ()
        trust = {"SSL_CERT_FILE": str(folder / "authority.pem")} if tls else {}

        async def start(*arguments: str, core: int | None, ready_on: str = "stdout", **settings: str) -> Child:
            return await stack.enter_async_context(
                child(*arguments, core=core, environment=trust | settings, ready_on=ready_on)
            )

        behind = await start(*SIMULATOR, *served, core=cores.beside)
        settings = settings_for(behind.ready["url"], folder)
        gateway = await start("gateway.cli", "serve", core=cores.measured, ready_on="stderr", **settings)
        sender = await start("bench.load", "gateway", gateway.ready["grpc"], core=cores.beside)
        started = {GATEWAY: Load(child=sender, pids=[gateway.pid, behind.pid])}
        # The lean upstream speaks TLS only, as that is how it is used.
        for name, program in (("simulator", SIMULATOR), *((("bench.upstream", UPSTREAM),) if tls else ())):
            fake = await start(*program, *served, core=cores.measured)
            sender = await start("bench.load", "upstream", fake.ready["url"], core=cores.beside)
            started[name] = Load(child=sender, pids=[fake.pid])
        yield started


async def measure(plan: Plan, cores: Cores, *, tls: bool) -> Results:
    """Gateway and fakes in turns."""
    results: dict[str, list[Figures]] = {}
    async with loads(cores, tls=tls) as started:
        for load in started.values():
            await load.sample(FIRST_S)
        for _ in range(plan.repeat_count):
            for name, load in started.items():
                await load.sample(plan.warm_up_s)
                results.setdefault(name, []).append(Figures.of(await load.sample(plan.duration_s)))
    return results


def report(transport: str, results: Results) -> Bars:
    """A line for each that was measured: its cost, and how many times the gateway's sends its core could answer."""
    fakes = {}
    for name, figures in results.items():
        cost = Spread.of(each.cpu_us for each in figures)
        rate = Spread.of(each.sends_per_s for each in figures)
        busy = Spread.of(each.busy for each in figures).median
        times = Spread.of(gateway.cpu_us / each.cpu_us for gateway, each in zip(results[GATEWAY], figures, strict=True))
        if name != GATEWAY:
            fakes[name] = times
        cells = (cost.text(0), f"{1e6 / cost.median:.0f}", rate.text(0), f"{busy:.2f}", times.text(1))
        print(f"{transport:<10}  {name:<14}", *(f"{cell:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True)))
        if name == GATEWAY and busy < SATURATED:
            print(f"NOTE: the gateway had only {busy:.2f} of its core, so compare costs, not sends/s")
        if name != GATEWAY and times.median < LEAST_HEADROOM:
            print(
                f"WARNING: {name} has less than {LEAST_HEADROOM:g} times the gateway's capacity; measure with another"
            )
    goal = Goal(limit=LEAST_HEADROOM, at_least=True)
    return Bars(title=f"times the gateway's capacity, {transport}", rows=fakes, digits=1, goal=goal)


HEADS = ("CPU µs/send", "sends/core/s", "sends/s here", "busy", "times the gateway")
WIDTHS = (20, 14, 24, 6, 20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="under half a minute, for a first look")
    parser.add_argument("--free", action="store_true", help="pin nothing to a core")
    options = parser.parse_args()
    cores, plan = choose_cores(free=options.free), QUICK if options.quick else FULL
    # However it ends, no process stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"{MANY} in flight; median (least-greatest) of {plan.repeat_count} repeats of {plan.duration_s:g} s")
    print(f"{cores.description}\n")
    print(f"{'':<10}  {'':<14}", *(f"{head:>{width}}" for head, width in zip(HEADS, WIDTHS, strict=True)))
    try:
        panels = [
            report(transport, asyncio.run(measure(plan, cores, tls=tls)))
            for transport, tls in (("plain HTTP", False), ("TLS", True))
        ]
    except BenchFailed as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit("bench: stopped")
    draw("capacity", "What the fakes can answer", panels, subtitle=cores.description)


if __name__ == "__main__":
    main()
