"""What went wrong, as exceptions whose type says what to do about it.

    GatewayError
    ├── InvalidRequest      correct the request; `violations` names the fields
    ├── NotFound            there is no such thing; `resource` names it
    ├── Conflict            the state has changed, or the request id stands for another request
    ├── Refused             not allowed, or not in this state; somebody has to change something first
    ├── LimitReached        wait for `retry_after_s` and try again
    ├── Unavailable         nothing is wrong with the request; try again later
    ├── OutOfTime           the deadline passed
    └── OutcomeUnknown      it may have been carried out; see `options.request_id`

The gateway explains every failure with a stable `reason`; the catalogue is `ErrorReason` in the contract. What comes
from the network or a proxy instead has no reason. Whether trying again can help is one question: is there a
`retry_after_s`?
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2

DETAILS = "grpc-status-details-bin"
# What the domain of an error says when it is the API's and not the gateway's own.
API_DOMAIN = "conversation.api.sinch.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldViolation:
    """One field that is wrong, by its path from the request, and what to do about it."""

    field: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that the details of a status say."""

    reason: str = ""
    """A value of `ErrorReason` without its prefix; empty when the gateway did not explain the failure."""
    domain: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """`http_status`, `region`, `attempts` and `request_state`, where they are known."""
    retry_after_s: float | None = None
    """Seconds to wait before trying again; None when that cannot help."""
    violations: tuple[FieldViolation, ...] = ()
    request_id: str = ""
    """The id to quote when asking about this call."""
    resource: tuple[str, str] = ("", "")
    """Type and id of what was not found."""


class GatewayError(Exception):
    """A call that failed; the type says what to do, `reason` what happened."""

    def __init__(self, message: str, *, code: grpc.StatusCode, explanation: Explanation) -> None:
        """Made by `typed_error`."""
        super().__init__(f"{explanation.reason or code.name}: {message}")
        self.message = message
        self.code = code
        self.reason = explanation.reason
        self.metadata = explanation.metadata
        self.retry_after_s = explanation.retry_after_s
        self.violations = explanation.violations
        self.request_id = explanation.request_id
        self.resource = explanation.resource
        self.is_from_api = explanation.domain == API_DOMAIN


class InvalidRequest(GatewayError):
    """The request cannot be served as it is."""


class NotFound(GatewayError):
    """There is no such thing, in this project and region."""


class Conflict(GatewayError):
    """The request contradicts what is there, or came second."""


class Refused(GatewayError):
    """Somebody has to change something first: a permission, a key, a setting, a state."""


class LimitReached(GatewayError):
    """A rate, a queue or a quota has no room now."""


class Unavailable(GatewayError):
    """The gateway, the API or the way to them is out of order for now."""


class OutOfTime(GatewayError):
    """The deadline passed before there was an answer; a write may have been carried out."""


class OutcomeUnknown(GatewayError):
    """A write was sent and its answer never came: it may have been carried out."""


Detail = TypeVar("Detail", bound=Message)

_Code = grpc.StatusCode
_KINDS: Mapping[grpc.StatusCode, type[GatewayError]] = {
    _Code.INVALID_ARGUMENT: InvalidRequest,
    _Code.OUT_OF_RANGE: InvalidRequest,
    _Code.UNIMPLEMENTED: Refused,
    _Code.NOT_FOUND: NotFound,
    _Code.ALREADY_EXISTS: Conflict,
    _Code.ABORTED: Conflict,
    _Code.PERMISSION_DENIED: Refused,
    _Code.UNAUTHENTICATED: Refused,
    _Code.FAILED_PRECONDITION: Refused,
    _Code.RESOURCE_EXHAUSTED: LimitReached,
    _Code.UNAVAILABLE: Unavailable,
    _Code.DEADLINE_EXCEEDED: OutOfTime,
}


def silence(patience_s: float) -> GatewayError:
    """The error of a stream on which nothing came for so many seconds."""
    message = f"the gateway said nothing for {patience_s:.3g} s"
    return Unavailable(message, code=grpc.StatusCode.UNAVAILABLE, explanation=Explanation())


def typed_error(error: grpc.RpcError) -> GatewayError:
    """The typed form of a failed call; never raises, whatever the details hold."""
    failed: Any = error  # what grpc raises for a call is a call too, asyncio or not
    code, message = failed.code(), failed.details() or ""
    explanation = _explanation(failed)
    kind = OutcomeUnknown if explanation.reason == "OUTCOME_UNKNOWN" else _KINDS.get(code, GatewayError)
    return kind(message, code=code, explanation=explanation)


def _explanation(error: Any) -> Explanation:
    """Read the `google.rpc` details; what is missing or unreadable stays empty."""
    packed = next((value for key, value in error.trailing_metadata() or () if key == DETAILS), b"")
    try:
        status = status_pb2.Status.FromString(packed if isinstance(packed, bytes) else b"")
        info = _detail(status, error_details_pb2.ErrorInfo())
        retry = _detail(status, error_details_pb2.RetryInfo())
        bad = _detail(status, error_details_pb2.BadRequest())
        about = _detail(status, error_details_pb2.RequestInfo())
        resource = _detail(status, error_details_pb2.ResourceInfo())
    except DecodeError:
        return Explanation()
    delay = retry.retry_delay
    return Explanation(
        reason=info.reason,
        domain=info.domain,
        metadata=dict(info.metadata),
        retry_after_s=delay.seconds + delay.nanos / 1e9 if retry.HasField("retry_delay") else None,
        violations=tuple(FieldViolation(field=v.field, description=v.description) for v in bad.field_violations),
        request_id=about.request_id,
        resource=(resource.resource_type, resource.resource_name),
    )


def _detail(status: status_pb2.Status, empty: Detail) -> Detail:
    """The one detail of this kind, or the empty one."""
    for packed in status.details:
        if packed.Is(empty.DESCRIPTOR):
            packed.Unpack(empty)
            break
    return empty
