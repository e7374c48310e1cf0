"""Builds the half that takes webhooks: the log on disk, its retention, the feed over it, and the webhook's receiver."""

from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from gateway.clock import Clock
from gateway.events.feed import Feed
from gateway.events.limits import FeedLimits
from gateway.events.retention import Retention, RetentionLimits
from gateway.events.stream import FeedObserver
from gateway.events.vitals import Vitals
from gateway.settings import Secret, Settings, all_projects, all_webhooks
from gateway.settings.webhook_secrets import WebhookSecrets
from gateway.shared import Shared, open_shared
from gateway.state.log import EventLog, Keep
from gateway.state.sqlite_log import SqliteEventLog
from gateway.telemetry.logs import logger
from gateway.telemetry.metrics import Metrics
from gateway.watched_file import WatchedFiles
from gateway.webhooks.outcome import Outcome
from gateway.webhooks.receiver import PostSpans, WebhookReceiver
from gateway.webhooks.source import WebhookSource
from gateway.webhooks.spellings import TRIGGERS

log = logger("inbound")


async def open_log(
    settings: Settings, metrics: Metrics, clock: Clock, stack: AsyncExitStack
) -> tuple[EventLog, Shared | None]:
    """The event log, kept within its retention, and what else replicas share, if they do.

    `stack` closes them after everything that uses them.
    """
    shared = await open_shared(settings, metrics, clock, stack)
    events: EventLog
    if shared is not None:
        events = await shared.log()
    else:
        settings.state_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        events = await SqliteEventLog.open(settings.state_path, clock=clock, observe_commit=metrics.store.committed)
    stack.push_async_callback(events.close)
    keep = Keep(
        age_s=settings.feed_retention_s,
        size_bytes=settings.feed_retention_bytes,
        count=settings.feed_retention_count,
    )
    factor = settings.feed_hold_factor
    held = Keep(age_s=keep.age_s * factor, size_bytes=int(keep.size_bytes * factor), count=int(keep.count * factor))
    limits = RetentionLimits(keep=keep, held=held, dedupe_s=settings.webhook_memory_s)
    retention = Retention(log=events, clock=clock, limits=limits)
    stack.push_async_callback(retention.close)
    retention.start()
    metrics.store.usable.add(lambda: events.usable)
    return events, shared


def open_feed(
    settings: Settings, events: EventLog, observer: FeedObserver, clock: Clock, stack: AsyncExitStack
) -> Feed:
    """The feed over the log; requests that name no project mean the first."""
    default = all_projects(settings)[0].project_id
    limits = FeedLimits(subscription_count=settings.feed_max_subscriptions)
    feed = Feed(log=events, clock=clock, project_id=default, limits=limits, observer=observer)
    stack.push_async_callback(feed.close)
    return feed


def open_vitals(
    settings: Settings, events: EventLog, feed: Feed, ground: tuple[Metrics, Clock], stack: AsyncExitStack
) -> Vitals:
    """What log and feed are asked at each scrape; its `refresh` comes first."""
    metrics, clock = ground
    projects = [project.project_id for project in all_projects(settings)]
    vitals = Vitals(events=events, feed=feed, clock=clock, project_ids=projects)
    stack.push_async_callback(vitals.close)
    metrics.feed.subscribers.add(lambda: feed.stream_count)
    metrics.feed.lag.add(vitals.lag_s)
    metrics.feed.subscription_lag.add(vitals.subscription_lag)
    metrics.store.size.add(vitals.size_bytes)
    metrics.store.events.add(vitals.event_count)
    metrics.store.oldest_age.add(vitals.oldest_age_s)
    return vitals


def webhook_secrets(settings: Settings, files: WatchedFiles) -> WebhookSecrets:
    """The secrets of every webhook, as new as their files."""
    secrets = WebhookSecrets(settings)
    for path in secrets.paths:
        files.watch(Path(path), partial(secrets.replace, path))
    return secrets


def receiver(
    settings: Settings,
    events: EventLog,
    metrics: Metrics,
    clock: Clock,
    secrets: WebhookSecrets,
    *,
    spans: PostSpans | None,
) -> WebhookReceiver:
    """The webhook door's application, with every webhook that the settings name."""
    observer = metrics.webhooks(tuple(Outcome), TRIGGERS)
    door = WebhookReceiver(sources=_sources(settings, secrets), log=events, clock=clock, observer=observer, spans=spans)

    def replace() -> None:
        door.configure(_sources(settings, secrets))
        log.info("webhook_secrets_replaced")

    secrets.on_replaced(replace)
    return door


def _sources(settings: Settings, secrets: WebhookSecrets) -> list[WebhookSource]:
    """Every webhook with the secrets of now.

    The apps of its project may sign as well: a `callback_url` can lead their callbacks to any path.
    """
    return [
        WebhookSource(
            name=webhook.name,
            project_id=webhook.project_id,
            secrets=_bytes(secrets.of(webhook.name)) + _bytes(secrets.of_apps(webhook.project_id)),
            accept_unsigned=webhook.unsigned,
            window_s=settings.webhook_memory_s,
            bearer_hashes=tuple(bytes.fromhex(digest) for digest in webhook.bearer_sha256),
        )
        for webhook in all_webhooks(settings)
    ]


def _bytes(secrets: tuple[Secret, ...]) -> tuple[bytes, ...]:
    return tuple(secret.get_secret_value().encode() for secret in secrets)
