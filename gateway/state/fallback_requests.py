"""Request ids in this process alone while the shared store is away, where the settings ask for that.

A repeat that lands on this process is still recognised, one that lands on another is not: the choice between sending
twice at worst and not sending at all is the operator's.
"""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.state.request_schema import create_tables
from gateway.state.request_transaction import RequestTransaction
from gateway.state.requests import RequestKey, RequestRecord, RequestState, RequestStore
from gateway.telemetry import logs

_R = TypeVar("_R")
_log = logs.logger("state")


class FallbackRequestStore:
    """A `RequestStore` that prefers the shared one, and finishes each request where it was begun."""

    def __init__(self, *, shared: RequestStore, clock: Clock) -> None:
        """Fall back from `shared`, which outlives this object."""
        self._shared = shared
        self._clock = clock
        self._memory = sqlite3.connect(":memory:", isolation_level=None)
        create_tables(self._memory)
        self._local: set[tuple[str, str]] = set()

    async def reserve(self, key: RequestKey) -> RequestRecord | None:
        """Take the id, here when the shared store cannot say."""
        if _name(key) not in self._local:
            try:
                return await self._shared.reserve(key)
            except StoreError:
                _log.warning("request_id_local")
        self._local.add(_name(key))
        return self._here(lambda transaction: transaction.reserve(key))

    async def dispatched(self, key: RequestKey) -> None:
        """Note that a reserved request may have been sent from now on."""
        if _name(key) not in self._local:
            return await self._shared.dispatched(key)
        return self._here(lambda transaction: transaction.dispatched(key))

    async def conclude(self, key: RequestKey, state: RequestState, answer: bytes | None) -> RequestRecord | None:
        """Note how a dispatched request ended."""
        if _name(key) not in self._local:
            return await self._shared.conclude(key, state, answer)
        return self._here(lambda transaction: transaction.conclude(key, state, answer))

    async def release(self, key: RequestKey) -> RequestRecord | None:
        """Forget a request of which nothing was sent."""
        if _name(key) not in self._local:
            return await self._shared.release(key)
        standing = self._here(lambda transaction: transaction.release(key))
        if standing is None:
            self._local.discard(_name(key))
        return standing

    async def settle(self, project_id: str, request_id: str, message_id: str) -> bool:
        """Note the proof that a request was carried out; whether that was news."""
        if (project_id, request_id) not in self._local:
            return await self._shared.settle(project_id, request_id, message_id)
        return self._here(lambda transaction: transaction.settle(project_id, request_id, message_id))

    def close(self) -> None:
        """Forget what was kept here."""
        self._memory.close()

    def _here(self, step: Callable[[RequestTransaction], _R]) -> _R:
        transaction = RequestTransaction(self._memory, now_us=int(self._clock.now().timestamp() * 1_000_000))
        done = step(transaction)
        transaction.finish()
        return done


def _name(key: RequestKey) -> tuple[str, str]:
    return key.project_id, key.request_id
