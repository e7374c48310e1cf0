"""How the channel to the gateway behaves: which calls repeat themselves, how long they take, when a link is dead."""

from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any, TypeVar

import grpc

from conversation_gateway import __version__, environment
from conversation_gateway.errors import typed_error

DEFAULT_TIMEOUT_S = 30.0
# The standard health check, spelt out because its stubs would be one more dependency.
HEALTH_CHECK = "/grpc.health.v1.Health/Check"
# The gateway's own limit, in both directions; a batch of events stays well below it.
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
# Generated from the contract: calls that are safe to repeat are repeated while the gateway is not there.
SERVICE_CONFIG = files("conversation_gateway").joinpath("service_config.json").read_text(encoding="utf-8")
OPTIONS: tuple[tuple[str, Any], ...] = (
    ("grpc.primary_user_agent", f"conversation-gateway-client/{__version__}"),
    ("grpc.service_config", SERVICE_CONFIG),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    # Pings find a peer that is gone without a word. A feed sends nothing upstream, so their number must not be
    # limited by what is sent; without a call in flight there is nothing to find out.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 0),
    ("grpc.http2.max_pings_without_data", 0),
    # Between attempts to connect, calls fail at once; the default of two minutes would outlast any restart.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 5_000),
    ("grpc.max_reconnect_backoff_ms", 5_000),
)

Request = TypeVar("Request")
Response = TypeVar("Response")


def open_channel(
    address: str | None, *, credentials: grpc.ChannelCredentials | None, timeout_s: float
) -> grpc.aio.Channel:
    """A channel with everything said here; plaintext without credentials. The first call connects."""
    target, credentials, options = described(address, credentials)
    interceptors = [UnaryCalls(timeout_s=timeout_s)]
    if credentials is None:
        return grpc.aio.insecure_channel(target, options=options, interceptors=interceptors)
    return grpc.aio.secure_channel(target, credentials, options=options, interceptors=interceptors)


def described(
    address: str | None, credentials: grpc.ChannelCredentials | None
) -> tuple[str, grpc.ChannelCredentials | None, tuple[tuple[str, Any], ...]]:
    """Target, credentials and options of a channel: what is given, else what the environment says."""
    return address or environment.address(), credentials or environment.credentials(), OPTIONS


def is_serving(health: bytes) -> bool:
    """What a HealthCheckResponse says; field 1 is the status, and 1 is SERVING."""
    return health == b"\x08\x01"


class UnaryCalls(grpc.aio.UnaryUnaryClientInterceptor):
    """Gives a call without a deadline the default one, and raises what went wrong as a typed error."""

    def __init__(self, *, timeout_s: float) -> None:
        """Calls that set no `timeout` of their own get `timeout_s` seconds."""
        self._timeout_s = timeout_s

    async def intercept_unary_unary(
        self,
        continuation: Callable[
            [grpc.aio.ClientCallDetails, Request], Awaitable[grpc.aio.UnaryUnaryCall[Request, Response]]
        ],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Request,
    ) -> grpc.aio.UnaryUnaryCall[Request, Response]:
        """Make one call; the caller still gets the call itself, with its metadata."""
        details = client_call_details
        if details.timeout is None:
            details = grpc.aio.ClientCallDetails(
                details.method, self._timeout_s, details.metadata, details.credentials, details.wait_for_ready
            )
        call = await continuation(details, request)
        try:
            # A call that is awaited is cancelled with whoever awaits it; one left alone would live on.
            await call
        except grpc.aio.AioRpcError as error:
            raise typed_error(error) from error
        return call
