"""The queue in front of every app's channels: a 200 may mean "in seven hours".

With a drain rate, messages leave one at a time, those of high priority first, and `queue_stats` tells how many
still wait. Without one they leave at once.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.simulator.problem import exhausted
from gateway.simulator.schedule import Schedule

Departure = Callable[[], None]


@dataclass(slots=True)
class _Queue:
    """What waits for one app; `pretended` counts as waiting but never leaves."""

    drain_per_s: float
    limit: int
    pretended: int = 0
    urgent: deque[Departure] = field(default_factory=deque)
    normal: deque[Departure] = field(default_factory=deque)
    draining: bool = False

    @property
    def size(self) -> int:
        return len(self.urgent) + len(self.normal) + self.pretended


class AppQueues:
    """A queue per app, made when it is first asked for."""

    def __init__(self, *, schedule: Schedule, drain_per_s: float, limit: int) -> None:
        """Give every app this rate (0: unlimited) and this limit."""
        self._schedule = schedule
        self._drain_per_s = drain_per_s
        self._limit = limit
        self._queues: dict[str, _Queue] = {}

    def require_room(self, app_id: str, count: int = 1) -> None:
        """Raise the 429 when so many messages do not fit any more."""
        if not self.has_room(app_id, count):
            raise exhausted("the app's queue is full")

    def has_room(self, app_id: str, count: int = 1) -> bool:
        """Whether so many more messages fit."""
        queue = self._queue(app_id)
        return queue.size + count <= queue.limit

    def put(self, app_id: str, departure: Departure, *, urgent: bool) -> None:
        """Let a message wait for its turn; it never leaves inside this call."""
        queue = self._queue(app_id)
        if queue.drain_per_s <= 0 and not queue.draining:
            self._schedule.after(0, departure)
            return
        (queue.urgent if urgent else queue.normal).append(departure)
        if not queue.draining:
            queue.draining = True
            self._schedule.after(0, lambda: self._drain(queue))

    def is_immediate(self, app_id: str) -> bool:
        """Whether a message leaves as soon as it comes."""
        queue = self._queues.get(app_id)
        return self._drain_per_s <= 0 if queue is None else queue.drain_per_s <= 0

    def stats(self, app_id: str) -> dict[str, int]:
        """How many wait and how many may, as an app shows it."""
        queue = self._queue(app_id)
        return {"outbound_size": queue.size, "outbound_limit": queue.limit}

    def adjust(self, app_id: str, *, size: int | None, limit: int | None, drain_per_s: float | None) -> None:
        """Pretend that so many wait, or change the limit or the rate of one app."""
        queue = self._queue(app_id)
        if limit is not None:
            queue.limit = limit
        if drain_per_s is not None:
            queue.drain_per_s = drain_per_s
        if size is not None:
            queue.pretended = max(size - len(queue.urgent) - len(queue.normal), 0)

    def fill(self, app_id: str) -> None:
        """Pretend that not one more message fits."""
        queue = self._queue(app_id)
        queue.pretended = max(queue.limit - len(queue.urgent) - len(queue.normal), 0)

    def clear(self) -> None:
        """Forget every queue, and what waited in it."""
        self._queues.clear()

    def _queue(self, app_id: str) -> _Queue:
        queue = self._queues.get(app_id)
        if queue is None:
            queue = self._queues[app_id] = _Queue(self._drain_per_s, self._limit)
        return queue

    def _drain(self, queue: _Queue) -> None:
        waiting = queue.urgent or queue.normal
        if not waiting:
            queue.draining = False
            return
        waiting.popleft()()
        delay_s = 1 / queue.drain_per_s if queue.drain_per_s > 0 else 0.0
        self._schedule.after(delay_s, lambda: self._drain(queue))
