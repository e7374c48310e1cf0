"""What a gateway exports while it works."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import RunningGateway
from tests.integration.test_metrics import send


async def exported(gateway: RunningGateway) -> set[str]:
    """The names of every series of one scrape."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://{gateway.addresses.admin}/metrics")
    return {sample.name for family in text_string_to_metric_families(answer.text) for sample in family.samples}


@asynccontextmanager
async def under_load(gateway: RunningGateway) -> AsyncIterator[None]:
    """Send, one message after the other, until the end; at least one has been sent at the start."""
    await send(gateway)

    async def forever() -> None:
        while True:
            await send(gateway)

    sending = asyncio.create_task(forever())
    try:
        yield
    finally:
        sending.cancel()
        await asyncio.wait([sending])
