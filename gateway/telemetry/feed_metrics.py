"""What comes in by webhook, what is kept, and how those who read the feed keep up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram

from gateway.telemetry.rpc_metrics import SECONDS
from gateway.telemetry.watched import Watches

# The 22 triggers come from the contract; anything else a webhook may name is counted under this one.
OTHER = "other"
ENDS = (
    "client_left",
    "finished",
    "draining",
    "slow_consumer",
    "fenced",
    "cursor_compacted",
    "cursor_epoch_mismatch",
    "cursor_from_future",
    "event_corrupted",
    "store_unavailable",
    "too_many_streams",
    "too_many_subscriptions",
    "shutting_down",
    OTHER,
)
COMMIT_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
COMMIT_EVENTS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSeries:
    """The series of the webhook door."""

    posts: dict[tuple[str, str], Counter]
    seconds: Histogram

    def observe(self, *, verdict: str, trigger: str, duration_s: float, exemplar: dict[str, str] | None = None) -> None:
        """Count one post; a trigger outside the known set is counted as `other`."""
        series = self.posts.get((verdict, trigger)) or self.posts[verdict, OTHER]
        series.inc()
        self.seconds.observe(duration_s, exemplar)


class WebhookMetrics:
    """The webhook door, before its closed sets are known."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Declare."""
        self._posts = Counter(
            "gateway_webhook_posts",
            "Webhook posts by what became of them.",
            ("verdict", "trigger"),
            registry=registry,
        )
        self._seconds = Histogram(
            "gateway_webhook_handling_seconds",
            "Time from a webhook's headers to its answer.",
            buckets=SECONDS,
            registry=registry,
        )

    def series(self, verdicts: Iterable[str], triggers: Iterable[str]) -> WebhookSeries:
        """Every series of these sets, at zero."""
        known = (*triggers, OTHER)
        posts = {(verdict, trigger): self._posts.labels(verdict, trigger) for verdict in verdicts for trigger in known}
        return WebhookSeries(posts=posts, seconds=self._seconds)


class FeedMetrics:
    """The event feed and its readers."""

    def __init__(self, registry: CollectorRegistry, watches: Watches) -> None:
        """Declare, every end of a stream at zero."""
        self._sent = Counter("gateway_feed_events_sent", "Events written to subscribers.", registry=registry)
        ended = Counter(
            "gateway_feed_streams_ended", "Subscriptions that ended, by reason.", ("reason",), registry=registry
        )
        self._ended = {reason: ended.labels(reason) for reason in ENDS}
        self.subscribers = watches.gauge("gateway_feed_subscribers", "Streams of events that are open.")
        self.lag = watches.gauge(
            "gateway_feed_lag_seconds",
            "How long the oldest event that some open stream has not been sent has waited.",
            max,
        )
        self.subscription_lag = watches.gauge(
            "gateway_feed_subscription_lag_events",
            "Events that the named subscription which is furthest behind has not committed, used or not.",
            max,
        )

    def delivered(self, events: Sequence[object]) -> None:
        """A subscriber has taken these events."""
        self._sent.inc(len(events))

    def ended(self, reason: str) -> None:
        """A stream is over."""
        self._ended.get(reason, self._ended[OTHER]).inc()


STORE_FAILURES = ("slow", "away", "read_only", "out_of_memory", "loading", "moved", "unsafe", "refused")


class StoreMetrics:
    """The event log."""

    def __init__(self, registry: CollectorRegistry, watches: Watches) -> None:
        """Declare."""
        self._commit_seconds = Histogram(
            "gateway_store_commit_seconds",
            "Time that a commit took until it was on disk.",
            buckets=COMMIT_SECONDS,
            registry=registry,
        )
        self._commit_events = Histogram(
            "gateway_store_events_per_commit",
            "Events that one commit made durable.",
            buckets=COMMIT_EVENTS,
            registry=registry,
        )
        self.usable = watches.gauge("gateway_store_usable", "Whether the event log takes events now: 0 or 1.", min)
        self.size = watches.gauge("gateway_store_bytes", "Room that the event log takes.")
        self.events = watches.gauge("gateway_store_events", "Events in the log.")
        self.oldest_age = watches.gauge(
            "gateway_store_oldest_event_age_seconds",
            "Time since the oldest event in the log was stored; 0 if empty.",
            max,
        )

        self._failures = Counter(
            "gateway_store_failures",
            "Times that the shared store became unusable, by why.",
            ("reason",),
            registry=registry,
        )
        for reason in STORE_FAILURES:
            self._failures.labels(reason)

    def failed(self, reason: str) -> None:
        """The shared store has become unusable."""
        self._failures.labels(reason if reason in STORE_FAILURES else "refused").inc()

    def committed(self, event_count: int, duration_s: float) -> None:
        """A commit has returned; called on the thread that writes."""
        if event_count:
            # Retention, and subscriptions that move, commit too.
            self._commit_events.observe(event_count)
        self._commit_seconds.observe(duration_s)
