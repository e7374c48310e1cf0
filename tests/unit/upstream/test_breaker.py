"""The circuit breaker: what opens it, what closes it, and that nobody's cancel confuses it."""

import asyncio

import grpc
import pytest

from gateway.errors import UpstreamError
from gateway.upstream.breaker import Breaker, State
from tests.held_clock import HeldClock


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def breaker(clock: HeldClock) -> Breaker:
    return Breaker(host="batch", clock=clock)


def answer(breaker: Breaker, *statuses: int) -> None:
    for status in statuses:
        with breaker.attempt() as attempt:
            attempt.answered(status)


def open_up(breaker: Breaker) -> None:
    answer(breaker, *[503] * 20)
    assert breaker.state is State.OPEN


def refusal(breaker: Breaker) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        breaker.attempt()
    return caught.value


def test_a_host_that_fails_most_of_its_calls_is_left_alone(breaker: Breaker, clock: HeldClock) -> None:
    answer(breaker, *[200] * 9, *[500] * 10)
    before = breaker.state
    with breaker.attempt() as attempt:
        attempt.unanswered()

    error = refusal(breaker)

    assert before is State.CLOSED
    assert breaker.state is State.OPEN
    assert (error.reason, error.code, error.retry_after_s) == ("CIRCUIT_OPEN", grpc.StatusCode.UNAVAILABLE, 5.0)
    assert error.metadata == {"host": "batch", "request_state": "not_sent"}
    clock.now_s += 2.0
    assert refusal(breaker).retry_after_s == pytest.approx(3.0)


def test_half_of_the_calls_failing_is_not_most(breaker: Breaker) -> None:
    answer(breaker, *[200, 502] * 100)

    assert breaker.state is State.CLOSED


def test_a_few_failures_without_much_traffic_say_nothing(breaker: Breaker) -> None:
    answer(breaker, *[503] * 19)

    assert breaker.state is State.CLOSED


def test_failures_are_forgotten_after_ten_seconds(breaker: Breaker, clock: HeldClock) -> None:
    answer(breaker, *[503] * 19)

    clock.now_s += 10.0
    answer(breaker, *[503] * 19)

    assert breaker.state is State.CLOSED


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409, 429])
def test_an_answer_that_is_no_server_fault_is_no_failure(breaker: Breaker, status: int) -> None:
    answer(breaker, *[status] * 100)

    assert breaker.state is State.CLOSED


def test_three_probes_in_a_row_that_succeed_close_it(breaker: Breaker, clock: HeldClock) -> None:
    open_up(breaker)
    clock.now_s += 5.0
    states = [breaker.state]

    for status in (200, 429, 404):
        answer(breaker, status)
        states.append(breaker.state)

    assert states == [State.HALF_OPEN, State.HALF_OPEN, State.HALF_OPEN, State.CLOSED]
    answer(breaker, *[503] * 19)
    assert breaker.state is State.CLOSED


def test_one_probe_passes_at_a_time(breaker: Breaker, clock: HeldClock) -> None:
    open_up(breaker)
    clock.now_s += 5.0

    with breaker.attempt() as probe:
        meanwhile = refusal(breaker)
        probe.answered(200)

    assert meanwhile.retry_after_s == 1.0
    answer(breaker, 200)


def test_a_probe_that_fails_opens_it_for_twice_as_long_up_to_a_minute(breaker: Breaker, clock: HeldClock) -> None:
    open_up(breaker)
    waits_s = []
    for _ in range(5):
        clock.now_s += refusal(breaker).retry_after_s or 0.0
        answer(breaker, 200, 503)
        waits_s.append(refusal(breaker).retry_after_s)

    assert waits_s == [10.0, 20.0, 40.0, 60.0, 60.0]


def test_once_closed_the_next_outage_starts_with_a_short_wait(breaker: Breaker, clock: HeldClock) -> None:
    open_up(breaker)
    clock.now_s += 5.0
    answer(breaker, 503)
    clock.now_s += 10.0
    answer(breaker, 200, 200, 200)

    open_up(breaker)

    assert refusal(breaker).retry_after_s == 5.0


def test_success_must_be_in_a_row(breaker: Breaker, clock: HeldClock) -> None:
    open_up(breaker)
    clock.now_s += 5.0
    answer(breaker, 200, 200, 503)
    clock.now_s += 10.0

    answer(breaker, 200, 200)

    assert breaker.state is State.HALF_OPEN


def test_what_was_under_way_when_it_opened_says_nothing_new(breaker: Breaker, clock: HeldClock) -> None:
    late_failure, late_success = breaker.attempt(), breaker.attempt()
    open_up(breaker)
    clock.now_s += 5.0

    with late_failure as attempt:
        attempt.answered(503)
    with late_success as attempt:
        attempt.answered(200)

    assert breaker.state is State.HALF_OPEN
    answer(breaker, 200, 200)
    assert breaker.state is State.HALF_OPEN


async def test_a_cancelled_probe_frees_its_place_and_says_nothing(breaker: Breaker, clock: HeldClock) -> None:
    open_up(breaker)
    clock.now_s += 5.0

    async def probe() -> None:
        with breaker.attempt():
            await asyncio.Event().wait()

    task = asyncio.create_task(probe())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    states = []
    for _ in range(3):
        answer(breaker, 200)
        states.append(breaker.state)
    assert task.cancelled()
    assert states == [State.HALF_OPEN, State.HALF_OPEN, State.CLOSED]


def test_calls_given_up_soon_say_nothing_about_the_host(breaker: Breaker, clock: HeldClock) -> None:
    for _ in range(100):
        with breaker.attempt():
            clock.now_s += 0.01

    assert breaker.state is State.CLOSED


def test_calls_given_up_after_a_long_wait_show_that_the_host_hangs(breaker: Breaker, clock: HeldClock) -> None:
    waiting = [breaker.attempt() for _ in range(20)]

    clock.now_s += 5.0
    for attempt in waiting:
        with attempt:
            pass

    assert breaker.state is State.OPEN


def test_time_in_which_the_gateway_did_not_run_is_not_held_against_the_host(clock: HeldClock) -> None:
    lost_s = [3.0]
    breaker = Breaker(host="batch", clock=clock, lost_s=lambda: lost_s[0])
    waiting = [breaker.attempt() for _ in range(20)]

    clock.now_s += 10.0
    lost_s[0] += 6.0
    for attempt in waiting:
        with attempt:
            pass

    assert breaker.state is State.CLOSED


def test_a_probe_that_hangs_does_not_keep_its_place_for_ever(breaker: Breaker, clock: HeldClock) -> None:
    open_up(breaker)
    clock.now_s += 5.0
    hanging = breaker.attempt()
    clock.now_s += 5.0

    with breaker.attempt() as second:
        with hanging as first:
            first.answered(200)
        meanwhile = refusal(breaker)
        second.answered(200)

    assert meanwhile.retry_after_s == 1.0
    answer(breaker, 200)
    assert breaker.state is State.CLOSED


def test_a_call_hears_of_an_open_breaker_before_it_queues(breaker: Breaker) -> None:
    breaker.check()
    open_up(breaker)

    with pytest.raises(UpstreamError) as caught:
        breaker.check()

    assert (caught.value.reason, caught.value.retry_after_s) == ("CIRCUIT_OPEN", 5.0)


def test_to_check_takes_no_probes_place(breaker: Breaker, clock: HeldClock) -> None:
    open_up(breaker)
    clock.now_s += 5.0

    breaker.check()

    with breaker.attempt() as attempt:
        attempt.answered(200)
        with pytest.raises(UpstreamError):
            breaker.check()
