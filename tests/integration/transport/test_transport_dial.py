"""A host is reached by whichever of its addresses answers; one that swallows packets costs a moment, not the call."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.upstream.exchange import Fault, Limits, NothingSent, Origin
from gateway.upstream.pool import dial
from gateway.upstream.transport import PooledTransport
from tests.integration.transport.misbehaving import RawServer, ask

Address = tuple[str, int]


@pytest.fixture
def black_hole() -> Iterator[Address]:
    """An address that answers no connection: its queue of one is full, so that Linux drops what else comes."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        address: Address = listening.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(address)
        yield address
        for filler in fillers:
            filler.close()


def resolve_to(monkeypatch: pytest.MonkeyPatch, *found: tuple[socket.AddressFamily, Address]) -> None:
    """Make `any.example` mean these addresses on the running loop."""
    loop = asyncio.get_running_loop()
    resolve = loop.getaddrinfo

    async def getaddrinfo(host: str, port: int, **options: Any) -> list[Any]:
        if host == "any.example":
            return [(family, socket.SOCK_STREAM, 0, "", address) for family, address in found]
        return await resolve(host, port, **options)

    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)


def v4(address: Address) -> tuple[socket.AddressFamily, Address]:
    return socket.AF_INET, address


@pytest.fixture
def refusing() -> Address:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address: Address = listening.getsockname()
        return address


async def test_an_address_that_swallows_packets_is_overtaken(
    monkeypatch: pytest.MonkeyPatch, black_hole: Address
) -> None:
    async with RawServer() as server:
        resolve_to(monkeypatch, v4(black_hole), v4(("127.0.0.1", server.port)))

        connected = await dial("any.example", 443)
        peer = connected.getpeername()
        connected.close()

        assert peer == ("127.0.0.1", server.port)


async def test_an_address_that_refuses_gives_way_at_once(monkeypatch: pytest.MonkeyPatch, refusing: Address) -> None:
    async with RawServer() as server:
        resolve_to(monkeypatch, v4(refusing), v4(refusing), v4(("127.0.0.1", server.port)))

        connected = await dial("any.example", 443)
        connected.close()

        await server.until(open=0)


async def test_when_every_address_refuses_nothing_is_connected(
    monkeypatch: pytest.MonkeyPatch, refusing: Address
) -> None:
    resolve_to(monkeypatch, v4(refusing), v4(refusing))

    with pytest.raises(ConnectionRefusedError):
        await dial("any.example", 443)


async def test_of_two_addresses_that_answer_at_once_one_is_kept_and_the_other_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gateway.upstream.pool.NEXT_ADDRESS_AFTER_S", 0.0)
    racing: list[socket.socket] = []
    both = asyncio.Event()

    async def sock_connect(connecting: socket.socket, _address: Address) -> None:
        racing.append(connecting)
        if len(racing) == 2:
            both.set()
        await both.wait()

    resolve_to(monkeypatch, v4(("127.0.0.1", 1)), v4(("127.0.0.1", 2)))
    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", sock_connect)

    connected = await dial("any.example", 443)
    await asyncio.sleep(0)
    (other,) = set(racing) - {connected}
    nodelay = connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    connected.close()

    assert other.fileno() == -1
    assert nodelay


async def test_a_deadline_ends_the_race(monkeypatch: pytest.MonkeyPatch, black_hole: Address) -> None:
    transport = PooledTransport(limits=Limits(max_connections=1))
    resolve_to(monkeypatch, v4(black_hole), v4(black_hole))

    for _ in range(2):
        with pytest.raises(NothingSent) as caught:
            await ask(transport, Origin(scheme="http", host="any.example", port=80), timeout_s=0.3)

        assert caught.value.kind is Fault.CONNECT_TIMEOUT
    await transport.aclose()


async def test_address_families_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    families = [socket.AF_INET6, socket.AF_INET6, socket.AF_INET6, socket.AF_INET]

    async def sock_connect(_connecting: socket.socket, address: Address) -> None:
        tried.append(address[1])
        raise ConnectionRefusedError

    resolve_to(monkeypatch, *((family, ("::1", number)) for number, family in enumerate(families)))
    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", sock_connect)

    with pytest.raises(ConnectionRefusedError):
        await dial("any.example", 443)

    assert tried == [0, 3, 1, 2]
