"""What callers have under way at an API that hangs is bounded in bytes, so that they cannot use up the memory."""

import asyncio
from collections import Counter
from typing import Any

import grpc

from tests.conftest import Environment, SilentHost
from tests.grpc_door import SEND
from tests.integration.test_send import text
from tests.patience import PATIENCE_S
from tests.processes import gateway_process
from tests.rich_status import info

COUNT = 150
SIZE_BYTES = 3_900_000
BOUND_BYTES = 64 * 1024 * 1024
ADMITTED = BOUND_BYTES // SIZE_BYTES


async def test_large_sends_to_an_api_that_hangs_stay_within_the_bound(
    environment: Environment, silent_host: SilentHost
) -> None:
    request = text()
    request.message.text_message.text = "x" * SIZE_BYTES
    data = request.SerializeToString()
    reasons: Counter[str] = Counter()
    refused = asyncio.Semaphore(0)

    async def send(channel: grpc.aio.Channel) -> None:
        multi: Any = channel.unary_unary(SEND)
        try:
            # Those that are let in wait for as long as they are allowed to: the test ends them.
            await multi(data, timeout=300)
        except grpc.aio.AioRpcError as error:
            reasons[info(error).reason] += 1
            refused.release()

    hanging = {**environment, "GATEWAY_CONVERSATION_URL": f"http://{silent_host.address}/{{region}}"}
    async with gateway_process(hanging) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            sends = [asyncio.create_task(send(channel)) for _ in range(COUNT)]
            async with asyncio.timeout(PATIENCE_S):
                for _ in range(COUNT - ADMITTED):
                    await refused.acquire()
            under_way = sum(not each.done() for each in sends)
            for each in sends:
                each.cancel()
            await asyncio.wait(sends)

    assert reasons == {"TOO_MANY_CALLS": COUNT - ADMITTED}
    assert under_way == ADMITTED
