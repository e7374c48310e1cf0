"""Back-off and the retry budget: arithmetic on a clock that the test holds."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.upstream.retry import RetryBudget, RetryPolicy
from tests.held_clock import HeldClock

POLICY = RetryPolicy(base_s=0.1, cap_s=5.0, max_attempts=5)


class Loaded(random.Random):
    """Always draws the largest number."""

    def uniform(self, a: float, b: float) -> float:
        return max(a, b)


def backoff_s(attempt: int, *, retry_after_s: float | None = None, remaining_s: float = 60.0) -> float | None:
    return POLICY.backoff_s(attempt=attempt, retry_after_s=retry_after_s, remaining_s=remaining_s, randomness=Loaded(0))


def spent(budget: RetryBudget) -> int:
    """How many retries the budget has right now."""
    count = 0
    while budget.spend():
        count += 1
    return count


def test_each_wait_may_be_twice_as_long_as_the_one_before() -> None:
    assert [backoff_s(attempt) for attempt in (1, 2, 3, 4)] == pytest.approx([0.1, 0.2, 0.4, 0.8])


def test_no_wait_is_longer_than_the_cap_however_many_attempts_there_were() -> None:
    patient = RetryPolicy(base_s=0.1, cap_s=5.0, max_attempts=1_000_000)

    wait_s = patient.backoff_s(attempt=999_999, retry_after_s=None, remaining_s=60.0, randomness=Loaded(0))

    assert wait_s == 5.0


def test_the_jitter_is_full_so_that_callers_that_failed_together_come_back_apart() -> None:
    randomness = random.Random(1)
    waits_s = [
        POLICY.backoff_s(attempt=4, retry_after_s=None, remaining_s=60.0, randomness=randomness) or 0.0
        for _ in range(1000)
    ]

    assert min(waits_s) < 0.01
    assert max(waits_s) > 0.79
    assert sum(waits_s) / 1000 == pytest.approx(0.4, abs=0.05)


def test_a_server_that_names_a_delay_is_never_asked_sooner() -> None:
    randomness = random.Random(1)
    waits_s = {POLICY.backoff_s(attempt=1, retry_after_s=3.0, remaining_s=60.0, randomness=randomness) for _ in "1234"}

    assert len(waits_s) == 4
    assert all(wait_s is not None and 3.0 <= wait_s <= 3.1 for wait_s in waits_s)


@given(
    attempt=st.integers(1, 10),
    retry_after_s=st.none() | st.floats(-1.0, 100.0),
    remaining_s=st.floats(-10.0, 60.0),
    seed=st.integers(),
)
def test_a_wait_always_ends_before_the_deadline(
    attempt: int, retry_after_s: float | None, remaining_s: float, seed: int
) -> None:
    wait_s = POLICY.backoff_s(
        attempt=attempt, retry_after_s=retry_after_s, remaining_s=remaining_s, randomness=random.Random(seed)
    )

    assert wait_s is None or 0.0 <= wait_s < remaining_s


def test_a_wait_that_would_outlast_the_deadline_means_giving_up() -> None:
    assert backoff_s(1, remaining_s=0.1) is None
    assert backoff_s(1, retry_after_s=3.0, remaining_s=2.0) is None


def test_the_last_attempt_is_not_followed_by_another() -> None:
    assert backoff_s(4) is not None
    assert backoff_s(5) is None


def test_an_idle_gateway_lets_a_single_caller_retry() -> None:
    budget = RetryBudget(clock=HeldClock())
    budget.called()

    assert budget.spend()


def test_retries_are_a_tenth_of_the_calls_once_the_floor_is_used_up() -> None:
    budget = RetryBudget(clock=HeldClock())
    spent(budget)

    retries = 0
    for _ in range(1000):
        budget.called()
        retries += budget.spend()

    assert retries == pytest.approx(100, abs=1)


def test_the_floor_returns_with_time_whatever_the_traffic() -> None:
    clock = HeldClock()
    budget = RetryBudget(clock=clock, floor=10.0, floor_per_s=1.0)
    spent(budget)

    clock.now_s += 3.0
    after_three_seconds = spent(budget)
    clock.now_s += 3600.0

    assert after_three_seconds == 3
    assert spent(budget) == 10


def test_a_calm_hour_does_not_pay_for_a_storm() -> None:
    budget = RetryBudget(clock=HeldClock(), most=100.0)
    for _ in range(100_000):
        budget.called()

    assert spent(budget) == 100


def test_time_adds_nothing_to_what_calls_have_saved_above_the_floor() -> None:
    clock = HeldClock()
    budget = RetryBudget(clock=clock, floor=10.0)
    for _ in range(200):
        budget.called()

    clock.now_s += 3600.0

    assert spent(budget) == 30


@given(st.lists(st.floats(0.0, 5.0) | st.sampled_from(["call", "retry"]), max_size=200))
def test_retries_never_exceed_the_budget(story: list[float | str]) -> None:
    clock = HeldClock()
    budget = RetryBudget(clock=clock, share=0.1, most=12.0, floor=5.0, floor_per_s=1.0)
    calls, retries, started_s = 0, 0, clock.now_s
    for event in story:
        if isinstance(event, float):
            clock.now_s += event
        elif event == "call":
            calls += 1
            budget.called()
        else:
            retries += budget.spend()

    assert retries <= 5.0 + 0.1 * calls + (clock.now_s - started_s) + 1e-6
