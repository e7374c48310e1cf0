"""What a batch of a million recipients costs the gateway in memory.

    python -m bench.large_batch [--recipients 1000000]

One stream of `SendLargeBatch` with a request id, against an upstream that takes batches and nothing else (the simulator
would make a million messages of them, which says nothing about the gateway). The gateway's resident memory is read at
the start and each time as many recipients are accepted as a line says. Every recipient has to arrive exactly once.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import orjson
import uvloop
from conversation_gateway.v1 import batch_pb2, batch_pb2_grpc

from bench import message
from bench.figures import Spread
from bench.picture import Bars, draw
from bench.processes import BenchFailed, Child, child
from gateway.http_server import HttpServer
from gateway.listener import Listener

MARKS = (100_000, 500_000, 1_000_000)
PER_MESSAGE = 500
# What each recipient brings along, so that one that is kept would be noticed.
NAME = "n" * 200
# Eight bytes for each recipient, to recognise a repeated one, and what an allocator may keep to itself.
DIGEST_BYTES = 8
SLACK_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The gateway's memory once so many recipients were accepted."""

    accepted_count: int
    rss_bytes: int
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run has shown."""

    marks: Sequence[Mark]
    arrived_count: int
    """Recipients in all batches that came to the upstream, repeated ones counted again."""
    distinct_count: int

    @property
    def growth_bytes(self) -> int:
        """From the first mark under way to the last; before that a process grows for other reasons."""
        return self.marks[-1].rss_bytes - self.marks[1].rss_bytes

    @property
    def is_flat(self) -> bool:
        """Whether nothing is kept of a recipient but what recognises it."""
        recipients = self.marks[-1].accepted_count - self.marks[1].accepted_count
        return self.growth_bytes <= DIGEST_BYTES * recipients + SLACK_BYTES


async def measure(count: int, marks: Sequence[int]) -> Result:
    """Send to `count` recipients and take the memory at `marks`, the last of which is the end."""
    with tempfile.TemporaryDirectory(prefix="conversation-gateway-bench-") as folder:
        async with child("bench.large_batch", "--upstream", core=None, environment={}) as upstream:
            settings = _settings(upstream.ready["url"], Path(folder))
            started = child("gateway.cli", "serve", core=None, environment=settings, ready_on="stderr")
            async with started as gateway:
                taken = await _sent(gateway, count, marks)
            arrived = await upstream.ask("counts", timeout_s=60.0)
    return Result(marks=taken, arrived_count=arrived["all"], distinct_count=arrived["distinct"])


async def _sent(gateway: Child, count: int, marks: Sequence[int]) -> list[Mark]:
    taken = [Mark(accepted_count=0, rss_bytes=rss_bytes(gateway.pid), at_s=0.0)]
    left = list(marks)
    start_s = time.perf_counter()
    async with grpc.aio.insecure_channel(gateway.ready["grpc"]) as channel:
        stub: Any = batch_pb2_grpc.BatchServiceStub(channel)
        completed = False
        async for answer in stub.SendLargeBatch(_requests(count)):
            completed = answer.HasField("completed")
            while left and answer.progress.accepted_count >= left[0]:
                at_s = time.perf_counter() - start_s
                taken.append(Mark(accepted_count=left.pop(0), rss_bytes=rss_bytes(gateway.pid), at_s=at_s))
    if left or not completed:
        raise BenchFailed("not every recipient was accepted")
    return taken


async def _requests(count: int) -> AsyncIterator[batch_pb2.SendLargeBatchRequest]:
    batch = batch_pb2.SendBatchRequest(message={"text_message": {"text": "Dear ${name}"}})
    batch.options.request_id = "large"
    yield batch_pb2.SendLargeBatchRequest(start={"batch": batch})
    for first in range(0, count, PER_MESSAGE):
        request = batch_pb2.SendLargeBatchRequest()
        for number in range(first, min(first + PER_MESSAGE, count)):
            row = request.recipients.recipient_and_params.add(parameters={"name": NAME})
            identities = row.recipient.identified_by.channel_identities
            identities.add(channel="SMS", identity=f"46{number:09d}")
        yield request


def rss_bytes(pid: int) -> int:
    """The resident memory of a process; raises `BenchFailed` where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        raise BenchFailed("this system does not tell what memory a process has")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def _settings(url: str, folder: Path) -> dict[str, str]:
    doors = dict.fromkeys(("GATEWAY_GRPC_ADDRESS", "GATEWAY_WEBHOOK_ADDRESS", "GATEWAY_ADMIN_ADDRESS"), "127.0.0.1:0")
    hosts = {
        f"GATEWAY_{host}_URL": f"{url}/{{region}}/{host.lower()}" for host in ("CONVERSATION", "BATCH", "TEMPLATE")
    }
    return {
        "SINCH_PROJECT_ID": message.PROJECT_ID,
        "SINCH_KEY_ID": message.KEY_ID,
        "SINCH_KEY_SECRET": message.KEY_SECRET,
        "SINCH_APP_ID": message.APP_ID,
        "GATEWAY_WEBHOOK_UNSIGNED": "true",
        "GATEWAY_STATE_URL": f"sqlite://{folder / 'state.db'}",
        "GATEWAY_AUTH_URL": url + message.AUTH_PATH,
        **hosts,
        **doors,
    }


class _Upstream:
    """Takes batches, and counts the recipients in them."""

    def __init__(self) -> None:
        self._all = 0
        self._seen: set[int] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            event = await receive()
            body, more = body + event.get("body", b""), event.get("more_body", False)
        status, document = self._answer(scope["path"], body)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": orjson.dumps(document)})

    def _answer(self, path: str, body: bytes) -> tuple[int, dict[str, object]]:
        if path == message.TOKEN_PATH:
            return 200, {"access_token": "t" * 380, "expires_in": 3600, "scope": "", "token_type": "bearer"}
        if not path.endswith("/messages"):
            return 404, {"error": {"code": 404, "status": "NOT_FOUND", "message": "not what is measured"}}
        for row in orjson.loads(body)["recipient_and_params"]:
            self._all += 1
            self._seen.add(int(row["recipient"]["identified_by"]["channel_identities"][0]["identity"]))
        return 200, {"batch_id": f"01BATCH{self._all:019d}"}

    async def serve(self) -> None:
        """Answer until killed; a line on standard input is answered with the counts."""
        server = HttpServer(app=self, listener=Listener.open("127.0.0.1:0"))
        await server.start()
        _say({"event": "ready", "url": f"http://{server.address}"})
        while await asyncio.to_thread(sys.stdin.readline):
            _say({"all": self._all, "distinct": len(self._seen)})


def _say(document: dict[str, object]) -> None:
    sys.stdout.write(orjson.dumps(document).decode() + "\n")
    sys.stdout.flush()


def _report(result: Result) -> bool:
    for mark in result.marks:
        rate = mark.accepted_count / mark.at_s if mark.at_s else 0.0
        print(f"{mark.accepted_count:>10,} accepted  {mark.rss_bytes / 2**20:7.1f} MiB  {rate:8.0f} recipients/s")
    once = result.arrived_count == result.distinct_count == result.marks[-1].accepted_count
    print(
        f"growth under way {result.growth_bytes / 2**20:.1f} MiB; repeats are recognised by {DIGEST_BYTES} bytes each"
    )
    print("ok    " if result.is_flat else "BROKEN", "memory is flat but for those and 16 MiB")
    print(
        "ok    " if once else "BROKEN", f"{result.arrived_count:,} arrived, {result.distinct_count:,} of them distinct"
    )
    return once and result.is_flat


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=MARKS[-1])
    parser.add_argument("--upstream", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.upstream:
        uvloop.run(_Upstream().serve())
        return
    marks = [mark for mark in MARKS if mark < options.recipients] + [options.recipients]
    result = uvloop.run(measure(options.recipients, marks))
    kept = _report(result)
    memory = {f"{mark.accepted_count:,} accepted": Spread.of([mark.rss_bytes / 2**20]) for mark in result.marks}
    panel = Bars(title="resident memory of the gateway, MiB", rows=memory, digits=1)
    draw("large_batch", f"A batch of {options.recipients:,} recipients", [panel])
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
