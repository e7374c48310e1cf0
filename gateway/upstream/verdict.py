"""What an answer of the API means: success, or an error and whether the call may be repeated.

One function, no I/O. The table is the design's (An outbound call, Retries); the two body shapes and the status texts
are in api/behaviour.md (Errors).
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import grpc
import orjson

from gateway.errors import GatewayError, UpstreamError
from gateway.upstream.exchange import Fault, InboundResponse
from gateway.upstream.method import Effect

Code = grpc.StatusCode


class Repeat(enum.Enum):
    """Whether the same call may go out again."""

    NEVER = "the answer is final"
    UNKNOWN = "a repetition could act twice; only a caller who accepts that may ask for it"
    LATER = "the call was refused for its rate: again when the limiter lets it"
    NEW_TOKEN = "once, with another token"  # noqa: S105 - says when, holds nothing
    SAFE = "nothing was done, or doing it again changes nothing"


_KINDS = {
    Repeat.UNKNOWN: "unknown_outcome",
    Repeat.LATER: "rate_limited",
    Repeat.NEW_TOKEN: "token_refused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An error for the caller, should nobody repeat the call, and whether repeating is safe."""

    error: GatewayError
    repeat: Repeat
    harmless: bool = False
    """Whether the attempt has changed nothing, or nothing that a repetition would change again."""
    asked_delay_s: float | None = None
    """How long the API asked to wait, where it did."""

    @property
    def in_doubt(self) -> bool:
        """Whether nobody knows if the attempt was carried out."""
        return self.error.metadata.get("request_state") == "unknown"

    @property
    def kind(self) -> str:
        """What became of the attempt, from a small closed set that is fit for a metric's label."""
        if self.repeat in _KINDS:
            return _KINDS[self.repeat]
        if self.error.metadata.get("request_state") == "not_sent":
            return "not_sent"
        return "server_error" if "http_status" in self.error.metadata else "no_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBody:
    """The API's own description of a failure."""

    status: str
    message: str
    retry_delay_s: float | None


# HTTP status -> gRPC code and reason, for answers that say the request itself was refused.
REFUSALS: Mapping[int, tuple[grpc.StatusCode, str]] = {
    400: (Code.INVALID_ARGUMENT, "UPSTREAM_INVALID_ARGUMENT"),
    403: (Code.PERMISSION_DENIED, "UPSTREAM_PERMISSION_DENIED"),
    404: (Code.NOT_FOUND, "UPSTREAM_NOT_FOUND"),
    409: (Code.ABORTED, "UPSTREAM_CONFLICT"),
    413: (Code.INVALID_ARGUMENT, "UPSTREAM_REJECTED"),
    415: (Code.INVALID_ARGUMENT, "UPSTREAM_REJECTED"),
}
# The same for failures of the API that a repetition may get past.
SERVER_FAILURES: Mapping[int, tuple[grpc.StatusCode, str]] = {
    500: (Code.INTERNAL, "UPSTREAM_INTERNAL"),
    501: (Code.INTERNAL, "UPSTREAM_INTERNAL"),
    502: (Code.UNAVAILABLE, "UPSTREAM_UNAVAILABLE"),
    503: (Code.UNAVAILABLE, "UPSTREAM_UNAVAILABLE"),
    504: (Code.DEADLINE_EXCEEDED, "UPSTREAM_TIMEOUT"),
}
BILLING = "BILLING_CREDIT_LIMIT_BREACHED"
RETRY_AFTER_UNSAID_S = 1.0
RETRY_AFTER_CAP_S = 60.0


def verdict(effect: Effect, response: InboundResponse, *, strict_sends: bool = False) -> Failure | None:
    """Judge an answer; nothing is returned for a success.

    With `strict_sends` even the API's own 5xx leaves the outcome of a send unknown.
    """
    status = response.status
    if 200 <= status < 300:  # noqa: PLR2004 - 200 for every documented operation (api/endpoints.md)
        return None
    body = read_error(response.body)
    if status == 401:  # noqa: PLR2004
        error = _error(status, Code.FAILED_PRECONDITION, "UPSTREAM_CREDENTIALS")
        return Failure(error=error, repeat=Repeat.NEW_TOKEN, harmless=True)
    if status == 429:  # noqa: PLR2004
        delay_s = _asked_delay_s(response, body)
        retry_after_s = delay_s or RETRY_AFTER_UNSAID_S
        error = _error(status, Code.RESOURCE_EXHAUSTED, "UPSTREAM_RATE_LIMITED", retry_after_s=retry_after_s)
        return Failure(error=error, repeat=Repeat.LATER, harmless=True, asked_delay_s=delay_s)
    if status >= 500:  # noqa: PLR2004
        return _server_failure(effect, response, body, strict_sends=strict_sends)
    return _refusal(effect, status, body)


def app_queue_full(refused: Failure) -> Failure:
    """A 429 that was not for the rate: the app has as many messages waiting as it may have."""
    error = UpstreamError(
        "the app's queue of messages at the API is full (HTTP 429)",
        reason="APP_QUEUE_FULL",
        code=Code.RESOURCE_EXHAUSTED,
        retry_after_s=refused.error.retry_after_s,
        metadata=refused.error.metadata,
    )
    return replace(refused, error=error)


def nothing_sent(kind: Fault) -> Failure:
    """The call never left: a host that cannot be reached, or no time left, whatever the method."""
    if kind is Fault.EXPIRED:
        late = GatewayError(
            "the deadline passed before anything was sent",
            reason="DEADLINE_EXCEEDED",
            code=Code.DEADLINE_EXCEEDED,
            metadata={"request_state": "not_sent"},
        )
        return Failure(error=late, repeat=Repeat.NEVER, harmless=True)
    return Failure(
        error=UpstreamError(
            f"the API could not be reached, nothing was sent ({kind})",
            reason="UPSTREAM_UNAVAILABLE",
            code=Code.UNAVAILABLE,
            retry_after_s=RETRY_AFTER_UNSAID_S,
            metadata={"request_state": "not_sent"},
        ),
        repeat=Repeat.SAFE,
        harmless=True,
    )


def no_answer(effect: Effect) -> Failure:
    """The call left and no answer came back."""
    if effect is not Effect.READ:
        return _unknown(effect)
    error = UpstreamError(
        "the API gave no answer",
        reason="UPSTREAM_UNAVAILABLE",
        code=Code.UNAVAILABLE,
        retry_after_s=RETRY_AFTER_UNSAID_S,
    )
    return Failure(error=error, repeat=Repeat.SAFE, harmless=True)


def bad_answer(effect: Effect, status: int | None, *, too_large: bool = False) -> Failure:
    """The API answered something that cannot be used. A write may have been done all the same."""
    metadata = {"http_status": str(status)} if status else {}
    if effect is not Effect.READ:
        metadata["request_state"] = "unknown"
    reason = "UPSTREAM_RESPONSE_TOO_LARGE" if too_large else "UPSTREAM_BAD_RESPONSE"
    what = "larger than the gateway takes" if too_large else "not readable"
    error = UpstreamError(f"the API's answer is {what}", reason=reason, code=Code.INTERNAL, metadata=metadata)
    return Failure(error=error, repeat=Repeat.NEVER)


def read_error(body: bytes) -> ErrorBody | None:
    """The API's error object: nested, else flat, else problem+json; nothing for any other body."""
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(value, dict):
        return None
    error = value["error"] if isinstance(value.get("error"), dict) else value
    status, message = error.get("status"), error.get("message") or error.get("detail") or error.get("title")
    if not isinstance(message, str) and not isinstance(status, str):
        return None
    return ErrorBody(
        status=status if isinstance(status, str) else "",
        message=message if isinstance(message, str) else "",
        retry_delay_s=_retry_info_s(error.get("details")),
    )


def _server_failure(
    effect: Effect, response: InboundResponse, body: ErrorBody | None, *, strict_sends: bool
) -> Failure:
    """5xx: with the API's own body a refusal to be repeated, with any other perhaps a proxy that lost the answer."""
    status = response.status
    own_body = body is not None and status in {500, 501, 503}
    delay_s = _asked_delay_s(response, body)
    if (effect is not Effect.READ and not own_body) or (effect is Effect.ONCE and strict_sends):
        return _unknown(effect, status, delay_s)
    code, reason = SERVER_FAILURES.get(status, (Code.INTERNAL, "UPSTREAM_INTERNAL"))
    error = _error(status, code, reason, retry_after_s=delay_s or RETRY_AFTER_UNSAID_S)
    return Failure(error=error, repeat=Repeat.SAFE, harmless=effect is Effect.READ, asked_delay_s=delay_s)


def _refusal(effect: Effect, status: int, body: ErrorBody | None) -> Failure:
    if not 400 <= status < 500:  # noqa: PLR2004 - redirects are never followed
        return bad_answer(effect, status)
    code, reason = REFUSALS.get(status, (Code.INVALID_ARGUMENT, "UPSTREAM_REJECTED"))
    if body is not None and status == 400 and body.status == "FAILED_PRECONDITION":  # noqa: PLR2004
        code, reason = Code.FAILED_PRECONDITION, "UPSTREAM_FAILED_PRECONDITION"
    if body is not None and body.status == BILLING:
        reason = "UPSTREAM_BILLING_LIMIT"
    error = _error(status, code, reason)
    error.upstream_text = body.message if body else ""
    return Failure(error=error, repeat=Repeat.NEVER)


def _error(status: int, code: grpc.StatusCode, reason: str, *, retry_after_s: float | None = None) -> UpstreamError:
    message = _MESSAGES.get(reason, "the API refused the request")
    return UpstreamError(
        f"{message} (HTTP {status})",
        reason=reason,
        code=code,
        retry_after_s=retry_after_s,
        metadata={"http_status": str(status)},
    )


_MESSAGES = {
    "UPSTREAM_CREDENTIALS": "the API refused the gateway's credentials",
    "UPSTREAM_RATE_LIMITED": "the API's rate limit is reached",
    "UPSTREAM_TIMEOUT": "the API did not answer in time",
    "UPSTREAM_UNAVAILABLE": "the API is unavailable",
    "UPSTREAM_INTERNAL": "the API failed",
    "UPSTREAM_NOT_FOUND": "the API knows no such resource in this project and region",
    "UPSTREAM_PERMISSION_DENIED": "the access key is not allowed to do this",
    "UPSTREAM_BILLING_LIMIT": "the account's credit limit is reached",
    "UPSTREAM_CONFLICT": "the resource has changed meanwhile; read it again before repeating",
}


def _unknown(effect: Effect, status: int | None = None, asked_delay_s: float | None = None) -> Failure:
    """A write that may or may not have been carried out; to repeat it is safe only where it changes nothing more."""
    once = effect is Effect.ONCE
    advice = "it was not repeated, so that nothing is sent twice" if once else "to repeat it is safe"
    error = UpstreamError(
        f"the API may or may not have carried out the request; {advice}",
        reason="OUTCOME_UNKNOWN",
        code=Code.UNKNOWN,
        retry_after_s=None if once else asked_delay_s or RETRY_AFTER_UNSAID_S,
        metadata={"request_state": "unknown"} | ({"http_status": str(status)} if status else {}),
    )
    return Failure(error=error, repeat=Repeat.UNKNOWN if once else Repeat.SAFE, asked_delay_s=asked_delay_s)


def _asked_delay_s(response: InboundResponse, body: ErrorBody | None) -> float | None:
    header = response.header(b"retry-after")
    if header is not None and header.isdigit():
        return min(float(header), RETRY_AFTER_CAP_S)
    return min(body.retry_delay_s, RETRY_AFTER_CAP_S) if body and body.retry_delay_s is not None else None


def _retry_info_s(details: Any) -> float | None:
    """The delay of a `google.rpc.RetryInfo` among the details, wherever the API put one."""
    for detail in details if isinstance(details, list) else ():
        delay = detail.get("retryDelay", detail.get("retry_delay")) if isinstance(detail, dict) else None
        if isinstance(delay, str) and delay.endswith("s"):
            try:
                return max(float(delay[:-1]), 0.0)
            except ValueError:
                return None
    return None
