"""Apps as the API might tell of them, on virtual time, with a count of how often it was asked."""

from collections.abc import Awaitable, Callable

from gateway.deadline import Deadline
from gateway.upstream.app_lookup import AppFacts, AppLookup, AppUnknown
from gateway.upstream.rate_limit import Priority
from tests.virtual_time import VirtualClock, run

APP, REGION = "01APP", "us"


class FakeLookup(AppLookup):
    """Answers for one app, wherever a test puts it; `AppUnknown` while it is told to fail."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.facts = AppFacts(waiting=0, limit=500_000, drain_per_s=20.0, is_dispatch=True)
        self.region = REGION
        self.delay_s = 0.0
        self.failing = False
        self.asked: list[tuple[str, str, Priority]] = []

    def regions_besides(self, region: str) -> list[str]:
        return [name for name in ("us", "eu", "br") if name != region]

    async def read(self, app_id: str, region: str, deadline: Deadline, *, priority: Priority) -> AppFacts | None:
        assert not deadline.passed
        self.asked.append((app_id, region, priority))
        await self.clock.sleep(self.delay_s)
        if self.failing:
            raise AppUnknown("UPSTREAM_UNAVAILABLE")
        return self.facts if region == self.region else None


def on_virtual_time(scenario: Callable[[FakeLookup], Awaitable[None]]) -> Callable[[], None]:
    """Run a test on a loop whose clock jumps."""

    def test() -> None:
        run(lambda clock: scenario(FakeLookup(clock)))

    test.__name__ = scenario.__name__
    return test
