"""What large requests take before the gateway knows their size is bounded, however many come in the same instant."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from tests.conftest import Environment, SilentHost
from tests.grpc_door import SEND
from tests.integration.test_send import text
from tests.patience import PATIENCE_S
from tests.processes import gateway_process

COUNT = 150
SIZE_BYTES = 3_900_000
MIB = 1024 * 1024
# Mostly of what is admitted, which is there as a message and as a request to the API too. Without any one of the
# bounds on what arrives, what is unread and what was refused, it is more.
MOST_BYTES = 350 * MIB


def memory_bytes(pid: int, line: str) -> int:
    """One line of what the kernel tells about a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(entry.split()[1]) for entry in status if entry.startswith(line)) * 1024


@asynccontextmanager
async def channels(address: str, count: int) -> AsyncIterator[list[grpc.aio.Channel]]:
    """So many connections, all of them made."""
    async with AsyncExitStack() as stack:
        made = [
            await stack.enter_async_context(
                grpc.aio.insecure_channel(address, options=(("grpc.use_local_subchannel_pool", 1),))
            )
            for _ in range(count)
        ]
        for channel in made:
            await channel.channel_ready()
        yield made


@pytest.mark.parametrize("connections", [1, 5])
async def test_a_burst_of_large_sends_takes_a_bounded_part_of_the_memory(
    environment: Environment, silent_host: SilentHost, connections: int
) -> None:
    request = text()
    request.message.text_message.text = "x" * SIZE_BYTES
    data = request.SerializeToString()
    hanging = {**environment, "GATEWAY_CONVERSATION_URL": f"http://{silent_host.address}/{{region}}"}
    refused = asyncio.Semaphore(0)

    async def send(channel: grpc.aio.Channel) -> None:
        multi: Any = channel.unary_unary(SEND)
        try:
            await multi(data, timeout=300)
        except grpc.aio.AioRpcError:
            refused.release()

    async with gateway_process(hanging) as process:
        ready = await process.line("ready")
        async with channels(ready["grpc"], connections) as made:
            idle = memory_bytes(process.child.pid, "VmRSS")
            sends = [asyncio.create_task(send(made[number % connections])) for number in range(COUNT)]
            async with asyncio.timeout(PATIENCE_S):
                for _ in range(COUNT - 64 * MIB // SIZE_BYTES):
                    await refused.acquire()
            peak = memory_bytes(process.child.pid, "VmHWM")
            for each in sends:
                each.cancel()
            await asyncio.wait(sends)

    assert peak - idle < MOST_BYTES
