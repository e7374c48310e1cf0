"""The channel of blocking calls."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import grpc

from conversation_gateway.channel import described
from conversation_gateway.errors import typed_error

Request = TypeVar("Request")
# A call that is over, or a future of one; published types of grpc have no name for both.
Call = Any


def open_channel(address: str | None, *, credentials: grpc.ChannelCredentials | None, timeout_s: float) -> grpc.Channel:
    """As its namesake for asyncio; the first call connects."""
    target, credentials, options = described(address, credentials)
    if credentials is None:
        channel = grpc.insecure_channel(target, options=options)
    else:
        channel = grpc.secure_channel(target, credentials, options=options)
    return grpc.intercept_channel(channel, UnaryCalls(timeout_s=timeout_s))


class CallDetails(NamedTuple):
    """The details of a call that are not what they were."""

    method: str
    timeout: float | None
    metadata: tuple[tuple[str, str | bytes], ...] | None
    credentials: grpc.CallCredentials | None
    wait_for_ready: bool | None
    compression: grpc.Compression | None


class UnaryCalls(grpc.UnaryUnaryClientInterceptor):
    """Gives a call without a deadline the default one, and raises what went wrong as a typed error."""

    def __init__(self, *, timeout_s: float) -> None:
        """Calls that set no `timeout` of their own get `timeout_s` seconds."""
        self._timeout_s = timeout_s

    def intercept_unary_unary(
        self,
        continuation: Callable[[Any, Request], Call],
        client_call_details: Any,
        request: Request,
    ) -> Call:
        """Make one call. What `future` returns is grpc's own, and raises grpc's errors."""
        details = client_call_details
        if details.timeout is None:
            details = CallDetails(
                details.method, self._timeout_s, details.metadata, details.credentials,
                details.wait_for_ready, details.compression,
            )  # fmt: skip
        call = continuation(details, request)
        if call.done() and isinstance(error := call.exception(), grpc.RpcError):
            raise typed_error(error) from error
        return call
