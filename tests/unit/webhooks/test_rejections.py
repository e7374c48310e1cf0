"""However many posts are refused, the log stays readable and loses no count."""

import datetime as dt

from structlog.testing import capture_logs

from gateway.clock import Clock
from gateway.webhooks.outcome import Outcome
from gateway.webhooks.rejections import RejectionLog


class HandClock(Clock):
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at_s = 100.0

    def monotonic(self) -> float:
        return self.at_s

    def now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.at_s, dt.UTC)


def test_one_line_per_kind_and_ten_seconds_with_the_number_held_back() -> None:
    clock = HandClock()
    rejections = RejectionLog(clock=clock)

    with capture_logs() as lines:
        for _ in range(3):
            rejections.note(webhook="default", outcome=Outcome.STALE)
        rejections.note(webhook="default", outcome=Outcome.TOO_LARGE)
        clock.at_s += 10.0
        rejections.note(webhook="default", outcome=Outcome.STALE)

    told = [(line["reason"], line["held_back_count"]) for line in lines]
    assert told == [("stale", 0), ("too_large", 0), ("stale", 2)]
    assert {line["event"] for line in lines} == {"webhook_rejected"}
