"""What came of a write that carries a request id, what is remembered of it, and what a repeat is told."""

from dataclasses import dataclass
from typing import Any

import grpc
import orjson

from gateway.errors import CallerError, GatewayError, UpstreamError, Violation
from gateway.state.requests import RequestKey, RequestRecord, RequestState

UNKNOWN = "OUTCOME_UNKNOWN"
# Answers that the same request would get again.
PERMANENT = frozenset({"400", "403", "404", "409"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a write ended: with an answer, with a message id that proves it was carried out, or with an error."""

    response: bytes | None = None
    """The serialised answer; None for an error, and where only `message_id` is known."""
    message_id: str = ""
    """Given in place of an answer that never came, once a webhook has told."""
    error: GatewayError | None = None
    replayed: bool = False
    """Whether another call brought it about: this one has sent nothing."""


def state_after(error: GatewayError, *, in_doubt: bool) -> RequestState | None:
    """What is remembered of a dispatched write that failed; None releases its id.

    The API's refusals are final or change nothing, and an error of the API that promises that a retry can help must
    let the retry through. An error of the gateway's own, its credentials included, says nothing about the attempts
    before it: it leaves the doubt that they have left.
    """
    if isinstance(error, UpstreamError) and error.reason != "UPSTREAM_CREDENTIALS":
        status = error.metadata.get("http_status", "")
        if status in PERMANENT:
            return RequestState.REFUSED
        if error.retry_after_s is not None or (len(status) == len("4xx") and status.startswith("4")):
            return None
    return RequestState.UNKNOWN if in_doubt else None


def write_refusal(error: GatewayError) -> bytes:
    """The parts of a refusal that are safe to keep, which the API's own words are not."""
    return orjson.dumps(
        {
            "message": error.message,
            "reason": error.reason,
            "code": error.code.name,
            "violations": [[violation.field, violation.description] for violation in error.violations],
            "metadata": dict(error.metadata),
        }
    )


def replay(standing: RequestRecord, key: RequestKey) -> Outcome:
    """What a repeat is told.

    Raises `CallerError` when it is no repeat but another request. A damaged record has no fingerprint; it stands in
    the way of every request.
    """
    if standing.fingerprint and standing.fingerprint != key.fingerprint:
        raise reused()
    if standing.state is RequestState.REFUSED and standing.answer is not None:
        return Outcome(error=_read_refusal(standing.answer), replayed=True)
    if standing.state is RequestState.DONE and (standing.answer is not None or standing.message_id):
        return Outcome(response=standing.answer, message_id=standing.message_id, replayed=True)
    return Outcome(error=_unknown(done=standing.state is RequestState.DONE), replayed=True)


def reused() -> CallerError:
    """The id stands for another request."""
    return CallerError(
        "options.request_id was used for another request within the last 24 hours; nothing was sent",
        reason="REQUEST_ID_REUSED",
        code=grpc.StatusCode.ALREADY_EXISTS,
    )


def _read_refusal(kept: bytes) -> UpstreamError:
    parts: dict[str, Any] = orjson.loads(kept)
    return UpstreamError(
        parts["message"],
        reason=parts["reason"],
        code=grpc.StatusCode[parts["code"]],
        violations=[Violation(field=field, description=description) for field, description in parts["violations"]],
        metadata=parts["metadata"],
    )


def _unknown(*, done: bool) -> UpstreamError:
    message = (
        "the request with this id was carried out, but its answer was too large to be kept; nothing was sent again"
        if done
        else "the request with this id may have been carried out, its answer never came; nothing was sent again"
    )
    return UpstreamError(
        message,
        reason=UNKNOWN,
        code=grpc.StatusCode.UNKNOWN,
        metadata={"request_state": "done" if done else "unknown"},
    )
