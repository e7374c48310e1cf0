"""The arithmetic of permits: rate, burst, pause, recovery."""

import pytest

from gateway.upstream.pace import Pace


def pace(*, rate_per_s: float = 100.0, burst: int = 5, recovery_per_s2: float = 10.0) -> Pace:
    return Pace(rate_per_s=rate_per_s, burst=burst, recovery_per_s2=recovery_per_s2)


def taken_from(a_pace: Pace, now_s: float) -> int:
    """How many permits can be had at one instant."""
    count = 0
    while a_pace.due_s <= now_s:
        a_pace.take(now_s)
        count += 1
    return count


def test_a_burst_is_had_at_once_and_then_one_permit_per_interval() -> None:
    subject = pace(rate_per_s=100.0, burst=5)

    assert taken_from(subject, 50.0) == 5
    assert subject.due_s == pytest.approx(50.01)
    assert taken_from(subject, 50.03) == 3


def test_a_lull_saves_up_one_burst_and_no_more() -> None:
    subject = pace(burst=5)
    taken_from(subject, 50.0)

    assert taken_from(subject, 5000.0) == 5


def test_a_permit_given_back_can_be_taken_again() -> None:
    subject = pace(burst=5)
    permits = [subject.take(50.0) for _ in range(5)]

    subject.give_back(permits[-1], 50.0)

    assert taken_from(subject, 50.0) == 1


def test_a_permit_that_was_regained_by_waiting_is_not_given_back_as_well() -> None:
    subject = pace(burst=5)
    early = subject.take(50.0)
    taken_from(subject, 60.0)

    subject.give_back(early, 60.0)

    assert taken_from(subject, 60.0) == 0


def test_a_pause_gives_nothing_and_ends_without_a_burst() -> None:
    subject = pace(rate_per_s=100.0, burst=5)

    subject.throttle(50.0, pause_s=2.0, rate_per_s=50.0)

    assert subject.pause_left_s(50.5) == pytest.approx(1.5)
    assert taken_from(subject, 51.999) == 0
    assert taken_from(subject, 52.0) == 1


def test_after_a_pause_the_rate_rises_steadily_to_what_it_was() -> None:
    subject = pace(rate_per_s=100.0, recovery_per_s2=10.0)

    subject.throttle(50.0, pause_s=2.0, rate_per_s=50.0)

    rates = [subject.rate_per_s(now_s) for now_s in (51.0, 52.0, 54.0, 57.0, 99.0)]
    assert rates == pytest.approx([50.0, 50.0, 70.0, 100.0, 100.0])
    assert not subject.recovered(56.9)
    assert subject.recovered(57.0)


def test_refusals_during_a_pause_extend_it_and_cut_the_rate_only_once() -> None:
    subject = pace(rate_per_s=100.0)
    subject.throttle(50.0, pause_s=2.0, rate_per_s=50.0)

    subject.throttle(50.5, pause_s=2.0, rate_per_s=25.0)
    subject.throttle(50.6, pause_s=0.1, rate_per_s=12.0)

    assert subject.pause_left_s(50.6) == pytest.approx(1.9)
    assert subject.rate_per_s(52.5) == pytest.approx(50.0)


def test_a_permit_from_before_a_pause_is_not_given_back_into_it() -> None:
    subject = pace()
    permit = subject.take(50.0)
    subject.throttle(50.0, pause_s=2.0, rate_per_s=50.0)

    subject.give_back(permit, 50.0)

    assert taken_from(subject, 51.999) == 0


@pytest.mark.parametrize("permits", [1, 2, 30, 300, 1000])
def test_the_forecast_is_when_the_last_of_so_many_permits_is_due_while_the_rate_recovers(permits: int) -> None:
    subject = pace(rate_per_s=100.0, recovery_per_s2=10.0)
    subject.throttle(50.0, pause_s=2.0, rate_per_s=20.0)
    forecast_s = subject.wait_s(permits, 50.0)

    now_s = 50.0
    for _ in range(permits):
        now_s = max(now_s, subject.due_s)
        subject.take(now_s)

    # Recovery is continuous in the forecast, and in steps of one permit in truth: half of the longest interval.
    assert now_s - 50.0 == pytest.approx(forecast_s, abs=0.5 / 20.0)
