"""Who is next: calls that wait for a permit, by priority, and fairly between callers inside a priority.

Pure bookkeeping: no clock, no waiting, no permits. Every operation costs the same whatever the length of the line,
except the forecast for a caller of middling length, which adds up a list of small integers.

The scheme. The most urgent priority that waits goes first, but a lower one that was passed over
`GUARANTEED_EVERY - 1` times in a row gets the next permit. So nothing starves: at the project's 800 permits a second
each lower priority has 20 for certain, as many messages as one app drains, and URGENT keeps the other 95 %. Strict
preference with a floor was chosen over weights because a person is waiting for an URGENT call: while there is room
for all of those, none should wait for a campaign. Inside a priority callers take turns, and a caller's own calls keep
their order.
"""

import asyncio
import enum
import math
from collections import OrderedDict
from dataclasses import dataclass, field

from gateway.upstream.pace import Permits

GUARANTEED_EVERY = 40
# How many permits back the share of the more urgent is averaged: a third of a second at the project's full rate.
SHARE_HORIZON = 256


class Priority(enum.IntEnum):
    """Which calls go first; a smaller number is more urgent."""

    URGENT = 0
    NORMAL = 1
    BULK = 2


# Iterating over an enum class costs more than all else that is done for a permit here.
_MOST_URGENT_FIRST = tuple(Priority)
_LEAST_URGENT_FIRST = tuple(reversed(Priority))


@dataclass(slots=True, kw_only=True, eq=False)
class Waiter:
    """One call that waits: `outcome` becomes true with a permit, false when it will not get one in time.

    `permits` are those taken for it so far, each with what its pace needs to take it back. A call may wait until
    `expires_s`; from `settles_s` on only for the answer to a question that was asked when it waited already.
    """

    priority: Priority
    caller: str
    app_id: str
    expires_s: float
    outcome: asyncio.Future[bool]
    settles_s: float = math.inf
    line: "WaitingLine | None" = None
    permits: list[tuple[Permits, int]] = field(default_factory=list)


class WaitingLine:
    """An ordered line of waiters; `count` is its length."""

    __slots__ = ("_overtaken", "_passed_over", "_turns", "count")

    def __init__(self) -> None:
        """Start empty."""
        self._turns = tuple(_Turns() for _ in Priority)
        self._passed_over = [0 for _ in Priority]
        # For each priority the recent share of permits that went to more urgent calls.
        self._overtaken = [0.0 for _ in Priority]
        self.count = 0

    def add(self, waiter: Waiter) -> None:
        """Put a waiter behind its caller's others."""
        self._turns[waiter.priority].add(waiter)
        waiter.line = self
        self.count += 1

    def remove(self, waiter: Waiter) -> None:
        """Take a waiter out wherever it stands."""
        turns = self._turns[waiter.priority]
        turns.remove(waiter)
        if not turns.count:
            self._passed_over[waiter.priority] = 0
        waiter.line = None
        self.count -= 1
        if not self.count:
            self._overtaken = [0.0 for _ in _MOST_URGENT_FIRST]

    def pop(self) -> Waiter:
        """Take out the waiter whose turn it is; the line must not be empty."""
        chosen = self._next_priority()
        self._passed_over[chosen] = 0
        for priority in _MOST_URGENT_FIRST:
            if priority is not chosen and self._turns[priority].count:
                self._passed_over[priority] += 1
            self._overtaken[priority] += ((chosen < priority) - self._overtaken[priority]) / SHARE_HORIZON
        waiter = self._turns[chosen].first()
        self.remove(waiter)
        return waiter

    def waiting(self, priority: Priority) -> int:
        """How many wait in one priority."""
        return self._turns[priority].count

    def waiting_of(self, caller: str, priority: Priority) -> int:
        """How many of one caller's wait in one priority."""
        return self._turns[priority].of(caller)

    def permits_until(self, caller: str, priority: Priority) -> int:
        """How many permits it takes until a call that joins now has its own, that one included.

        More urgent calls are expected to keep coming as they did lately, within what is guaranteed to this priority.
        If nobody joins behind this call it takes no more than this many; if more urgent calls or those of callers who
        have none in line now come more often than they did, it can take longer.
        """
        own = self._turns[priority].ahead(caller) + 1
        ahead = own + sum([turns.count for turns in self._turns[:priority]])
        left = max(1 - self._overtaken[priority], 1 / GUARANTEED_EVERY)
        permits = min(math.ceil(ahead / left), own * GUARANTEED_EVERY)
        for turns in self._turns[priority + 1 :]:
            permits += min(turns.count, permits // (GUARANTEED_EVERY - 1) + 1)
        return permits

    def _next_priority(self) -> Priority:
        for priority in _LEAST_URGENT_FIRST:
            if self._passed_over[priority] >= GUARANTEED_EVERY - 1:
                return priority
        return next(priority for priority in _MOST_URGENT_FIRST if self._turns[priority].count)


class _Turns:
    """The calls of one priority: callers take turns, whoever arrives new goes last."""

    __slots__ = ("_callers", "_rounds", "count")

    def __init__(self) -> None:
        # Ordered dicts: both the first entry and any entry leave in constant time, however many left before.
        self._callers: OrderedDict[str, OrderedDict[Waiter, None]] = OrderedDict()
        # _rounds[n] is how many callers have more than n calls waiting: the permits that the n-th round takes.
        self._rounds: list[int] = []
        self.count = 0

    def add(self, waiter: Waiter) -> None:
        calls = self._callers.setdefault(waiter.caller, OrderedDict())
        if len(calls) == len(self._rounds):
            self._rounds.append(0)
        self._rounds[len(calls)] += 1
        calls[waiter] = None
        self.count += 1

    def remove(self, waiter: Waiter) -> None:
        calls = self._callers[waiter.caller]
        del calls[waiter]
        if not calls:
            del self._callers[waiter.caller]
        self._rounds[len(calls)] -= 1
        if not self._rounds[-1]:
            self._rounds.pop()
        self.count -= 1

    def first(self) -> Waiter:
        """The waiter whose turn it is; its caller goes last from here on."""
        caller, calls = next(iter(self._callers.items()))
        self._callers.move_to_end(caller)
        return next(iter(calls))

    def of(self, caller: str) -> int:
        return len(self._callers.get(caller, ()))

    def ahead(self, caller: str) -> int:
        """How many go before a call that joins now: everyone's calls up to the round in which it has its turn."""
        rounds = self.of(caller) + 1
        if rounds > len(self._rounds) // 2:
            return self.count - sum(self._rounds[rounds:])
        return sum(self._rounds[:rounds])
