"""Scripts that are sent to the shared store in groups, each group one round trip and one sync of the server's disk.

While one group is under way the next gathers, as in `writer`: many callers share a round trip and none is delayed to
wait for company. What is asked takes effect in the order in which it was asked.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import StoreError
from gateway.state.valkey_scripts import Script
from gateway.state.writer import WriterLimits
from gateway.telemetry import logs

_log = logs.logger("state")


@dataclass(slots=True, eq=False, kw_only=True)
class Order:
    """One script to run; `future` becomes its answer, or the error that the server gave."""

    script: Script
    keys: Sequence[bytes | str]
    arguments: Sequence[bytes | str | int]
    size_bytes: int = 0
    future: asyncio.Future[Any] = field(default_factory=asyncio.Future)
    told: Callable[[Any], None] | None = None
    """Called with the answer before anybody who waits, also where nobody does any more."""


class Lane:
    """A line of scripts for the server; what is over its bounds is refused, never dropped."""

    def __init__(
        self, *, name: str, send: Callable[[Sequence[Order]], Awaitable[list[Any]]], limits: WriterLimits
    ) -> None:
        """Start the task; `send` gives an answer or an exception for each order of a group, or raises for all."""
        self._send = send
        self._limits = limits
        self._orders: deque[Order] = deque()
        self._waiting_count = 0
        self._waiting_bytes = 0
        self._arrived = asyncio.Event()
        self._closing = False
        self._task = asyncio.create_task(self._run(), name=f"valkey-{name}")

    @property
    def waiting_count(self) -> int:
        """Orders that have no answer yet."""
        return self._waiting_count

    async def run(
        self,
        script: Script,
        keys: Sequence[bytes | str],
        arguments: Sequence[bytes | str | int],
        *,
        wait_s: float,
        size_bytes: int = 0,
        told: Callable[[Any], None] | None = None,
    ) -> Any:
        """The script's answer. `StoreError` when there is none within `wait_s`, or too much is waiting already.

        What was not answered in time, or was asked by a caller who is cancelled, may have been done, unless
        the error says that it is not.
        """
        limits = self._limits
        if self._closing:
            raise not_taken("the shared store is closed")
        if self._waiting_count >= limits.queue_count or self._waiting_bytes + size_bytes > limits.queue_bytes:
            raise not_taken("too much is waiting for the shared store")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting_count += 1
        self._waiting_bytes += size_bytes
        self._orders.append(
            Order(script=script, keys=keys, arguments=arguments, size_bytes=size_bytes, future=future, told=told)
        )
        self._arrived.set()
        try:
            async with asyncio.timeout(wait_s):
                return await future
        except TimeoutError:
            raise StoreError.unavailable("the shared store did not answer in time") from None

    async def close(self) -> None:
        """Send what was taken, then end the task."""
        self._closing = True
        self._arrived.set()
        await self._task

    async def _run(self) -> None:
        while group := await self._take():
            try:
                answers = await self._send(group)
            except Exception as error:  # noqa: BLE001  # the task outlives whatever the connection does to it
                answers = [error] * len(group)
            for order, answer in zip(group, answers, strict=True):
                self._settle(order, answer)

    async def _take(self) -> list[Order]:
        """The next group; empty at the end."""
        while not self._orders:
            if self._closing:
                return []
            self._arrived.clear()
            await self._arrived.wait()
        return [self._orders.popleft() for _ in range(min(len(self._orders), self._limits.group_count))]

    def _settle(self, order: Order, answer: Any) -> None:
        self._waiting_count -= 1
        self._waiting_bytes -= order.size_bytes
        if order.told is not None and not isinstance(answer, Exception):
            self._tell(order.told, answer)
        if order.future.done():
            return
        if not isinstance(answer, Exception):
            order.future.set_result(answer)
        elif isinstance(answer, StoreError):
            # A new one for each: errors are completed on their way.
            order.future.set_exception(StoreError.unavailable(answer.message))
        else:
            order.future.set_exception(StoreError.unavailable("the shared store cannot do this now"))

    def _tell(self, told: Callable[[Any], None], answer: Any) -> None:
        try:
            told(answer)
        except Exception as error:  # noqa: BLE001  # it is done all the same, and the line has to go on
            _log.error("store_answer_not_told", error=type(error).__name__)


def not_taken(message: str) -> StoreError:
    """The error for what is refused before it has a place in the line: the server never hears of it."""
    error = StoreError.unavailable(message)
    error.may_be_done = False
    return error
