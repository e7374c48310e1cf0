"""Request ids in this process alone while the shared store is away, where the settings ask for that.

A repeat that lands on this process is still recognised, one that lands on another is not: the choice between sending
twice at worst and not sending at all is the operator's. An outage that fills the memory ends in refusals: what is
remembered is never forgotten early to make room.
"""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.state.request_schema import create_tables
from gateway.state.request_transaction import KEPT_US, RequestTransaction
from gateway.state.requests import HeldElsewhereError, RequestKey, RequestRecord, RequestState, RequestStore
from gateway.telemetry import logs

MOST_BYTES = 64 * 1024 * 1024
"""Of what is remembered here: some 200,000 ids with short answers."""
# As many calls as may be under way, in each of several outages of a day.
MOST_ELSEWHERE = 100_000
_PAGE_BYTES = 4096
_R = TypeVar("_R")
_log = logs.logger("state")


class FallbackRequestStore:
    """A `RequestStore` that prefers the shared one, and finishes each request where it was begun."""

    def __init__(self, *, shared: RequestStore, clock: Clock, most_bytes: int = MOST_BYTES) -> None:
        """Fall back from `shared`, which outlives this object, and remember no more than `most_bytes` here."""
        self._shared = shared
        self._clock = clock
        self._memory = sqlite3.connect(":memory:", isolation_level=None)
        self._memory.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        self._memory.execute(f"PRAGMA max_page_count = {most_bytes // _PAGE_BYTES}")
        create_tables(self._memory)
        self._elsewhere: dict[tuple[str, str], int] = {}
        """What others were at when the shared store last said so, and when nobody remembers it any more."""

    async def reserve(self, key: RequestKey) -> RequestRecord | None:
        """Take the id, here when the shared store cannot say; `StoreError` when others were last seen at it."""
        if not self._is_here(key.project_id, key.request_id):
            try:
                return await self._reserve_shared(key)
            except StoreError:
                if self._is_elsewhere(key):
                    raise
                _log.warning("request_id_local")
        return self._here(lambda transaction: transaction.reserve(key))

    async def dispatched(self, key: RequestKey) -> None:
        """Note that a reserved request may have been sent from now on."""
        if not self._is_here(key.project_id, key.request_id):
            return await self._shared.dispatched(key)
        return self._here(lambda transaction: transaction.dispatched(key))

    async def conclude(self, key: RequestKey, state: RequestState, answer: bytes | None) -> RequestRecord | None:
        """Note how a dispatched request ended."""
        if not self._is_here(key.project_id, key.request_id):
            return await self._shared.conclude(key, state, answer)
        return self._here(lambda transaction: transaction.conclude(key, state, answer))

    async def release(self, key: RequestKey) -> RequestRecord | None:
        """Forget a request of which nothing was sent."""
        if not self._is_here(key.project_id, key.request_id):
            return await self._shared.release(key)
        return self._here(lambda transaction: transaction.release(key))

    async def settle(self, project_id: str, request_id: str, message_id: str) -> bool:
        """Note the proof that a request was carried out; whether that was news."""
        if not self._is_here(project_id, request_id):
            return await self._shared.settle(project_id, request_id, message_id)
        return self._here(lambda transaction: transaction.settle(project_id, request_id, message_id))

    def close(self) -> None:
        """Forget what was kept here."""
        self._memory.close()

    async def _reserve_shared(self, key: RequestKey) -> RequestRecord | None:
        try:
            standing = await self._shared.reserve(key)
        except HeldElsewhereError:
            self._note_elsewhere(key.name)
            raise
        self._elsewhere.pop(key.name, None)
        return standing

    def _note_elsewhere(self, name: tuple[str, str]) -> None:
        """Remember it as the last of many, and forget the first ones when they are over, or too many."""
        now_us = self._clock.now_us()
        self._elsewhere.pop(name, None)
        self._elsewhere[name] = now_us + KEPT_US
        first = next(iter(self._elsewhere))
        if self._elsewhere[first] <= now_us or len(self._elsewhere) > MOST_ELSEWHERE:
            del self._elsewhere[first]

    def _is_elsewhere(self, key: RequestKey) -> bool:
        return self._elsewhere.get(key.name, 0) > self._clock.now_us()

    def _is_here(self, project_id: str, request_id: str) -> bool:
        return self._transaction().holds(project_id, request_id)

    def _here(self, step: Callable[[RequestTransaction], _R]) -> _R:
        transaction = self._transaction()
        transaction.finish()
        try:
            return step(transaction)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
                raise
            raise StoreError.unavailable("too many request ids are remembered here; this is not") from None

    def _transaction(self) -> RequestTransaction:
        return RequestTransaction(self._memory, now_us=self._clock.now_us())
