"""A failed call becomes an exception whose type says what to do."""

import grpc
import pytest
from conversation_gateway import errors
from conversation_gateway.errors import FieldViolation, GatewayError, typed_error
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

Code = grpc.StatusCode


def failed(code: grpc.StatusCode, *details: Message, packed: bytes | None = None) -> grpc.aio.AioRpcError:
    status = status_pb2.Status(code=code.value[0])
    for detail in details:
        item = Any()
        item.Pack(detail)
        status.details.append(item)
    trailers = grpc.aio.Metadata(("grpc-status-details-bin", status.SerializeToString() if packed is None else packed))
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), trailers, details="some words")


def because(reason: str, **metadata: str) -> error_details_pb2.ErrorInfo:
    return error_details_pb2.ErrorInfo(reason=reason, domain="conversation-gateway", metadata=metadata)


@pytest.mark.parametrize(
    ("code", "reason", "kind"),
    [
        (Code.INVALID_ARGUMENT, "INVALID_REQUEST", errors.InvalidRequest),
        (Code.NOT_FOUND, "WRONG_REGION", errors.NotFound),
        (Code.ALREADY_EXISTS, "REQUEST_ID_REUSED", errors.Conflict),
        (Code.ABORTED, "UPSTREAM_CONFLICT", errors.Conflict),
        (Code.PERMISSION_DENIED, "CALLBACK_URL_FORBIDDEN", errors.Refused),
        (Code.FAILED_PRECONDITION, "UPSTREAM_CREDENTIALS", errors.Refused),
        (Code.UNIMPLEMENTED, "RAW_CALL_DISABLED", errors.Refused),
        (Code.RESOURCE_EXHAUSTED, "RATE_LIMITED", errors.LimitReached),
        (Code.UNAVAILABLE, "CIRCUIT_OPEN", errors.Unavailable),
        (Code.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", errors.OutOfTime),
        (Code.UNKNOWN, "OUTCOME_UNKNOWN", errors.OutcomeUnknown),
        (Code.INTERNAL, "INTERNAL", GatewayError),
    ],
)
def test_the_type_says_what_to_do_and_the_reason_what_happened(
    code: grpc.StatusCode, reason: str, kind: type[GatewayError]
) -> None:
    error = typed_error(failed(code, because(reason, attempts="2")))

    assert type(error) is kind
    assert (error.code, error.reason) == (code, reason)
    assert error.metadata == {"attempts": "2"}
    assert str(error) == f"{reason}: some words"


def test_every_detail_is_read() -> None:
    error = typed_error(
        failed(
            Code.RESOURCE_EXHAUSTED,
            error_details_pb2.ErrorInfo(reason="UPSTREAM_RATE_LIMITED", domain="conversation.api.sinch.com"),
            error_details_pb2.RetryInfo(retry_delay=Duration(seconds=2, nanos=500_000_000)),
            error_details_pb2.RequestInfo(request_id="ticket-7"),
            error_details_pb2.ResourceInfo(resource_type="app", resource_name="01APP"),
            error_details_pb2.BadRequest(
                field_violations=[{"field": "message", "description": "is required"}],
            ),
        )
    )

    assert error.is_from_api
    assert error.retry_after_s == 2.5
    assert error.request_id == "ticket-7"
    assert error.resource == ("app", "01APP")
    assert error.violations == (FieldViolation(field="message", description="is required"),)


def test_no_delay_means_that_trying_again_cannot_help() -> None:
    assert typed_error(failed(Code.INVALID_ARGUMENT, because("INVALID_REQUEST"))).retry_after_s is None


@pytest.mark.parametrize("packed", [b"", b"\xff\xff\xff", b"\x1a\x02\x0a\x00"])
def test_a_failure_that_nobody_explained_keeps_its_status(packed: bytes) -> None:
    error = typed_error(failed(Code.UNAVAILABLE, packed=packed))

    assert type(error) is errors.Unavailable
    assert (error.reason, error.retry_after_s) == ("", None)
    assert str(error) == "UNAVAILABLE: some words"
