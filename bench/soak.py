"""Everything at once for a long time: does memory stop growing, is nothing left behind, does the log stay quiet?

    python -m bench.soak [--minutes 20]

A whole gateway and a whole simulator as processes, and mixed load from this one: sends of every kind, batches, streams,
feeds that come, stall and go, named subscriptions, webhooks well and badly posted, lookups, tracking, health watches,
scrapes, secrets that are replaced, tokens that expire, and an API that fails in every way the simulator knows. The
first third warms up. After it and at the end the load stops and the simulator goes away, so that every connection
closes, and what is left is counted. What must hold is printed last; the exit code says whether it did.
"""

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import httpx
import orjson
from conversation_gateway.v1 import webhook_pb2, webhook_pb2_grpc

from bench import message
from bench.processes import BenchFailed, Child, child
from bench.soak_events import SECRET, Following, Posting, Rotation
from bench.soak_judgement import Record, Rest, descriptors, findings, left, resident_kib, series, threads
from bench.soak_load import Asking, Load, Sending, Streaming
from bench.soak_trouble import Trouble

SAMPLE_EVERY_S = 0.5
# Before the load ends the storms do, so that there is a token: without one, writes that outlive their callers would
# still wait for it at rest.
CALM_S = 10.0
# What the gateway keeps on purpose for a minute, lookups without an answer and writes without a caller, is over then.
LEAST_REST_S = 62.0
REST_PATIENCE_S = 120.0
# Numbers that do not change for so long are those of rest.
REST_S = 5.0
TRIGGERS = ("MESSAGE_DELIVERY", "MESSAGE_INBOUND", "MESSAGE_SUBMIT", "CAPABILITY")


@dataclass(slots=True)
class Soak:
    """One run: the gateway, what was seen of it, and where the simulator was."""

    gateway: Child
    folder: Path
    log: "Log"
    port: int
    client: httpx.AsyncClient
    tally: Counter[str] = field(default_factory=Counter)
    page: str = ""

    async def third(self, seconds: float) -> list[int]:
        """Load for so long; the resident memory, sampled all the while."""
        samples = []
        async with simulator(self.port) as url, grpc.aio.insecure_channel(self.gateway.ready["grpc"]) as channel:
            await self._register(channel)
            tally: Counter[str] = Counter()
            load, storms = Load(tally), Load(tally)
            async with asyncio.TaskGroup() as tasks:
                for part in self._parts(load, channel):
                    tasks.create_task(part)
                tasks.create_task(storms.repeat(Trouble(url, self.client).strike, every_s=4.0))
                end_s = time.monotonic() + seconds
                while (left_s := end_s - time.monotonic()) > 0:
                    if left_s < CALM_S:
                        storms.over.set()
                    samples.append(resident_kib(self.gateway.pid))
                    await asyncio.sleep(SAMPLE_EVERY_S)
                load.over.set()
            self.tally += tally
        return samples

    async def rest(self) -> Rest:
        """What is there once nothing moves any more."""
        began_s = same_since_s = time.monotonic()
        found = await self._now()
        while (rested_s := time.monotonic() - began_s) < REST_PATIENCE_S:
            if rested_s > LEAST_REST_S and time.monotonic() - same_since_s > REST_S:
                break
            await asyncio.sleep(SAMPLE_EVERY_S)
            now = await self._now()
            if now != found:
                found, same_since_s = now, time.monotonic()
        return found

    async def _now(self) -> Rest:
        await self.scrape(0)
        tasks = series(self.page)["gateway_event_loop_tasks"]
        pid = self.gateway.pid
        return Rest(descriptors=descriptors(pid), threads=threads(pid), tasks=int(tasks))

    async def scrape(self, _count: int) -> None:
        """The metrics, as Prometheus asks for them."""
        answer = await self.client.get(f"http://{self.gateway.ready['admin']}/metrics")
        answer.raise_for_status()
        self.page = answer.text

    async def _register(self, channel: grpc.aio.Channel) -> None:
        webhook = webhook_pb2.NewWebhook(
            app_id=message.APP_ID,
            target=f"http://{self.gateway.ready['webhooks']}/webhooks/default",
            target_type="HTTP",
            secret=SECRET,
            triggers=TRIGGERS,
        )
        stub: Any = webhook_pb2_grpc.WebhookServiceStub(channel)
        async with asyncio.timeout(60):
            while True:
                # The token endpoint was away while the gateway rested, and is not asked again at once.
                with contextlib.suppress(grpc.aio.AioRpcError):
                    await stub.CreateWebhook(webhook_pb2.CreateWebhookRequest(webhook=webhook), timeout=5)
                    return
                await asyncio.sleep(0.5)

    def _parts(self, load: Load, channel: grpc.aio.Channel) -> list[Coroutine[Any, Any, None]]:
        sending, streaming, following = Sending(channel), Streaming(channel), Following(channel)
        asking = Asking(channel, self.gateway.ready["grpc"])
        posting, rotation = Posting(self.gateway.ready["webhooks"], self.client), Rotation(self.folder / "secret")
        every_s = {
            sending.send: 0.05, sending.send_into_trouble: 0.5, sending.send_and_give_up: 0.3,
            sending.send_and_track: 0.3, streaming.message_stream: 0.7, streaming.batch: 0.5,
            streaming.large_batch: 5.0,
            asking.look_up: 0.2, asking.watch_health: 0.3, asking.connect_and_leave: 0.5,
            posting.post: 0.03, posting.post_badly: 0.5,
            following.follow: 0.2, following.replay: 0.7, following.stall: 0.2, following.consume: 0.5,
            following.read: 0.3,
            rotation.rotate: 2.0, self.scrape: 1.0,
        }  # fmt: skip
        # Several at once of what takes long or holds most.
        more = [sending.send, sending.send_and_track, following.follow, following.stall]
        return [load.repeat(story, every_s=every_s[story]) for story in (*every_s, *more)]


class Log:
    """What the gateway writes, line by line."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self.noise: list[str] = []

    def hear(self, line: bytes) -> None:
        """Keep it when it matters."""
        try:
            entry = orjson.loads(line)
        except orjson.JSONDecodeError:
            self.noise.append(line.decode(errors="replace").rstrip())
            return
        if entry["level"] != "info":
            self.lines.append(entry)


@asynccontextmanager
async def simulator(port: int) -> AsyncIterator[str]:
    """A simulator on this port, until the block ends."""
    arguments = ("gateway.cli", "simulator", "--port", str(port), "--recorded-requests", "100")
    async with child(*arguments, core=None, environment={}) as running:
        yield str(running.ready["url"])


async def measure(minutes: float) -> bool:
    """Run everything and print what came of it; whether every promise was kept."""
    third_s = minutes * 60 / 3
    async with simulator(0) as url:
        port = int(url.rpartition(":")[2])
    log = Log()
    with tempfile.TemporaryDirectory(prefix="conversation-gateway-bench-") as name:
        folder = Path(name)
        Rotation(folder / "secret")
        settings = _settings(f"http://127.0.0.1:{port}", folder)
        started = child("gateway.cli", "serve", core=None, environment=settings, ready_on="stderr", hear=log.hear)
        async with httpx.AsyncClient(timeout=30) as client:
            async with started as gateway:
                soak = Soak(gateway=gateway, folder=folder, log=log, port=port, client=client)
                resident, rests = [await soak.third(third_s)], [await soak.rest()]
                resident += [await soak.third(third_s), await soak.third(third_s)]
                rests.append(await soak.rest())
            record = Record(
                resident_kib=resident, rests=rests, lines=log.lines, noise=log.noise, left=left(soak.page),
                exit_code=gateway.exit_code,
            )  # fmt: skip
    return _print(soak, record)


def _print(soak: Soak, record: Record) -> bool:
    print(f"{'what':40} {'times':>8}")
    for part, count in sorted(soak.tally.items()):
        print(f"{part:40} {count:8}")
    found = list(findings(record))
    for finding in found:
        print(f"{'ok    ' if finding.holds else 'BROKEN'} {finding.promise}: {finding.found}")
    return all(finding.holds for finding in found)


def _settings(url: str, folder: Path) -> dict[str, str]:
    doors = dict.fromkeys(("GATEWAY_GRPC_ADDRESS", "GATEWAY_WEBHOOK_ADDRESS", "GATEWAY_ADMIN_ADDRESS"), "127.0.0.1:0")
    hosts = {host.upper(): f"{url}/{{region}}/{host}" for host in ("conversation", "batch", "template")}
    return {
        "SINCH_PROJECT_ID": message.PROJECT_ID,
        "SINCH_KEY_ID": message.KEY_ID,
        "SINCH_KEY_SECRET": message.KEY_SECRET,
        "SINCH_APP_ID": message.APP_ID,
        "GATEWAY_WEBHOOK_SECRET_FILE": str(folder / "secret"),
        "GATEWAY_REREAD_S": "0.5",
        "GATEWAY_STATE_URL": f"sqlite://{folder / 'state.db'}",
        "GATEWAY_AUTH_URL": f"{url}/auth",
        "GATEWAY_LOG_FORMAT": "json",
        # Answers that are too large are a part of the load. Sixteen megabytes at a time would drown what is looked for.
        "GATEWAY_MAX_RESPONSE_BYTES": str(1024 * 1024),
        # By default the C library gives each thread a heap of its own, whose leftovers come and go with the threads.
        "MALLOC_ARENA_MAX": "2",
        **{f"GATEWAY_{host}_URL": base for host, base in hosts.items()},
        **doors,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20.0, help="of load, the rests not counted")
    options = parser.parse_args()
    try:
        kept = asyncio.run(measure(options.minutes))
    except BenchFailed as error:
        sys.exit(f"bench: {error}")
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
