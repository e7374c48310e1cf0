"""The project's one rate limit: every call takes a permit here before it goes out.

A permit that nobody competes for is arithmetic. Otherwise the call waits in line, and waiting is bounded: in number,
and by the call's own deadline, which is compared with a forecast before the call may wait at all. How fast permits come
is `pace`, who is next is `waiting_line`, and `dispatch` brings the two together.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import grpc

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.errors import LimitError
from gateway.state.permits import PermitCell
from gateway.upstream.dispatch import Dispatch, Stage, Timers
from gateway.upstream.leased_pace import LeasedPace
from gateway.upstream.leasing import Leasing
from gateway.upstream.pace import Pace, Permits
from gateway.upstream.waiting_line import Priority, Waiter, WaitingLine
from gateway.value import value

__all__ = ["Claim", "LimiterStats", "Priority", "RateLimiter"]

# A 429 of the API hosts names no delay (api/behaviour.md); a bucket that is refilled each second has room after one.
PAUSE_UNSAID_S = 1.0
# A slip in one header must not silence a project for hours.
PAUSE_CAP_S = 60.0
# The limit is known and ours is set below it, so a 429 means that someone else uses the project too: yield a third,
# as congestion control does for a mild surplus, and take it back within 15 s. A neighbour that stays pushes the rate
# down to a twentieth at most, from where recovery takes 48 s.
CUT = 0.7
FLOOR = 0.05
RECOVERY_PER_S = 0.02
# A full app queue takes what it drains, about 20 messages a second (api/behaviour.md). Rising by a hundredth of the
# project's rate each second soon finds out when there is room again, at the price of a refusal or two per pause.
APP_RATE_PER_S = 20.0
APP_RECOVERY_PER_S = 0.01
# A delay of nothing at all would invite a client to spin.
LEAST_RETRY_AFTER_S = 0.001


@value
class Claim:
    """Who asks for a permit: `caller` is whom fairness counts, `max_wait_s` the longest wait besides the deadline."""

    priority: Priority = Priority.NORMAL
    caller: str = ""
    app_id: str = ""
    max_wait_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimiterStats:
    """What the limiter is doing now, for metrics."""

    waiting: Mapping[Priority, int]
    rate_per_s: float
    pause_left_s: float
    slowed_apps: int


class LimiterObserver(Protocol):
    """Learns what becomes of claims; called on the event loop, once for each."""

    def granted(self, priority: int, waited_s: float) -> None:
        """A call has its permit."""

    def refused(self, priority: int) -> None:
        """A call will not get one in time. One that gives up by itself is neither."""


class Unobserved:
    """An observer that looks away."""

    def granted(self, priority: int, waited_s: float) -> None:
        """Do nothing."""

    def refused(self, priority: int) -> None:
        """Do nothing."""


class RateLimiter:
    """Hands out the project's permits: by priority, fairly between callers, never more than the rate allows.

    In any span of `t` seconds at most `burst + rate_per_s * (1 - margin) * t` calls are admitted. Nothing waits for
    ever: see `waiting_line` for who goes first. Everything must be called on the event loop's thread.
    """

    def __init__(
        self,
        *,
        project_id: str,
        clock: Clock,
        timers: Timers,
        rate_per_s: float = 800.0,
        margin: float = 0.01,
        burst: int = 40,
        max_waiting: int = 20_000,
        max_waiting_per_caller: int = 10_000,
        observer: LimiterObserver | None = None,
        cell: PermitCell | None = None,
        local_share: float = 0.0,
    ) -> None:
        """Start with a full burst; `timers` is the event loop.

        With a `cell` the rate is that of all processes which lease from it; while it cannot be asked calls go on at
        `local_share` of the rate, or, where that is 0, are refused with `StoreError`.

        `margin` is the part of `rate_per_s` that is left unused. Both bounds count each priority by itself, so that
        a campaign cannot fill the line for calls that a person waits for.
        """
        self._rate_per_s = rate_per_s * (1 - margin)
        recovery_per_s2 = self._rate_per_s * RECOVERY_PER_S
        self._leasing: Leasing | None = None
        self._pace: Permits
        if cell is None:
            self._pace = Pace(rate_per_s=self._rate_per_s, burst=burst, recovery_per_s2=recovery_per_s2)
            self._dispatch = Dispatch(project=self._pace, clock=clock, timers=timers)
        else:
            local_per_s = self._rate_per_s * local_share
            recovery_per_s2 *= local_share
            local = Pace(rate_per_s=local_per_s, burst=1, recovery_per_s2=recovery_per_s2) if local_share else None
            leased = LeasedPace(rate_per_s=self._rate_per_s, local=local, cut=CUT, floor=FLOOR, fetch=self._fetch)
            self._pace = leased
            self._dispatch = Dispatch(project=leased, clock=clock, timers=timers)
            self._leasing = Leasing(cell=cell, pace=leased, dispatch=self._dispatch, clock=clock)
        self._line = self._dispatch.project.line
        self._slowed = self._dispatch.slowed
        self._shares = self._dispatch.shares
        self._burst = burst
        self._clock = clock
        self._project_id = project_id
        self._max_waiting = max_waiting
        self._max_waiting_per_caller = max_waiting_per_caller
        self._observer = observer or Unobserved()

    @property
    def local(self) -> bool:
        """Whether the shared rate cannot be had, so that calls go on at the local share."""
        return isinstance(self._pace, LeasedPace) and self._pace.away

    async def close(self) -> None:
        """Lease nothing more."""
        if self._leasing is not None:
            await self._leasing.close()

    async def acquire(self, claim: Claim, deadline: Deadline) -> float:
        """Take a permit, waiting for it if need be; gives the seconds waited.

        Raises `LimitError` and takes nothing: at once when the forecast exceeds the deadline or `max_wait_s`
        (RATE_LIMITED, or APP_QUEUE_FULL when it is the app's queue that holds it up) or when too many wait already
        (QUEUE_FULL); later only when calls that came after went first and the time is over. A deadline that has
        passed is refused like one that is too near. A cancelled caller leaves the line at once, and a permit it was
        given in the same moment goes to the next.
        """
        now_s = self._clock.monotonic()
        if (
            not self._line.count
            and self._pace.due_s <= now_s < deadline.at_s
            and claim.app_id not in self._slowed
            and claim.caller not in self._shares
        ):
            self._pace.take(now_s)
            self._observer.granted(claim.priority, 0.0)
            return 0.0
        waiter = self._admit(claim, deadline, now_s)
        self._dispatch.join(waiter, now_s)
        granted = False
        try:
            granted = await waiter.outcome
        finally:
            if not granted:
                self._dispatch.leave(waiter)
        if not granted:
            self._observer.refused(claim.priority)
            raise self._not_in_time(claim, self._clock.monotonic())
        waited_s = self._clock.monotonic() - now_s
        self._observer.granted(claim.priority, waited_s)
        return waited_s

    def throttled(self, app_id: str, retry_after_s: float | None, *, app_queue_full: bool) -> None:
        """Heed a 429: pause the app whose queue is full, or else the project, and let the rate recover gradually.

        `retry_after_s` is what the answer asked for, None or zero when it named no delay. A call that is to be repeated
        only has to `acquire` again: the pause is part of its wait.
        """
        now_s = self._clock.monotonic()
        pause_s = min(retry_after_s or PAUSE_UNSAID_S, PAUSE_CAP_S)
        if app_queue_full and app_id:
            pace = self._pace_of_app(app_id, now_s)
            pace.throttle(now_s, pause_s=pause_s, rate_per_s=min(APP_RATE_PER_S, self._rate_per_s))
        else:
            lower = max(self._pace.rate_per_s(now_s) * CUT, self._rate_per_s * FLOOR)
            self._pace.throttle(now_s, pause_s=pause_s, rate_per_s=lower)

    def share(self, shares: Mapping[str, float]) -> None:
        """Let each of these callers use no more than its part of the rate from now on, whatever else is free.

        A caller that is not named has no bound of its own. Calls that wait keep their places.
        """
        for caller in [*self._shares, *shares]:
            line = self._shares[caller].line if caller in self._shares else WaitingLine()
            part = shares.get(caller, 1.0)
            if part == 1.0 and not line.count:
                self._shares.pop(caller, None)
                continue
            pace = Pace(
                rate_per_s=self._rate_per_s * part,
                burst=max(int(self._burst * part), 1),
                recovery_per_s2=self._rate_per_s * RECOVERY_PER_S,
            )
            self._shares[caller] = Stage(pace=pace, line=line)

    def stats(self) -> LimiterStats:
        """The state of the limiter at this instant."""
        now_s = self._clock.monotonic()
        self._forget_recovered(now_s)
        return LimiterStats(
            waiting={priority: self._waiting(priority) for priority in Priority},
            rate_per_s=self._pace.rate_per_s(now_s),
            pause_left_s=self._pace.pause_left_s(now_s),
            slowed_apps=len(self._slowed),
        )

    def _pace_of_app(self, app_id: str, now_s: float) -> Permits:
        """The pace of an app in trouble; its calls that wait already move over when their turn comes."""
        self._forget_recovered(now_s)
        if app_id not in self._slowed:
            recovery_per_s2 = self._rate_per_s * APP_RECOVERY_PER_S
            self._slowed[app_id] = Stage(
                pace=Pace(rate_per_s=self._rate_per_s, burst=1, recovery_per_s2=recovery_per_s2)
            )
        return self._slowed[app_id].pace

    def _forget_recovered(self, now_s: float) -> None:
        """Drop apps that are back at the project's rate, so that their number stays that of the apps in trouble."""
        for app_id, stage in list(self._slowed.items()):
            if not stage.line.count and stage.pace.recovered(now_s):
                del self._slowed[app_id]

    def _fetch(self) -> None:
        if self._leasing is not None:
            self._leasing.wake()

    def _admit(self, claim: Claim, deadline: Deadline, now_s: float) -> Waiter:
        """Let a call wait, or refuse it when there is no place or no hope."""
        self._forget_recovered(now_s)
        if (
            self._waiting(claim.priority) >= self._max_waiting
            or self._waiting_of(claim.caller, claim.priority) >= self._max_waiting_per_caller
        ):
            self._observer.refused(claim.priority)
            raise self._queue_full(claim, now_s)
        expires_s = deadline.at_s if claim.max_wait_s is None else min(deadline.at_s, now_s + claim.max_wait_s)
        if now_s + self._forecast_s(claim, now_s) > expires_s:
            self._observer.refused(claim.priority)
            raise self._not_in_time(claim, now_s)
        return Waiter(
            priority=claim.priority,
            caller=claim.caller,
            app_id=claim.app_id,
            # Who may not wait waits for the answer whether there is a permit, where that has to be asked.
            expires_s=max(expires_s, min(deadline.at_s, now_s + self._pace.question_s)),
            settles_s=expires_s,
            outcome=asyncio.get_running_loop().create_future(),
        )

    def _waiting(self, priority: Priority) -> int:
        return sum(stage.line.waiting(priority) for stage in self._dispatch.stages())

    def _waiting_of(self, caller: str, priority: Priority) -> int:
        return sum(stage.line.waiting_of(caller, priority) for stage in self._dispatch.stages())

    def _forecast_s(self, claim: Claim, now_s: float) -> float:
        """Seconds until a call that joins now has its permit, as long as nobody comes after it and goes first."""
        waits_s = (_wait_s(self._dispatch.project, claim, now_s), self._app_wait_s(claim, now_s))
        return sum(waits_s) + self._share_wait_s(claim, now_s)

    def _app_wait_s(self, claim: Claim, now_s: float) -> float:
        stage = self._slowed.get(claim.app_id)
        return _wait_s(stage, claim, now_s) if stage is not None else 0.0

    def _share_wait_s(self, claim: Claim, now_s: float) -> float:
        stage = self._shares.get(claim.caller)
        return _wait_s(stage, claim, now_s) if stage is not None else 0.0

    def _not_in_time(self, claim: Claim, now_s: float) -> LimitError:
        """The refusal of a call that cannot wait long enough; it names the limit that holds it up longer."""
        forecast_s = self._forecast_s(claim, now_s)
        if self._app_wait_s(claim, now_s) > forecast_s / 2:
            return _refusal(
                "APP_QUEUE_FULL",
                "the app's queue of messages at the API is full; this call cannot be admitted in time",
                forecast_s,
                quota_subject=f"app:{claim.app_id}",
                quota_description="messages that wait in the app's queue at the API",
            )
        if self._share_wait_s(claim, now_s) > forecast_s / 2:
            return _refusal(
                "RATE_LIMITED",
                "the caller's share of the rate limit cannot admit this call in time",
                forecast_s,
                quota_subject=f"caller:{claim.caller}",
                quota_description="the part of the project's calls per second that this caller may use",
            )
        return _refusal(
            "RATE_LIMITED", "the project's rate limit cannot admit this call in time", forecast_s, **self._quota()
        )

    def _queue_full(self, claim: Claim, now_s: float) -> LimitError:
        message = "as many calls wait for the project's rate limit as may wait"
        return _refusal("QUEUE_FULL", message, self._forecast_s(claim, now_s), **self._quota())

    def _quota(self) -> dict[str, str]:
        return {
            "quota_subject": f"project:{self._project_id}",
            "quota_description": f"{self._rate_per_s:g} calls per second, all apps and regions together",
        }


def _wait_s(stage: Stage, claim: Claim, now_s: float) -> float:
    return stage.pace.wait_s(stage.line.permits_until(claim.caller, claim.priority), now_s)


def _refusal(reason: str, message: str, retry_after_s: float, **quota: str) -> LimitError:
    """An error of the limiter; the quota it is about becomes `google.rpc.QuotaFailure`."""
    return LimitError(
        f"{message}; nothing was sent",
        reason=reason,
        code=grpc.StatusCode.RESOURCE_EXHAUSTED,
        retry_after_s=max(retry_after_s, LEAST_RETRY_AFTER_S),
        metadata=quota,
    )
