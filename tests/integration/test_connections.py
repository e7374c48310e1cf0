"""The connection of our own client: its pings are welcome, and one that has grown old is replaced without a loss."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from conversation_gateway import channel, connect
from conversation_gateway.v1 import event_feed_pb2 as pb

from gateway.rpc import server
from tests import http2_peer as h2
from tests.conftest import StartGateway
from tests.integration.test_metrics import post
from tests.patience import PATIENCE_S

# Pings and what is allowed of them, so many times as often as in production: the proportion is what counts.
HASTE = 100
PINGED = 6


def hurry(monkeypatch: pytest.MonkeyPatch, module: ModuleType, option: str) -> None:
    """Divide the time that an option of a channel or a server holds."""
    options: dict[str, Any] = dict(module.OPTIONS)
    monkeypatch.setattr(module, "OPTIONS", tuple((options | {option: options[option] // HASTE}).items()))


@dataclass
class Wire:
    """What passes between a client and a gateway, frame by frame."""

    address: str = ""
    pings: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    """One for each ping of the client."""
    goaways: list[bytes] = field(default_factory=list)
    """What the gateway said when it ended the connection."""

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, from_client: bool) -> None:
        """Pass frames on in one direction until the connection is closed."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            if from_client:
                writer.write(await reader.readexactly(len(h2.PREFACE)))
            source = h2.Peer(reader, writer)
            while True:
                kind, flags, stream, payload = await source.next()
                if from_client and kind == h2.PING and not flags & h2.ACK:
                    self.pings.release()
                if not from_client and kind == h2.GOAWAY:
                    self.goaways.append(payload)
                writer.write(h2.frame(kind, flags, stream, payload))
                await writer.drain()
        writer.close()


@asynccontextmanager
async def wire_to(address: str) -> AsyncIterator[Wire]:
    """Listen, and pass on what comes to a gateway."""
    wire = Wire()
    host, _, port = address.rpartition(":")

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection(host, int(port))
        async with asyncio.TaskGroup() as both:
            both.create_task(wire.carry(reader, forth, from_client=True))
            both.create_task(wire.carry(back, writer, from_client=False))

    listening = await asyncio.start_server(accept, "127.0.0.1", 0)
    wire.address = f"127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield wire
    listening.close()


@pytest.mark.parametrize("module", [server, channel], ids=["the gateway", "its client"])
def test_every_option_is_one_that_grpc_knows(module: ModuleType) -> None:
    # One that it does not know is passed over in silence.
    library = Path(str(import_module("grpc._cython.cygrpc").__file__)).read_bytes()

    names = [name for name, _ in (*module.OPTIONS, *server.Connections(max_age_s=1.0).options())]

    assert [name for name in names if name.encode() + b"\0" not in library] == []


async def test_the_pings_of_our_client_on_an_idle_feed_are_never_too_many(
    start_gateway: StartGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch, channel, "grpc.keepalive_time_ms")
    hurry(monkeypatch, server, "grpc.http2.min_ping_interval_without_data_ms")
    said: list[str | None] = []
    async with (
        start_gateway() as gateway,
        wire_to(gateway.addresses.grpc) as wire,
        connect(wire.address) as client,
        # Nothing comes that would excuse a ping.
        client.events(
            heartbeat_interval_s=60.0, notice=lambda answer: said.append(answer.WhichOneof("answer"))
        ) as feed,
        asyncio.timeout(PATIENCE_S),
    ):
        reading = asyncio.create_task(anext(feed))
        for _ in range(PINGED):
            await wire.pings.acquire()
        goaways = list(wire.goaways)
        reading.cancel()

    assert goaways == []
    assert said.count("opened") == 1


async def test_a_feed_outlives_its_connections_without_loss_or_repeat(start_gateway: StartGateway) -> None:
    ageing = {"GATEWAY_GRPC_MAX_CONNECTION_AGE_S": "0.2", "GATEWAY_GRPC_MAX_CONNECTION_AGE_GRACE_S": "0.05"}
    connections, stored, seen = 0, 0, 0
    apps: list[str] = []

    def notice(answer: pb.SubscribeResponse) -> None:
        nonlocal connections
        connections += answer.WhichOneof("answer") == "opened"

    async with (
        start_gateway(**ageing) as gateway,
        connect(gateway.addresses.grpc) as client,
        httpx.AsyncClient() as sinch,
        client.events(earliest=True, notice=notice) as feed,
        asyncio.timeout(PATIENCE_S),
    ):
        while connections < 4 or seen < stored:
            if connections < 4:
                stored += 1
                await post(sinch, gateway, b'{"app_id":"A%d"}' % stored)
            event = await anext(feed)
            seen += 1
            apps.append(event.app_id)

    assert apps == [f"A{number}" for number in range(1, stored + 1)]
