"""Builds the half that calls the API: transport, token, limits, retries, request ids, and what joins them."""

import asyncio
import random
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

from gateway import __version__
from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.grace import Grace
from gateway.settings import Settings
from gateway.state.sqlite_log import SqliteEventLog
from gateway.state.sqlite_requests import SqliteRequestStore
from gateway.telemetry.metrics import Metrics
from gateway.upstream.app_lookup import AppLookup
from gateway.upstream.app_queue import AppQueues
from gateway.upstream.attempts import Attempts
from gateway.upstream.breaker import LEVELS, Breaker
from gateway.upstream.call import Caller
from gateway.upstream.contract import methods
from gateway.upstream.defaults import Defaults
from gateway.upstream.exchange import Limits, Transport
from gateway.upstream.hosts import HOST_CLASSES, Endpoint, Hosts
from gateway.upstream.outgoing import RequestWriter
from gateway.upstream.rate_limit import Priority, RateLimiter
from gateway.upstream.regions import AppRegions
from gateway.upstream.request_ids import RequestIds
from gateway.upstream.retry import RetryBudget, RetryPolicy
from gateway.upstream.settlement import Settlement
from gateway.upstream.tokens import TokenCache
from gateway.upstream.transport import PooledTransport

REQUESTS_SUFFIX = ".requests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the outbound half stands on, made by whoever builds it."""

    settings: Settings
    clock: Clock
    metrics: Metrics
    events: SqliteEventLog
    grace: Grace


async def build(ground: Ground, stack: AsyncExitStack) -> Caller:
    """Everything between a gRPC request and the API; `stack` takes it down."""
    settings, clock = ground.settings, ground.clock
    transport = PooledTransport(clock=clock, limits=Limits(max_body_bytes=settings.max_response_bytes))
    stack.push_async_callback(transport.aclose)
    attempts = _attempts(ground, transport, stack)
    writer = RequestWriter(
        hosts=Hosts.of(
            conversation_url=settings.conversation_url,
            batch_url=settings.batch_url,
            template_url=settings.template_url,
        ),
        user_agent=f"conversation-gateway/{__version__}",
    )
    by_path = {method.path: method for method in methods()}
    lookup = AppLookup(attempts=attempts, writer=writer, methods=by_path, project=settings.project_id)
    regions = AppRegions(lookup=lookup, clock=clock)
    stack.push_async_callback(regions.close)
    queues = AppQueues(
        lookup=lookup, clock=clock, poll_s=settings.queue_poll_s, refuse=settings.queue_guard == "refuse"
    )
    stack.push_async_callback(queues.close)
    ground.metrics.watch_app_queue(queues.longest_eta_s)
    return Caller(
        attempts=attempts,
        request_ids=await _request_ids(ground, stack),
        queues=queues,
        regions=regions,
        writer=writer,
        defaults=Defaults(
            project_id=settings.project_id,
            app_id=settings.app_id,
            region=settings.region,
            sms_sender=settings.sms_sender_id,
            urgent_first=settings.urgent_high_priority,
        ),
        callback_url_hosts=settings.callback_url_hosts,
        clock=clock,
    )


def _attempts(ground: Ground, transport: Transport, stack: AsyncExitStack) -> Attempts:
    settings, clock = ground.settings, ground.clock
    randomness = random.SystemRandom()
    tokens = TokenCache(
        transport=transport,
        endpoint=Endpoint.of(settings.auth_url, pool="auth"),
        key_id=settings.key_id,
        key_secret=settings.key_secret.get_secret_value(),
        clock=clock,
        randomness=randomness,
    )
    stack.push_async_callback(tokens.close)
    limiter = RateLimiter(
        project_id=settings.project_id,
        clock=clock,
        timers=asyncio.get_running_loop(),
        rate_per_s=settings.rate_limit_per_s,
        margin=settings.rate_limit_margin,
        burst=settings.rate_limit_burst,
    )
    breakers = {host: Breaker(host=host, clock=clock) for host in HOST_CLASSES}
    _show(ground.metrics, limiter, breakers)
    return Attempts(
        transport=transport,
        tokens=tokens,
        limiter=limiter,
        breakers=breakers,
        budgets={host: RetryBudget(clock=clock) for host in HOST_CLASSES},
        policy=RetryPolicy(),
        strict_sends=settings.strict_sends,
        clock=clock,
        randomness=randomness,
    )


def _show(metrics: Metrics, limiter: RateLimiter, breakers: Mapping[str, Breaker]) -> None:
    def level(breaker: Breaker) -> float:
        return LEVELS[breaker.state]

    def waiting(priority: Priority) -> float:
        return limiter.stats().waiting[priority]

    for host, breaker in breakers.items():
        metrics.watch_breaker(host, partial(level, breaker))
    for priority in Priority:
        metrics.watch_waiting(priority.name.lower(), partial(waiting, priority))


async def _request_ids(ground: Ground, stack: AsyncExitStack) -> RequestIds:
    """Request ids live in a file of their own: a quarantined log must not be able to cause a second send."""
    settings, clock = ground.settings, ground.clock
    path = settings.state_path.with_name(settings.state_path.name + REQUESTS_SUFFIX)
    store = await SqliteRequestStore.open(path, clock=clock)
    stack.push_async_callback(store.close)
    request_ids = RequestIds(store=store, clock=clock)

    async def close() -> None:
        await request_ids.close(Deadline.after(ground.grace.left_s(), clock))

    stack.push_async_callback(close)
    settlement = Settlement(request_ids=request_ids, log=ground.events)
    settlement.start()
    stack.push_async_callback(settlement.close)
    return request_ids
