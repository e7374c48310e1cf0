"""CPU of the gateway per send while a line of other calls waits for the rate limit.

The line is kept at its length: whoever has an answer asks again at once. The rate is the same for every length, and
well below what the gateway could send, so that a send costs what it costs and not what an idle loop makes of it. The
line is the one place where ten thousand can wait: for a connection to the API at most 4,096 do.
"""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import grpc
import httpx
from conversation_gateway.v1 import message_pb2

from bench import message
from bench.collector import sampled
from bench.growth_sizes import Costs
from bench.load import Novelty
from bench.processes import BenchFailed, Cores, child, cpu_s, on
from bench.sends import certificate, settings_for

RATE_PER_S = 500
# As many programs, which the line has to be fair between.
CALLERS = 10
# The longest line takes twenty seconds to move up.
TIMEOUT_S = 55.0
SETTLED_WITHIN_S = 60.0
# Of those that were answered a moment ago, so many may be on their way back.
ABOUT = 40
# gRPC cancels calls when more than a thousand come before the server gets to them.
AT_ONCE = 500


class Line:
    """Calls that wait, each answered one followed by the next."""

    def __init__(self, channels: Sequence[grpc.aio.Channel], admin: str) -> None:
        """Nobody waits yet; `admin` is where the gateway says how many do."""
        self._calls: list[Any] = [
            channel.unary_unary(
                message.SEND_METHOD,
                request_serializer=None,
                response_deserializer=message_pb2.SendMessageResponse.FromString,
            )
            for channel in channels
        ]
        self._metrics = f"http://{admin}/metrics"
        self._tasks: list[asyncio.Task[None]] = []
        self._novelty = Novelty()
        self.answered = 0

    async def grow(self, count: int) -> None:
        """Have so many wait; returns when they do, or raises what a call has raised."""
        while (there := len(self._tasks)) < count:
            for number in range(there, min(there + AT_ONCE, count)):
                self._tasks.append(asyncio.create_task(self._caller(self._calls[number % len(self._calls)])))
            await self._wait_for(len(self._tasks) - ABOUT, len(self._tasks))

    async def leave(self) -> None:
        """Have nobody wait."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self._wait_for(0, 0)
        self._novelty.check()

    def check(self) -> None:
        """Raise what a call has raised."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def _caller(self, call: Any) -> None:
        request = message.protobuf()
        while True:
            answer = await call(request, timeout=TIMEOUT_S)
            self._novelty.take(answer.message_id)
            self.answered += 1

    async def _wait_for(self, least: int, most: int) -> None:
        end_s = time.monotonic() + SETTLED_WITHIN_S
        async with httpx.AsyncClient(timeout=30.0) as client:
            while time.monotonic() < end_s:
                self.check()
                page = (await client.get(self._metrics)).text
                lines = [line for line in page.splitlines() if line.startswith("gateway_rate_limit_waiting{")]
                if least <= sum(float(line.rpartition(" ")[2]) for line in lines) <= most:
                    return
                await asyncio.sleep(0.25)
        raise BenchFailed(f"the line never had {least} to {most} calls in it")


async def waiting_calls(sizes: Sequence[int], rounds: int, seconds: float, cores: Cores) -> Costs:
    """The lengths in turns, from the shortest on."""
    found: dict[int, list[float]] = {size: [] for size in sizes}
    async with AsyncExitStack() as stack:
        stack.enter_context(on(cores.beside))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conversation-gateway-bench-")))
        trust = {"SSL_CERT_FILE": str(folder / "authority.pem")}
        upstream = await stack.enter_async_context(
            child("bench.upstream", *certificate(folder), core=cores.beside, environment=trust)
        )
        collector = await stack.enter_async_context(child("bench.collector", core=cores.beside, environment={}))
        settings = trust | settings_for(upstream.ready["url"], folder) | sampled(collector.ready["url"])
        settings |= {"GATEWAY_RATE_LIMIT_PER_S": str(RATE_PER_S), "GATEWAY_GRPC_MAX_CALLS": "20000"}
        started = child("gateway.cli", "serve", core=cores.measured, environment=settings, ready_on="stderr")
        gateway = await stack.enter_async_context(started)
        own = [("grpc.use_local_subchannel_pool", 1)]
        opened = [grpc.aio.insecure_channel(gateway.ready["grpc"], options=own) for _ in range(CALLERS)]
        channels = [await stack.enter_async_context(channel) for channel in opened]
        line = Line(channels, gateway.ready["admin"])
        # Once unrecorded: connections are opened and code is loaded.
        for number in range(rounds + 1):
            for size in sizes:
                await line.grow(size)
                before_s, before = cpu_s(gateway.pid)[0], line.answered
                await asyncio.sleep(seconds)
                spent_s, count = cpu_s(gateway.pid)[0] - before_s, line.answered - before
                line.check()
                if number:
                    found[size].append(spent_s / count * 1e6)
            await line.leave()
    return Costs(name="calls that wait", unit="per send", of="in line", found=found)
