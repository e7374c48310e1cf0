"""One budget of time for the whole way down, whatever has to be stopped and in which order."""

from gateway.clock import Clock
from gateway.deadline import Deadline

LEAST_S = 0.1


class Grace:
    """How long what is in flight may still take; the clock starts with the first thing that is stopped."""

    def __init__(self, *, total_s: float, clock: Clock) -> None:
        """Nothing is being stopped yet."""
        self._total_s = total_s
        self._clock = clock
        self._deadline: Deadline | None = None

    def begin(self) -> None:
        """The stop begins now."""
        self._deadline = Deadline.after(self._total_s, self._clock)

    def left_s(self) -> float:
        """Seconds left, at least enough to say goodbye; all of them while nothing is being stopped."""
        return max(self._deadline.remaining_s(), LEAST_S) if self._deadline else self._total_s
