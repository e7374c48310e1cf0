"""What befalls the API during a soak, beside what single recipients stand for."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import httpx

STORM_S = 1.5
_SENDS: Mapping[str, Any] = MappingProxyType({"path": "messages:send"})
# One after the other: an outage that opens the breaker, a limit, slowness, lost answers, an auth host that fails.
STORMS: tuple[dict[str, Any], ...] = (
    {"match": {"host": "conversation"}, "answer": {"status": 503, "body": "proxy"}},
    {"match": {**_SENDS, "every": 3}, "answer": {"status": 429}},
    {"match": dict(_SENDS), "answer": {"delay_s": 1.0}},
    {"match": {"every": 4}, "answer": {"ending": "reset", "processed": True}},
    {"match": {"host": "auth"}, "answer": {"status": 503, "body": "proxy"}},
    {"match": {"host": "batch", "every": 2}, "answer": {"status": 500}},
    {"match": {**_SENDS, "every": 5}, "answer": {"ending": "hang"}},
)


class Trouble:
    """Tells the simulator to misbehave."""

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        self._url = f"{url}/_simulator"
        self._client = client

    async def strike(self, count: int) -> None:
        """Expire or revoke every token, or let a storm pass."""
        storm = STORMS[count % len(STORMS)]
        if count % 2 or storm["match"].get("host") == "auth":
            await self._tell("tokens", {"action": "expire" if count % 4 else "revoke"})
        await self._tell("faults", storm)
        await asyncio.sleep(STORM_S)
        (await self._client.delete(f"{self._url}/faults")).raise_for_status()

    async def _tell(self, what: str, body: dict[str, Any]) -> None:
        (await self._client.post(f"{self._url}/{what}", json=body)).raise_for_status()
