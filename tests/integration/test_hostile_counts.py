"""What hostile peers do to gRPC's core moves a number too, although no handler of ours ever hears of them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme
from grpc._cython import cygrpc  # type: ignore[attr-defined]  # not in the stubs

from gateway.rpc.server import Connections
from gateway.telemetry.door_metrics import ConnectionCounts
from tests import http2_peer as h2
from tests.conftest import RunningGateway, StartGateway
from tests.grpc_door import SEND, Authority, OpenDoor, call, open_door
from tests.integration.test_doors import metrics
from tests.integration.test_hostile_grpc import failure, options
from tests.integration.test_outbound import host, send
from tests.patience import PATIENCE_S, until

# A client of this process takes numbers of its own, unless it is told not to.
UNNUMBERED = (("grpc.enable_channelz", 0),)


def channel(door: OpenDoor) -> grpc.aio.Channel:
    """An honest client."""
    return grpc.aio.insecure_channel(door.address, options=UNNUMBERED)


def moved(door: OpenDoor, before: ConnectionCounts) -> dict[str, int]:
    """What has changed since."""
    then, now = asdict(before), asdict(door.server.headcount.look())
    return {name: now[name] - then[name] for name in now if now[name] != then[name]}


@asynccontextmanager
async def watched(**door: Any) -> AsyncIterator[tuple[OpenDoor, ConnectionCounts]]:
    """A door that is being served, and its counts before anything happens."""
    async with open_door(**door) as opened:
        yield opened, opened.server.headcount.look()


async def eventually(check: Callable[[], Any], wanted: object) -> None:
    """Ask again and again until the answer is what is wanted: gRPC closes a connection in threads of its own."""
    await until(lambda: check() == wanted)


async def flood_with_pings(peer: h2.Peer) -> None:
    peer.write(*(h2.frame(h2.PING, payload=bytes(8)) for _ in range(50)))
    await peer.closed()


async def begin_a_call_without_end(peer: h2.Peer) -> None:
    peer.write(h2.frame(h2.HEADERS, 0, 1, h2.head(SEND)))
    await peer.closed()


@pytest.mark.parametrize(
    ("attack", "greets", "shortened"),
    [
        (flood_with_pings, True, {}),
        (h2.Peer.closed, False, {"server_handshake_timeout_ms": 200}),
        (begin_a_call_without_end, True, {"max_connection_idle_ms": 200}),
    ],
    ids=["pings", "silence", "endless head"],
)
async def test_connections_that_end_without_a_call_are_counted_though_nobody_looked_while_they_were(
    monkeypatch: pytest.MonkeyPatch,
    attack: Callable[[h2.Peer], Awaitable[None]],
    greets: bool,
    shortened: dict[str, int],
) -> None:
    options(monkeypatch, **shortened)
    async with watched() as (door, before):
        for _ in range(3):
            async with h2.peer(door.address, greets=greets) as peer:
                await attack(peer)

        await eventually(lambda: moved(door, before), {"accepted": 3, "ready": 3})


async def shakes_hands(door: OpenDoor, authority: Authority, certificate: trustme.LeafCert | None) -> None:
    """Come with this certificate, or none, and wait to be sent away or greeted."""
    context = ssl.create_default_context(cadata=authority.ca.cert_pem.bytes().decode())
    context.set_alpn_protocols(["h2"])
    if certificate is not None:
        certificate.configure_cert(context)
    try:
        reader, writer = await asyncio.open_connection("localhost", int(door.address.rpartition(":")[2]), ssl=context)
        await reader.read(1)
        writer.transport.abort()
    except (ConnectionError, ssl.SSLError):
        pass


async def test_failed_handshakes_are_accepted_and_never_ready(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with watched(tls=authority.files, address="localhost:0") as (door, before):
        await shakes_hands(door, authority, trustme.CA().issue_cert("stranger"))
        await shakes_hands(door, authority, None)
        async with h2.peer(door.address) as plain:
            await plain.closed()
        failed = moved(door, before)
        await shakes_hands(door, authority, authority.ca.issue_cert("shop"))

        await eventually(lambda: moved(door, before), {"accepted": 4, "ready": 1})

    assert failed == {"accepted": 3}


async def test_a_silent_connection_under_tls_is_accepted_and_never_ready(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with watched(tls=authority.files, address="localhost:0") as (door, before):
        _, writer = await asyncio.open_connection("localhost", int(door.address.rpartition(":")[2]))

        await eventually(lambda: moved(door, before), {"accepted": 1})
        writer.transport.abort()


async def test_connections_are_open_up_to_the_bound_and_those_beyond_are_not_counted() -> None:
    async with watched(connections=Connections(max_count=2)) as (door, before), AsyncExitStack() as peers:
        for _ in range(2):
            peer = await peers.enter_async_context(h2.peer(door.address))
            await peer.until(h2.SETTINGS)
        async with h2.peer(door.address) as third:
            await third.closed()
        full = moved(door, before)
        await peers.aclose()

        await eventually(lambda: moved(door, before).get("open", 0), 0)

    assert full == {"open": 2, "accepted": 2, "ready": 2}


async def test_a_server_that_has_stopped_leaves_its_counts() -> None:
    async with watched() as (door, _), channel(door) as client:
        await call(client)
        last = door.server.headcount.look()

    assert last.open == 1
    assert door.server.headcount.look() is last


async def test_the_counts_are_among_the_metrics(start_gateway: StartGateway) -> None:
    async with start_gateway(GATEWAY_GRPC_MAX_CONNECTIONS="7") as gateway, h2.peer(gateway.addresses.grpc) as peer:
        await peer.until(h2.SETTINGS)
        page = await metrics(gateway)

    assert "gateway_grpc_connections_open 1.0" in page
    assert "gateway_grpc_connections_max 7.0" in page
    assert 'gateway_grpc_connections_total{reached="accepted"} 1.0' in page
    assert 'gateway_grpc_connections_total{reached="ready"} 1.0' in page


async def shown(gateway: RunningGateway, series: str, value: int) -> None:
    """Scrape until a series, told by the beginning of its line, has this value."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            page = (await metrics(gateway)).splitlines()
            if any(line.startswith(series) and line.endswith(f" {float(value)}") for line in page):
                return
            await asyncio.sleep(0.01)


async def test_a_call_with_huge_metadata_or_a_head_without_end_is_counted_as_cancelled(
    monkeypatch: pytest.MonkeyPatch, start_gateway: StartGateway
) -> None:
    options(monkeypatch, max_connection_idle_ms=200)
    async with start_gateway() as gateway:
        multi: Any = gateway.channel.unary_unary(SEND)
        await failure(multi(b"", metadata=(("x-huge", "x" * 20_000),), timeout=10))
        async with h2.peer(gateway.addresses.grpc) as peer:
            await begin_a_call_without_end(peer)

        await shown(gateway, 'grpc_server_handled_total{grpc_code="Canceled",grpc_method="SendMessage"', 2)


async def test_an_api_that_drips_is_counted_as_a_request_without_an_answer(start_gateway: StartGateway) -> None:
    drip = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n"
    async with (
        host(drip, drips=True) as (address, _),
        start_gateway(GATEWAY_CONVERSATION_URL=f"http://{address}") as gateway,
    ):
        await send(gateway, timeout_s=0.5)

        await shown(gateway, 'gateway_upstream_requests_total{host="conversation",status_class="none"', 1)


@pytest.mark.parametrize(
    "function", ["channelz_get_servers", "channelz_get_top_channels", "channelz_get_server_sockets"]
)
async def test_a_grpc_that_does_not_tell_costs_the_counts_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    monkeypatch.delattr(cygrpc, function)
    async with watched() as (door, before), channel(door) as client:
        answer = await call(client)

        assert answer.message_id
        assert before == door.server.headcount.look() == ConnectionCounts()
