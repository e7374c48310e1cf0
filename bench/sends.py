"""What one send costs: by the vendor's SDK, by httpx, and through the gateway. `python -m bench.sends [--quick]`.

Everything runs at once on loopback and takes turns, so that whatever else the machine does hurts all ways alike: trust
the ratios, and of the absolute numbers CPU per send the most. `bench/README.md` says what each figure means.
"""

import argparse
import asyncio
import importlib.metadata
import importlib.util
import os
import platform
import secrets
import signal
import sys
import sysconfig
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from bench import message
from bench.collector import sampled
from bench.figures import FEW, MANY, NAMES, Figures, Goal, Results, Spread, doubts, ratio_table, ratios, table
from bench.load import Order, Sample
from bench.picture import Bars, Panel, draw
from bench.processes import BenchFailed, Child, Cores, child, choose_cores, on

ORDER_TIMEOUT_S = 60.0
# Long enough for each way to open all its connections and load all its code.
FIRST_S = 1.0
CHEAPER = Goal(limit=1.0)
LIBRARIES = ("sinch", "requests", "httpx", "grpcio", "protobuf", "uvloop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long to measure; `warm_up_s` of the same load goes before each measurement."""

    repeat_count: int
    duration_s: float
    warm_up_s: float


FULL = Plan(repeat_count=5, duration_s=2.5, warm_up_s=0.4)
QUICK = Plan(repeat_count=5, duration_s=0.3, warm_up_s=0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Every process of the run, and per way whose CPU time counts: the measured process first, then all beside it."""

    loads: dict[str, Child]
    pids: dict[str, list[int]]

    async def sample(self, way: str, in_flight: int, duration_s: float) -> Sample:
        """Do the send one way for some time."""
        order = Order(in_flight=in_flight, duration_s=duration_s, pids=self.pids[way])
        return Sample(**await self.loads[way].ask(order, ORDER_TIMEOUT_S))


@asynccontextmanager
async def bench(cores: Cores, *, simulator: bool) -> AsyncIterator[Bench]:
    """Start everything, the gateway as an operator would, and take it all down again."""
    async with AsyncExitStack() as stack:
        # This process reads the gateway's log, which must not cost the gateway's core anything.
        stack.enter_context(on(cores.beside))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conversation-gateway-bench-")))
        tls = certificate(folder)
        trust = {name: str(folder / "authority.pem") for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")}

        async def start(*arguments: str, core: int | None, ready_on: str = "stdout", **settings: str) -> Child:
            environment = trust | settings
            return await stack.enter_async_context(
                child(*arguments, core=core, environment=environment, ready_on=ready_on)
            )

        fake = ("gateway.cli", "simulator") if simulator else ("bench.upstream",)
        upstream = await start(*fake, *tls, core=cores.beside)
        url = upstream.ready["url"]
        collector = await start("bench.collector", core=cores.beside)
        settings = settings_for(url, folder) | sampled(collector.ready["url"])
        gateway = await start("gateway.cli", "serve", core=cores.measured, ready_on="stderr", **settings)
        constant = await start("bench.constant", core=cores.measured)
        bare = await start("bench.bare", url, core=cores.measured)
        sdk = await start("bench.load", "sdk", url, core=cores.measured)
        httpx = await start("bench.load", "httpx", url, core=cores.measured)
        rpc = await start("bench.load", "gateway", gateway.ready["grpc"], core=cores.beside)
        rpc_constant = await start("bench.load", "constant", constant.ready["grpc"], core=cores.beside)
        rpc_bare = await start("bench.load", "bare", bare.ready["grpc"], core=cores.beside)
        # The only one whose load is on the measured core: what is measured is the upstream, which stays where it is.
        raw = await start("bench.load", "upstream", url, core=cores.measured)
        yield Bench(
            loads={
                "sdk": sdk,
                "httpx": httpx,
                "gateway": rpc,
                "constant": rpc_constant,
                "bare": rpc_bare,
                "upstream": raw,
            },
            pids={
                "sdk": [sdk.pid, upstream.pid],
                "httpx": [httpx.pid, upstream.pid],
                "gateway": [gateway.pid, upstream.pid, rpc.pid],
                "constant": [constant.pid, rpc_constant.pid],
                "bare": [bare.pid, upstream.pid, rpc_bare.pid],
                "upstream": [upstream.pid, raw.pid],
            },
        )


async def measure(plan: Plan, cores: Cores, *, simulator: bool) -> dict[tuple[str, int], list[Figures]]:
    """Every way at every number in flight, in turns."""
    results: dict[tuple[str, int], list[Figures]] = {(way, count): [] for count in (FEW, MANY) for way in NAMES}
    async with bench(cores, simulator=simulator) as running:
        for way in NAMES:
            await running.sample(way, MANY, FIRST_S)
        for repeat in range(plan.repeat_count):
            print(f"repeat {repeat + 1} of {plan.repeat_count}", file=sys.stderr)
            for (way, in_flight), figures in results.items():
                await running.sample(way, in_flight, plan.warm_up_s)
                figures.append(Figures.of(await running.sample(way, in_flight, plan.duration_s)))
    return results


def certificate(folder: Path) -> tuple[str, ...]:
    """Make an authority and a certificate of it, for this run only; the options that serve it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    issued = authority.issue_cert("127.0.0.1")
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(key)
    return "--tls-cert", str(chain), "--tls-key", str(key)


def settings_for(url: str, folder: Path) -> dict[str, str]:
    """Defaults, but for where everything is, and for a rate limit that would otherwise be all there is to measure."""
    doors = dict.fromkeys(("GRPC", "WEBHOOK", "ADMIN"), "127.0.0.1:0")
    hosts = {host.upper(): f"{url}/{{region}}/{host}" for host in ("conversation", "batch", "template")}
    return {
        "SINCH_PROJECT_ID": message.PROJECT_ID,
        "SINCH_KEY_ID": message.KEY_ID,
        "SINCH_KEY_SECRET": message.KEY_SECRET,
        "SINCH_APP_ID": message.APP_ID,
        "GATEWAY_WEBHOOK_SECRET": secrets.token_hex(16),
        "GATEWAY_STATE_URL": f"sqlite://{folder / 'state.db'}",
        "GATEWAY_AUTH_URL": url + message.AUTH_PATH,
        "GATEWAY_LOG_FORMAT": "json",
        "GATEWAY_RATE_LIMIT_PER_S": "100000",
        **{f"GATEWAY_{host}_URL": base for host, base in hosts.items()},
        **{f"GATEWAY_{door}_ADDRESS": address for door, address in doors.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="under a minute, for a first look")
    parser.add_argument("--free", action="store_true", help="pin nothing to a core")
    parser.add_argument("--simulator", action="store_true", help="call the whole simulator, not the lean upstream")
    options = parser.parse_args()
    cores, plan = choose_cores(free=options.free), QUICK if options.quick else FULL
    # However it ends, no process stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        results = asyncio.run(measure(plan, cores, simulator=options.simulator))
    except BenchFailed as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit("bench: stopped")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {versions}; {cores.description}")
    print(f"upstream: {'the simulator' if options.simulator else 'bench.upstream'}; TLS with keep-alive")
    print(f"median (least-greatest) of {plan.repeat_count} repeats of {plan.duration_s:g} s\n")
    print(table(results), ratio_table(ratios(results)), sep="\n\n")
    for doubt in [*doubts(results), *doubts_about_libraries()]:
        print(f"\nWARNING: {doubt}")
    draw("sends-free" if options.free else "sends", "One send, three ways", panels(results), subtitle=cores.description)


def panels(results: Results) -> list[Panel]:
    """The figures of each way, and the ratios of CPU time that the gateway is for."""
    found: list[Panel] = []
    for figure, label in (("cpu_us", "CPU per send, µs"), ("p50_us", "p50, µs"), ("sends_per_s", "sends/s")):
        for in_flight in (FEW, MANY):
            rows = {
                NAMES[way]: Spread.of(getattr(each, figure) for each in samples)
                for (way, count), samples in results.items()
                if count == in_flight
            }
            found.append(Bars(title=f"{label}, {in_flight} in flight", rows=rows, digits=0))
    shares = {
        ratio.name.partition(": ")[2]: ratio.values
        for ratio in ratios(results)
        if ratio.name.startswith("CPU per send") and "constant" not in ratio.name
    }
    return [*found, Bars(title="CPU per send, compared", rows=shares, goal=CHEAPER)]


def doubts_about_libraries() -> list[str]:
    lines = []
    if not importlib.util.find_spec("sniffio"):
        lines.append(
            "httpx is slower here than it could be: sniffio is not installed, as nothing requires it any more, and "
            "httpcore then looks for it on disk several times per call, a third of its CPU time at 1 in flight"
        )
    # None where the system does not say how it was built.
    if "--enable-optimizations" not in (sysconfig.get_config_var("CONFIG_ARGS") or "--enable-optimizations"):
        lines.append(
            "this Python was built without --enable-optimizations: tight loops of Python run 1.7 times slower than "
            "with it, in every way and in the gateway; distributions and the official images build with it"
        )
    return lines


if __name__ == "__main__":
    main()
