"""How much a stream may hold, and how many there may be."""

from dataclasses import dataclass, field

from gateway.events.plan import Heartbeats


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLimits:
    """The feed's own settings; the defaults are meant for production."""

    streams_per_caller: int = 128
    subscription_count: int = 1000
    """Named subscriptions of a project: each is read at every step of retention, and told by `GetFeed`."""
    batch_count: int = 64
    batch_bytes: int = 1024 * 1024
    """A batch ends before the event that would take it past this; a larger event comes alone."""
    page_count: int = 256
    """Events read from the log at once, within `batch_bytes`."""
    pages_bytes: int = 8 * 1024 * 1024
    """Bytes of such pages kept for others who come by; their encoded forms can take as much again."""
    window_count: int = 1024
    """Newest events kept in memory, once for all subscribers."""
    window_bytes: int = 8 * 1024 * 1024
    """Bytes of them; their encoded forms can take as much again."""
    behind_count: int = 1024
    """Events a live stream may be behind before it is told that it fell behind."""
    reconnect_delay_s: float = 1.0
    """What a drained client is told to wait."""
    heartbeats: Heartbeats = field(default_factory=Heartbeats)
