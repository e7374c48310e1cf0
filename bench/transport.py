"""What one exchange costs the client in CPU time: our transport bare, the same under httpx's client, and stock httpx.

    python -m bench.transport [--loop uvloop|asyncio] [--tls] [--rounds 5]

The server has a process and, where there are two, a core of its own. Every answer is checked. The contenders take
turns inside each round, so that a busy machine hurts all alike: read the ratios, not the microseconds.
"""

import argparse
import asyncio
import multiprocessing
import os
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection as Pipe

import httpx
import trustme
import uvloop

from bench.figures import Spread
from bench.picture import Bars, Panel, draw
from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.upstream.exchange import Limits, Origin, OutboundRequest
from gateway.upstream.httpx_seam import PooledHttpxTransport
from gateway.upstream.transport import PooledTransport

CONCURRENCY = (1, 32, 128)
TARGET = "/v1/projects/bench/messages:send"
ANSWER = b'{"message_id":"01BENCH0000000000000000000","accepted_time":"2024-01-01T00:00:00Z"}'
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(ANSWER), ANSWER)
BODY = b'{"filler":"' + b"x" * 207 + b'"}'
HEADERS = (
    (b"Authorization", b"Bearer " + b"t" * 300),
    (b"Content-Type", b"application/json"),
    (b"Accept", b"application/json"),
)
Call = Callable[[], Awaitable[bytes]]


class Answering(asyncio.Protocol):
    """Answers each segment that comes in: on loopback a small request always is one."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]

    def data_received(self, _data: bytes) -> None:
        self._transport.write(RESPONSE)


def serve(port_of: Pipe, certificate: str | None) -> None:
    """Answer until killed; tell the parent the port first."""
    use_core(1)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if certificate else None
    if tls and certificate:
        tls.load_cert_chain(certificate)

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0, ssl=tls)
        port_of.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    uvloop.run(run())


def use_core(number: int) -> None:
    """Stay on one core, where there are several, so that client and server do not take turns on the same."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[number % len(cores)]})


@asynccontextmanager
async def contenders(origin: Origin, trust: ssl.SSLContext, concurrency: int) -> AsyncIterator[dict[str, Call]]:
    """Each way to ask, with as many connections as calls in flight."""
    clock, url = Clock(), f"{origin.scheme}://{origin.authority}{TARGET}"
    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    ours = PooledTransport(ssl_context=trust, limits=Limits(max_connections=concurrency))
    stock = httpx.AsyncHTTPTransport(verify=trust, trust_env=False, limits=limits)
    async with (
        httpx.AsyncClient(transport=PooledHttpxTransport(transport=ours, clock=clock)) as on_ours,
        httpx.AsyncClient(transport=stock) as on_stock,
    ):

        async def bare() -> bytes:
            request = OutboundRequest(method="POST", origin=origin, target=TARGET, headers=HEADERS, body=BODY)
            return (await ours.exchange(request, Deadline.after(30, clock))).body

        def through(client: httpx.AsyncClient) -> Call:
            async def call() -> bytes:
                return (await client.post(url, headers=list(HEADERS), content=BODY)).content

            return call

        yield {"ours": bare, "ours, under httpx's client": through(on_ours), "stock httpx": through(on_stock)}


async def cpu_us(call: Call, concurrency: int, count: int) -> float:
    """CPU time of this process per call, with so many callers at once."""

    async def caller(calls: int) -> None:
        for _ in range(calls):
            if await call() != ANSWER:
                raise ValueError("a wrong answer")

    each = max(count // concurrency, 3)
    start = time.process_time()
    await asyncio.gather(*(caller(each) for _ in range(concurrency)))
    return (time.process_time() - start) / (each * concurrency) * 1e6


async def compare(origin: Origin, trust: ssl.SSLContext, rounds: int) -> list[Panel]:
    use_core(0)
    panels: list[Panel] = []
    print(f"{'in flight':>9}  {'way':28} {'CPU µs per call: median (min-max)':>36} {'ratio to stock':>24}")
    for concurrency in CONCURRENCY:
        async with contenders(origin, trust, concurrency) as calls:
            times: dict[str, list[float]] = {name: [] for name in calls}
            for number in range(rounds + 1):
                for name, call in calls.items():
                    # Stock httpx is so much slower that equal counts would make it most of the run.
                    count = 200 if name == "stock httpx" else 4000
                    spent_us = await cpu_us(call, concurrency, count)
                    if number:  # the first round only warms up
                        times[name].append(spent_us)
        costs = {name: Spread.of(spent) for name, spent in times.items()}
        for name, spent in times.items():
            ratio = Spread.of(ours / stock for ours, stock in zip(spent, times["stock httpx"], strict=True))
            print(f"{concurrency:9}  {name:28} {costs[name].text(0):>36} {ratio.text(3):>24}")
        panels.append(Bars(title=f"CPU per exchange, µs, {concurrency} in flight", rows=costs, digits=0))
    return panels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loop", choices=("uvloop", "asyncio"), default="uvloop")
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    trust, authority = ssl.create_default_context(), trustme.CA()
    authority.configure_trust(trust)
    with authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.tempfile() as certificate:
        spawn = multiprocessing.get_context("spawn")
        port_of, telling = spawn.Pipe(duplex=False)
        server = spawn.Process(target=serve, args=(telling, certificate if options.tls else None), daemon=True)
        server.start()
        origin = Origin(scheme="https" if options.tls else "http", host="127.0.0.1", port=port_of.recv())
        run = uvloop.run if options.loop == "uvloop" else asyncio.run
        panels = run(compare(origin, trust, options.rounds))
        server.kill()
        server.join()
    draw("transport", "One exchange with the API, client alone", panels)


if __name__ == "__main__":
    main()
