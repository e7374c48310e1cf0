"""The whole table from an HTTP answer to a gRPC status, and what may be repeated."""

import grpc
import orjson
import pytest

from gateway.errors import UpstreamError
from gateway.upstream.exchange import Fault, InboundResponse
from gateway.upstream.method import Effect
from gateway.upstream.verdict import (
    Failure,
    Repeat,
    app_queue_full,
    bad_answer,
    no_answer,
    nothing_sent,
    verdict,
)

Code = grpc.StatusCode
READ, IDEMPOTENT, ONCE = Effect.READ, Effect.IDEMPOTENT, Effect.ONCE
NEVER, UNKNOWN, SAFE, LATER = Repeat.NEVER, Repeat.UNKNOWN, Repeat.SAFE, Repeat.LATER
NEW_TOKEN = Repeat.NEW_TOKEN


def api_body(status: str = "INTERNAL", **more: object) -> bytes:
    return orjson.dumps({"error": {"code": 0, "message": "Some words.", "status": status, **more}})


def judge(effect: Effect, status: int, body: bytes = b"", *headers: tuple[bytes, bytes]) -> Failure:
    failure = verdict(effect, InboundResponse(status=status, headers=headers, body=body))
    assert failure is not None
    return failure


def words(failure: Failure) -> str:
    assert isinstance(failure.error, UpstreamError)
    return failure.error.upstream_text


def test_200_is_a_success_whatever_the_body() -> None:
    assert verdict(ONCE, InboundResponse(status=200, body=b"")) is None


REFUSALS = [
    (400, Code.INVALID_ARGUMENT, "UPSTREAM_INVALID_ARGUMENT"),
    (403, Code.PERMISSION_DENIED, "UPSTREAM_PERMISSION_DENIED"),
    (404, Code.NOT_FOUND, "UPSTREAM_NOT_FOUND"),
    (405, Code.INVALID_ARGUMENT, "UPSTREAM_REJECTED"),
    (409, Code.ABORTED, "UPSTREAM_CONFLICT"),
    (413, Code.INVALID_ARGUMENT, "UPSTREAM_REJECTED"),
    (415, Code.INVALID_ARGUMENT, "UPSTREAM_REJECTED"),
    (422, Code.INVALID_ARGUMENT, "UPSTREAM_REJECTED"),
]


@pytest.mark.parametrize("effect", list(Effect))
@pytest.mark.parametrize(("status", "code", "reason"), REFUSALS)
def test_a_refusal_is_final_for_every_kind_of_call(
    effect: Effect, status: int, code: grpc.StatusCode, reason: str
) -> None:
    failure = judge(effect, status, api_body())

    assert (failure.error.code, failure.error.reason, failure.repeat) == (code, reason, NEVER)
    assert failure.error.retry_after_s is None
    assert failure.error.metadata["http_status"] == str(status)


SERVER_FAILURES = [
    # status, the API's own body?, effect, code, reason, repeat
    (500, True, READ, Code.INTERNAL, "UPSTREAM_INTERNAL", SAFE),
    (500, True, IDEMPOTENT, Code.INTERNAL, "UPSTREAM_INTERNAL", SAFE),
    (500, True, ONCE, Code.INTERNAL, "UPSTREAM_INTERNAL", SAFE),
    (500, False, READ, Code.INTERNAL, "UPSTREAM_INTERNAL", SAFE),
    (500, False, ONCE, Code.UNKNOWN, "OUTCOME_UNKNOWN", UNKNOWN),
    (501, True, ONCE, Code.INTERNAL, "UPSTREAM_INTERNAL", SAFE),
    (501, False, ONCE, Code.UNKNOWN, "OUTCOME_UNKNOWN", UNKNOWN),
    (502, True, ONCE, Code.UNKNOWN, "OUTCOME_UNKNOWN", UNKNOWN),
    (502, False, READ, Code.UNAVAILABLE, "UPSTREAM_UNAVAILABLE", SAFE),
    (500, False, IDEMPOTENT, Code.UNKNOWN, "OUTCOME_UNKNOWN", SAFE),
    (502, False, IDEMPOTENT, Code.UNKNOWN, "OUTCOME_UNKNOWN", SAFE),
    (503, True, IDEMPOTENT, Code.UNAVAILABLE, "UPSTREAM_UNAVAILABLE", SAFE),
    (503, False, IDEMPOTENT, Code.UNKNOWN, "OUTCOME_UNKNOWN", SAFE),
    (504, False, IDEMPOTENT, Code.UNKNOWN, "OUTCOME_UNKNOWN", SAFE),
    (502, False, ONCE, Code.UNKNOWN, "OUTCOME_UNKNOWN", UNKNOWN),
    (503, True, READ, Code.UNAVAILABLE, "UPSTREAM_UNAVAILABLE", SAFE),
    (503, True, ONCE, Code.UNAVAILABLE, "UPSTREAM_UNAVAILABLE", SAFE),
    (503, False, ONCE, Code.UNKNOWN, "OUTCOME_UNKNOWN", UNKNOWN),
    (504, False, READ, Code.DEADLINE_EXCEEDED, "UPSTREAM_TIMEOUT", SAFE),
    (504, True, ONCE, Code.UNKNOWN, "OUTCOME_UNKNOWN", UNKNOWN),
    (599, False, READ, Code.INTERNAL, "UPSTREAM_INTERNAL", SAFE),
    (599, False, ONCE, Code.UNKNOWN, "OUTCOME_UNKNOWN", UNKNOWN),
]


@pytest.mark.parametrize(("status", "own_body", "effect", "code", "reason", "repeat"), SERVER_FAILURES)
def test_a_server_failure_is_repeated_only_where_it_cannot_act_twice(
    status: int, own_body: bool, effect: Effect, code: grpc.StatusCode, reason: str, repeat: Repeat
) -> None:
    failure = judge(effect, status, api_body() if own_body else b"<html>Bad gateway</html>")

    assert (failure.error.code, failure.error.reason, failure.repeat) == (code, reason, repeat)
    assert (failure.error.retry_after_s is None) == (repeat is UNKNOWN)


@pytest.mark.parametrize("effect", list(Effect))
def test_401_blames_the_gateways_credentials_and_asks_for_another_token(effect: Effect) -> None:
    failure = judge(effect, 401)

    assert (failure.error.code, failure.error.reason) == (Code.FAILED_PRECONDITION, "UPSTREAM_CREDENTIALS")
    assert failure.repeat is NEW_TOKEN


@pytest.mark.parametrize(
    ("headers", "body", "delay_s"),
    [
        ((), b"", 1.0),
        (((b"retry-after", b"7"),), b"", 7.0),
        (((b"retry-after", b"86400"),), b"", 60.0),
        (((b"retry-after", b"Wed, 21 Oct 2026 07:28:00 GMT"),), b"", 1.0),
        ((), api_body(details=[{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "2.5s"}]), 2.5),
        ((), api_body(details=[{"retryDelay": "soon"}]), 1.0),
        ((), api_body(details="none"), 1.0),
    ],
)
def test_429_waits_as_long_as_the_api_says_and_no_longer_than_a_minute(
    headers: tuple[tuple[bytes, bytes], ...], body: bytes, delay_s: float
) -> None:
    failure = judge(ONCE, 429, body, *headers)

    assert (failure.error.code, failure.repeat) == (Code.RESOURCE_EXHAUSTED, LATER)
    assert failure.error.retry_after_s == delay_s


@pytest.mark.parametrize(
    "body",
    [
        orjson.dumps({"error": {"message": "Missing app_id.", "status": "INVALID_ARGUMENT"}}),
        orjson.dumps({"message": "Missing app_id.", "status": "INVALID_ARGUMENT", "code": 400}),
        orjson.dumps({"type": "about:blank", "title": "Bad Request", "detail": "Missing app_id."}),
    ],
)
def test_every_documented_shape_of_an_error_body_is_understood(body: bytes) -> None:
    assert words(judge(ONCE, 400, body)) == "Missing app_id."


@pytest.mark.parametrize("body", [b"", b"no", b"[]", b"null", b"{}", b'{"error":5}', b'{"error":{}}', b"\xff"])
def test_an_unreadable_error_body_still_gives_the_status(body: bytes) -> None:
    failure = judge(READ, 404, body)

    assert failure.error.reason == "UPSTREAM_NOT_FOUND"
    assert words(failure) == ""


def test_a_failed_precondition_and_a_billing_block_are_told_apart() -> None:
    precondition = judge(ONCE, 400, api_body("FAILED_PRECONDITION"))
    billing = judge(ONCE, 403, api_body("BILLING_CREDIT_LIMIT_BREACHED"))

    assert (precondition.error.code, precondition.error.reason) == (
        Code.FAILED_PRECONDITION,
        "UPSTREAM_FAILED_PRECONDITION",
    )
    assert (billing.error.code, billing.error.reason) == (Code.PERMISSION_DENIED, "UPSTREAM_BILLING_LIMIT")


def test_a_redirect_is_not_followed_but_an_unreadable_answer() -> None:
    failure = judge(READ, 302)

    assert (failure.error.code, failure.error.reason) == (Code.INTERNAL, "UPSTREAM_BAD_RESPONSE")


def test_a_call_that_never_left_may_be_repeated_whatever_it_was() -> None:
    failure = nothing_sent(Fault.CONNECT)

    assert (failure.error.code, failure.repeat) == (Code.UNAVAILABLE, SAFE)


def test_a_call_that_never_left_for_want_of_time_is_past_its_deadline() -> None:
    failure = nothing_sent(Fault.EXPIRED)

    assert (failure.error.code, failure.error.reason) == (Code.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED")
    assert failure.error.metadata["request_state"] == "not_sent"
    assert failure.repeat is NEVER


@pytest.mark.parametrize(
    ("failure", "in_doubt"),
    [
        (no_answer(ONCE), True),
        (no_answer(IDEMPOTENT), True),
        (no_answer(READ), False),
        (nothing_sent(Fault.CONNECT), False),
        (bad_answer(ONCE, 200), True),
        (bad_answer(READ, 200), False),
        (judge(ONCE, 503, api_body()), False),
        (judge(ONCE, 502), True),
    ],
)
def test_only_a_write_that_may_have_been_carried_out_is_in_doubt(failure: Failure, in_doubt: bool) -> None:
    assert failure.in_doubt is in_doubt


def test_a_full_app_queue_is_another_reason_with_the_same_delay() -> None:
    refused = judge(ONCE, 429, b"", (b"retry-after", b"7"))

    failure = app_queue_full(refused)

    assert (failure.error.reason, failure.error.retry_after_s) == ("APP_QUEUE_FULL", 7.0)
    assert failure.repeat is LATER
    assert failure.harmless


@pytest.mark.parametrize(
    ("effect", "code", "repeat"),
    [(READ, Code.UNAVAILABLE, SAFE), (IDEMPOTENT, Code.UNKNOWN, SAFE), (ONCE, Code.UNKNOWN, UNKNOWN)],
)
def test_a_send_without_an_answer_is_never_repeated(effect: Effect, code: grpc.StatusCode, repeat: Repeat) -> None:
    failure = no_answer(effect)

    assert (failure.error.code, failure.repeat) == (code, repeat)


def test_an_unusable_answer_to_a_send_says_that_the_outcome_is_unknown() -> None:
    failure = bad_answer(ONCE, 200)

    assert failure.error.metadata == {"http_status": "200", "request_state": "unknown"}
    assert failure.repeat is NEVER


def test_strict_sends_take_every_5xx_to_a_send_for_an_unknown_outcome() -> None:
    send = verdict(ONCE, InboundResponse(status=503, body=api_body()), strict_sends=True)
    read = verdict(READ, InboundResponse(status=503, body=api_body()), strict_sends=True)

    assert send is not None
    assert read is not None
    assert (send.error.reason, send.repeat) == ("OUTCOME_UNKNOWN", UNKNOWN)
    assert read.repeat is SAFE


@pytest.mark.parametrize(
    ("failure", "harmless"),
    [
        (judge(ONCE, 401), True),
        (judge(ONCE, 429), True),
        (nothing_sent(Fault.DNS), True),
        (no_answer(READ), True),
        (no_answer(IDEMPOTENT), False),
        (no_answer(ONCE), False),
        (judge(ONCE, 500, api_body()), False),
        (judge(READ, 500, api_body()), True),
        (judge(ONCE, 400), False),
    ],
)
def test_only_an_attempt_that_changed_nothing_is_harmless(failure: Failure, harmless: bool) -> None:
    assert failure.harmless is harmless
