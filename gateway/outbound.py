"""Builds the half that calls the API: transport, token, limits, retries, request ids, and what joins them."""

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gateway import __version__
from gateway.clock import Clock
from gateway.consent import ConsentDesk
from gateway.deadline import Deadline
from gateway.grace import Grace
from gateway.settings import ProjectSettings, Settings, all_projects
from gateway.shared import Shared as SharedState
from gateway.state.log import EventLog
from gateway.state.requests import RequestStore
from gateway.state.sqlite_requests import SqliteRequestStore
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.spans import Spans
from gateway.upstream.app_lookup import AppLookup
from gateway.upstream.app_queue import AppQueues
from gateway.upstream.attempts import Attempts
from gateway.upstream.breaker import LEVELS, Breaker
from gateway.upstream.call import Caller
from gateway.upstream.contract import methods, routes
from gateway.upstream.defaults import Defaults
from gateway.upstream.exchange import Limits, Origin, Transport
from gateway.upstream.exchange_spans import ExchangeSpans
from gateway.upstream.hosts import HOST_CLASSES, Endpoint, Hosts
from gateway.upstream.outgoing import RequestWriter
from gateway.upstream.projects import Project, Projects
from gateway.upstream.rate_limit import Priority, RateLimiter
from gateway.upstream.regions import AppRegions
from gateway.upstream.request_ids import RequestIds
from gateway.upstream.retry import RetryBudget, RetryPolicy
from gateway.upstream.settlement import Settlement
from gateway.upstream.tokens import PATH as TOKEN_PATH
from gateway.upstream.tokens import TokenCache
from gateway.upstream.transport import PooledTransport
from gateway.upstream.watched_transport import WatchedTransport
from gateway.watched_file import WatchedFiles, secret_text

REQUESTS_SUFFIX = ".requests"

if TYPE_CHECKING:
    from gateway.upstream.httpx_seam import HttpxTransport


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the outbound half stands on, made by whoever builds it."""

    settings: Settings
    clock: Clock
    metrics: Metrics
    events: EventLog
    shared: SharedState | None
    """What replicas share; None where the state is embedded."""
    grace: Grace
    files: WatchedFiles
    spans: Spans = field(default_factory=Spans)
    lost_s: Callable[[], float] = lambda: 0.0
    """For how many seconds altogether the process has been kept from running."""
    consents: ConsentDesk | None = None
    """Who knows which recipients opted out; nobody where the gate is off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the calls of every project have in common: the connections, and what is known of the hosts behind them."""

    transport: Transport
    writer: RequestWriter
    breakers: Mapping[Origin, Breaker]
    budgets: Mapping[Origin, RetryBudget]


async def build(ground: Ground, stack: AsyncExitStack) -> Caller:
    """Everything between a gRPC request and the API; `stack` takes it down."""
    settings = ground.settings
    shared = _shared(ground, stack)
    projects = [_project(ground, shared, described, stack) for described in all_projects(settings)]
    return Caller(
        projects=Projects(projects),
        request_ids=await _request_ids(ground, stack),
        writer=shared.writer,
        callback_url_hosts=settings.callback_url_hosts,
        clock=ground.clock,
        sent=ground.spans.sent,
        gate=ground.consents.gate if ground.consents else None,
    )


def _through_proxies(limits: Limits) -> "HttpxTransport":
    # They and httpx take memory that a gateway without them has a better use for.
    from gateway.upstream.httpx_seam import HttpxTransport  # noqa: PLC0415
    from gateway.upstream.proxy import EnvironmentProxy  # noqa: PLC0415

    return HttpxTransport(transport=EnvironmentProxy(), limits=limits)


def _shared(ground: Ground, stack: AsyncExitStack) -> Shared:
    settings, clock = ground.settings, ground.clock
    limits = Limits(max_connections=settings.upstream_max_connections, max_body_bytes=settings.max_response_bytes)
    wire = _through_proxies(limits) if settings.environment_proxy else PooledTransport(limits=limits)
    stack.push_async_callback(wire.aclose)
    exchanges = ground.metrics.exchanges((*routes(), ("auth", TOKEN_PATH)))
    spans = ExchangeSpans(ground.spans.tracing, propagate_to=frozenset(HOST_CLASSES))
    transport = WatchedTransport(transport=wire, observer=exchanges, spans=spans, clock=clock)
    for host, watched in ground.metrics.upstream.in_flight.items():
        watched.add(partial(transport.in_flight, host))
    hosts = Hosts.of(
        conversation_url=settings.conversation_url, batch_url=settings.batch_url, template_url=settings.template_url
    )
    # By origin: regions that share a host share its fate, and an outage of one region leaves the others alone.
    kinds = {endpoint.origin: kind for (kind, _), endpoint in hosts.endpoints.items()}
    breakers = {origin: Breaker(host=kind, clock=clock, lost_s=ground.lost_s) for origin, kind in kinds.items()}
    for breaker in breakers.values():
        ground.metrics.upstream.breakers[breaker.host].add(partial(_level, breaker))
    return Shared(
        transport=transport,
        writer=RequestWriter(hosts=hosts, user_agent=f"conversation-gateway/{__version__}"),
        breakers=breakers,
        budgets={origin: RetryBudget(clock=clock) for origin in kinds},
    )


def _project(ground: Ground, shared: Shared, described: ProjectSettings, stack: AsyncExitStack) -> Project:
    """One project's own half: its token, its rate limit, its apps, and what is filled in for it."""
    settings, clock = ground.settings, ground.clock
    attempts = _attempts(ground, shared, described, stack)
    by_path = {method.path: method for method in methods()}
    lookup = AppLookup(attempts=attempts, writer=shared.writer, methods=by_path, project=described.project_id)
    regions = AppRegions(lookup=lookup, clock=clock)
    stack.push_async_callback(regions.close)
    queues = AppQueues(
        lookup=lookup, clock=clock, poll_s=settings.queue_poll_s, refuse=settings.queue_guard == "refuse"
    )
    stack.push_async_callback(queues.close)
    ground.metrics.upstream.app_queue_eta.add(queues.longest_eta_s)
    defaults = Defaults(
        project_id=described.project_id,
        app_id=described.app_id,
        region=described.region or settings.region,
        sms_sender=described.sms_sender_id,
        urgent_first=settings.urgent_high_priority,
        app_regions=described.app_regions,
    )
    return Project(defaults=defaults, attempts=attempts, queues=queues, regions=regions)


def _attempts(ground: Ground, shared: Shared, described: ProjectSettings, stack: AsyncExitStack) -> Attempts:
    settings, clock = ground.settings, ground.clock
    randomness = random.SystemRandom()
    tokens = TokenCache(
        transport=shared.transport,
        endpoint=Endpoint.of(settings.auth_url, pool="auth"),
        key_id=described.key_id,
        key_secret=described.key_secret.get_secret_value(),
        clock=clock,
        randomness=randomness,
        observe=ground.metrics.tokens.fetched,
        vault=ground.shared.vault(described) if ground.shared else None,
    )
    stack.push_async_callback(tokens.close)
    limiter = RateLimiter(
        project_id=described.project_id,
        clock=clock,
        timers=asyncio.get_running_loop(),
        rate_per_s=described.rate_limit_per_s or settings.rate_limit_per_s,
        margin=settings.rate_limit_margin,
        burst=settings.rate_limit_burst,
        observer=ground.spans.limiter(ground.metrics.limiter),
        cell=ground.shared.permits(described) if ground.shared else None,
        local_share=settings.state_local_share,
    )
    stack.push_async_callback(limiter.close)
    limiter.share({caller.name: caller.quota_share for caller in settings.callers if caller.quota_share is not None})
    _watch(ground.metrics, tokens, limiter)
    if described.key_secret_file:
        ground.files.watch(Path(described.key_secret_file), lambda content: tokens.use_key_secret(secret_text(content)))
    return Attempts(
        transport=shared.transport,
        tokens=tokens,
        limiter=limiter,
        breakers=shared.breakers,
        budgets=shared.budgets,
        policy=RetryPolicy(),
        strict_sends=settings.strict_sends,
        clock=clock,
        randomness=randomness,
        observe_retry=ground.metrics.upstream.retried,
    )


def _level(breaker: Breaker) -> float:
    return LEVELS[breaker.state]


def _watch(metrics: Metrics, tokens: TokenCache, limiter: RateLimiter) -> None:
    """Have one project's token and limit asked at each scrape; projects are joined, as no label may hold an id."""

    def waiting(priority: Priority) -> float:
        return limiter.stats().waiting[priority]

    metrics.tokens.remaining.add(tokens.remaining_s)
    metrics.limiter.rate.add(lambda: limiter.stats().rate_per_s)
    metrics.limiter.local.add(lambda: limiter.local)
    metrics.limiter.paused.add(lambda: limiter.stats().pause_left_s > 0)
    for priority in Priority:
        metrics.limiter.waiting[priority.name.lower()].add(partial(waiting, priority))


async def _request_ids(ground: Ground, stack: AsyncExitStack) -> RequestIds:
    """Request ids live in a file of their own: a quarantined log must not be able to cause a second send."""
    settings, clock = ground.settings, ground.clock
    store: RequestStore
    if ground.shared is not None:
        store = ground.shared.requests(stack)
    else:
        path = settings.state_path.with_name(settings.state_path.name + REQUESTS_SUFFIX)
        embedded = store = await SqliteRequestStore.open(path, clock=clock)
        stack.push_async_callback(embedded.close)
    request_ids = RequestIds(store=store, clock=clock, observe=ground.metrics.upstream.request_id)

    async def close() -> None:
        await request_ids.close(Deadline.after(ground.grace.left_s(), clock))

    stack.push_async_callback(close)
    settlement = Settlement(request_ids=request_ids, log=ground.events)
    settlement.start()
    stack.push_async_callback(settlement.close)
    return request_ids
