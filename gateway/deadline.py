"""One time budget per call, passed down; nothing below starts a timeout of its own."""

from gateway.clock import Clock
from gateway.value import value


@value
class Deadline:
    """The monotonic instant after which nobody waits for the answer any more."""

    at_s: float
    clock: Clock

    @classmethod
    def after(cls, timeout_s: float, clock: Clock) -> "Deadline":
        """A deadline `timeout_s` seconds from now; zero or less has passed already.

        An infinite one does not pass: that of a stream, whose items get theirs by `within`.
        """
        return cls(at_s=clock.monotonic() + timeout_s, clock=clock)

    def within(self, timeout_s: float) -> "Deadline":
        """The earlier of this deadline and `timeout_s` seconds from now."""
        return Deadline(at_s=min(self.at_s, self.clock.monotonic() + timeout_s), clock=self.clock)

    def remaining_s(self) -> float:
        """Seconds left, negative once the deadline has passed."""
        return self.at_s - self.clock.monotonic()

    @property
    def passed(self) -> bool:
        """Whether the time is used up."""
        return self.remaining_s() <= 0
