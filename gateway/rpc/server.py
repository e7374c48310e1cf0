"""The gRPC server: where it listens, what it serves, and how it goes away."""

import asyncio
import errno
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2

from gateway.errors import CallerError
from gateway.listener import Listener, SocketPath
from gateway.rpc import status
from gateway.rpc.boundary import Handler
from gateway.rpc.dialogue import MAX_MESSAGE_BYTES, Context

# Wire-identical to v1alpha; the package serves only that one (grpc/grpc#38576).
REFLECTION_V1 = "grpc.reflection.v1.ServerReflection"
# For answers that are written already to leave.
LAST_WORDS_S = 0.2
OPTIONS: tuple[tuple[str, Any], ...] = (
    # A second gateway on the same port must fail, not share the port in silence.
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    # Clients ping an idle feed every 30 s; the default minimum of 5 min would answer that with GOAWAY.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
    ("grpc.http2.max_ping_strikes", 2),
)

Handlers = Mapping[str, Handler]


class RpcServer:
    """The services on one address, with health and reflection (v1 and v1alpha)."""

    def __init__(
        self,
        handlers: Handlers,
        *,
        address: str,
        socket_mode: int,
        reflection_on: bool,
        idle: Callable[[], Awaitable[None]],
        drain: Callable[[], None],
    ) -> None:
        """Register every handler, by gRPC path; nothing listens before `start`.

        `idle` returns once none of them is busy, and `drain` tells those that read from a stream to read no more.
        """
        self._idle = idle
        self._drain = drain
        self._socket = Path(address.removeprefix("unix:")) if address.startswith("unix:") else None
        self._address = address
        self._socket_mode = socket_mode
        self._held: SocketPath | None = None
        self._server = grpc.aio.server(options=OPTIONS)
        self._health = health.aio.HealthServicer()
        self._services = tuple(sorted({path.split("/")[1] for path in handlers}))
        for service in self._services:
            self._serve(service, {p.split("/")[2]: h for p, h in handlers.items() if p.split("/")[1] == service})
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        if reflection_on:
            self._reflect()
        # Asked last, about everything that nobody else serves.
        self._server.add_generic_rpc_handlers((_UnknownMethods(),))

    def _serve(self, service: str, methods: Mapping[str, Any]) -> None:
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, dict(methods)),))

    def _reflect(self) -> None:
        """Serve both versions; the v1 name is not listed, for its descriptor is in no pool."""
        servicer = reflection.aio.ReflectionServicer((*self._services, health.SERVICE_NAME, reflection.SERVICE_NAME))
        handler = grpc.stream_stream_rpc_method_handler(
            servicer.ServerReflectionInfo,
            request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
            response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
        )
        for service in (reflection.SERVICE_NAME, REFLECTION_V1):
            self._serve(service, {"ServerReflectionInfo": handler})

    async def start(self) -> str:
        """Listen, say SERVING, and answer the bound address; raises `OSError` when that is taken or not allowed."""
        bound = self._bind()
        await self._server.start()
        for service in ("", *self._services):
            await self._health.set(service, health_pb2.HealthCheckResponse.SERVING)
        return bound

    async def pause(self) -> None:
        """Say NOT_SERVING, so that balancers look elsewhere; calls are still answered, and streams read no more."""
        await self._health.enter_graceful_shutdown()
        self._drain()

    async def stop(self, grace_s: float) -> None:
        """Refuse new calls, let those in flight finish within `grace_s` seconds, cancel the rest.

        Watchers of health and readers of reflection are not waited for: they never end by themselves, and would use
        up the grace of every stop.
        """
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
        if self._socket is not None:
            return self._bind_socket(self._socket)
        # Tried beforehand, because grpc reports a taken address in several lines of its own.
        Listener.open(self._address).close()
        return f"{self._address.rpartition(':')[0]}:{self._add_port()}"

    def _add_port(self) -> int:
        try:
            return self._server.add_insecure_port(self._address)
        except RuntimeError:
            raise OSError(errno.EADDRINUSE, f"cannot listen on {self._address}") from None

    def _bind_socket(self, path: Path) -> str:
        try:
            self._held = SocketPath.hold(path)
        except BlockingIOError:
            raise OSError(errno.EADDRINUSE, f"another gateway listens on {self._address}") from None
        except OSError as error:
            raise OSError(error.errno, f"cannot listen on {self._address}: {error.strerror}") from None
        with self._held.narrowed(self._socket_mode):
            self._add_port()
        return self._address


class _UnknownMethods(grpc.GenericRpcHandler):
    """Explains what grpc itself would refuse without details."""

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Handler:  # noqa: ARG002 - whatever it is
        """A handler for any method, of any kind: it answers before it has read anything."""
        return grpc.stream_stream_rpc_method_handler(_refuse)


async def _refuse(_requests: object, context: Context) -> None:
    error = CallerError(
        "this gateway has no such method; is it older than the client, or the name misspelt?",
        reason="METHOD_UNKNOWN",
        code=grpc.StatusCode.UNIMPLEMENTED,
    )
    await context.abort(error.code, error.message, status.trailers(error, ""))
