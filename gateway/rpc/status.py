"""A failure as gRPC says it: code, safe message, and `google.rpc` details (AIP-193).

Every non-OK status carries exactly one `ErrorInfo`; `RetryInfo` and `grpc-retry-pushback-ms` when, and only when,
retrying can help; `BadRequest` with proto field paths; `QuotaFailure` for a limit of ours and `ResourceInfo` for what
was not found; `RequestInfo` with the id to quote.
"""

import asyncio
from typing import NoReturn

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from gateway.errors import GatewayError, LimitError, UpstreamError

DOMAIN = "conversation-gateway"
UPSTREAM_DOMAIN = "conversation.api.sinch.com"
# Trailers beyond 8 KiB are at the mercy of the peer; base64 and the other trailers need their share too.
MAX_DETAILS_BYTES = 4096
MAX_MESSAGE_CHARACTERS = 1000
ABORT_TIMEOUT_S = 1.0
# Of those who are sent away by a shutdown: a restart takes about as long, and their balancer less.
RECONNECT_S = 1.0
# Facts that have a detail of their own.
_ELSEWHERE = frozenset({"quota_subject", "quota_description", "resource_type", "resource_name"})

Trailers = tuple[tuple[str, str | bytes], ...]


async def abort(
    context: "grpc.aio.ServicerContext[bytes, bytes]", error: GatewayError, request_id: str = "", more: Trailers = ()
) -> NoReturn:
    """End an RPC with its status. Behind a peer that stopped reading even this blocks, hence the bound.

    What gRPC raises is left alone: it knows a call that has been told its status, and one that nobody waits for.
    """
    async with asyncio.timeout(ABORT_TIMEOUT_S):
        await context.abort(error.code, message_of(error), trailers(error, request_id) + more)
    raise error


def internal() -> GatewayError:
    """What a caller hears of a fault of ours; the exception itself stays in the log."""
    return GatewayError(
        "the gateway failed; its log says more under this request id",
        reason="INTERNAL",
        code=grpc.StatusCode.INTERNAL,
    )


def deadline_exceeded() -> GatewayError:
    """The caller's time, or the gateway's own cap, is used up."""
    return GatewayError(
        "the deadline passed before the call was answered",
        reason="DEADLINE_EXCEEDED",
        code=grpc.StatusCode.DEADLINE_EXCEEDED,
    )


def shutting_down() -> LimitError:
    """The gateway is about to stop; what it has not taken up by then, another one will."""
    return LimitError(
        "the gateway is shutting down; what has no answer was not sent",
        reason="SHUTTING_DOWN",
        code=grpc.StatusCode.UNAVAILABLE,
        retry_after_s=RECONNECT_S,
    )


def rich(error: GatewayError, request_id: str) -> status_pb2.Status:
    """The failure with its details, as a stream holds it for one of its items and trailers for a whole call."""
    status = status_pb2.Status(code=error.code.value[0], message=message_of(error))
    for detail in _details(error, request_id):
        packed = Any()
        packed.Pack(detail)
        if status.ByteSize() + packed.ByteSize() <= MAX_DETAILS_BYTES:
            status.details.append(packed)
    return status


def trailers(error: GatewayError, request_id: str) -> Trailers:
    """The trailing metadata that carries the details."""
    details = rich(error, request_id).SerializeToString()
    pairs: list[tuple[str, str | bytes]] = [("grpc-status-details-bin", details)]
    if error.retry_after_s is not None:
        pairs.append(("grpc-retry-pushback-ms", str(round(error.retry_after_s * 1000))))
    if "app_queue_eta_s" in error.metadata:
        pairs.append(("x-gateway-app-queue-eta-s", error.metadata["app_queue_eta_s"]))
    return tuple(pairs)


def message_of(error: GatewayError) -> str:
    """The status message: short enough to be a header."""
    return error.message[:MAX_MESSAGE_CHARACTERS]


def _details(error: GatewayError, request_id: str) -> list[Message]:
    domain = UPSTREAM_DOMAIN if isinstance(error, UpstreamError) else DOMAIN
    metadata = {key: value for key, value in error.metadata.items() if key not in _ELSEWHERE}
    details: list[Message] = [error_details_pb2.ErrorInfo(reason=error.reason, domain=domain, metadata=metadata)]
    if error.retry_after_s is not None:
        delay = Duration()
        delay.FromMilliseconds(round(error.retry_after_s * 1000))
        details.append(error_details_pb2.RetryInfo(retry_delay=delay))
    if request_id:
        details.append(error_details_pb2.RequestInfo(request_id=request_id))
    if error.violations:
        details.append(_bad_request(error))
    if "quota_subject" in error.metadata:
        quota = error_details_pb2.QuotaFailure()
        quota.violations.add(subject=error.metadata["quota_subject"], description=error.metadata["quota_description"])
        details.append(quota)
    if "resource_type" in error.metadata:
        details.append(
            error_details_pb2.ResourceInfo(
                resource_type=error.metadata["resource_type"], resource_name=error.metadata["resource_name"]
            )
        )
    return details


def _bad_request(error: GatewayError) -> error_details_pb2.BadRequest:
    """As many violations as fit; the first ones are what a caller mends first."""
    bad = error_details_pb2.BadRequest()
    for violation in error.violations:
        bad.field_violations.add(field=violation.field, description=violation.description)
        if bad.ByteSize() > MAX_DETAILS_BYTES // 2:
            del bad.field_violations[-1]
            break
    return bad
