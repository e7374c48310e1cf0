"""What is told about several attempts is the truth about all of them."""

import grpc
import pytest

from gateway.errors import GatewayError, LimitError
from gateway.upstream.exchange import Fault, InboundResponse
from gateway.upstream.hindsight import Hindsight
from gateway.upstream.method import Effect
from gateway.upstream.verdict import Failure, no_answer, nothing_sent, verdict

OWN_BODY = b'{"error":{"message":"m","status":"s"}}'
ONCE, IDEMPOTENT, READ = Effect.ONCE, Effect.IDEMPOTENT, Effect.READ


def answered(effect: Effect, status: int) -> Failure:
    failure = verdict(effect, InboundResponse(status=status, body=OWN_BODY))
    assert failure is not None
    return failure


def after(effect: Effect, *failures: Failure) -> Hindsight:
    past = Hindsight(effect=effect)
    for failure in failures:
        past.learn(failure)
    return past


def no_permit(retry_after_s: float = 9.0) -> LimitError:
    return LimitError(
        "nothing was sent",
        reason="RATE_LIMITED",
        code=grpc.StatusCode.RESOURCE_EXHAUSTED,
        retry_after_s=retry_after_s,
    )


@pytest.mark.parametrize(
    ("effect", "failures", "reason"),
    [
        (ONCE, [no_answer(ONCE), answered(ONCE, 400)], "OUTCOME_UNKNOWN"),
        (ONCE, [no_answer(ONCE), nothing_sent(Fault.CONNECT)], "OUTCOME_UNKNOWN"),
        (ONCE, [answered(ONCE, 503), answered(ONCE, 400)], "UPSTREAM_INVALID_ARGUMENT"),
        (IDEMPOTENT, [no_answer(IDEMPOTENT), nothing_sent(Fault.CONNECT)], "OUTCOME_UNKNOWN"),
        (IDEMPOTENT, [no_answer(IDEMPOTENT), answered(IDEMPOTENT, 404)], "UPSTREAM_NOT_FOUND"),
        (READ, [no_answer(READ), answered(READ, 500)], "UPSTREAM_INTERNAL"),
    ],
)
def test_a_doubt_is_not_dispelled_by_what_came_later(effect: Effect, failures: list[Failure], reason: str) -> None:
    error = after(effect, *failures).error()

    assert error.reason == reason
    assert error.metadata["attempts"] == "2"


def test_a_call_that_was_sent_is_not_reported_as_one_that_never_left() -> None:
    error = after(ONCE, answered(ONCE, 503)).instead_of(no_permit())

    assert isinstance(error, GatewayError)
    assert error.reason == "UPSTREAM_UNAVAILABLE"
    assert error.retry_after_s == 9.0


def test_a_call_that_was_refused_for_its_rate_says_so_and_when_there_is_room() -> None:
    error = after(ONCE, answered(ONCE, 429)).instead_of(no_permit())

    assert isinstance(error, GatewayError)
    assert (error.reason, error.retry_after_s) == ("UPSTREAM_RATE_LIMITED", 9.0)


@pytest.mark.parametrize("error", [no_permit(), TimeoutError()])
def test_without_an_attempt_the_hindrance_is_the_whole_story(error: GatewayError | TimeoutError) -> None:
    assert Hindsight(effect=ONCE).instead_of(error) is error


def test_after_an_old_token_the_hindrance_is_the_whole_story() -> None:
    error = no_permit()

    assert after(ONCE, answered(ONCE, 401)).instead_of(error) is error


@pytest.mark.parametrize(
    ("effect", "failures", "releasable"),
    [
        (ONCE, [answered(ONCE, 429), nothing_sent(Fault.DNS), answered(ONCE, 401)], True),
        (ONCE, [answered(ONCE, 429), no_answer(ONCE)], False),
        (ONCE, [no_answer(ONCE), answered(ONCE, 429)], False),
        (IDEMPOTENT, [no_answer(IDEMPOTENT)], True),
    ],
)
def test_a_call_may_be_made_anew_only_if_none_of_its_attempts_can_have_acted(
    effect: Effect, failures: list[Failure], releasable: bool
) -> None:
    assert after(effect, *failures).releasable is releasable
