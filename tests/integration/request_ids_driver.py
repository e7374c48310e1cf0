"""A process that sends with request ids and can be killed at any step; its sends are lines of a file.

`python request_ids_driver.py one STORE SENDS POINT ENDING` sends once, and says and holds at a point:
`STEP:before`, `STEP:during` (asked of the store, not awaited) or `STEP:after`, where a step is an operation of the
store or `send`. ENDING is `answer`, `refuse` or `throttle`.

`python request_ids_driver.py many STORE SENDS COUNT` sends COUNT times, several at once, each in its turn said.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import grpc

from gateway.clock import Clock
from gateway.errors import UpstreamError
from gateway.state.requests import RequestKey, RequestRecord, RequestState, RequestStore
from gateway.state.sqlite_requests import SqliteRequestStore
from gateway.upstream.request_ids import Dispatching, RequestIds

AT_ONCE = 8
R = TypeVar("R")


def key(request_id: str) -> RequestKey:
    return RequestKey(project_id="project-1", request_id=request_id, fingerprint=b"\x01" * 32)


def send(sends: Path, request_id: str) -> None:
    """What leaves a process cannot be taken back by killing it: an appended line is as good as a sent request."""
    descriptor = os.open(sends, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, f"{request_id}\n".encode())
    os.close(descriptor)


def say(line: str) -> None:
    # One system call, so that what has been said and what has been synced can be put in order.
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def refusal(status: int) -> UpstreamError:
    return UpstreamError(
        "refused",
        reason="UPSTREAM_REJECTED",
        code=grpc.StatusCode.PERMISSION_DENIED,
        metadata={"http_status": str(status)},
    )


class HoldingStore:
    """The store it stands before, stopping for good at one point."""

    def __init__(self, store: RequestStore, point: str) -> None:
        self._store = store
        self._point = point

    async def reserve(self, key: RequestKey) -> RequestRecord | None:
        return await self.step("reserve", lambda: self._store.reserve(key))

    async def dispatched(self, key: RequestKey) -> None:
        await self.step("dispatched", lambda: self._store.dispatched(key))

    async def conclude(self, key: RequestKey, state: RequestState, answer: bytes | None) -> RequestRecord | None:
        return await self.step("conclude", lambda: self._store.conclude(key, state, answer))

    async def release(self, key: RequestKey) -> RequestRecord | None:
        return await self.step("release", lambda: self._store.release(key))

    async def settle(self, project_id: str, request_id: str, message_id: str) -> bool:
        return await self._store.settle(project_id, request_id, message_id)

    async def step(self, name: str, operation: Callable[[], Coroutine[Any, Any, R]]) -> R:
        await self._hold_at(f"{name}:before")
        running = asyncio.create_task(operation())
        if self._point == f"{name}:during":
            # Let it be submitted, then see whether the kill or the commit comes first.
            await asyncio.sleep(0)
        await self._hold_at(f"{name}:during")
        result = await running
        await self._hold_at(f"{name}:after")
        return result

    async def _hold_at(self, point: str) -> None:
        if point == self._point:
            say(point)
            await asyncio.Event().wait()


async def send_one(store_path: Path, sends: Path, point: str, ending: str) -> None:
    store = HoldingStore(await SqliteRequestStore.open(store_path, clock=Clock()), point)

    async def dispatch(dispatching: Dispatching) -> bytes:
        await dispatching.mark()

        async def sending() -> None:
            send(sends, "id-1")

        await store.step("send", sending)
        if ending == "answer":
            return b"first"
        if ending == "throttle":
            dispatching.clear()
        raise refusal(403 if ending == "refuse" else 429)

    await RequestIds(store=store, clock=Clock()).run(key("id-1"), dispatch)
    say("finished")
    await asyncio.Event().wait()


async def send_many(store_path: Path, sends: Path, count: int) -> None:
    ids = RequestIds(store=await SqliteRequestStore.open(store_path, clock=Clock()), clock=Clock())
    places = asyncio.Semaphore(AT_ONCE)

    async def one(request_id: str) -> None:
        async def dispatch(dispatching: Dispatching) -> bytes:
            await dispatching.mark()
            send(sends, request_id)
            say(request_id)
            return request_id.encode()

        async with places:
            await ids.run(key(request_id), dispatch)

    await asyncio.gather(*(one(f"id-{number}") for number in range(count)))
    await asyncio.Event().wait()


if __name__ == "__main__":
    mode, store_file, sends_file, *rest = sys.argv[1:]
    if mode == "one":
        asyncio.run(send_one(Path(store_file), Path(sends_file), *rest))
    else:
        asyncio.run(send_many(Path(store_file), Path(sends_file), int(rest[0])))
