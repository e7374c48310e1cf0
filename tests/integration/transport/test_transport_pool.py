"""Connections are shared fairly and never exceed their bound; no place among them is ever lost or used twice."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.upstream import pool as pool_module
from gateway.upstream.exchange import Fault, Limits, NothingSent, SentNoAnswer
from gateway.upstream.transport import PooledTransport
from tests.integration.transport.misbehaving import OK, Act, RawServer, Received, ask, read_request


@asynccontextmanager
async def pooled_with(limits: Limits) -> AsyncIterator[PooledTransport]:
    transport = PooledTransport(limits=limits)
    try:
        yield transport
    finally:
        await transport.aclose()


class Gate:
    """Holds every request back, until it is opened."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()
        self.opened = asyncio.Event()

    async def read(self, reader: asyncio.StreamReader) -> Received:
        request = await read_request(reader)
        self.arrived.set()
        await self.opened.wait()
        return request


async def test_calls_one_after_another_share_one_connection(pooled: PooledTransport) -> None:
    async with RawServer() as server:
        for _ in range(10):
            await ask(pooled, server.origin())

        assert (server.connections, len(server.requests)) == (1, 10)


async def test_there_are_never_more_connections_than_places() -> None:
    async with RawServer() as server, pooled_with(Limits(max_connections=3)) as transport:
        async with asyncio.TaskGroup() as callers:
            for _ in range(30):
                callers.create_task(ask(transport, server.origin()))

        assert server.most_open == 3
        assert server.connections == 3
        assert len(server.requests) == 30


async def test_the_connection_used_last_is_used_next() -> None:
    gate = Gate()
    async with RawServer(read=gate.read) as server, pooled_with(Limits()) as transport:
        async with asyncio.TaskGroup() as callers:
            for _ in range(3):
                callers.create_task(ask(transport, server.origin()))
            await server.until(open=3)
            gate.opened.set()
        (pool,) = transport._pools.values()
        freshest = pool._idle[-1]

        await ask(transport, server.origin())

        assert pool._idle[-1] is freshest
        assert server.connections == 3


async def test_callers_are_served_in_the_order_in_which_they_came() -> None:
    async with RawServer() as server, pooled_with(Limits(max_connections=1)) as transport:
        async with asyncio.TaskGroup() as callers:
            for number in range(8):
                callers.create_task(ask(transport, server.origin(), target=f"/{number}"))

        assert [request.lines[0].split()[1] for request in server.requests] == [f"/{number}" for number in range(8)]


async def test_a_caller_that_gives_up_leaves_the_queue_and_takes_nothing_along() -> None:
    gate = Gate()
    async with RawServer(read=gate.read) as server, pooled_with(Limits(max_connections=1)) as transport:
        callers = [asyncio.create_task(ask(transport, server.origin(), target=f"/{number}")) for number in range(4)]
        await server.until(open=1)

        callers[1].cancel()
        callers[3].cancel()
        gate.opened.set()
        outcomes = await asyncio.gather(*callers, return_exceptions=True)
        await ask(transport, server.origin(), target="/after")

        assert [isinstance(outcome, asyncio.CancelledError) for outcome in outcomes] == [False, True, False, True]
        assert [request.lines[0].split()[1] for request in server.requests] == ["/0", "/2", "/after"]


async def test_a_place_given_to_a_caller_in_the_moment_in_which_it_leaves_goes_to_the_next() -> None:
    async with RawServer() as server, pooled_with(Limits(max_connections=1)) as transport:
        await ask(transport, server.origin())
        (pool,) = transport._pools.values()
        deadline = Deadline.after(5, Clock())
        held = await pool.acquire(deadline)
        leaving, next_one = (asyncio.create_task(pool.acquire(deadline)) for _ in range(2))
        await asyncio.sleep(0)

        pool.release(held)
        leaving.cancel()
        await asyncio.wait({leaving})
        pool.release(await next_one)
        pool.release(await pool.acquire(deadline))

        assert leaving.cancelled()
        assert server.connections == 1


async def test_a_burst_dials_a_few_connections_at_once_and_shares_what_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool_module, "MAX_DIALS", 2)
    dialling, most_dialling, dialled = 0, 0, pool_module.dial

    async def slow_dial(host: str, port: int) -> socket.socket:
        nonlocal dialling, most_dialling
        dialling += 1
        most_dialling = max(most_dialling, dialling)
        # Long enough for a call on a connection that is there already.
        await asyncio.sleep(0.05)
        dialling -= 1
        return await dialled(host, port)

    monkeypatch.setattr(pool_module, "dial", slow_dial)
    async with RawServer() as server, pooled_with(Limits(max_connections=100)) as transport:
        async with asyncio.TaskGroup() as callers:
            for _ in range(40):
                callers.create_task(ask(transport, server.origin()))

        assert most_dialling == 2
        assert len(server.requests) == 40
        assert server.connections < 20


async def test_a_turn_to_dial_given_to_a_caller_that_leaves_goes_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "MAX_DIALS", 1)
    gate = Gate()
    async with RawServer(read=gate.read) as server, pooled_with(Limits()) as transport:
        callers = [asyncio.create_task(ask(transport, server.origin(), target=f"/{number}")) for number in range(6)]
        await asyncio.sleep(0)
        for number in (1, 3):
            callers[number].cancel()
        await server.until(open=4)
        gate.opened.set()
        outcomes = await asyncio.gather(*callers, return_exceptions=True)
        (pool,) = transport._pools.values()

        assert [isinstance(outcome, asyncio.CancelledError) for outcome in outcomes] == [False, True] * 2 + [False] * 2
        assert (pool._dials, len(pool._served_next)) == (0, 0)


@pytest.mark.parametrize("given", ["connection", "turn"])
async def test_what_is_given_in_the_moment_in_which_its_taker_leaves_is_passed_on(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setattr(pool_module, "MAX_DIALS", 1)
    deadline = Deadline.after(5, Clock())
    async with RawServer() as server, pooled_with(Limits()) as transport:
        await ask(transport, server.origin())
        (pool,) = transport._pools.values()
        held = await pool.acquire(deadline)
        # Somebody dials for ever.
        pool._dials += 1
        leaving, next_one = (asyncio.create_task(pool.acquire(deadline)) for _ in range(2))
        await asyncio.sleep(0)

        if given == "connection":
            pool.release(held)
        else:
            pool._dials -= 1
            pool._let_dial()
        leaving.cancel()
        await asyncio.wait({leaving})
        got = await next_one
        pool.release(got)

        assert leaving.cancelled()
        assert (got is held) == (given == "connection")


async def test_a_caller_whose_turn_to_dial_comes_after_the_end_dials_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "MAX_DIALS", 1)
    async with RawServer() as server, pooled_with(Limits()) as transport:
        await ask(transport, server.origin())
        (pool,) = transport._pools.values()
        held = await pool.acquire(Deadline.after(5, Clock()))
        pool._dials += 1
        waiting = asyncio.create_task(pool.acquire(Deadline.after(5, Clock())))
        await asyncio.sleep(0)

        await pool.aclose()
        pool._dials -= 1
        pool._let_dial()
        with pytest.raises(NothingSent) as caught:
            await waiting
        pool.release(held)

        assert caught.value.kind is Fault.SHUT_DOWN
        assert server.connections == 1


async def test_a_caller_that_waits_past_its_deadline_for_a_turn_to_dial_sent_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool_module, "MAX_DIALS", 0)
    async with RawServer() as server, pooled_with(Limits(max_connections=1)) as transport:
        with pytest.raises(NothingSent) as caught:
            await ask(transport, server.origin(), timeout_s=0.05)

        assert caught.value.kind is Fault.CONNECT_TIMEOUT
        (pool,) = transport._pools.values()
        assert pool._free_places == 1


async def test_a_caller_that_waits_past_its_deadline_sent_nothing() -> None:
    gate = Gate()
    async with RawServer(read=gate.read) as server, pooled_with(Limits(max_connections=1)) as transport:
        first = asyncio.create_task(ask(transport, server.origin()))
        await server.until(open=1)

        with pytest.raises(NothingSent) as caught:
            await ask(transport, server.origin(), timeout_s=0.05)
        gate.opened.set()
        await first
        await ask(transport, server.origin())

        assert caught.value.kind is Fault.POOL_TIMEOUT
        assert len(server.requests) == 2


async def test_a_full_queue_refuses_at_once() -> None:
    gate = Gate()
    limits = Limits(max_connections=1, max_waiting_calls=1)
    async with RawServer(read=gate.read) as server, pooled_with(limits) as transport:
        waiting = [asyncio.create_task(ask(transport, server.origin())) for _ in range(2)]
        await server.until(open=1)

        with pytest.raises(NothingSent) as caught:
            await ask(transport, server.origin())
        gate.opened.set()
        await asyncio.gather(*waiting)

        assert caught.value.kind is Fault.POOL_FULL
        assert len(server.requests) == 2


async def test_a_failed_connection_gives_its_place_to_the_next_caller() -> None:
    async with RawServer([Act.RESET], [Act.CLOSE]) as server, pooled_with(Limits(max_connections=1)) as transport:
        callers = [asyncio.create_task(ask(transport, server.origin())) for _ in range(4)]
        outcomes = await asyncio.gather(*callers, return_exceptions=True)

        assert [isinstance(outcome, SentNoAnswer) for outcome in outcomes] == [True, True, False, False]


async def test_a_slow_host_class_does_not_take_the_connections_of_another() -> None:
    gate = Gate()
    async with (
        RawServer(read=gate.read) as slow,
        RawServer() as quick,
        pooled_with(Limits(max_connections=1)) as transport,
    ):
        held = asyncio.create_task(ask(transport, slow.origin(pool="batch")))
        await slow.until(open=1)

        response = await ask(transport, quick.origin())
        beside = asyncio.create_task(ask(transport, slow.origin(pool="conversation")))
        await slow.until(open=2)
        gate.opened.set()
        await asyncio.gather(held, beside)

        assert response.body == b"again"
        assert len(transport._pools) == 3


async def test_a_connection_idle_for_too_long_is_not_used_again() -> None:
    async with RawServer() as server, pooled_with(Limits(idle_s=0.0)) as transport:
        await ask(transport, server.origin())
        await ask(transport, server.origin())

        assert server.connections == 2


async def test_idle_connections_are_closed_without_being_asked_for() -> None:
    async with RawServer() as server, pooled_with(Limits(idle_s=0.02)) as transport:
        await asyncio.gather(*(ask(transport, server.origin()) for _ in range(3)))

        await server.until(requests=3, open=0)
        (pool,) = transport._pools.values()

        assert not pool._idle
        assert pool._sweeper is None


async def test_closing_ends_idle_connections_and_leaves_no_timer() -> None:
    async with RawServer() as server:
        transport = PooledTransport()
        await asyncio.gather(*(ask(transport, server.origin()) for _ in range(3)))
        (pool,) = transport._pools.values()

        await transport.aclose()

        assert not pool._open
        assert not pool._idle
        assert pool._sweeper is not None
        assert pool._sweeper.cancelled()
        await server.until(open=0)


async def test_closing_ends_calls_in_flight_and_those_that_wait() -> None:
    gate = Gate()
    async with RawServer(read=gate.read) as server:
        transport = PooledTransport(limits=Limits(max_connections=1))
        in_flight, waiting = (asyncio.create_task(ask(transport, server.origin())) for _ in range(2))
        await gate.arrived.wait()

        await transport.aclose()
        outcomes = await asyncio.gather(in_flight, waiting, return_exceptions=True)
        gate.opened.set()
        await server.until(open=0)

        assert isinstance(outcomes[0], SentNoAnswer)
        assert isinstance(outcomes[1], NothingSent)
        assert outcomes[1].kind is Fault.SHUT_DOWN


async def test_a_call_that_is_connecting_while_the_transport_closes_sends_nothing() -> None:
    async with RawServer() as server:
        transport = PooledTransport()
        connecting = asyncio.create_task(ask(transport, server.origin()))
        await asyncio.sleep(0)

        await transport.aclose()

        with pytest.raises(NothingSent) as caught:
            await connecting
        assert caught.value.kind is Fault.SHUT_DOWN
        assert not server.requests


async def test_nothing_is_sent_after_closing() -> None:
    async with RawServer() as server:
        transport = PooledTransport()
        await ask(transport, server.origin())
        await transport.aclose()

        with pytest.raises(NothingSent) as known:
            await ask(transport, server.origin())
        with pytest.raises(NothingSent) as unknown:
            await ask(transport, server.origin(pool="other"))
        await transport.aclose()

        assert known.value.kind is unknown.value.kind is Fault.SHUT_DOWN
        assert len(server.requests) == 1


async def test_the_loss_of_an_idle_connection_is_no_event() -> None:
    async with RawServer([OK, Act.RESET]) as server, pooled_with(Limits(max_connections=1)) as transport:
        await ask(transport, server.origin())
        await server.until(open=0)

        response = await ask(transport, server.origin())

        assert response.body == b"again"
