"""The gRPC server: where it listens, what it serves, and how it goes away."""

import errno
import fcntl
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2

from gateway.listener import Listener
from gateway.rpc.boundary import Handler

# Wire-identical to v1alpha; the package serves only that one (grpc/grpc#38576).
REFLECTION_V1 = "grpc.reflection.v1.ServerReflection"
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
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

    def __init__(self, handlers: Handlers, *, address: str, socket_mode: int, reflection_on: bool) -> None:
        """Register every handler, by gRPC path; nothing listens before `start`."""
        self._socket = Path(address.removeprefix("unix:")) if address.startswith("unix:") else None
        self._address = address
        self._socket_mode = socket_mode
        self._socket_lock: IO[str] | None = None
        self._server = grpc.aio.server(options=OPTIONS)
        self._health = health.aio.HealthServicer()
        self._services = tuple(sorted({path.split("/")[1] for path in handlers}))
        for service in self._services:
            self._serve(service, {p.split("/")[2]: h for p, h in handlers.items() if p.split("/")[1] == service})
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        if reflection_on:
            self._reflect()

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
        """Say NOT_SERVING, so that balancers look elsewhere; calls are still answered."""
        await self._health.enter_graceful_shutdown()

    async def stop(self, grace_s: float) -> None:
        """Refuse new calls, let those in flight finish within `grace_s` seconds, cancel the rest."""
        await self._server.stop(grace_s)
        if self._socket is not None and self._socket_lock is not None:
            self._socket.unlink(missing_ok=True)
            self._socket_lock.close()

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
        """Bind a Unix socket. A second server would take a live socket over in silence, so a lock file decides."""
        lock = path.with_name(path.name + ".lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise OSError(errno.EADDRINUSE, f"another gateway listens on {self._address}") from None
        self._socket_lock = lock
        path.unlink(missing_ok=True)
        # The mode counts from the first moment on: a socket that is narrowed later was wide for a while.
        before = os.umask(0o777 & ~self._socket_mode)
        try:
            self._add_port()
        finally:
            os.umask(before)
        return self._address
