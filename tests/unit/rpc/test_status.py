"""What a failed call tells its caller: exactly the details of AIP-193, and never too many bytes."""

import grpc
from google.rpc import error_details_pb2, status_pb2

from gateway.errors import CallerError, GatewayError, LimitError, UpstreamError, Violation
from gateway.rpc import status


def details(error: GatewayError) -> list[object]:
    packed = dict(status.trailers(error, "req-1"))["grpc-status-details-bin"]
    assert isinstance(packed, bytes)
    found: list[object] = []
    for detail in status_pb2.Status.FromString(packed).details:
        kind = detail.type_url.rpartition(".")[2]
        message = getattr(error_details_pb2, kind)()
        detail.Unpack(message)
        found.append(message)
    return found


def kinds(error: GatewayError) -> list[str]:
    return [type(detail).__name__ for detail in details(error)]


def test_an_error_of_ours_carries_one_error_info_with_our_domain() -> None:
    error = CallerError("no", reason="INVALID_CURSOR", code=grpc.StatusCode.INVALID_ARGUMENT, metadata={"a": "b"})

    info = details(error)[0]

    assert isinstance(info, error_details_pb2.ErrorInfo)
    assert (info.reason, info.domain, dict(info.metadata)) == ("INVALID_CURSOR", "conversation-gateway", {"a": "b"})


def test_an_error_of_the_api_carries_the_apis_domain() -> None:
    info = details(UpstreamError("no", reason="UPSTREAM_NOT_FOUND", code=grpc.StatusCode.NOT_FOUND))[0]

    assert isinstance(info, error_details_pb2.ErrorInfo)
    assert info.domain == "conversation.api.sinch.com"


def test_retry_info_and_pushback_come_only_where_retrying_can_help() -> None:
    transient = UpstreamError("x", reason="R", code=grpc.StatusCode.UNAVAILABLE, retry_after_s=1.5)
    final = UpstreamError("x", reason="R", code=grpc.StatusCode.NOT_FOUND)

    assert "RetryInfo" in kinds(transient)
    assert dict(status.trailers(transient, ""))["grpc-retry-pushback-ms"] == "1500"
    assert "RetryInfo" not in kinds(final)
    assert "grpc-retry-pushback-ms" not in dict(status.trailers(final, ""))


def test_every_violation_is_named_by_its_field() -> None:
    error = CallerError.invalid([Violation(field="message", description="is required")])

    bad = details(error)[-1]

    assert isinstance(bad, error_details_pb2.BadRequest)
    assert [(v.field, v.description) for v in bad.field_violations] == [("message", "is required")]


def test_details_stay_small_however_much_is_wrong() -> None:
    error = CallerError.invalid([Violation(field=f"field[{i}]", description="x" * 200) for i in range(1000)])

    size = sum(len(key) + len(value) for key, value in status.trailers(error, "r" * 128))

    assert size < status.MAX_DETAILS_BYTES + 512
    assert len(status.message_of(error)) <= status.MAX_MESSAGE_CHARACTERS
    assert "BadRequest" in kinds(error)


def test_the_id_to_quote_is_there() -> None:
    info = details(status.internal())[1]

    assert isinstance(info, error_details_pb2.RequestInfo)
    assert info.request_id == "req-1"


def test_a_limit_that_is_reached_is_named_in_a_detail_of_its_own() -> None:
    quota = {"quota_subject": "project:p", "quota_description": "792 calls per second"}
    error = LimitError("x", reason="RATE_LIMITED", code=grpc.StatusCode.RESOURCE_EXHAUSTED, metadata=quota)

    info, failure = details(error)[0], details(error)[-1]

    assert isinstance(info, error_details_pb2.ErrorInfo)
    assert isinstance(failure, error_details_pb2.QuotaFailure)
    assert dict(info.metadata) == {}
    assert [(v.subject, v.description) for v in failure.violations] == [("project:p", "792 calls per second")]


def test_what_was_not_found_is_named_in_a_detail_of_its_own() -> None:
    resource = {"resource_type": "message", "resource_name": "01M", "http_status": "404"}
    error = UpstreamError("x", reason="UPSTREAM_NOT_FOUND", code=grpc.StatusCode.NOT_FOUND, metadata=resource)

    info, found = details(error)[0], details(error)[-1]

    assert isinstance(info, error_details_pb2.ErrorInfo)
    assert isinstance(found, error_details_pb2.ResourceInfo)
    assert dict(info.metadata) == {"http_status": "404"}
    assert (found.resource_type, found.resource_name) == ("message", "01M")


def test_the_most_telling_reason_stands_for_all_violations() -> None:
    plain = Violation(field="a", description="is wrong")
    missing = Violation(field="b", description="is required", reason="REQUIRED_FIELD_MISSING")

    assert CallerError.invalid([plain]).reason == "INVALID_REQUEST"
    assert CallerError.invalid([plain, missing]).reason == "REQUIRED_FIELD_MISSING"
    assert CallerError.invalid([plain, missing]).below("list").violations[1].reason == "REQUIRED_FIELD_MISSING"
