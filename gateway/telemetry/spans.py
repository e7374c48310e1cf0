"""Everything that is traced, as the rooms are given it: observers in front of their observers, and nothing when off."""

from collections.abc import Callable
from pathlib import Path

from gateway.telemetry import tracing
from gateway.telemetry.call_spans import LimiterObserver, WaitSpans
from gateway.telemetry.event_spans import DeliverySpans, FeedObserver, PostSpans, StoredEvents
from gateway.telemetry.tracing import Tracing
from gateway.telemetry.trail import SUFFIX, Trail


class Spans:
    """Tracing, and what it has to remember from a send to its webhook and from a webhook to its subscribers."""

    def __init__(self, tracing: Tracing | None = None, trail: Trail | None = None) -> None:
        """Record nothing without `tracing`; remember sends in `trail`, in memory if there is none."""
        self.tracing = tracing or Tracing()
        self._trail = trail or Trail(None)
        self._stored = StoredEvents()

    @classmethod
    async def open(cls, state_path: Path | None) -> "Spans":
        """As the environment asks for it, with its memory beside the state file; raises `ValueError` for a mistake."""
        traces = tracing.from_environment()
        path = state_path.with_name(state_path.name + SUFFIX) if state_path and traces.recording else None
        spans = cls(traces, Trail(path))
        await spans._trail.start()
        return spans

    async def close(self, limit_s: float) -> None:
        """Write down what is remembered and export what is left, the latter for at most `limit_s` seconds."""
        await self._trail.close()
        await self.tracing.close(limit_s)

    @property
    def sent(self) -> Callable[[str], None]:
        """To be told by what a message that is being sent will be known."""
        return self._trail.sent

    def limiter(self, observer: LimiterObserver) -> LimiterObserver:
        """The waits for permits, and `observer` told of them as well."""
        return WaitSpans(self.tracing, observer) if self.tracing.recording else observer

    def feed(self, observer: FeedObserver) -> FeedObserver:
        """The deliveries of events, and `observer` told of them as well."""
        return DeliverySpans(self.tracing, observer, stored=self._stored) if self.tracing.recording else observer

    def posts(self) -> PostSpans | None:
        """The webhooks."""
        return PostSpans(self.tracing, trail=self._trail, stored=self._stored) if self.tracing.recording else None
