"""Tells a running simulator to misbehave, and counts what reached it."""

from typing import Any

import httpx

from gateway.simulator.server import Simulator


async def tell(simulator: Simulator, what: str, body: Any) -> Any:
    """Ask the simulator itself: `faults`, `tokens`, `queue`, `clock`, `emit`."""
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{simulator.url}/_simulator/{what}", json=body)
    answer.raise_for_status()
    return answer.json()


async def misbehave(simulator: Simulator, match: dict[str, Any], answer: dict[str, Any]) -> None:
    """Add a rule that spoils answers."""
    await tell(simulator, "faults", {"match": match, "answer": answer})


async def behave(simulator: Simulator) -> None:
    """Remove every rule."""
    async with httpx.AsyncClient() as client:
        (await client.delete(f"{simulator.url}/_simulator/faults")).raise_for_status()


def arrived(simulator: Simulator, method: str, ending: str) -> int:
    """How many requests of this method came, to a path with this ending."""
    return sum(1 for r in simulator.requests if r.method == method and r.path.endswith(ending))


def tokens_asked(simulator: Simulator) -> int:
    """How many token requests came, answered or refused."""
    return arrived(simulator, "POST", "/oauth2/token")
