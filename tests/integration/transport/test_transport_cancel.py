"""Cancelled wherever it waits, an exchange gives back all it held; the next caller gets its own answer and no other."""

import asyncio
import ssl
from collections.abc import Coroutine, Generator
from typing import Any, Generic, TypeVar

import pytest

from gateway.upstream.exchange import InboundResponse, Limits
from gateway.upstream.transport import PooledTransport
from tests.integration.transport.misbehaving import EchoServer, RawServer, ask

T = TypeVar("T")


class CancelledAt(Generic[T]):
    """Runs a coroutine inside the current task, and cancels that task the n-th time the coroutine waits.

    Either while it waits, or `late`: what it waited for has happened, but it has not yet run on.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, T], *, nth: int, late: bool) -> None:
        self.cancelled = False
        self._coroutine = coroutine
        self._countdown = nth
        self._late = late

    def __await__(self) -> Generator[Any, None, T]:
        error: BaseException | None = None
        while True:
            try:
                future = self._coroutine.send(None) if error is None else self._coroutine.throw(error)
            except StopIteration as stop:
                result: T = stop.value
                return result
            self._countdown -= 1
            if self._countdown == 0:
                self._cancel(future)
            try:
                error = None
                yield future
            except BaseException as thrown:  # noqa: BLE001 - thrown into the coroutine, as the task meant it
                error = thrown

    def _cancel(self, future: asyncio.Future[Any]) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.cancelled = True
        if self._late:
            # Called before the task's own callback, which asyncio adds only once it is given the future.
            future.add_done_callback(lambda _: task.cancel())
        else:
            task.cancel()


async def _cancel_at_every_wait(
    transport: PooledTransport, server: RawServer, *, host: str, body: bytes, late: bool
) -> int:
    """Cancel one exchange at its first wait, the next at its second, until one gets through; count them."""
    for nth in range(1, 100):
        asking = ask(transport, server.origin(host), target=f"/cancelled-{nth}", body=body)
        exchange = CancelledAt(asking, nth=nth, late=late)

        async def run(exchange: CancelledAt[InboundResponse] = exchange) -> InboundResponse:
            return await exchange

        (outcome,) = await asyncio.gather(asyncio.create_task(run()), return_exceptions=True)
        following = await ask(transport, server.origin(host), target=f"/after-{nth}")

        assert following.body == f"/after-{nth}".encode()
        if not exchange.cancelled:
            assert isinstance(outcome, InboundResponse)
            return nth - 1
        assert isinstance(outcome, asyncio.CancelledError)
    pytest.fail("the exchange never got through")


@pytest.mark.parametrize("late", [False, True], ids=["as it waits", "as the wait ends"])
@pytest.mark.parametrize("body", [b"", b"x" * 8 * 1024 * 1024], ids=["small", "large"])
@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("kept", [False, True], ids=["new connection", "kept connection"])
async def test_cancelled_at_any_wait_the_transport_stays_in_order(
    kept: bool, encrypted: bool, body: bytes, late: bool, serving: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    limits = Limits(max_connections=1, idle_s=60.0 if kept else 0.0)
    async with EchoServer(tls=serving if encrypted else None) as server:
        transport = PooledTransport(limits=limits, ssl_context=trusting)
        await ask(transport, server.origin("localhost"))

        waits = await _cancel_at_every_wait(transport, server, host="localhost", body=body, late=late)
        await transport.aclose()

        assert waits >= (1 if kept else 4)
