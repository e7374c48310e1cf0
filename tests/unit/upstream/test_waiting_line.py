"""Who is next: priorities with a floor, turns between callers, order within a caller."""

import asyncio
import itertools

import pytest

from gateway.upstream.waiting_line import GUARANTEED_EVERY, Priority, Waiter, WaitingLine
from tests.virtual_time import VirtualTimeLoop

URGENT, NORMAL, BULK = Priority


def waiter(priority: Priority, caller: str = "caller") -> Waiter:
    loop = VirtualTimeLoop()
    loop.close()
    outcome: asyncio.Future[bool] = asyncio.Future(loop=loop)
    return Waiter(priority=priority, caller=caller, app_id="", expires_s=0.0, outcome=outcome)


def line_of(*waiters: Waiter) -> WaitingLine:
    line = WaitingLine()
    for each in waiters:
        line.add(each)
    return line


def popped(line: WaitingLine, count: int | None = None) -> list[Waiter]:
    return [line.pop() for _ in range(line.count if count is None else count)]


def test_the_most_urgent_goes_first() -> None:
    bulk, normal, urgent = waiter(BULK), waiter(NORMAL), waiter(URGENT)

    assert popped(line_of(bulk, normal, urgent)) == [urgent, normal, bulk]


def test_a_callers_own_calls_keep_their_order() -> None:
    first, second, third = waiter(NORMAL), waiter(NORMAL), waiter(NORMAL)

    assert popped(line_of(first, second, third)) == [first, second, third]


def test_callers_of_one_priority_take_turns() -> None:
    line = line_of(*(waiter(NORMAL, name) for name in "aaaabbc"))

    assert "".join(each.caller for each in popped(line)) == "abcabaa"


def test_a_caller_with_ten_thousand_calls_does_not_delay_the_first_of_another() -> None:
    flood = [waiter(NORMAL, "campaign")] + [waiter(NORMAL, "campaign") for _ in range(100)]
    line = line_of(*flood)
    popped(line, 1)

    line.add(waiter(NORMAL, "person"))

    assert [each.caller for each in popped(line, 2)] == ["campaign", "person"]


def test_each_lower_priority_gets_one_permit_in_forty_however_many_urgent_ones_wait() -> None:
    line = line_of(*(waiter(priority) for priority in Priority for _ in range(500)))

    served = [each.priority for each in popped(line, 401)]

    assert served.count(NORMAL) == 10
    assert served.count(BULK) == 10
    for priority in (NORMAL, BULK):
        places = [place for place, each in enumerate(served) if each is priority]
        assert max(b - a for a, b in itertools.pairwise(places)) == GUARANTEED_EVERY


def test_a_priority_that_was_empty_has_no_claim_from_before() -> None:
    urgent = [waiter(URGENT) for _ in range(100)]
    bulk = waiter(BULK)
    line = line_of(*urgent, bulk)
    popped(line, 38)
    line.remove(bulk)

    line.add(waiter(BULK))

    assert [each.priority for each in popped(line, 40)] == [URGENT] * 39 + [BULK]


def test_whoever_leaves_makes_room_for_those_behind() -> None:
    first, second, third = waiter(NORMAL, "a"), waiter(NORMAL, "b"), waiter(NORMAL, "a")
    line = line_of(first, second, third)

    line.remove(first)

    assert line.count == 2
    assert line.waiting_of("a", NORMAL) == 1
    assert second.line is line
    assert first.line is None
    assert set(popped(line)) == {second, third}


def test_a_newcomer_waits_for_one_call_of_each_other_caller() -> None:
    line = line_of(*(waiter(NORMAL, name) for name in "aaaaaaaabbc"))

    assert line.permits_until("d", NORMAL) == 4
    assert line.permits_until("c", NORMAL) == 6
    assert line.permits_until("b", NORMAL) == 7
    assert line.permits_until("a", NORMAL) == 12


def test_the_forecast_counts_everyone_more_urgent_up_to_the_guaranteed_share() -> None:
    assert line_of(*(waiter(URGENT) for _ in range(5))).permits_until("x", BULK) == 6
    assert line_of(*(waiter(URGENT) for _ in range(500))).permits_until("x", BULK) == 40


def test_the_forecast_counts_the_guaranteed_share_of_everyone_less_urgent() -> None:
    line = line_of(*(waiter(URGENT, "x") for _ in range(77)), *(waiter(BULK) for _ in range(500)))

    assert line.permits_until("x", URGENT) == 81


def test_the_forecast_expects_urgent_calls_to_keep_coming_as_they_did_lately() -> None:
    line = line_of(*(waiter(NORMAL) for _ in range(1_100)))
    for _ in range(1_000):
        line.add(waiter(URGENT))
        popped(line, 2)

    newcomer, last_of_many = line.permits_until("x", NORMAL), line.permits_until("caller", NORMAL)
    popped(line)
    line.add(waiter(NORMAL))

    assert newcomer == 4
    assert last_of_many == pytest.approx(202, abs=2)
    assert line.permits_until("x", NORMAL) == 2


def test_the_forecast_never_expects_less_than_what_is_guaranteed() -> None:
    line = line_of(*(waiter(URGENT) for _ in range(9_000)))
    popped(line, 8_900)

    assert line.permits_until("x", BULK) == 40
