"""A gRPC door with one service behind it, whose callers, bounds and certificates a test chooses."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import trustme
from conversation_gateway.v1 import message_pb2
from google.protobuf.message import Message

from gateway.clock import Clock
from gateway.rpc.boundary import Boundary, Call
from gateway.rpc.callers import Callers
from gateway.rpc.entrance import Bounds, Entrance
from gateway.rpc.server import Connections, Door, RpcServer
from gateway.rpc.tls import ReloadingTls, TlsFiles
from gateway.settings import CallerSettings
from gateway.telemetry.metrics import Metrics

SEND = "/conversation_gateway.v1.MessageService/SendMessage"
GET = "/conversation_gateway.v1.MessageService/GetMessage"
STREAM = "/conversation_gateway.v1.MessageService/StreamMessages"
Behaviour = Callable[[Any, Call], Awaitable[Message]]


async def who(_request: Message, call: Call) -> Message:
    """Answer with the caller's name."""
    return message_pb2.SendMessageResponse(message_id=call.caller)


async def ticks(_request: Message, call: Call) -> AsyncGenerator[bytes, None]:
    """An endless stream of the caller's name, as fast as it is read."""
    while True:
        yield message_pb2.StreamMessagesResponse(next_page_token=call.caller).SerializeToString()


@dataclass(kw_only=True)
class OpenDoor:
    """A door that is being served."""

    address: str
    callers: Callers
    server: RpcServer
    refusals: list[str] = field(default_factory=list)
    """Why somebody was turned away, in order."""


@asynccontextmanager
async def open_door(
    *,
    behaviour: Behaviour = who,
    entries: Iterable[CallerSettings] = (),
    bounds: Bounds | None = None,
    tls: TlsFiles | None = None,
    address: str = "127.0.0.1:0",
    connections: Connections | None = None,
    clock: Clock | None = None,
    **door: Any,
) -> AsyncIterator[OpenDoor]:
    """Serve `SendMessage` and `GetMessage` by `behaviour`, and `StreamMessages` without end."""
    refusals: list[str] = []
    clock = clock or Clock()
    callers = Callers(clock=clock, certificates=tls is not None and tls.client_authorities is not None)
    callers.replace(entries, paths=(SEND, GET, STREAM))
    entrance = Entrance(callers=callers, bounds=bounds, refused=refusals.append)
    boundary = Boundary(metrics=Metrics(), clock=clock, max_deadline_s=10.0, entrance=entrance)
    request = message_pb2.SendMessageRequest
    server = RpcServer(
        {
            SEND: boundary.unary(SEND, request, behaviour),
            GET: boundary.unary(GET, request, behaviour),
            STREAM: boundary.server_stream(STREAM, message_pb2.StreamMessagesRequest, ticks),
        },
        door=Door(
            address=address,
            tls=ReloadingTls(tls) if tls else None,
            connections=connections or Connections(),
            **door,
        ),
        entrance=entrance,
        reflection_on=True,
        idle=boundary.idle,
        drain=boundary.draining.set,
    )
    bound = await server.start()
    try:
        yield OpenDoor(address=bound, callers=callers, server=server, refusals=refusals)
    finally:
        await server.stop(1.0)


async def call(
    channel: grpc.aio.Channel, path: str = SEND, data: bytes = b"", *, token: str | None = None, **how: Any
) -> message_pb2.SendMessageResponse:
    """Call a method with a bearer token."""
    multi: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(path)
    metadata = (("authorization", f"Bearer {token}"),) if token is not None else ()
    return message_pb2.SendMessageResponse.FromString(bytes(await multi(data, timeout=10, metadata=metadata, **how)))


class Authority:
    """A certificate authority, and the PEM files a server needs."""

    def __init__(self, folder: Path) -> None:
        """Make one, with a server certificate for `localhost`."""
        self.ca = trustme.CA()
        self.files = TlsFiles(
            certificate=folder / "tls.crt", key=folder / "tls.key", client_authorities=folder / "ca.crt"
        )
        self.ca.cert_pem.write_to_path(folder / "ca.crt")
        self.renew()

    def renew(self) -> trustme.LeafCert:
        """Put a new server certificate into the files."""
        certificate = self.ca.issue_cert("localhost")
        self.files.key.write_bytes(certificate.private_key_pem.bytes())
        self.files.certificate.write_bytes(chain(certificate))
        return certificate

    def channel(self, address: str, certificate: trustme.LeafCert | None = None) -> grpc.aio.Channel:
        """A channel that trusts this authority and shows a certificate of its own."""
        credentials = grpc.ssl_channel_credentials(
            self.ca.cert_pem.bytes(),
            certificate.private_key_pem.bytes() if certificate else None,
            chain(certificate) if certificate else None,
        )
        options: Sequence[tuple[str, Any]] = (("grpc.use_local_subchannel_pool", 1),)
        return grpc.aio.secure_channel(f"localhost:{address.rpartition(':')[2]}", credentials, options=options)


def chain(certificate: trustme.LeafCert) -> bytes:
    """The PEM of a certificate with those it depends on."""
    return b"".join(part.bytes() for part in certificate.cert_chain_pems)
