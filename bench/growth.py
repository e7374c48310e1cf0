"""Whether an item costs more the more there are: `python -m bench.growth [--quick] [--only calls|subscribers|events]`.

calls        CPU of the gateway per send, with 10, 1,000 and 10,000 calls in the line of the rate limit
subscribers  CPU of the gateway per event delivered live to 1, 100 and 1,000 subscribers, each on a connection of its
             own, and the memory of one that waits
events       CPU per append, and per page read in the middle and at the end, with 10^4, 10^6 and 10^7 events stored

In turns, medians of the rounds. A size is compared with the smallest one of the same round, and with the one before; a
cost may fall, as what all share is then divided by more, but it may not rise by more than a fifth. The full run stores
some 5 GB, which takes a quarter of an hour.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench.figures import Goal, Spread
from bench.growth_calls import waiting_calls
from bench.growth_events import stored_events
from bench.growth_sizes import Costs
from bench.growth_subscribers import live_subscribers
from bench.picture import Bars, Lines, Panel, draw
from bench.processes import BenchFailed, choose_cores

FLAT = Goal(limit=1.2)
MEMORY = Goal(limit=64.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is measured, how often and for how long."""

    calls: Sequence[int] = (10, 1_000, 10_000)
    subscribers: Sequence[int] = (1, 100, 1_000)
    events: Sequence[int] = (10_000, 1_000_000, 10_000_000)
    rounds: int = 5
    seconds: float = 8.0
    """How long each line is watched: with ten thousand calls the collector walks all of them every few seconds, and a
    while without a walk, or with one, says nothing about the mean."""


QUICK = Plan(calls=(10, 1_000), subscribers=(1, 100), events=(10_000, 1_000_000), seconds=1.0)


def report(costs: Costs) -> Panel:
    """A line for each size, and a picture of the ratios to the smallest."""
    print(f"\n{costs.name}, CPU µs {costs.unit}")
    print(f"{'':>24} {'':>22} {'of the smallest':>22} {'of the size before':>29}")
    for size, found in costs.found.items():
        ratio, step = costs.ratio(size), costs.step(size)
        cells = f"{Spread.of(found).text(0):>22} {ratio.text(2):>22} {FLAT.verdict(ratio):<6}"
        print(f"{size:>12,} {costs.of:<11} {cells} {step.text(2):>22} {FLAT.verdict(step)}")
    return Lines(
        title=f"{costs.name}: CPU {costs.unit}, compared with the fewest {costs.of}",
        sizes=[f"{size:,}" for size in costs.found],
        series={costs.name: [costs.ratio(size) for size in costs.found]},
        goal=FLAT,
    )


def measure(plan: Plan, only: str | None, folder: Path) -> list[Panel]:
    """Every part that is asked for; the panels of its picture."""
    cores = choose_cores(free=False)
    panels: list[Panel] = []
    if only in {None, "calls"}:
        panels.append(report(asyncio.run(waiting_calls(plan.calls, plan.rounds, plan.seconds, cores))))
    if only in {None, "subscribers"}:
        delivered, kib = asyncio.run(live_subscribers(plan.subscribers, plan.rounds, cores))
        panels.append(report(delivered))
        memory = Spread.of(kib)
        print(f"memory of a subscriber that waits, KiB: {memory.text(1)}   {MEMORY.verdict(memory)} ({MEMORY})")
        panels.append(Bars(title="memory of a subscriber that waits, KiB", rows={"": memory}, digits=1, goal=MEMORY))
    if only in {None, "events"}:
        # Here it is this process that is measured, and the gateway's loop is this one.
        panels += [report(costs) for costs in uvloop.run(stored_events(plan.events, plan.rounds, folder))]
    return panels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="without the largest sizes")
    parser.add_argument("--only", choices=("calls", "subscribers", "events"), help="one part of it")
    parser.add_argument("--folder", type=Path, help="where to store the events; a temporary folder by default")
    options = parser.parse_args()
    plan = QUICK if options.quick else Plan()
    # However it ends, no process stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"{choose_cores(free=False).description}; median (least-greatest) of {plan.rounds} rounds")
    print(f"flat: both ratios {FLAT}")
    try:
        with tempfile.TemporaryDirectory(dir=options.folder, prefix="conversation-gateway-bench-") as folder:
            panels = measure(plan, options.only, Path(folder))
    except BenchFailed as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit("bench: stopped")
    draw("growth", "Does an item cost more the more there are?", panels)


if __name__ == "__main__":
    main()
