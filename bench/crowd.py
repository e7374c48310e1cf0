"""Whether a send costs more in a crowd, and what being seen costs: `python -m bench.crowd [--rounds 5]`.

CPU time of the gateway per send, the same short text over and over on one channel: with 64 and with 512 in flight, as
it is; and with 32 in flight, as it is with 1 % of its traces recorded, beside one that counts, logs and traces nothing.
In turns, medians of the rounds; every answer is checked.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from bench.figures import Spread
from bench.load import Order, Sample
from bench.processes import Child, child, choose_cores, on
from bench.sends import certificate, settings_for

# The port is discard's: nobody answers, and what is recorded is dropped by the exporter's own rules.
TRACED = {
    "OTEL_TRACES_EXPORTER": "otlp",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
    "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
    "OTEL_TRACES_SAMPLER_ARG": "0.01",
}
# What is compared: the gateway, and how many sends are in flight.
FEW, MANY, SEEN, UNSEEN = ("traced", 64), ("traced", 512), ("traced", 32), ("unobserved", 32)
CROWD_GOAL, SEEN_GOAL = 1.1, 0.88


async def measure(rounds: int, seconds: float) -> dict[tuple[str, int], list[float]]:
    """CPU microseconds per send, one per round."""
    cores = choose_cores(free=False)
    found: dict[tuple[str, int], list[float]] = {case: [] for case in (FEW, MANY, SEEN, UNSEEN)}
    async with AsyncExitStack() as stack:
        stack.enter_context(on(cores.beside))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conversation-gateway-bench-")))
        trust = {"SSL_CERT_FILE": str(folder / "authority.pem")}
        upstream = await stack.enter_async_context(
            child("bench.upstream", *certificate(folder), core=cores.beside, environment=trust)
        )

        async def start(name: str, program: str, more: Mapping[str, str]) -> tuple[Child, int]:
            state = folder / name
            state.mkdir()
            environment = trust | settings_for(upstream.ready["url"], state) | dict(more)
            gateway = await stack.enter_async_context(
                child(program, "serve", core=cores.measured, environment=environment, ready_on="stderr")
            )
            load = await stack.enter_async_context(
                child("bench.load", "gateway", gateway.ready["grpc"], core=cores.beside, environment=trust)
            )
            return load, gateway.pid

        running = {
            "traced": await start("traced", "gateway.cli", TRACED),
            "unobserved": await start("unobserved", "bench.unobserved", {"OTEL_SDK_DISABLED": "true"}),
        }
        # Once unrecorded: connections are opened and code is loaded.
        for number in range(rounds + 1):
            for case, costs in found.items():
                load, pid = running[case[0]]
                order = Order(in_flight=case[1], duration_s=seconds, pids=[pid])
                sample = Sample(**await load.ask(order, seconds + 30))
                if number:
                    costs.append(sample.cpu_s[0] / sample.send_count * 1e6)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each turn")
    options = parser.parse_args()
    found = asyncio.run(measure(options.rounds, options.seconds))
    for (name, in_flight), costs in found.items():
        print(f"{name:<12}{in_flight:>4} in flight   CPU µs/send {Spread.of(costs).text(0)}")
    crowd = Spread.of(many / few for many, few in zip(found[MANY], found[FEW], strict=True))
    seen = Spread.of(unseen / seen for unseen, seen in zip(found[UNSEEN], found[SEEN], strict=True))
    for name, spread, is_met in (
        (f"CPU per send: 512 / 64 in flight (at most {CROWD_GOAL})", crowd, crowd.median <= CROWD_GOAL),
        (f"sends per CPU second: seen / unseen (at least {SEEN_GOAL})", seen, seen.median >= SEEN_GOAL),
    ):
        print(f"{name:<60}{spread.text(2)}   {'ok' if is_met else 'MISSED'}")


if __name__ == "__main__":
    main()
