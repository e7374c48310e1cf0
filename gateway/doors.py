"""Builds the doors that this machine and its neighbours use: gRPC with its callers, and the control address."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from gateway.admin.control import Controls, control_app
from gateway.callers import of_tokens
from gateway.clock import Clock
from gateway.listener import group_id
from gateway.rpc.boundary import Boundary
from gateway.rpc.callers import Callers
from gateway.rpc.entrance import REFUSALS, Bounds, Entrance
from gateway.rpc.server import Connections, Door, RpcServer
from gateway.rpc.tls import ReloadingTls, TlsFiles
from gateway.settings import CallerSettings, Settings
from gateway.settings.reading import read_value
from gateway.settings.values import Digests, is_local, split
from gateway.telemetry import logs
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.tracing import Tracing
from gateway.watched_file import WatchedFiles, secret_text

FEED_SERVICE = "conversation_gateway.v1.EventFeedService"

log = logs.logger("doors")


def boundary(settings: Settings, metrics: Metrics, tracing: Tracing, clock: Clock) -> Boundary:
    """What every RPC passes; its callers are known once `rpc_server` knows the methods."""
    callers = Callers(clock=clock, certificates=bool(settings.grpc_client_ca_file))
    bounds = Bounds(
        max_calls=settings.grpc_max_calls,
        max_streams=settings.grpc_max_streams,
        max_request_bytes=settings.grpc_max_request_bytes,
    )
    entrance = Entrance(callers=callers, bounds=bounds, refused=metrics.doors.callers(REFUSALS))
    return Boundary(
        metrics=metrics, tracing=tracing, clock=clock, max_deadline_s=settings.max_deadline_s, entrance=entrance
    )


def rpc_server(
    settings: Settings,
    handlers: Mapping[str, Any],
    *,
    boundary: Boundary,
    files: WatchedFiles,
    log_usable: Callable[[], bool],
    metrics: Metrics,
) -> RpcServer:
    """The gRPC door; raises `ValueError` for callers, certificates or a group that cannot be used."""
    _know_callers(settings, boundary.entrance.callers, handlers.keys(), files)
    if not (boundary.entrance.callers.required or settings.grpc_unprotected or is_local(settings.grpc_address)):
        raise ValueError("GATEWAY_GRPC_ADDRESS lies beyond this machine, and no caller is known who could be asked for")
    server = RpcServer(
        handlers,
        door=Door(
            address=settings.grpc_address,
            socket_mode=int(settings.grpc_socket_mode, 8),
            socket_group=group_id(settings.grpc_socket_group) if settings.grpc_socket_group else None,
            tls=_tls(settings),
            connections=Connections(
                max_count=settings.grpc_max_connections,
                max_age_s=settings.grpc_max_connection_age_s,
                age_grace_s=settings.grpc_max_connection_age_grace_s,
            ),
        ),
        entrance=boundary.entrance,
        reflection_on=settings.grpc_reflection,
        idle=boundary.idle,
        drain=boundary.draining.set,
        stores={FEED_SERVICE: log_usable},
    )
    metrics.doors.connections(server.headcount.look, max_count=settings.grpc_max_connections)
    return server


def control(quit_now: Callable[[], None]) -> Any:
    """The application of the control address."""
    return control_app(Controls(quit=quit_now, log_level=logs.level, set_log_level=logs.set_level))


def _know_callers(settings: Settings, callers: Callers, paths: Iterable[str], files: WatchedFiles) -> None:
    """Let the callers of the settings in, and those of their files as they change."""
    served = tuple(paths)
    # Tokens by the file that holds them; without a name, those that have no table.
    read: dict[str, tuple[str, ...]] = {}
    given = [("", settings.caller_tokens_sha256), *((caller.name, caller.token_sha256) for caller in settings.callers)]
    began = {name: tuple(digest.lower() for digest in digests) for name, digests in given}

    def replace(name: str, content: bytes) -> None:
        digests = tuple(digest.lower() for digest in split(secret_text(content)))
        if not digests:
            # Taken as it is, an emptied file would let everybody in.
            raise ValueError("holds no digest")
        if digests == read.get(name, began.get(name)):
            return
        before = read.get(name)
        read[name] = digests
        try:
            callers.replace(_entries(settings, read), paths=served)
        except ValueError:
            if before is None:
                del read[name]
            else:
                read[name] = before
            # What is wrong with it may be said by quoting the file.
            raise ValueError("holds tokens that cannot be used: hex digests of SHA-256, each of one caller") from None
        log.info("caller_tokens_replaced", caller=name or None)

    callers.replace(_entries(settings, read), paths=served)
    tables = [(caller.name, Path(caller.token_sha256_file)) for caller in settings.callers if caller.token_sha256_file]
    if "caller_tokens_sha256" in settings.origins.files:
        tables.append(("", settings.origins.files["caller_tokens_sha256"]))
    for name, path in tables:
        files.watch(path, partial(replace, name))


def _entries(settings: Settings, read: Mapping[str, tuple[str, ...]]) -> tuple[CallerSettings, ...]:
    tables = (
        replace(caller, token_sha256=read_value(Digests, read.get(caller.name, caller.token_sha256)))
        for caller in settings.callers
    )
    return (*of_tokens(read.get("", settings.caller_tokens_sha256)), *tables)


def _tls(settings: Settings) -> ReloadingTls | None:
    if not settings.grpc_tls_cert_file:
        return None
    authorities = settings.grpc_client_ca_file
    return ReloadingTls(
        TlsFiles(
            certificate=Path(settings.grpc_tls_cert_file),
            key=Path(settings.grpc_tls_key_file),
            client_authorities=Path(authorities) if authorities else None,
        )
    )
