"""What tests of request ids need around them: a clock that stands still, an API that counts, a store that fails."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import grpc

from gateway.clock import Clock
from gateway.errors import StoreError, UpstreamError
from gateway.state.requests import RequestKey, RequestRecord, RequestState, RequestStore
from gateway.upstream.request_ids import Dispatching
from gateway.upstream.request_key import fingerprint

PROJECT = "project-1"
R = TypeVar("R")


class HeldClock(Clock):
    """Time moves only by `advance`, which wakes whoever has slept long enough."""

    def __init__(self) -> None:
        self._start = datetime(2026, 3, 1, tzinfo=UTC)
        self._elapsed_s = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        return self._elapsed_s

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed_s)

    async def sleep(self, delay_s: float) -> None:
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        sleeper = (self._elapsed_s + delay_s, wake)
        self._sleepers.append(sleeper)
        try:
            await wake
        finally:
            self._sleepers.remove(sleeper)

    def advance(self, delay_s: float) -> None:
        self._elapsed_s += delay_s
        for at_s, wake in self._sleepers:
            if at_s <= self._elapsed_s and not wake.done():
                wake.set_result(None)


class Api:
    """Takes one request at a time and holds its answer until the test gives one; counts what was sent."""

    def __init__(self) -> None:
        self.sent_count = 0
        self.sent = asyncio.Event()
        self._answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def dispatch(self, dispatching: Dispatching) -> bytes:
        await dispatching.mark()
        self.sent_count += 1
        self.sent.set()
        return await asyncio.shield(self._answer)

    def answer(self, response: bytes) -> "Api":
        self._answer.set_result(response)
        return self

    def fail(self, error: Exception) -> "Api":
        self._answer.set_exception(error)
        return self


class FailingStore:
    """The store it stands before, but for the operations that are told to fail or to be held."""

    def __init__(self, store: RequestStore) -> None:
        self._store = store
        self.failing: set[str] = set()
        self.failure: type[StoreError] = StoreError
        self.held: dict[str, asyncio.Event] = {}
        self.reached = asyncio.Event()

    async def reserve(self, key: RequestKey) -> RequestRecord | None:
        return await self._do("reserve", lambda: self._store.reserve(key))

    async def dispatched(self, key: RequestKey) -> None:
        await self._do("dispatched", lambda: self._store.dispatched(key))

    async def conclude(self, key: RequestKey, state: RequestState, answer: bytes | None) -> RequestRecord | None:
        return await self._do("conclude", lambda: self._store.conclude(key, state, answer))

    async def release(self, key: RequestKey) -> RequestRecord | None:
        return await self._do("release", lambda: self._store.release(key))

    async def settle(self, project_id: str, request_id: str, message_id: str) -> bool:
        return await self._do("settle", lambda: self._store.settle(project_id, request_id, message_id))

    async def _do(self, name: str, operation: Callable[[], Coroutine[Any, Any, R]]) -> R:
        if name in self.failing:
            raise self.failure.unavailable("the disk is full")
        result = await operation()
        if name in self.held:
            # Done on disk, but nobody has been told yet.
            self.reached.set()
            await self.held[name].wait()
        return result


def key(request_id: str = "id-1", *, body: bytes = b"{}", project_id: str = PROJECT) -> RequestKey:
    return RequestKey(
        project_id=project_id,
        request_id=request_id,
        fingerprint=fingerprint(method="/v1.MessageService/SendMessage", target="/send", body=body),
    )


def refused(status: int, *, retry_after_s: float | None = None) -> UpstreamError:
    return UpstreamError(
        f"refused with {status}",
        reason="UPSTREAM_REJECTED",
        code=grpc.StatusCode.INVALID_ARGUMENT,
        retry_after_s=retry_after_s,
        metadata={"http_status": str(status)},
    )


def outcome_unknown() -> UpstreamError:
    return UpstreamError(
        "no answer came",
        reason="OUTCOME_UNKNOWN",
        code=grpc.StatusCode.UNKNOWN,
        metadata={"request_state": "unknown"},
    )
