"""When a broken stream is opened again, and how soon."""

import grpc
import pytest
from conversation_gateway.errors import Explanation, GatewayError
from conversation_gateway.reconnect import Backoff, can_pass
from hypothesis import given
from hypothesis import strategies as st

Code = grpc.StatusCode
CHANCES = st.floats(0, 1)


def failure(code: grpc.StatusCode, *, reason: str = "", retry_after_s: float | None = None) -> GatewayError:
    return GatewayError("words", code=code, explanation=Explanation(reason=reason, retry_after_s=retry_after_s))


@given(chances=st.lists(CHANCES, min_size=1, max_size=40), asked_s=st.floats(0, 1e6))
def test_a_wait_is_at_least_what_was_asked_and_never_endless(chances: list[float], asked_s: float) -> None:
    backoff = Backoff(chance=iter(chances).__next__)

    waits_s = [backoff.next_s(asked_s) for _ in chances]

    assert all(min(asked_s, 60) <= wait_s <= 120 for wait_s in waits_s)


@given(chance=CHANCES)
def test_without_a_wish_any_wait_up_to_the_bound_is_possible(chance: float) -> None:
    backoff = Backoff(initial_s=1, max_s=8, chance=lambda: chance)

    waits_s = [backoff.next_s() for _ in range(5)]

    assert waits_s == [chance * bound_s for bound_s in (1, 2, 4, 8, 8)]


def test_clients_sent_away_together_do_not_come_back_together() -> None:
    first, last = Backoff(chance=lambda: 0.0), Backoff(chance=lambda: 1.0)

    assert (first.next_s(5), last.next_s(5)) == (5, 10)


def test_getting_somewhere_starts_the_back_off_anew() -> None:
    backoff = Backoff(initial_s=1, max_s=8, chance=lambda: 1.0)
    before = [backoff.next_s() for _ in range(3)]

    backoff.reset()

    assert before == [1, 2, 4]
    assert backoff.next_s() == 1


@pytest.mark.parametrize("code", [Code.UNAVAILABLE, Code.ABORTED, Code.RESOURCE_EXHAUSTED, Code.INTERNAL])
def test_what_the_gateway_explains_can_pass_when_it_says_how_soon(code: grpc.StatusCode) -> None:
    assert can_pass(failure(code, reason="STORE_UNAVAILABLE", retry_after_s=0.0))
    assert not can_pass(failure(code, reason="FENCED"))


@pytest.mark.parametrize("code", [code for code in Code if code is not Code.OK])
def test_what_nobody_explains_can_pass_when_a_network_may_have_caused_it(code: grpc.StatusCode) -> None:
    passing = {
        Code.ABORTED,
        Code.CANCELLED,
        Code.DEADLINE_EXCEEDED,
        Code.INTERNAL,
        Code.UNAVAILABLE,
        Code.UNKNOWN,
    }

    assert can_pass(failure(code)) == (code in passing)
