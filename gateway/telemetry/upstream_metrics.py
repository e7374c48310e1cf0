"""What calling the API costs and meets: token, rate limit, exchanges, retries, breakers, request ids."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry

from gateway.telemetry.rpc_metrics import SECONDS
from gateway.telemetry.tallies import Counter, Histogram
from gateway.telemetry.watched import Watches

PRIORITIES = ("urgent", "normal", "bulk")
FETCHES = ("ok", "refused", "unavailable")
HOSTS = ("conversation", "batch", "template")
# The token endpoint is called too, but without limiter, breaker or retry budget.
ALL_HOSTS = (*HOSTS, "auth")
# By the first digit of a status. What is not among them (an interim answer, a 600) is no answer to anybody.
STATUS_CLASSES = {2: "2xx", 3: "3xx", 4: "4xx", 5: "5xx"}
NO_ANSWER = "none"
RETRIES = ("rate_limited", "token_refused", "not_sent", "no_answer", "server_error", "unknown_outcome")
REQUEST_IDS = ("new", "replayed", "joined", "reused", "unknown")


class TokenMetrics:
    """The access token."""

    def __init__(self, registry: CollectorRegistry, watches: Watches) -> None:
        """Declare, every outcome at zero."""
        fetches = Counter(
            "gateway_token_fetches",
            "Requests to the token endpoint, by outcome: `refused` needs another key, `unavailable` needs time.",
            ("outcome",),
            registry=registry,
        )
        self._fetches = {outcome: fetches.labels(outcome) for outcome in FETCHES}
        self.remaining = watches.gauge(
            "gateway_token_remaining_seconds",
            "Time until the access token expires; 0 without one. Of several projects, the least.",
            min,
        )

    def fetched(self, outcome: str) -> None:
        """One request to the token endpoint has ended."""
        self._fetches[outcome].inc()


class LimiterMetrics:
    """The rate limit; of several projects' limits the sum, where that means anything."""

    def __init__(self, registry: CollectorRegistry, watches: Watches) -> None:
        """Declare, every priority at zero."""
        label = ("priority",)
        permits = Counter("gateway_rate_limit_permits", "Permits given.", label, registry=registry)
        refused = Counter(
            "gateway_rate_limit_refused", "Calls that could not be admitted in time.", label, registry=registry
        )
        waits = Histogram(
            "gateway_rate_limit_wait_seconds",
            "Time that admitted calls waited for their permit.",
            label,
            buckets=SECONDS,
            registry=registry,
        )
        # By number: the most urgent priority is 0.
        self._permits = [permits.labels(priority) for priority in PRIORITIES]
        self._refused = [refused.labels(priority) for priority in PRIORITIES]
        self._waits = [waits.labels(priority) for priority in PRIORITIES]
        self.waiting = watches.gauges(
            "gateway_rate_limit_waiting", "Calls that wait for a permit.", "priority", PRIORITIES
        )
        self.rate = watches.gauge("gateway_rate_limit_rate", "Permits per second that are granted now.")
        self.paused = watches.gauge(
            "gateway_rate_limit_paused", "Whether permits are held back after a 429 of the API: 0 or 1.", max
        )
        self.local = watches.gauge(
            "gateway_rate_limit_local", "Whether calls go on at the local share, as the store is away: 0 or 1.", max
        )

    def granted(self, priority: int, waited_s: float) -> None:
        """A call has its permit."""
        self._permits[priority].inc()
        self._waits[priority].observe(waited_s)

    def refused(self, priority: int) -> None:
        """A call will not get one in time."""
        self._refused[priority].inc()


class ExchangeSeries:
    """The series of requests to the API, one set per route."""

    def __init__(self, *, requests: Counter, seconds: Histogram, routes: Iterable[tuple[str, str]]) -> None:
        """Make all of them at zero."""
        self._requests = {
            route: {digit: requests.labels(*route, name) for digit, name in STATUS_CLASSES.items()} for route in routes
        }
        self._unanswered = {route: requests.labels(*route, NO_ANSWER) for route in self._requests}
        self._seconds = {host: seconds.labels(host) for host, _ in self._requests}

    def exchanged(
        self, route: tuple[str, str], status: int | None, duration_s: float, exemplar: dict[str, str] | None
    ) -> None:
        """One request has ended; `status` is its HTTP status, None without an answer."""
        self._requests[route].get((status or 0) // 100, self._unanswered[route]).inc()
        self._seconds[route[0]].observe(duration_s, exemplar)


class UpstreamMetrics:
    """The hosts of the API, and what is done about their failures."""

    def __init__(self, registry: CollectorRegistry, watches: Watches) -> None:
        """Declare; what is by route comes with `exchanges`."""
        self._requests = Counter(
            "gateway_upstream_requests",
            "Requests sent to the API, by host class, path template and class of the answer's status (`none`: no "
            "answer).",
            ("host", "template", "status_class"),
            registry=registry,
        )
        self._seconds = Histogram(
            "gateway_upstream_seconds",
            "Time from the begin of a request to the end of its answer.",
            ("host",),
            buckets=SECONDS,
            registry=registry,
        )
        retries = Counter(
            "gateway_upstream_retries",
            "Requests that were repeated, by what became of the one before.",
            ("host", "reason"),
            registry=registry,
        )
        self._retries = {(host, reason): retries.labels(host, reason) for host in HOSTS for reason in RETRIES}
        ids = Counter(
            "gateway_request_ids",
            "Writes with a request id: sent (`new`), answered from memory (`replayed`, or `unknown` where the outcome "
            "is not known), answered with a call under way (`joined`), or refused (`reused`).",
            ("outcome",),
            registry=registry,
        )
        self._ids = {outcome: ids.labels(outcome) for outcome in REQUEST_IDS}
        self.in_flight = watches.gauges(
            "gateway_upstream_in_flight", "Requests to the API that are not answered yet.", "host", ALL_HOSTS
        )
        self.breakers = watches.gauges(
            "gateway_breaker_state",
            "Whether calls to a host class pass: 0 closed, 1 half open, 2 open. Of several projects, the worst.",
            "host",
            HOSTS,
            max,
        )
        self.app_queue_eta = watches.gauge(
            "gateway_app_queue_eta_seconds",
            "Longest time, over the apps in use, until their queue at the API gets to a message sent now.",
            max,
        )

    def exchanges(self, routes: Iterable[tuple[str, str]]) -> ExchangeSeries:
        """The series by route."""
        return ExchangeSeries(requests=self._requests, seconds=self._seconds, routes=routes)

    def retried(self, host: str, reason: str) -> None:
        """A request is about to be repeated."""
        self._retries[host, reason].inc()

    def request_id(self, outcome: str) -> None:
        """It is known what a request id stands for."""
        self._ids[outcome].inc()
