"""Many callers ask for more than the project may send: who waits, who is refused, and what the API sees of it.

    python -m bench.pressure [--limit 250] [--offered 625] [--callers 20] [--seconds 60]

The simulator limits as the API does, by a bucket with the limit as capacity and refill, and answers 429 above. Each
caller offers its calls at a steady pace whatever becomes of them, a fifth urgent, two fifths bulk. What must hold is
printed last; the exit code says whether it did.
"""

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import httpx
import uvloop
from conversation_gateway.v1 import call_options_pb2, message_pb2

from bench import message
from bench.figures import Spread
from bench.picture import Bars, draw
from bench.processes import BenchFailed, Child, child

PRIORITIES = (
    call_options_pb2.PRIORITY_URGENT,
    call_options_pb2.PRIORITY_NORMAL,
    call_options_pb2.PRIORITY_BULK,
    call_options_pb2.PRIORITY_NORMAL,
    call_options_pb2.PRIORITY_BULK,
)
DEADLINE_S = 5.0
# A caller that is told late, for the machine is busy, is not a call past its deadline.
LATE_S = 0.5
MOST_REFUSALS = 0.001
LEAST_THROUGHPUT = 0.97
URGENT_P99_MS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is offered, in calls per second over all callers."""

    offered_per_s: float
    callers: int
    duration_s: float
    deadline_s: float = DEADLINE_S


@dataclass(slots=True)
class Tally:
    """What became of the calls."""

    offered: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    late: int = 0
    """Calls that were told anything only well after their deadline."""
    waits_ms: dict[int, list[int]] = field(default_factory=dict)
    until_s: float = 0.0
    """When the last call is offered, on the performance counter."""
    answered_in_time: int = 0
    """Answers that came while calls were offered: what is left in the queue then says nothing about the rate."""

    def p99_ms(self, priority: int) -> int:
        waits = sorted(self.waits_ms.get(priority, [0]))
        return waits[len(waits) * 99 // 100]

    @property
    def answered(self) -> int:
        return self.codes["OK"]


async def offer(channels: list[grpc.aio.Channel], plan: Plan) -> Tally:
    """Offer the plan's calls, a channel per caller, and wait until each has been told."""
    tally = Tally(until_s=time.perf_counter() + plan.duration_s)
    async with asyncio.TaskGroup() as calls:
        await asyncio.gather(*(_caller(calls, channel, number, plan, tally) for number, channel in enumerate(channels)))
    return tally


async def _caller(calls: asyncio.TaskGroup, channel: grpc.aio.Channel, number: int, plan: Plan, tally: Tally) -> None:
    """One caller: a call every so often, none of which waits for another."""
    # Most of the request is put together once and answers are left as they are: callers that offer more than is granted
    # must not be what the machine is busy with.
    send: Any = channel.unary_unary(message.SEND_METHOD)
    request = message.protobuf()
    gap_s = plan.callers / plan.offered_per_s
    started_s = time.perf_counter() + gap_s * number / plan.callers
    for count in range(round(plan.duration_s / gap_s)):
        await asyncio.sleep(started_s + count * gap_s - time.perf_counter())
        priority = PRIORITIES[(count + number) % len(PRIORITIES)]
        tally.offered += 1
        # Of two serialised messages in a row the fields are merged.
        own = message_pb2.SendMessageRequest(
            app_id=message.APP_ID, correlation_id=f"{number}-{count}", options={"priority": priority}
        )
        calls.create_task(_call(send, request + own.SerializeToString(), priority, plan, tally))


async def _call(send: Any, request: bytes, priority: Any, plan: Plan, tally: Tally) -> None:
    started_s = time.perf_counter()
    call: grpc.aio.UnaryUnaryCall[bytes, bytes] = send(request, timeout=plan.deadline_s)
    try:
        await call
    except grpc.aio.AioRpcError as error:
        tally.codes[error.code().name] += 1
    else:
        tally.codes["OK"] += 1
        tally.answered_in_time += time.perf_counter() < tally.until_s
        wait_ms = dict(await call.trailing_metadata())["x-gateway-queue-wait-ms"]
        tally.waits_ms.setdefault(priority, []).append(int(wait_ms))
    ended_s = time.perf_counter()
    tally.late += ended_s - started_s > plan.deadline_s + LATE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the API saw."""

    accepted: int
    refused: int
    """Answers 429."""
    repeated: int
    """Sends of a call that had been sent before."""


async def seen_by(simulator_url: str) -> Seen:
    """Ask the simulator."""
    async with httpx.AsyncClient(base_url=f"{simulator_url}/_simulator", timeout=60.0) as client:
        stats = (await client.get("stats")).json()["answered"]
        requests = (await client.get("requests")).json()["requests"]
    sent = Counter(r["json"]["correlation_id"] for r in requests if r["path"].endswith(":send") and r["status"] == 200)
    return Seen(
        accepted=sum(sent.values()),
        refused=stats.get("conversation 429", 0),
        repeated=sum(sent.values()) - len(sent),
    )


def promises(plan: Plan, limit_per_s: float, tally: Tally, seen: Seen) -> Iterator[tuple[str, bool]]:
    """What must hold, each with whether it does."""
    urgent_ms = tally.p99_ms(call_options_pb2.PRIORITY_URGENT)
    share = seen.refused / max(seen.accepted + seen.refused, 1)
    rate = tally.answered_in_time / plan.duration_s
    yield f"URGENT waits at p99 {urgent_ms} ms, under {URGENT_P99_MS}", urgent_ms < URGENT_P99_MS
    yield f"429s of the API {share:.4%} of its answers, under {MOST_REFUSALS:.1%}", share < MOST_REFUSALS
    least = LEAST_THROUGHPUT * limit_per_s
    yield f"throughput {rate:.1f}/s, at least {least:.1f}", rate >= least
    yield f"calls past their deadline {tally.late}", tally.late == 0
    yield f"sent twice {seen.repeated}", seen.repeated == 0
    yield f"accepted by the API {seen.accepted}, answered to callers {tally.answered}", seen.accepted == tally.answered


async def measure(plan: Plan, limit_per_s: float) -> bool:
    """Run everything as processes of its own, print what came of it; whether every promise was kept."""
    with tempfile.TemporaryDirectory(prefix="conversation-gateway-bench-") as folder:
        recorded = str(round((limit_per_s + 10) * (plan.duration_s + 10) * 2))
        limits = ("--project-rate-per-s", str(limit_per_s), "--recorded-requests", recorded)
        async with child("gateway.cli", "simulator", *limits, core=None, environment={}) as simulator:
            settings = settings_for(simulator.ready["url"], Path(folder), limit_per_s)
            started = child("gateway.cli", "serve", core=None, environment=settings, ready_on="stderr")
            async with started as gateway:
                tally = await _offered(gateway, plan)
            seen = await seen_by(simulator.ready["url"])
    print(f"offered {tally.offered} calls in {plan.duration_s:g} s, told {dict(tally.codes)}")
    shown = {}
    for priority in sorted(tally.waits_ms):
        waits = sorted(tally.waits_ms[priority])
        name = call_options_pb2.Priority.Name(priority).removeprefix("PRIORITY_")
        print(
            f"{name:7} {len(waits):6} sent, waited {waits[len(waits) // 2]} ms at p50, {tally.p99_ms(priority)} at p99"
        )
        shown[name] = Spread(median=waits[len(waits) // 2], least=waits[0], greatest=tally.p99_ms(priority))
    kept = list(promises(plan, limit_per_s, tally, seen))
    for promise, holds in kept:
        print("ok    " if holds else "BROKEN", promise)
    waited = Bars(title="wait for a permit, ms: p50, with the least and the p99", rows=shown, digits=0)
    draw("pressure", f"{plan.offered_per_s:g} calls/s offered, {limit_per_s:g} granted", [waited])
    return all(holds for _, holds in kept)


async def _offered(gateway: Child, plan: Plan) -> Tally:
    channels = [
        # Without an option of its own a second channel to the same address would share the first one's connection.
        grpc.aio.insecure_channel(gateway.ready["grpc"], options=[("grpc.use_local_subchannel_pool", 1)])
        for _ in range(plan.callers)
    ]
    try:
        return await offer(channels, plan)
    finally:
        await asyncio.gather(*(channel.close() for channel in channels))


def settings_for(url: str, folder: Path, limit_per_s: float) -> dict[str, str]:
    doors = dict.fromkeys(("GATEWAY_GRPC_ADDRESS", "GATEWAY_WEBHOOK_ADDRESS", "GATEWAY_ADMIN_ADDRESS"), "127.0.0.1:0")
    hosts = {host.upper(): f"{url}/{{region}}/{host}" for host in ("conversation", "batch", "template")}
    return {
        "SINCH_PROJECT_ID": message.PROJECT_ID,
        "SINCH_KEY_ID": message.KEY_ID,
        "SINCH_KEY_SECRET": message.KEY_SECRET,
        "GATEWAY_WEBHOOK_SECRET": secrets.token_hex(16),
        "GATEWAY_STATE_URL": f"sqlite://{folder / 'state.db'}",
        "GATEWAY_AUTH_URL": f"{url}/auth",
        "GATEWAY_LOG_FORMAT": "json",
        "GATEWAY_RATE_LIMIT_PER_S": str(limit_per_s),
        **{f"GATEWAY_{host}_URL": base for host, base in hosts.items()},
        **doors,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=float, default=250.0, help="calls per second that the API grants")
    parser.add_argument("--offered", type=float, default=625.0, help="calls per second, all callers together")
    parser.add_argument("--callers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    plan = Plan(offered_per_s=options.offered, callers=options.callers, duration_s=options.seconds)
    try:
        kept = uvloop.run(measure(plan, options.limit))
    except BenchFailed as error:
        sys.exit(f"bench: {error}")
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
