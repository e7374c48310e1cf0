"""Permits go to those who wait as soon as they are due: one timer for all of them, no task, no polling.

Three stages at most. A call of a caller that may use a part of the rate only waits for that caller's pace, then one of
an app that was slowed for the app's, and then it joins the project's line; every other call waits in the project's line
alone. So a caller with a small share and a slowed app hold up nobody but themselves.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from gateway.clock import Clock
from gateway.upstream.pace import Permits
from gateway.upstream.waiting_line import Waiter, WaitingLine

# Event loops count timers in milliseconds: asking for less would spin. Permits are paid by the clock, not by the timer,
# so a late timer costs a little wait and no rate.
TIMER_STEP_S = 0.001
# The most calls that one turn of the event loop moves, so that a long line never holds up everything else.
MOVES_PER_TURN = 256
# Calls that have their answer stay among the expiries until there are this many more of them than calls that wait.
SPENT_EXPIRIES = 64


class Timer(Protocol):
    """Something due later that can be called off."""

    def cancel(self) -> None:
        """Call it off."""


class Timers(Protocol):
    """The part of an event loop that the dispatch needs."""

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer:
        """Run `callback` once, `delay` seconds from now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A pace and the calls that wait for it."""

    pace: Permits
    line: WaitingLine = field(default_factory=WaitingLine)


class Dispatch:
    """Moves waiting calls through their stages, and refuses those whose time is over.

    `project` is the stage everyone passes, `slowed` the stage in front of it for each app in trouble, and `shares` the
    one in front of both for each caller that has a share.
    """

    def __init__(self, *, project: Permits, clock: Clock, timers: Timers) -> None:
        """Start with nobody waiting; `timers` is the event loop that `clock` belongs to."""
        self.project = Stage(pace=project)
        self.slowed: dict[str, Stage] = {}
        self.shares: dict[str, Stage] = {}
        self._clock = clock
        self._timers = timers
        self._timer: Timer | None = None
        self._wake_s = 0.0
        self._expiries: list[tuple[float, int, Waiter]] = []
        self._arrivals = 0
        self._settling: list[tuple[float, Waiter]] = []

    def stages(self) -> list[Stage]:
        """Every stage there is at this moment, the project's first."""
        return [self.project, *self.slowed.values(), *self.shares.values()]

    def join(self, waiter: Waiter, now_s: float) -> None:
        """Put a call in line; its `outcome` may be known before this returns."""
        self._next(waiter).line.add(waiter)
        waiting = sum(stage.line.count for stage in self.stages())
        if len(self._expiries) > 2 * waiting + SPENT_EXPIRIES:
            self._expiries = [entry for entry in self._expiries if not entry[2].outcome.done()]
            heapq.heapify(self._expiries)
        self._arrivals += 1
        heapq.heappush(self._expiries, (waiter.expires_s, self._arrivals, waiter))
        if waiter.settles_s < waiter.expires_s:
            self._settling.append((now_s, waiter))
        self._advance(now_s)

    def leave(self, waiter: Waiter) -> None:
        """Undo what a call has taken that goes away without using its permit: its place, and its permits."""
        if waiter.line is not None:
            waiter.line.remove(waiter)
        if waiter.permits:
            now_s = self._clock.monotonic()
            for pace, busy_period in waiter.permits:
                pace.give_back(busy_period, now_s)
            self._advance(now_s)

    def refresh(self) -> None:
        """Look again: permits have come, or ceased to."""
        self._advance(self._clock.monotonic())

    def answered(self, asked_s: float) -> None:
        """Look again: permits have come, and all that there were for those who waited at the instant `asked_s`."""
        now_s = self._clock.monotonic()
        self._advance(now_s)
        settling, self._settling = self._settling, []
        for joined_s, waiter in settling:
            if joined_s <= asked_s and waiter.settles_s <= now_s:
                self._expire(waiter)
            elif not waiter.outcome.done():
                self._settling.append((joined_s, waiter))

    def refuse_all(self) -> None:
        """Refuse everybody who waits."""
        waiting, self._expiries = self._expiries, []
        for _, _, waiter in waiting:
            self._expire(waiter)

    def _advance(self, now_s: float) -> None:
        """Refuse those whose time is over, give out the permits that are due, and set the timer for the next."""
        while self._expiries and (self._expiries[0][0] <= now_s or self._expiries[0][2].outcome.done()):
            self._expire(heapq.heappop(self._expiries)[2])
        for stage in [*self.shares.values(), *self.slowed.values()]:
            while stage.line.count and stage.pace.due_s <= now_s:
                self._promote(stage, now_s)
        for _ in range(MOVES_PER_TURN):
            if not self.project.line.count or self.project.pace.due_s > now_s:
                break
            self._grant(self.project.line.pop(), now_s)
        self._set_timer(now_s)

    def _expire(self, waiter: Waiter) -> None:
        """Refuse a call whose time is over; one that has its answer already is only forgotten."""
        if waiter.line is not None:
            waiter.line.remove(waiter)
        if not waiter.outcome.done():
            waiter.outcome.set_result(False)

    def _promote(self, stage: Stage, now_s: float) -> None:
        """Let the next call of a stage join the line of its next one, unless it has given up."""
        waiter = stage.line.pop()
        if not waiter.outcome.done():
            waiter.permits.append((stage.pace, stage.pace.take(now_s)))
            self._next(waiter).line.add(waiter)

    def _next(self, waiter: Waiter) -> Stage:
        """The first stage that a call has not passed yet."""
        for stage in (self.shares.get(waiter.caller), self.slowed.get(waiter.app_id)):
            if stage is not None and all(pace is not stage.pace for pace, _ in waiter.permits):
                return stage
        return self.project

    def _grant(self, waiter: Waiter, now_s: float) -> None:
        """Give a permit to the call whose turn it is, unless it has given up or its app was slowed meanwhile."""
        if waiter.outcome.done():
            return
        stage = self._next(waiter)
        if stage is not self.project:
            stage.line.add(waiter)
            return
        waiter.permits.append((self.project.pace, self.project.pace.take(now_s)))
        waiter.outcome.set_result(True)

    def _set_timer(self, now_s: float) -> None:
        """Wake up when the next permit is due or the next call runs out of time, whichever is first."""
        if self.project.line.count:
            self.project.pace.wanted()
        due_s = [stage.pace.due_s for stage in self.stages() if stage.line.count]
        if not due_s:
            return
        wake_s = max(min(*due_s, self._expiries[0][0]), now_s + TIMER_STEP_S)
        if self._timer is not None:
            if self._wake_s <= wake_s:
                return
            self._timer.cancel()
        self._wake_s = wake_s
        self._timer = self._timers.call_later(wake_s - now_s, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._advance(self._clock.monotonic())
