"""How the channel to the gateway behaves: which calls repeat themselves, how long they take, when a link is dead."""

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

import grpc
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions

from conversation_gateway import __version__, environment
from conversation_gateway.errors import typed_error
from conversation_gateway.v1 import (
    app_pb2,
    batch_pb2,
    capability_pb2,
    consent_pb2,
    contact_pb2,
    conversation_event_pb2,
    conversation_pb2,
    event_feed_pb2,
    message_pb2,
    project_settings_pb2,
    raw_pb2,
    template_pb2,
    webhook_pb2,
)

DEFAULT_TIMEOUT_S = 30.0
# The standard health check, spelt out because its stubs would be one more dependency.
HEALTH_CHECK = "/grpc.health.v1.Health/Check"
# The gateway's own limit, in both directions; a batch of events stays well below it.
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
OPTIONS: tuple[tuple[str, Any], ...] = (
    ("grpc.primary_user_agent", f"conversation-gateway-client/{__version__}"),
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

CONTRACT = tuple(
    module.DESCRIPTOR
    for module in (
        app_pb2,
        batch_pb2,
        capability_pb2,
        consent_pb2,
        contact_pb2,
        conversation_event_pb2,
        conversation_pb2,
        event_feed_pb2,
        message_pb2,
        project_settings_pb2,
        raw_pb2,
        template_pb2,
        webhook_pb2,
    )
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
    options = (*OPTIONS, ("grpc.service_config", service_config(CONTRACT)))
    return address or environment.address(), credentials or environment.credentials(), options


def is_serving(health: bytes) -> bool:
    """What a HealthCheckResponse says; field 1 is the status, and 1 is SERVING."""
    return health == b"\x08\x01"


def service_config(files: Iterable[FileDescriptor]) -> str:
    """The service config: calls that are safe to repeat are repeated, at most 4 attempts with back-off and jitter.

    Safe is what the contract marks so with `idempotency_level`. Throttling stops the repetitions while most calls
    fail, so that they cannot multiply the load of a gateway in trouble.
    """
    names = [
        {"service": service.full_name, "method": method.name}
        for file in files
        for service in file.services_by_name.values()
        for method in service.methods
        if method.GetOptions().idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN
    ]
    policy = {
        "maxAttempts": 4,
        "initialBackoff": "0.1s",
        "maxBackoff": "2s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    throttling = {"maxTokens": 20, "tokenRatio": 0.1}
    return json.dumps({"methodConfig": [{"name": names, "retryPolicy": policy}], "retryThrottling": throttling})


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
