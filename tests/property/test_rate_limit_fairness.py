"""Callers take turns, lower priorities get one permit in forty, and only newcomers make a forecast wrong."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.upstream.pace import Pace
from gateway.upstream.waiting_line import GUARANTEED_EVERY, Priority, Waiter, WaitingLine
from tests.virtual_time import VirtualTimeLoop

priorities = st.sampled_from(Priority)
callers = st.sampled_from("abcdef")
crowds = st.lists(st.tuples(priorities, callers), max_size=120)


def waiter(priority: Priority, caller: str) -> Waiter:
    return Waiter(priority=priority, caller=caller, app_id="", expires_s=0.0, outcome=LOOP.create_future())


LOOP = VirtualTimeLoop()
LOOP.close()


def line_of(crowd: list[tuple[Priority, str]]) -> WaitingLine:
    line = WaitingLine()
    for priority, caller in crowd:
        line.add(waiter(priority, caller))
    return line


@given(crowds, st.lists(st.one_of(st.none(), callers), max_size=200))
def test_between_two_calls_of_one_caller_every_other_goes_at_most_once(
    crowd: list[tuple[Priority, str]], steps: list[str | None]
) -> None:
    line = line_of([(Priority.NORMAL, caller) for _, caller in crowd])
    since: dict[str, Counter[str]] = {}
    for newcomer in steps:
        if newcomer is not None:
            line.add(waiter(Priority.NORMAL, newcomer))
        elif line.count:
            served = line.pop().caller
            for caller, others in since.items():
                others[served] += caller != served
                assert others[served] <= 1
            since[served] = Counter()
        for caller in [caller for caller in since if not line.waiting_of(caller, Priority.NORMAL)]:
            del since[caller]


@given(crowds, st.lists(st.lists(st.tuples(priorities, callers), max_size=3), max_size=200))
def test_a_priority_that_waits_is_passed_over_at_most_forty_times_in_a_row(
    crowd: list[tuple[Priority, str]], arrivals: list[list[tuple[Priority, str]]]
) -> None:
    line = line_of(crowd)
    passed_over: Counter[Priority] = Counter()
    for newcomers in arrivals:
        for priority, caller in newcomers:
            line.add(waiter(priority, caller))
        if not line.count:
            continue
        served = line.pop().priority
        for priority in Priority:
            waits = priority is not served and line.waiting(priority)
            passed_over[priority] = passed_over[priority] + 1 if waits else 0
            # URGENT is passed over only by those whose share is due, NORMAL once more when BULK's is due as well.
            assert passed_over[priority] <= (2 if priority is Priority.URGENT else GUARANTEED_EVERY)


@given(crowds, st.integers(0, 60), priorities, callers)
@settings(max_examples=300)
def test_with_nobody_behind_a_call_is_served_no_later_than_forecast(
    crowd: list[tuple[Priority, str]], served_before: int, priority: Priority, caller: str
) -> None:
    line = line_of(crowd)
    for _ in range(min(served_before, line.count)):
        line.pop()
    forecast = line.permits_until(caller, priority)
    mine = waiter(priority, caller)
    line.add(mine)

    permits = next(count for count in range(1, 1000) if line.pop() is mine)

    assert permits <= forecast


@given(st.lists(callers, max_size=120), st.integers(0, 60), callers)
@settings(max_examples=200)
def test_inside_one_priority_the_forecast_is_at_most_one_turn_of_each_caller_too_long(
    crowd: list[str], served_before: int, caller: str
) -> None:
    line = line_of([(Priority.NORMAL, each) for each in crowd])
    for _ in range(min(served_before, line.count)):
        line.pop()
    forecast = line.permits_until(caller, Priority.NORMAL)
    mine = waiter(Priority.NORMAL, caller)
    line.add(mine)

    permits = next(count for count in range(1, 1000) if line.pop() is mine)

    assert forecast - len(set(crowd)) <= permits <= forecast


@given(crowds, st.lists(st.integers(0, 200), max_size=100))
def test_the_counts_are_right_whoever_leaves(crowd: list[tuple[Priority, str]], leaving: list[int]) -> None:
    line = WaitingLine()
    inside = [waiter(priority, caller) for priority, caller in crowd]
    for each in inside:
        line.add(each)

    for index in leaving:
        if index < len(inside):
            line.remove(inside.pop(index))

    assert line.count == len(inside)
    assert {priority: line.waiting(priority) for priority in Priority} == {
        priority: sum(each.priority is priority for each in inside) for priority in Priority
    }
    assert {id(line.pop()) for _ in range(line.count)} == {id(each) for each in inside}


takes = st.tuples(st.just("take"), st.floats(0, 0.1))
returns = st.tuples(st.just("give back"), st.floats(0, 0.1))
throttles = st.tuples(st.just("throttle"), st.floats(0, 0.5))


@given(st.lists(st.one_of(takes, takes, takes, returns, throttles), max_size=150), st.integers(1, 8))
@settings(max_examples=300)
def test_permits_used_never_exceed_burst_and_rate_whatever_is_given_back(
    story: list[tuple[str, float]], burst: int
) -> None:
    rate_per_s = 64.0
    pace = Pace(rate_per_s=rate_per_s, burst=burst, recovery_per_s2=16.0)
    now_s, used_s, permits = 1000.0, list[float](), list[int]()
    for what, seconds in story:
        now_s += seconds if seconds > 0.01 else 0.0
        if what == "take" and pace.due_s <= now_s:
            permits.append(pace.take(now_s))
            used_s.append(now_s)
        elif what == "give back" and permits:
            pace.give_back(permits.pop(), now_s)
            used_s.pop()
        elif what == "throttle":
            pace.throttle(now_s, pause_s=seconds, rate_per_s=16.0)

    for first, first_s in enumerate(used_s):
        for last, last_s in enumerate(used_s[first:], start=first):
            assert last - first + 1 <= burst + rate_per_s * (last_s - first_s) + 1e-4
