"""Callbacks: what happened is posted to every webhook that subscribed to it, signed, and posted again until taken.

At least once, without any order between events, as with the vendor. A repeat carries the first attempt's body,
nonce, timestamp and signature; where the owner of the webhook wants a token of its own, also that of the day.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import orjson

from gateway.simulator.delivery.manner import PROPER, Manner
from gateway.simulator.delivery.owner_tokens import OwnerTokens
from gateway.simulator.delivery.poster import Poster, PostError, is_target
from gateway.simulator.delivery.signature import signature_headers
from gateway.simulator.identifiers import new_ulid
from gateway.simulator.problem import Json
from gateway.simulator.records.state import App
from gateway.simulator.schedule import Schedule, stamp

_ACCEPTED = range(200, 300)
_UNAUTHORIZED = 401
_LONGEST_HOLD_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where callbacks go, and what they are signed with."""

    target: str
    secret: str
    credentials: Json | None = None
    """The client credentials of whoever is called back, where it wants a token of its own server."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Callback:
    """One event for one target."""

    app_id: str
    target: str
    headers: dict[str, str]
    body: bytes
    credentials: Json | None
    generation: int
    attempts: int = 0
    tried: Callable[[], None] | None = None
    """Called once, when the first attempt is over."""
    overtaken: list["_Callback"] = field(default_factory=list)
    """What goes out only after this."""


class Callbacks:
    """A bounded queue of callbacks and a fixed number of workers that post them; `run` owns the workers."""

    def __init__(
        self,
        *,
        schedule: Schedule,
        project_id: str,
        manner: Callable[[str, str, Json], Manner | None],
        backlog: int,
        in_flight: int,
        timeout_s: float,
        retry_base_s: float,
        retry_cap_s: float,
        attempts: int,
        per_app_per_s: float,
    ) -> None:
        """Take the limits; nothing is posted before `run`. `manner` says which callbacks to deliver improperly."""
        self._schedule = schedule
        self._project_id = project_id
        self._manner = manner
        self._queue: asyncio.Queue[_Callback] = asyncio.Queue(backlog)
        self._in_flight = in_flight
        self._timeout_s = timeout_s
        self._retry_base_s = retry_base_s
        self._retry_cap_s = retry_cap_s
        self._attempts = attempts
        self._per_app_per_s = per_app_per_s
        self._next_slot: dict[str, float] = {}
        self._held: dict[str, list[_Callback]] = {}
        self._generation = 0
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Post until cancelled."""
        poster = Poster()
        tokens = OwnerTokens(schedule=self._schedule, poster=poster, timeout_s=self._timeout_s)
        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(self._in_flight):
                    workers.create_task(self._work(poster, tokens))
        finally:
            poster.close()

    def emit(
        self,
        app: App,
        trigger: str,
        payload: Json,
        *,
        message_metadata: str = "",
        correlation_id: str = "",
        override: Destination | None = None,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Queue one event for all its targets; `then` runs once each target was tried for the first time."""
        targets = _targets(app, trigger, override)
        if not targets:
            if then is not None:
                then()
            return
        accepted_time = stamp(self._schedule.now())
        envelope = {
            "app_id": app.app_id,
            "project_id": self._project_id,
            "accepted_time": accepted_time,
            "event_time": accepted_time,
            "message_metadata": message_metadata,
            "correlation_id": correlation_id,
            **payload,
        }
        body = orjson.dumps(envelope)
        manner = self._manner(app.app_id, trigger, payload) or PROPER
        tried = _countdown(len(targets), then) if then is not None else None
        for target in targets:
            callback = _Callback(
                app_id=app.app_id,
                target=target.target,
                headers=_headers(body, target.secret, manner),
                body=body,
                credentials=target.credentials,
                generation=self._generation,
                tried=tried,
            )
            self._deliver(callback, manner)

    @property
    def waiting_count(self) -> int:
        """Callbacks in the queue, repeats that are not due yet aside."""
        return self._queue.qsize()

    def clear(self) -> None:
        """Drop what waits and forget the counts; what is being posted now has no consequences."""
        self._generation += 1
        while not self._queue.empty():
            self._queue.get_nowait()
        self._held.clear()
        self._next_slot.clear()
        self.counts.clear()

    def _deliver(self, callback: _Callback, manner: Manner) -> None:
        """Queue a callback in its manner; one that is late or overtaken keeps nobody waiting."""
        if manner.overtaken:
            _release(callback)
            self._hold(callback)
            return
        if manner.delay_s > 0:
            _release(callback)
            self._schedule.after(manner.delay_s, lambda: self._put(callback))
            return
        callback.overtaken = self._held.pop(callback.target, [])
        self._put_in_turn(callback)
        for _ in range(manner.copies - 1):
            self._put_in_turn(replace(callback, tried=None, overtaken=[]))

    def _hold(self, callback: _Callback) -> None:
        """Keep a callback back until the next one for its target was tried, or until none has come for long."""
        self._held.setdefault(callback.target, []).append(callback)
        self._schedule.after(_LONGEST_HOLD_S, lambda: self._let_go(callback))

    def _let_go(self, callback: _Callback) -> None:
        held = self._held.get(callback.target, [])
        if callback in held:
            held.remove(callback)
            self._put(callback)

    def _put_in_turn(self, callback: _Callback) -> None:
        """Queue at once, or in the app's next slot where callbacks are limited."""
        if self._per_app_per_s <= 0:
            self._put(callback)
            return
        now = self._schedule.epoch_s()
        slot = max(self._next_slot.get(callback.app_id, now), now)
        self._next_slot[callback.app_id] = slot + 1 / self._per_app_per_s
        self._schedule.after(slot - now, lambda: self._put(callback))

    def _put(self, callback: _Callback) -> None:
        try:
            self._queue.put_nowait(callback)
        except asyncio.QueueFull:
            self.counts["dropped"] += 1
            _release(callback)

    async def _work(self, poster: Poster, tokens: OwnerTokens) -> None:
        while True:
            callback = await self._queue.get()
            taken = await self._attempt(poster, tokens, callback)
            if callback.generation != self._generation:
                continue
            _release(callback)
            for overtaken in callback.overtaken:
                self._put(overtaken)
            callback.overtaken = []
            if not taken:
                self._repeat_later(callback)

    async def _attempt(self, poster: Poster, tokens: OwnerTokens, callback: _Callback) -> bool:
        callback.attempts += 1
        headers, credentials, token = callback.headers, callback.credentials, ""
        if credentials is not None:
            try:
                token = await tokens.token(credentials)
            except PostError:
                self.counts["without_token"] += 1
                return False
            headers = {**headers, "authorization": f"Bearer {token}"}
        self.counts["attempts"] += 1
        try:
            status, _ = await poster.post(callback.target, headers, callback.body, timeout_s=self._timeout_s)
        except PostError:
            self.counts["unanswered"] += 1
            return False
        self.counts[f"answered_{status}"] += 1
        if credentials is not None and status == _UNAUTHORIZED:
            tokens.discard(credentials, token)
        return status in _ACCEPTED

    def _repeat_later(self, callback: _Callback) -> None:
        if callback.attempts >= self._attempts:
            self.counts["given_up"] += 1
            return
        delay_s = min(self._retry_base_s * 2 ** (callback.attempts - 1), self._retry_cap_s)
        self._schedule.after(delay_s, lambda: self._put(callback))


def _targets(app: App, trigger: str, override: Destination | None) -> list[Destination]:
    if override is not None:
        return [override]
    subscribers = app.subscribers.get(trigger, ())
    return [
        Destination(target=webhook["target"], secret=webhook["secret"], credentials=webhook["client_credentials"])
        for webhook in subscribers
        if is_target(webhook["target"])
    ]


def _headers(body: bytes, secret: str, manner: Manner) -> dict[str, str]:
    """The signature, right unless the manner says otherwise; receivers compare its time with their own clock."""
    if manner.signature == "missing":
        return {}
    if manner.signature == "wrong":
        secret = f"not {secret}"
    return signature_headers(body, secret=secret, nonce=new_ulid(), timestamp=str(int(time.time() + manner.drift_s)))


def _countdown(count: int, then: Callable[[], None]) -> Callable[[], None]:
    remaining = count

    def tried() -> None:
        nonlocal remaining
        remaining -= 1
        if remaining == 0:
            then()

    return tried


def _release(callback: _Callback) -> None:
    """Tell, once, that the first attempt is over."""
    tried, callback.tried = callback.tried, None
    if tried is not None:
        tried()
