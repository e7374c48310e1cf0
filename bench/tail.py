"""What the gateway adds to the slowest sends: `python -m bench.tail [--quick] [--free]`.

An upstream that answers after 50 ms, and a thousand sends a second that set out at moments drawn from a Poisson
process, the same moments through the gateway and directly, in turns. Latency counts from the moment a send was due.
Directly means bytes made beforehand on kept connections, the cheapest client there can be in Python: `httpx` cannot
carry a thousand a second on one core, so that its p99 would be its own queue.
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

from bench.arrivals import Order, Sample
from bench.collector import sampled
from bench.figures import Goal, Spread
from bench.picture import Bars, draw
from bench.processes import BenchFailed, Child, Cores, child, choose_cores, on
from bench.sends import certificate, settings_for
from gateway.upstream.exchange import DEFAULT_LIMITS

RATE_PER_S = 1000.0
ANSWERED_AFTER_MS = 50
GATEWAY, DIRECT = "gateway", "direct"
NAMES = {GATEWAY: "through the gateway", DIRECT: "directly, bare bytes"}
GOAL, BETTER = Goal(limit=1.10), Goal(limit=1.06)
WARM_UP_S = 1.0
ORDER_TIMEOUT_S = 60.0
# A client that is busier than this, or begins its sends later than this, is a part of what is measured.
MOST_BUSY, MOST_LATE_S = 0.7, 0.002
# Above this the measured process falls behind arrivals that bunch, whatever it does for each.
MOST_LOAD = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How often and how long."""

    repeat_count: int
    duration_s: float


FULL = Plan(repeat_count=7, duration_s=6.0)
QUICK = Plan(repeat_count=5, duration_s=1.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A process that sends, and whose CPU time counts: the gateway's where there is one, the client's, the upstream."""

    load: Child
    pids: list[int]

    async def sample(self, duration_s: float, seed: int) -> Sample:
        """Offer the sends of one seed."""
        order = Order(rate_per_s=RATE_PER_S, duration_s=duration_s, seed=seed, pids=self.pids)
        return Sample(**await self.load.ask(order, ORDER_TIMEOUT_S))


Results = Mapping[str, Sequence[Sample]]


@asynccontextmanager
async def sides(cores: Cores) -> AsyncIterator[dict[str, Side]]:
    """Start everything: both clients and the upstream on one core, the gateway alone on the other."""
    async with AsyncExitStack() as stack:
        stack.enter_context(on(cores.beside))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conversation-gateway-bench-")))
        tls = certificate(folder)
        trust = {"SSL_CERT_FILE": str(folder / "authority.pem")}

        async def start(*arguments: str, core: int | None, ready_on: str = "stdout", **settings: str) -> Child:
            started = child(*arguments, core=core, environment=trust | settings, ready_on=ready_on)
            return await stack.enter_async_context(started)

        upstream = await start("bench.upstream", *tls, "--delay-ms", str(ANSWERED_AFTER_MS), core=cores.beside)
        collector = await start("bench.collector", core=cores.beside)
        settings = settings_for(upstream.ready["url"], folder) | sampled(collector.ready["url"])
        gateway = await start("gateway.cli", "serve", core=cores.measured, ready_on="stderr", **settings)
        through = await start("bench.arrivals", "gateway", gateway.ready["grpc"], core=cores.beside)
        direct = await start("bench.arrivals", "upstream", upstream.ready["url"], core=cores.beside)
        yield {
            GATEWAY: Side(load=through, pids=[gateway.pid, through.pid, upstream.pid]),
            DIRECT: Side(load=direct, pids=[direct.pid, upstream.pid]),
        }


async def measure(plan: Plan, cores: Cores) -> Results:
    """Both sides in turns, with the same arrivals in the same repeat."""
    results: dict[str, list[Sample]] = {GATEWAY: [], DIRECT: []}
    async with sides(cores) as started:
        for side in started.values():
            # Connections are opened, and code is loaded.
            await side.sample(WARM_UP_S, seed=0)
        for repeat in range(plan.repeat_count):
            for name, side in started.items():
                results[name].append(await side.sample(plan.duration_s, seed=repeat + 1))
    return results


def doubts(results: Results) -> list[str]:
    """What is wrong with the measurement itself."""
    lines = []
    for name, client in ((GATEWAY, 1), (DIRECT, 0)):
        busy = Spread.of(each.cpu_s[client] / each.wall_s for each in results[name]).median
        late_s = Spread.of(each.late_p99_s for each in results[name]).median
        if busy > MOST_BUSY:
            lines.append(f"{NAMES[name]}: the load client used {busy:.2f} of its core, so its own queue is measured")
        if late_s > MOST_LATE_S:
            lines.append(
                f"{NAMES[name]}: the load client began a hundredth of its sends more than {late_s * 1e3:.1f} ms late, "
                "which is in its p99: other programs run here, or it is busy"
            )
    most, places = Spread.of(each.most_in_flight for each in results[DIRECT]).median, DEFAULT_LIMITS.max_connections
    if most > places:
        lines.append(
            f"up to {most:.0f} sends were in flight directly, each on a connection of its own, and the gateway has at "
            f"most {places} connections to one host: beyond those its sends wait for one, which is in its p99"
        )
    load = Spread.of(each.cpu_s[0] / each.wall_s for each in results[GATEWAY]).median
    if load > MOST_LOAD:
        lines.append(
            f"the gateway used {load:.2f} of a core at this rate, so that arrivals which bunch wait in line: its p99 "
            "is that of a gateway near its limit"
        )
    return lines


def report(results: Results) -> Spread:
    """Print a line for each side, and the ratio; gives the ratio."""
    print(f"{'':<22}{'sends/s':>9}{'p50 ms':>22}{'p99 ms':>22}{'late p99 ms':>13}{'in flight':>11}{'client busy':>13}")
    for name, samples in results.items():
        client = 1 if name == GATEWAY else 0
        cells = (
            f"{Spread.of(each.send_count / each.wall_s for each in samples).median:.0f}",
            Spread.of(each.p50_s * 1e3 for each in samples).text(1),
            Spread.of(each.p99_s * 1e3 for each in samples).text(1),
            f"{Spread.of(each.late_p99_s * 1e3 for each in samples).median:.2f}",
            f"{Spread.of(each.most_in_flight for each in samples).median:.0f}",
            f"{Spread.of(each.cpu_s[client] / each.wall_s for each in samples).median:.2f}",
        )
        widths = (9, 22, 22, 13, 11, 13)
        print(f"{NAMES[name]:<22}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)))
    busy = Spread.of(each.cpu_s[0] / each.wall_s for each in results[GATEWAY])
    pairs = list(zip(results[GATEWAY], results[DIRECT], strict=True))
    for name in ("p50_s", "p99_s"):
        ratio = Spread.of(getattr(ours, name) / getattr(theirs, name) for ours, theirs in pairs)
        print(f"{name[:3]}: gateway / direct{ratio.text(3):>31}")
    print(f"goal for p99: {GOAL} ({GOAL.verdict(ratio)}), better still {BETTER} ({BETTER.verdict(ratio)})")
    print(f"the gateway used {busy.text(2)} of a core")
    return ratio


def plot(results: Results, ratio: Spread, cores: Cores, *, free: bool) -> None:
    """The same as a picture."""
    p99s = {NAMES[name]: Spread.of(each.p99_s * 1e3 for each in samples) for name, samples in results.items()}
    draw(
        "tail-free" if free else "tail",
        f"The slowest hundredth: {RATE_PER_S:g} sends/s, answered after {ANSWERED_AFTER_MS} ms",
        [
            Bars(title="p99, ms", rows=p99s, digits=1),
            Bars(title="p99: gateway / direct", rows={"": ratio}, digits=3, goal=GOAL),
        ],
        subtitle=cores.description,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="under half a minute, for a first look")
    parser.add_argument("--free", action="store_true", help="pin nothing to a core")
    options = parser.parse_args()
    cores, plan = choose_cores(free=options.free), QUICK if options.quick else FULL
    # However it ends, no process stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        results = asyncio.run(measure(plan, cores))
    except BenchFailed as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit("bench: stopped")
    print(f"{RATE_PER_S:g} sends/s, answered after {ANSWERED_AFTER_MS} ms; TLS with keep-alive; {cores.description}")
    print(f"median (least-greatest) of {plan.repeat_count} repeats of {plan.duration_s:g} s\n")
    ratio = report(results)
    for doubt in doubts(results):
        print(f"\nWARNING: {doubt}")
    plot(results, ratio, cores, free=options.free)


if __name__ == "__main__":
    main()
