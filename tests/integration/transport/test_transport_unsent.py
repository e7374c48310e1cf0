"""What never left is known never to have left, and costs no connection that could serve the next call."""

import socket

import pytest

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.upstream.exchange import Fault, NothingSent, Origin, OutboundRequest
from gateway.upstream.transport import PooledTransport
from tests.integration.transport.misbehaving import AnyTransport, RawServer, ask


async def test_a_refused_connection_sent_nothing(transport: AnyTransport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(NothingSent) as caught:
        await ask(transport, Origin(scheme="http", host="127.0.0.1", port=port))

    assert caught.value.kind is Fault.CONNECT


@pytest.mark.parametrize("host", ["nobody.invalid", "a" * 64 + ".invalid"], ids=["unknown", "impossible"])
async def test_a_name_that_does_not_resolve_sent_nothing(pooled: PooledTransport, host: str) -> None:
    with pytest.raises(NothingSent) as caught:
        await ask(pooled, Origin(scheme="http", host=host, port=80))

    assert caught.value.kind is Fault.DNS


async def test_a_deadline_that_has_passed_sends_nothing(transport: AnyTransport) -> None:
    async with RawServer() as server:
        await ask(transport, server.origin())

        with pytest.raises(NothingSent) as caught:
            await ask(transport, server.origin(), timeout_s=0)
        following = await ask(transport, server.origin())

        assert caught.value.kind is Fault.EXPIRED
        assert following.body == b"again"
        assert (server.connections, len(server.requests)) == (1, 2)


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/a b", ()),
        ("/a\r\nX: 1", ()),
        ("/\u00e9", ()),
        ("/", ((b"X", b"1\r\nY: 2"),)),
        ("/", ((b"X\n", b"1"),)),
    ],
    ids=["space", "line in target", "not ASCII", "line in value", "line in name"],
)
async def test_a_request_that_would_smuggle_another_is_refused_and_costs_no_connection(
    pooled: PooledTransport, target: str, headers: tuple[tuple[bytes, bytes], ...]
) -> None:
    async with RawServer() as server:
        await ask(pooled, server.origin())

        with pytest.raises(ValueError, match="characters"):
            await ask(pooled, server.origin(), target=target, headers=headers)
        await ask(pooled, server.origin())

        assert (server.connections, len(server.requests)) == (1, 2)


async def test_an_unknown_scheme_is_refused(pooled: PooledTransport) -> None:
    origin = Origin(scheme="ftp", host="127.0.0.1", port=1)

    with pytest.raises(ValueError, match="http"):
        await pooled.exchange(OutboundRequest(method="GET", origin=origin, target="/"), Deadline.after(1, Clock()))
