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

from bench.collector import sampled
from bench.figures import Goal, Spread
from bench.load import Order, Sample
from bench.picture import Bars, draw
from bench.processes import Child, child, choose_cores, on
from bench.sends import certificate, settings_for

# What is compared: the gateway, and how many sends are in flight.
FEW, MANY, SEEN, UNSEEN = ("traced", 64), ("traced", 512), ("traced", 32), ("unobserved", 32)
CROWD_GOAL, SEEN_GOAL = Goal(limit=1.1), Goal(limit=0.88, at_least=True)


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
        collector = await stack.enter_async_context(child("bench.collector", core=cores.beside, environment={}))

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
            "traced": await start("traced", "gateway.cli", sampled(collector.ready["url"])),
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
    costs = {f"{name}, {in_flight} in flight": Spread.of(each) for (name, in_flight), each in found.items()}
    for name, spread in costs.items():
        print(f"{name:<28}CPU µs/send {spread.text(0)}")
    panels = [Bars(title="CPU per send, µs", rows=costs, digits=0)]
    for name, over, under, goal in (
        ("CPU per send: 512 / 64 in flight", MANY, FEW, CROWD_GOAL),
        ("sends per CPU second: seen / unseen", UNSEEN, SEEN, SEEN_GOAL),
    ):
        spread = Spread.of(one / other for one, other in zip(found[over], found[under], strict=True))
        print(f"{name:<38}{spread.text(2)}   {goal.verdict(spread)} ({goal})")
        panels.append(Bars(title=name, rows={"": spread}, goal=goal))
    draw("crowd", "A send in a crowd, and one that is seen", panels)


if __name__ == "__main__":
    main()
