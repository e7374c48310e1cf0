"""The second limit: each app's queue at the API drains about 20 messages a second, so a 200 can mean "in seven hours".

The queue is read in the background while an app is in use, once per poll at most, and reckoned on in between: what was
sent through this gateway has joined it, what could drain has left. Other users of the app show at the next read.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any

import grpc

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.errors import LimitError
from gateway.telemetry.logs import logger
from gateway.upstream.app_lookup import AppFacts, AppLookup, AppUnknown
from gateway.upstream.rate_limit import Priority
from gateway.value import value

MAX_APPS = 100
# A program that sends one message and leaves should not cost a read as well.
FIRST_READ_AFTER_S = 1.0
READ_TIMEOUT_S = 10.0
# After a 429 everybody waits for the answer to "is it the app?".
ASK_TIMEOUT_S = 2.0
# Calls are refused together; what the first of them learnt serves the others. Batches of others can fill a queue in
# seconds, so older data say nothing here.
RECENT_S = 2.0
# A full queue has drained a little by the time it is read.
FULL = 0.99

log = logger("app_queue")


@value
class Joining:
    """What is about to join an app's queue."""

    app_id: str
    region: str
    message_count: int = 1
    ttl_s: float | None = None
    is_first: bool = False
    """Whether it overtakes what is queued with normal priority."""


@dataclass(slots=True)
class _App:
    """What is known of one app's queue."""

    facts: AppFacts | None = None
    read_at_s: float = float("-inf")
    tried_at_s: float = float("-inf")
    sent_since: int = 0
    reading: asyncio.Task[None] | None = None
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def waiting(self, now_s: float) -> float:
        """Messages in the queue at this instant, as far as one can tell."""
        if self.facts is None:
            return 0.0
        return max(self.facts.waiting + self.sent_since - (now_s - self.read_at_s) * self.facts.drain_per_s, 0.0)

    def eta_s(self, now_s: float) -> float:
        """Seconds until a message that joins now has its turn."""
        return self.waiting(now_s) / self.facts.drain_per_s if self.facts is not None else 0.0


class AppQueues:
    """Forecasts of apps' queues, and, where asked for, the refusal of what would join one in vain."""

    def __init__(self, *, lookup: AppLookup, clock: Clock, poll_s: float, refuse: bool) -> None:
        """Know nothing yet; data older than twice `poll_s` is neither told nor acted upon."""
        self._lookup = lookup
        self._clock = clock
        self._poll_s = poll_s
        self._refuse = refuse
        self._apps: OrderedDict[tuple[str, str], _App] = OrderedDict()

    def admit(self, joining: Joining) -> None:
        """Raise `LimitError` for a message that could not join, or would expire first, if the guard is on."""
        if not self._refuse:
            return
        app = self._known(joining.app_id, joining.region)
        if app is None or app.facts is None:
            return
        # What is refused joins nothing, so this alone keeps the data fresh that the refusal rests on.
        self._look_if_due(joining, app)
        now_s = self._clock.monotonic()
        eta_s = app.eta_s(now_s)
        if app.facts.limit and app.waiting(now_s) + joining.message_count > app.facts.limit:
            raise _refusal("APP_QUEUE_FULL", "the app's queue of messages at the API is full", joining, eta_s, eta_s)
        if joining.ttl_s is not None and joining.ttl_s < eta_s and not joining.is_first:
            message = "the message would expire in the app's queue at the API before its turn"
            raise _refusal("TTL_BELOW_QUEUE_ETA", message, joining, eta_s, eta_s - joining.ttl_s)

    def joined(self, joining: Joining) -> float | None:
        """Count what has joined, and give the seconds until its turn, if they are known; may begin a read."""
        app, now_s = self._used(joining.app_id, joining.region), self._clock.monotonic()
        eta_s = app.eta_s(now_s) if self._is_fresh(app, now_s) else None
        app.sent_since += joining.message_count
        self._look_if_due(joining, app)
        return eta_s

    async def is_full(self, joining: Joining, deadline: Deadline) -> bool:
        """Whether a 429 was for the app's queue and not for the project's rate; asks the API when in doubt."""
        app = self._used(joining.app_id, joining.region)
        if self._clock.monotonic() - app.read_at_s >= RECENT_S:
            if app.reading is None:
                app.reading = self._own(app, self._read(joining.app_id, joining.region, app, Priority.URGENT))
            patience_s = max(deadline.within(ASK_TIMEOUT_S).remaining_s(), 0.0)
            await asyncio.wait({app.reading}, timeout=patience_s)
        if app.facts is None or not app.facts.limit or self._clock.monotonic() - app.read_at_s >= RECENT_S:
            return False
        return app.waiting(self._clock.monotonic()) + joining.message_count > app.facts.limit * FULL

    def eta_s(self, app_id: str, region: str) -> float | None:
        """Seconds until a message that joins now has its turn; None when that is not known well enough."""
        app = self._known(app_id, region)
        return None if app is None else app.eta_s(self._clock.monotonic())

    def longest_eta_s(self) -> float:
        """The longest forecast of all apps in use, for a metric; zero when nothing is known."""
        return max((self.eta_s(*key) or 0.0 for key in self._apps), default=0.0)

    def is_dispatch(self, app_id: str, region: str) -> bool:
        """Whether the app is known to be in DISPATCH mode."""
        app = self._known(app_id, region)
        return app is not None and app.facts is not None and app.facts.is_dispatch

    async def close(self) -> None:
        """End every read."""
        tasks = [task for app in self._apps.values() for task in app.tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _known(self, app_id: str, region: str) -> _App | None:
        app = self._apps.get((app_id, region))
        return app if app is not None and self._is_fresh(app, self._clock.monotonic()) else None

    def _is_fresh(self, app: _App, now_s: float) -> bool:
        return now_s - app.read_at_s < 2 * self._poll_s

    def _used(self, app_id: str, region: str) -> _App:
        app = self._apps.setdefault((app_id, region), _App())
        self._apps.move_to_end((app_id, region))
        while len(self._apps) > MAX_APPS:
            for task in self._apps.popitem(last=False)[1].tasks:
                task.cancel()
        return app

    def _look_if_due(self, joining: Joining, app: _App) -> None:
        """Begin a read in the background, unless one was tried within the poll or is under way."""
        last_s = max(app.tried_at_s, app.read_at_s)
        if app.tasks or self._clock.monotonic() - last_s < self._poll_s:
            return
        delay_s = 0.0 if app.facts else min(FIRST_READ_AFTER_S, self._poll_s)
        self._own(app, self._read_later(joining.app_id, joining.region, app, delay_s))

    async def _read_later(self, app_id: str, region: str, app: _App, delay_s: float) -> None:
        await self._clock.sleep(delay_s)
        if app.reading is None:
            await self._read(app_id, region, app, Priority.BULK)

    async def _read(self, app_id: str, region: str, app: _App, priority: Priority) -> None:
        """Read the app once; what cannot be had now is tried again after a poll."""
        sent_before, app.tried_at_s = app.sent_since, self._clock.monotonic()
        try:
            facts = await self._lookup.read(
                app_id, region, Deadline.after(READ_TIMEOUT_S, self._clock), priority=priority
            )
        except AppUnknown as error:
            log.info("app_queue_not_read", reason=str(error))
            return
        finally:
            app.reading = None
        app.facts, app.read_at_s, app.sent_since = facts, self._clock.monotonic(), app.sent_since - sent_before

    def _own(self, app: _App, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        # A context of its own: what is read serves everyone, and is no part of the trace of whoever came first.
        task = asyncio.create_task(work, name="app-queue-read", context=Context())
        app.tasks.add(task)
        task.add_done_callback(app.tasks.discard)
        return task


def _refusal(reason: str, message: str, joining: Joining, eta_s: float, retry_after_s: float) -> LimitError:
    return LimitError(
        f"{message}; nothing was sent",
        reason=reason,
        code=grpc.StatusCode.RESOURCE_EXHAUSTED,
        retry_after_s=max(retry_after_s, 1.0),
        metadata={
            "quota_subject": f"app:{joining.app_id}",
            "quota_description": "messages that wait in the app's queue at the API",
            "app_queue_eta_s": str(round(eta_s)),
        },
    )
