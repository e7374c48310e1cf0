"""The gRPC server: where it listens, what it serves, and how it goes away."""

import asyncio
import errno
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import grpc

from gateway.errors import CallerError, GatewayError
from gateway.listener import Listener, SocketPath
from gateway.rpc import health, reflection, status
from gateway.rpc.boundary import Handler
from gateway.rpc.dialogue import MAX_MESSAGE_BYTES, Context
from gateway.rpc.entrance import Entrance
from gateway.rpc.headcount import Headcount
from gateway.rpc.tls import ReloadingTls

# For answers that are written already to leave.
LAST_WORDS_S = 0.2
MAX_UNREAD_BYTES = 256 * 1024
OPTIONS: tuple[tuple[str, Any], ...] = (
    # A second gateway on the same port must fail, not share the port in silence.
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    # Clients ping an idle feed every 30 s; the default minimum of 5 min would answer that with GOAWAY.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ("grpc.http2.max_ping_strikes", 2),
    # A peer that connects and says nothing, or goes away and leaves its connection behind, does not stay.
    ("grpc.server_handshake_timeout_ms", 10_000),
    ("grpc.max_connection_idle_ms", 15 * 60_000),
    ("grpc.max_concurrent_streams", 4096),
    # Calls that wait to be looked at. Fewer would not outlast a short pause; with more, whoever offers more than one
    # core can look at finds all of them older than their deadlines, and none answered. gRPC cancels what is over.
    ("grpc.server.max_pending_requests", 3000),
    ("grpc.server.max_pending_requests_hard_limit", 3000),
    # What a stream may send before anybody reads it; a message that is being read gets all the room it needs. Probing
    # for a faster line would make that 4 MiB of each stream, and brings nothing between neighbours.
    ("grpc.http2.bdp_probe", 0),
    ("grpc.http2.lookahead_bytes", MAX_UNREAD_BYTES),
    ("grpc.max_metadata_size", 8 * 1024),
    ("grpc.absolute_max_metadata_size", 16 * 1024),
)

Handlers = Mapping[str, Handler]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """How many connections there may be, and for how long."""

    max_count: int = 1024
    """One more is closed as soon as it is accepted."""
    max_age_s: float = 0.0
    """After this time, give or take a tenth, a connection takes no new calls; 0 is never."""
    age_grace_s: float = 60.0
    """How long what is under way on such a connection may still take."""

    def options(self) -> tuple[tuple[str, Any], ...]:
        """The same in gRPC's words."""
        count = ("grpc.max_allowed_incoming_connections", self.max_count)
        if not self.max_age_s:
            return (count,)
        return (
            count,
            ("grpc.max_connection_age_ms", int(self.max_age_s * 1000)),
            ("grpc.max_connection_age_grace_ms", int(self.age_grace_s * 1000)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where the server listens, and for whom."""

    address: str
    socket_mode: int = 0o660
    socket_group: int | None = None
    """Group id of a Unix socket; none is the process's own."""
    tls: ReloadingTls | None = None
    connections: Connections = Connections()


class RpcServer:
    """The services on one address, with health and reflection (v1 and v1alpha)."""

    def __init__(
        self,
        handlers: Handlers,
        *,
        door: Door,
        entrance: Entrance,
        reflection_on: bool,
        idle: Callable[[], Awaitable[None]],
        drain: Callable[[], None],
        stores: Mapping[str, Callable[[], bool]] = MappingProxyType({}),
    ) -> None:
        """Register every handler, by gRPC path; nothing listens before `start`.

        `idle` returns once none of them is busy, and `drain` tells those that read from a stream to read no more.
        `stores` tells for a service whether the store it needs can be used.
        """
        self._idle = idle
        self._drain = drain
        self._door = door
        tls = door.tls
        self.headcount = Headcount(handshakes=(lambda: tls.handshakes) if tls else None)
        self._socket = Path(door.address.removeprefix("unix:")) if door.address.startswith("unix:") else None
        self._held: SocketPath | None = None
        self._server = grpc.aio.server(
            options=OPTIONS + door.connections.options(), maximum_concurrent_rpcs=entrance.most_at_once
        )
        services = tuple(sorted({path.split("/")[1] for path in handlers}))
        self._health = health.Health(entrance=entrance, services=services, stores=stores)
        self._server.add_generic_rpc_handlers((_Methods(handlers),))
        self._serve(health.SERVICE, self._health.handlers())
        if reflection_on:
            for service in reflection.SERVICES:
                self._serve(service, reflection.handlers(services, entrance))
        # Asked last, about everything that nobody else serves.
        self._server.add_generic_rpc_handlers((_UnknownMethods(entrance),))

    def _serve(self, service: str, methods: Mapping[str, Any]) -> None:
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, dict(methods)),))

    async def start(self) -> str:
        """Listen, say SERVING, and answer the bound address; raises `OSError` when that is taken or not allowed."""
        bound = self._bind()
        await self._server.start()
        self.headcount.start()
        self._health.start()
        return bound

    async def pause(self) -> None:
        """Say NOT_SERVING, so that balancers look elsewhere; calls are still answered, and streams read no more."""
        self._health.drain()
        self._drain()

    async def stop(self, grace_s: float) -> None:
        """Refuse new calls, let those in flight finish within `grace_s` seconds, cancel the rest.

        Watchers of health and readers of reflection are not waited for: they never end by themselves, and would use
        up the grace of every stop.
        """
        self.headcount.stop()
        stopping = asyncio.ensure_future(self._server.stop(grace_s))
        waiting = asyncio.ensure_future(self._idle())
        try:
            await asyncio.wait({stopping, waiting}, return_when=asyncio.FIRST_COMPLETED)
            await self._server.stop(LAST_WORDS_S)
            await stopping
        finally:
            waiting.cancel()
        if self._held is not None:
            self._held.release()
            self._held = None

    def _bind(self) -> str:
        address = self._door.address
        if self._socket is not None:
            return self._bind_socket(self._socket)
        # Tried beforehand, because grpc reports a taken address in several lines of its own.
        Listener.open(address).close()
        return f"{address.rpartition(':')[0]}:{self._add_port()}"

    def _add_port(self) -> int:
        address, tls = self._door.address, self._door.tls
        try:
            if tls is None:
                return self._server.add_insecure_port(address)
            return self._server.add_secure_port(address, tls.credentials())
        except RuntimeError:
            raise OSError(errno.EADDRINUSE, f"cannot listen on {address}") from None

    def _bind_socket(self, path: Path) -> str:
        address = self._door.address
        try:
            self._held = SocketPath.hold(path)
            # Before it is the right group's, it is nobody else's.
            with self._held.narrowed(self._door.socket_mode if self._door.socket_group is None else 0o600):
                self._add_port()
            if self._door.socket_group is not None:
                self._held.give_to(self._door.socket_group, self._door.socket_mode)
        except BlockingIOError:
            raise OSError(errno.EADDRINUSE, f"another gateway listens on {address}") from None
        except OSError as error:
            raise OSError(error.errno, f"cannot listen on {address}: {error.strerror}") from None
        return address


class _Methods(grpc.GenericRpcHandler):
    """Finds every method in one look: grpc asks one handler after the other, whatever the service."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "Handler | None":
        """The handler of a path, if that is served here."""
        return self._handlers.get(handler_call_details.method)


class _UnknownMethods(grpc.GenericRpcHandler):
    """Explains what grpc itself would refuse without details, to those who may know."""

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Handler:  # noqa: ARG002 - whatever it is
        """A handler for any method, of any kind: it answers before it has read anything."""
        return grpc.stream_stream_rpc_method_handler(self._refuse)

    async def _refuse(self, _requests: object, context: Context) -> None:
        try:
            self._entrance.callers.identify(context, self._entrance.refused)
        except GatewayError as error:
            await status.abort(context, error)
        await status.abort(context, _no_such_method())


def _no_such_method() -> CallerError:
    return CallerError(
        "this gateway has no such method; is it older than the client, or the name misspelt?",
        reason="METHOD_UNKNOWN",
        code=grpc.StatusCode.UNIMPLEMENTED,
    )
