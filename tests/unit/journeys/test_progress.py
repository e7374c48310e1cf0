"""News, repeats and the end, whatever order receipts come in."""

import itertools

import pytest

from gateway.journeys.progress import ACCEPTED, DELIVERED, FAILED, READ, SWITCHING, Progress

QUEUED = "QUEUED_ON_CHANNEL"


def told(receipts: list[tuple[str, str]], until: str = READ) -> list[tuple[str, str]]:
    progress = Progress(until=until)
    return [receipt for receipt in receipts if not progress.final and progress.take(*receipt)]


def test_the_usual_way_is_told_whole() -> None:
    way = [(ACCEPTED, ""), (QUEUED, "SMS"), (DELIVERED, "SMS"), (READ, "SMS")]

    assert told(way) == way


@pytest.mark.parametrize("order", list(itertools.permutations([(QUEUED, "SMS"), (DELIVERED, "SMS"), (READ, "SMS")])))
def test_in_any_order_and_twice_over_it_never_goes_back_and_ends_with_read(order: tuple[tuple[str, str], ...]) -> None:
    found = [status for status, _ in told([*order, *order])]

    ranks = [(QUEUED, DELIVERED, READ).index(status) for status in found]
    assert ranks == sorted(set(ranks))
    assert found[-1] == READ


def test_a_channel_that_was_left_is_told_once_and_the_next_one_starts_anew() -> None:
    way = [(QUEUED, "RCS"), (SWITCHING, "RCS"), (SWITCHING, "RCS"), (QUEUED, "SMS"), (DELIVERED, "SMS")]

    assert told(way, until=DELIVERED) == [(QUEUED, "RCS"), (SWITCHING, "RCS"), (QUEUED, "SMS"), (DELIVERED, "SMS")]


def test_what_has_arrived_has_not_failed_because_another_channel_did() -> None:
    assert told([(DELIVERED, "SMS"), (FAILED, "RCS"), (SWITCHING, "RCS"), (READ, "SMS")]) == [
        (DELIVERED, "SMS"),
        (READ, "SMS"),
    ]


def test_a_failure_is_the_end() -> None:
    progress = Progress(until=READ)

    assert progress.take(FAILED, "SMS")
    assert progress.final


def test_acceptance_is_no_news_once_anything_else_is_known() -> None:
    assert told([(QUEUED, "SMS"), (ACCEPTED, "")]) == [(QUEUED, "SMS")]


def test_a_status_that_is_new_to_this_version_is_passed_on_once() -> None:
    assert told([("TELEPORTED", "SMS"), ("TELEPORTED", "SMS")]) == [("TELEPORTED", "SMS")]


def test_a_status_that_repeats_is_no_news() -> None:
    assert told([(QUEUED, "SMS"), (QUEUED, "SMS"), (DELIVERED, "SMS"), (DELIVERED, "SMS")]) == [
        (QUEUED, "SMS"),
        (DELIVERED, "SMS"),
    ]
