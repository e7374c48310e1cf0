"""Every metric the gateway exports, in one registry. Base units in the names, labels from closed sets only.

The `grpc_server_*` family has the names and the code spelling (`OK`, `NotFound`) that public dashboards expect.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import grpc
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info

from gateway import __version__

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
# The 22 triggers come from the contract; anything else a webhook may name is counted under this one.
OTHER_TRIGGER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rpc:
    """One gRPC method's name, taken apart for labels."""

    kind: str
    """`unary`, `server_stream`, `client_stream` or `bidi_stream`."""
    service: str
    method: str


def code_label(code: grpc.StatusCode) -> str:
    """A status code as Go spells it, which is not quite as gRPC does."""
    if code is grpc.StatusCode.CANCELLED:
        return "Canceled"
    return "OK" if code is grpc.StatusCode.OK else "".join(part.capitalize() for part in code.name.split("_"))


class Metrics:
    """The registry and every metric in it."""

    def __init__(self) -> None:
        """Declare everything; series that can be known are made at zero, so that rates exist from the start."""
        self.registry = CollectorRegistry()
        rpc = ("grpc_type", "grpc_service", "grpc_method")
        self._started = Counter("grpc_server_started", "RPCs started on the server.", rpc, registry=self.registry)
        self._handled = Counter(
            "grpc_server_handled",
            "RPCs completed on the server, by status.",
            (*rpc, "grpc_code"),
            registry=self.registry,
        )
        self._received = Counter(
            "grpc_server_msg_received", "Messages received from callers.", rpc, registry=self.registry
        )
        self._sent = Counter("grpc_server_msg_sent", "Messages sent to callers.", rpc, registry=self.registry)
        self._seconds = Histogram(
            "grpc_server_handling_seconds", "Time to answer an RPC.", rpc, buckets=SECONDS, registry=self.registry
        )
        self._webhooks = Counter(
            "gateway_webhook_posts",
            "Webhook posts by what became of them.",
            ("verdict", "trigger"),
            registry=self.registry,
        )
        self._webhook_seconds = Histogram(
            "gateway_webhook_handling_seconds",
            "Time from a webhook's headers to its answer.",
            buckets=SECONDS,
            registry=self.registry,
        )
        self._breaker = Gauge(
            "gateway_breaker_state",
            "Whether calls to a host class pass: 0 closed, 1 half open, 2 open.",
            ("host",),
            registry=self.registry,
        )
        self._waiting = Gauge(
            "gateway_rate_limit_waiting", "Calls that wait for a permit.", ("priority",), registry=self.registry
        )
        self._app_queue = Gauge(
            "gateway_app_queue_eta_seconds",
            "Longest time, over the apps in use, until their queue at the API gets to a message sent now.",
            registry=self.registry,
        )
        Info("gateway_build", "The running gateway.", registry=self.registry).info({"version": __version__})

    def rpc(self, rpc: Rpc) -> "RpcMetrics":
        """The series of one method, made once: looking a series up costs more than counting in it."""
        labels = (rpc.kind, rpc.service, rpc.method)
        return RpcMetrics(
            started=self._started.labels(*labels),
            handled={code: self._handled.labels(*labels, code_label(code)) for code in grpc.StatusCode},
            received=self._received.labels(*labels),
            sent=self._sent.labels(*labels),
            seconds=self._seconds.labels(*labels),
        )

    def watch_breaker(self, host: str, state: Callable[[], float]) -> None:
        """Ask for a breaker's state at each scrape."""
        self._breaker.labels(host).set_function(state)

    def watch_waiting(self, priority: str, count: Callable[[], float]) -> None:
        """Ask at each scrape how many calls of a priority wait."""
        self._waiting.labels(priority).set_function(count)

    def watch_app_queue(self, eta_s: Callable[[], float]) -> None:
        """Ask at each scrape for the longest forecast."""
        self._app_queue.set_function(eta_s)

    def webhooks(self, verdicts: Iterable[str], triggers: Iterable[str]) -> "WebhookMetrics":
        """The series of the webhook door, for closed sets of verdicts and triggers."""
        known = (*triggers, OTHER_TRIGGER)
        posts = {
            (verdict, trigger): self._webhooks.labels(verdict, trigger) for verdict in verdicts for trigger in known
        }
        return WebhookMetrics(posts=posts, seconds=self._webhook_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class RpcMetrics:
    """The series of one gRPC method."""

    started: Counter
    handled: dict[grpc.StatusCode, Counter]
    received: Counter
    sent: Counter
    seconds: Histogram


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookMetrics:
    """The series of the webhook door."""

    posts: dict[tuple[str, str], Counter]
    seconds: Histogram

    def observe(self, *, verdict: str, trigger: str, duration_s: float) -> None:
        """Count one post; a trigger outside the known set is counted as `other`."""
        series = self.posts.get((verdict, trigger)) or self.posts[verdict, OTHER_TRIGGER]
        series.inc()
        self.seconds.observe(duration_s)
