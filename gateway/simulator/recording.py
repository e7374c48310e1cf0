"""What the simulator was asked: a bounded ring of requests, without the credentials they carried."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from gateway.simulator.wire import Request

_BOOKKEEPING_BYTES = 512


@dataclass(slots=True, kw_only=True)
class RecordedRequest:
    """One request; `status` is what it was answered with, None when it was never answered properly."""

    method: str
    host: str
    region: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    received_time: datetime
    status: int | None = None

    @property
    def json(self) -> Any:
        """The body, parsed; None when there was none or it was no JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None

    @property
    def size_bytes(self) -> int:
        """About what keeping it costs."""
        return _BOOKKEEPING_BYTES + len(self.body) + len(self.path) + len(self.query)


class Recording:
    """Keeps the newest requests, bounded by count and by bytes, and counts all of them."""

    def __init__(self, *, max_requests: int, max_bytes: int) -> None:
        """Keep at most so many requests, and at most so many bytes of them."""
        self._max_requests = max_requests
        self._max_bytes = max_bytes
        self._requests: deque[RecordedRequest] = deque()
        self._size_bytes = 0
        self._changed = asyncio.Event()
        self.answered: Counter[str] = Counter()

    def add(self, request: Request, *, host: str, region: str, received_time: datetime) -> RecordedRequest:
        """Record a request before anything is decided about it."""
        headers = dict(request.headers)
        authorization = headers.pop("authorization", None)
        if authorization is not None:
            headers["authorization"] = authorization.partition(" ")[0]
        recorded = RecordedRequest(
            method=request.method,
            host=host,
            region=region,
            path=request.path,
            query=request.query,
            headers=headers,
            body=b"" if host == "auth" else request.body,
            received_time=received_time,
        )
        self._requests.append(recorded)
        self._size_bytes += recorded.size_bytes
        while self._size_bytes > self._max_bytes or len(self._requests) > self._max_requests:
            self._size_bytes -= self._requests.popleft().size_bytes
        self._changed.set()
        return recorded

    def all(self) -> list[RecordedRequest]:
        """The kept requests, oldest first."""
        return list(self._requests)

    async def wait_until(self, enough: Callable[[list[RecordedRequest]], bool], timeout_s: float) -> None:
        """Return once the kept requests satisfy `enough`; TimeoutError when they do not in time."""
        async with asyncio.timeout(timeout_s):
            while not enough(self.all()):
                self._changed.clear()
                await self._changed.wait()

    def clear(self) -> None:
        """Forget every request and every count."""
        self._requests.clear()
        self._size_bytes = 0
        self.answered.clear()
