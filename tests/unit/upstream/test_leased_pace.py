"""When permits are fetched from a shared cell: before they run out, and no more of them than the demand is worth."""

from gateway.state.permits import Lease
from gateway.upstream.leased_pace import AHEAD_S, LeasedPace

RATE_PER_S = 1000.0
NOBODY = (0, 0, 0)


def lease(count: int) -> Lease:
    return Lease(
        count=count,
        due_s=-1.0,
        interval_s=0.0,
        busy_period=1,
        again_s=0.0,
        rate_per_s=RATE_PER_S,
        pause_left_s=0.0,
        contenders=0,
    )


class Desk:
    """A pace whose calls for more are counted, and a second of steady demand behind it."""

    def __init__(self) -> None:
        self.fetches = 0
        self.pace = LeasedPace(rate_per_s=RATE_PER_S, local=None, cut=0.7, floor=0.05, fetch=self.fetched)
        self.now_s = 0.0
        for _ in range(100):
            self.pace.leased(lease(10), self.now_s)
            for _ in range(10):
                self.pace.take(self.now_s)
            self.now_s += 0.01
            self.wish = self.pace.wish(NOBODY, self.now_s)

    def fetched(self) -> None:
        self.fetches += 1


def test_as_many_are_wished_for_ahead_as_the_recent_demand_takes() -> None:
    wish = Desk().wish

    assert wish is not None
    assert abs(wish.wanted[2] - RATE_PER_S * AHEAD_S) <= 5


def test_more_are_fetched_once_half_of_them_are_left() -> None:
    desk = Desk()
    desk.pace.leased(lease(80), desk.now_s)
    desk.fetches = 0

    for _ in range(30):
        desk.pace.take(desk.now_s)
    early = desk.fetches
    for _ in range(20):
        desk.pace.take(desk.now_s)

    assert early == 0
    assert desk.fetches > 0


def test_nothing_is_wished_for_by_one_that_has_been_idle() -> None:
    desk = Desk()

    assert desk.pace.wish(NOBODY, desk.now_s + 1.0) is None
