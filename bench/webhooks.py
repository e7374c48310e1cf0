"""What durability costs the webhook door: signed, distinct posts of 1 KB, with and without a disk behind the receiver.

    python -m bench.webhooks [--rounds 5] [--count 4000] [--folder DIR]

Each receiver has a process of its own. They share one core and the client has another, where there are two; the share
of it that the client was busy is printed, because a client that is busy all the time would be what is measured. The
contenders take turns inside each round, so that a busy machine hurts all alike: read the ratios, not the rates. Every
answer has to be 200, and the log has to hold as many events as were answered.

`a commit per event` is the same log with groups of one, so that nothing but the grouping differs. What that is worth
depends on what a commit costs beside the receiver's own work for a post, its HTTP, signature and typing, which no
grouping makes less: printed beside it is what a store that costs nothing would reach. On a busy machine the rates mean
little, as somebody else has the core half of the time; the CPU time of a post and its parts still do.
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import orjson
import uvloop

from bench.figures import Spread
from bench.picture import Bars, draw
from bench.processes import choose_cores, cpu_s, on
from gateway.clock import Clock
from gateway.http_server import HttpServer
from gateway.listener import Listener
from gateway.simulator.identifiers import new_ulid
from gateway.state.events import Appended, NewEvent
from gateway.state.log import EventLog
from gateway.state.sqlite_log import SqliteEventLog
from gateway.state.valkey_log import ValkeyEventLog
from gateway.state.valkey_store import StoreOptions, ValkeyStore
from gateway.state.writer import WriterLimits
from gateway.webhooks.receiver import EventSink, WebhookReceiver
from gateway.webhooks.source import WebhookSource

SECRET = b"bench-secret"
CONNECTIONS = 32
BODY_BYTES = 1024
GROUPED, SINGLE, NONE, SHARED = "durable", "a commit per event", "no store", "shared store"
LATENCY_COUNT = 400


class NoStore:
    """Takes everything and keeps nothing."""

    async def append(self, event: NewEvent) -> Appended:  # noqa: ARG002 - as the log has it
        return Appended(position=1, duplicate=False)


def serve(name: str, path: Path | str, telling: Pipe) -> None:
    """Receive until told to stop; tell the address first, and in the end the number of events in the log."""
    uvloop.run(receive(name, path, telling))


async def receive(name: str, path: Path | str, telling: Pipe) -> None:
    log: EventLog | None = None
    store = None
    if name == SHARED:
        # In place of a path: `bench.valkey` has a server running.
        store = await ValkeyStore.open(StoreOptions(url=str(path), project_id="bench"))
        log = await ValkeyEventLog.open(store, clock=Clock(), memory_s=3600.0)
    elif name != NONE:
        limits = WriterLimits() if name == GROUPED else WriterLimits(group_count=1)
        log = await SqliteEventLog.open(Path(path), clock=Clock(), limits=limits)
    sink: EventSink = log or NoStore()
    source = WebhookSource(name="default", project_id="bench", secrets=(SECRET,))
    server = HttpServer(
        app=WebhookReceiver(sources=(source,), log=sink, clock=Clock()), listener=Listener.open("127.0.0.1:0")
    )
    await server.start()
    telling.send(server.address)
    await asyncio.to_thread(telling.recv)
    await server.stop(5.0)
    telling.send(log.tail.position if log else 0)
    if log:
        await log.close()
    if store:
        await store.close()


def ids() -> Iterator[str]:
    """Ids for ever, as the API gives them."""
    return iter(new_ulid, "")


def posts(message_ids: Iterable[str]) -> Iterator[bytes]:
    """An event for each id, signed, as it goes over the wire."""
    for message_id in message_ids:
        message = {"id": message_id, "contact_message": {"text_message": {"text": "x"}}}
        identity = {"channel": "SMS", "identity": "46700000001", "app_id": ""}
        envelope = {"app_id": "APP", "project_id": "bench", "accepted_time": "2025-10-09T08:53:20.25Z"}
        body = envelope | {"message": message | {"channel_identity": identity, "contact_id": "C"}}
        message["contact_message"] = {"text_message": {"text": "x" * (BODY_BYTES + 1 - len(orjson.dumps(body)))}}
        yield signed(orjson.dumps(body | {"message": message | {"channel_identity": identity, "contact_id": "C"}}))


def signed(body: bytes) -> bytes:
    timestamp = b"%d" % time.time()
    mac = base64.b64encode(hmac.digest(SECRET, body + b".nonce." + timestamp, hashlib.sha256))
    return (
        b"POST /webhooks/default HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
        b"X-Sinch-Webhook-Signature: %b\r\nX-Sinch-Webhook-Signature-Nonce: nonce\r\n"
        b"X-Sinch-Webhook-Signature-Timestamp: %b\r\nX-Sinch-Webhook-Signature-Algorithm: HmacSHA256\r\n\r\n%b"
    ) % (len(body), mac, timestamp, body)


class Poster(asyncio.Protocol):
    """Sends the next post when the last one is answered; an answer of 200 always fits one segment."""

    def __init__(self, requests: Iterator[bytes], latencies_s: list[float]) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._latencies_s = latencies_s
        self._sent_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self._next()

    def data_received(self, data: bytes) -> None:
        if not data.startswith(b"HTTP/1.1 200 "):
            self.done.set_exception(ValueError(data[:100]))
            return
        self._latencies_s.append(time.perf_counter() - self._sent_s)
        self._next()

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            self.done.set_result(None)
            return
        self._sent_s = time.perf_counter()
        self._transport.write(request)


@dataclass
class Contender:
    name: str
    process: multiprocessing.process.BaseProcess
    pipe: Pipe
    address: str
    source: Iterator[bytes]
    rates: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    ack_us: list[float] = field(default_factory=list)
    client_shares: list[float] = field(default_factory=list)
    sent: int = 0

    async def measure(self, count: int, *, warm: bool) -> None:
        before_s = self._cpu_s()
        client_s = time.process_time()
        elapsed_s, _ = await self._post(count, CONNECTIONS)
        client_s = time.process_time() - client_s
        used_s = self._cpu_s() - before_s
        _, latencies_s = await self._post(LATENCY_COUNT, 1)
        if warm:
            self.rates.append(count / elapsed_s)
            self.cpu_us.append(used_s / count * 1e6)
            self.client_shares.append(client_s / elapsed_s)
            self.ack_us.append(statistics.median(latencies_s) * 1e6)

    async def _post(self, count: int, connections: int) -> tuple[float, list[float]]:
        requests = iter([next(self.source) for _ in range(count)])
        latencies_s: list[float] = []
        host, _, port = self.address.rpartition(":")
        loop = asyncio.get_running_loop()
        start_s = time.perf_counter()
        opened = [
            await loop.create_connection(lambda: Poster(requests, latencies_s), host, int(port))
            for _ in range(connections)
        ]
        await asyncio.gather(*(poster.done for _, poster in opened))
        self.sent += count
        return time.perf_counter() - start_s, latencies_s

    def _cpu_s(self) -> float:
        return cpu_s(self.process.pid or 0)[0]

    def stop(self) -> None:
        self.pipe.send(None)
        stored = self.pipe.recv()
        self.process.join()
        if self.name != NONE and stored != self.sent:
            raise ValueError(f"{self.name}: {stored} events in the log, {self.sent} answered")


def start(name: str, where: Path | str) -> Contender:
    """A receiver with its log in a folder, or in the store with a URL."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    path = where / f"{name.replace(' ', '-')}.db" if isinstance(where, Path) else where
    process = spawn.Process(target=serve, args=(name, path, theirs), daemon=True)
    process.start()
    return Contender(name=name, process=process, pipe=ours, address=ours.recv(), source=posts(ids()))


def sync_us(folder: Path) -> float:
    """Median time of the disk's own fdatasync, after appending 1 KB."""
    times_s = []
    descriptor = os.open(folder / "sync", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for _ in range(LATENCY_COUNT):
        os.write(descriptor, b"x" * BODY_BYTES)
        start_s = time.perf_counter()
        os.fdatasync(descriptor)
        times_s.append(time.perf_counter() - start_s)
    os.close(descriptor)
    return statistics.median(times_s) * 1e6


async def compare(contenders: list[Contender], folder: Path, rounds: int, count: int) -> list[float]:
    syncs_us = []
    for number in range(rounds + 1):
        syncs_us.append(sync_us(folder))
        for contender in contenders:
            # The first round only warms up.
            await contender.measure(count, warm=number > 0)
    return syncs_us[1:]


def report(contenders: list[Contender], syncs_us: list[float]) -> None:
    print(f"{'receiver':20} {'events/s, 32 connections':>26} {'CPU µs per event':>18} {'ack p50 µs, 1 conn.':>20}")
    for found in contenders:
        rate = f"{statistics.median(found.rates):.0f} ({min(found.rates):.0f}-{max(found.rates):.0f})"
        cpu, ack = statistics.median(found.cpu_us), statistics.median(found.ack_us)
        print(f"{found.name:20} {rate:>26} {cpu:18.0f} {ack:20.0f}")
    by_name = {found.name: found for found in contenders}

    def ratio(name: str, ours: str = GROUPED) -> float:
        pairs = zip(by_name[ours].rates, by_name[name].rates, strict=True)
        return statistics.median(ours / theirs for ours, theirs in pairs)

    print(f"client busy at most {max(statistics.median(found.client_shares) for found in contenders):.0%}")
    print(f"durable / no store: {ratio(NONE):.2f} (goal: at least 0.35)")
    free = ratio(SINGLE, ours=NONE)
    print(
        f"durable / a commit per event: {ratio(SINGLE):.1f} (goal: at least 5; a store that costs nothing: {free:.1f})"
    )
    cpu_of = {name: statistics.median(found.cpu_us) for name, found in by_name.items()}
    print(
        f"CPU µs of a post: {cpu_of[NONE]:.0f} before the store, {cpu_of[GROUPED] - cpu_of[NONE]:.0f} in it, "
        f"{cpu_of[SINGLE] - cpu_of[NONE]:.0f} with a commit of its own"
    )
    acks = zip(by_name[GROUPED].ack_us, syncs_us, strict=True)
    floors = zip(by_name[NONE].ack_us, syncs_us, strict=True)
    floor = statistics.median(1 + ack / sync for ack, sync in floors)
    print(
        f"ack p50 / fdatasync p50 ({statistics.median(syncs_us):.0f} µs): "
        f"{statistics.median(ack / sync for ack, sync in acks):.1f} (goal: at most 3; HTTP and one sync: {floor:.1f})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--folder", type=Path, help="on the disk to measure; default: the current folder's")
    options = parser.parse_args()
    cores = choose_cores(free=False)
    print(cores.description)
    with tempfile.TemporaryDirectory(dir=options.folder or Path.cwd()) as name:
        folder = Path(name)
        with on(cores.measured):
            contenders = [start(contender, folder) for contender in (NONE, GROUPED, SINGLE)]
        with on(cores.beside):
            syncs_us = uvloop.run(compare(contenders, folder, options.rounds, options.count))
        for contender in contenders:
            contender.stop()
        report(contenders, syncs_us)
        rates = {contender.name: Spread.of(contender.rates) for contender in contenders}
        draw("webhooks", "Webhooks through the door", [Bars(title="events/s", rows=rates, digits=0)])


if __name__ == "__main__":
    main()
