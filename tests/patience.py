"""How long a test waits for what must come: a bound on a hang, never a promise of the gateway."""

import asyncio
from collections.abc import Callable

PATIENCE_S = 60.0


async def until(is_so: Callable[[], bool]) -> None:
    """Look again and again until something is so that nobody tells of."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)
