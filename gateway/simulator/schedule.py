"""The simulator's time, and what is still going to happen in it.

Time here runs like everybody's until somebody advances it: then everything that became due happens at once, in
its order. Delivery states, queues, batches, retries of callbacks and the life of a token all read this clock.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Action = Callable[[], None]

_ACTIONS_PER_TURN = 500


class Schedule:
    """One heap of actions and one timer of the running loop; created inside that loop."""

    def __init__(self) -> None:
        """Start at the present, with nothing planned."""
        self._loop = asyncio.get_running_loop()
        self._ahead_s = 0.0
        self._order = itertools.count()
        self._planned: list[tuple[float, int, Action]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due_s = 0.0
        self._closed = False

    def now(self) -> datetime:
        """The simulated instant, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead_s)

    def epoch_s(self) -> float:
        """The simulated instant as Unix seconds."""
        return time.time() + self._ahead_s

    def after(self, delay_s: float, action: Action) -> None:
        """Run the action `delay_s` simulated seconds from now, never inside this call; dropped when closed."""
        if self._closed:
            return
        heapq.heappush(self._planned, (self._elapsed_s() + max(delay_s, 0.0), next(self._order), action))
        self._arm()

    def advance(self, by_s: float) -> None:
        """Move the simulated time ahead; what became due runs from the loop, soon."""
        self._ahead_s += by_s
        self._disarm()
        self._arm()

    def forget(self) -> None:
        """Drop everything planned; the time stays."""
        self._planned.clear()
        self._disarm()

    def close(self) -> None:
        """Drop everything planned and take nothing more."""
        self._closed = True
        self.forget()

    @property
    def planned_count(self) -> int:
        """How many actions are still to come."""
        return len(self._planned)

    def _elapsed_s(self) -> float:
        return self._loop.time() + self._ahead_s

    def _arm(self) -> None:
        if not self._planned:
            return
        due = self._planned[0][0] - self._ahead_s
        if self._timer is not None:
            if self._timer_due_s <= due:
                return
            self._timer.cancel()
        # Kept beside the handle, because uvloop's handle of a timer that is due already cannot tell.
        self._timer, self._timer_due_s = self._loop.call_at(due, self._run_due), due

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _run_due(self) -> None:
        """Run what is due, a slice at a time: a campaign must not keep the loop from its sockets."""
        self._timer = None
        now = self._elapsed_s()
        try:
            for _ in range(_ACTIONS_PER_TURN):
                if not self._planned or self._planned[0][0] > now:
                    break
                _, _, action = heapq.heappop(self._planned)
                action()
        finally:
            self._arm()


def stamp(instant: datetime) -> str:
    """A UTC instant as the vendor prints it: RFC 3339, microseconds, `Z`."""
    return instant.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def parse_instant(text: str) -> datetime:
    """An instant from RFC 3339; without a zone it is UTC, as in some of the vendor's examples; else ValueError."""
    parsed = datetime.fromisoformat(text.upper())
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
