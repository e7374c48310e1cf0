"""Requests on their way in: few of one caller at once, and none for ever.

A request may become as large as a message may be before its size is known, so only some may arrive at the same time.
One that takes its time keeps no other waiting: it gives way, and counts no more. All this costs the usual request two
looks, for there is one timer for all: waits that are equally long run out in the order in which they began.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Arrivals:
    """The requests of one caller that are being read, each by a task of its own."""

    def __init__(self, *, most: int, give_way_s: float, timeout_s: float) -> None:
        """At most `most` arrive at once, not counting those that have taken `give_way_s`; each has `timeout_s`."""
        self._most = most
        self._give_way_s = give_way_s
        self._timeout_s = timeout_s
        # When each began, the oldest first; all that have given way are older than all that have not.
        self._slow: dict[asyncio.Task[Any], float] = {}
        self._arriving: dict[asyncio.Task[Any], float] = {}
        self._ended: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None
        # Those that wait for a place, and how many of them were given one and have not taken it yet.
        self._line: deque[asyncio.Future[None]] = deque()
        self._given = 0
        self._line_timer: asyncio.TimerHandle | None = None

    async def take(self, read: Callable[[], Awaitable[T]]) -> T:
        """What `read` gives; raises `TimeoutError` when that takes too long. A task takes one request at a time.

        Cancelling the task cancels it.
        """
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can wait")
        if self._line or len(self._arriving) + self._given >= self._most:
            await self._turn(loop)
        self._arriving[task] = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(self._timeout_s, self._end_overdue)
        try:
            return await read()
        except asyncio.CancelledError:
            # Somebody else may have cancelled the task in the same moment: that counts.
            if task in self._ended and not task.uncancel():
                raise TimeoutError from None
            raise
        finally:
            if self._arriving.pop(task, None) is None:
                self._slow.pop(task, None)
            self._ended.discard(task)
            if self._line:
                self._serve_line()

    async def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wait for a place, in order, for as long as a request may take; `TimeoutError` after that."""
        place = loop.create_future()
        self._line.append(place)
        self._serve_line()
        try:
            async with asyncio.timeout(self._timeout_s):
                await place
        except BaseException:
            # Whoever leaves in the moment in which it is given a place leaves it to the next.
            if not place.cancelled():
                self._given -= 1
                self._serve_line()
            raise
        self._given -= 1

    def _serve_line(self) -> None:
        """Give away places, also those of requests that have taken their time, and come again for those left."""
        loop = asyncio.get_running_loop()
        while self._line:
            if self._line[0].done():
                self._line.popleft()
            elif len(self._arriving) + self._given < self._most:
                self._given += 1
                self._line.popleft().set_result(None)
            elif not self._gives_way(loop.time()):
                break
        if self._line and self._line_timer is None:
            oldest_s = next(iter(self._arriving.values()), loop.time())
            self._line_timer = loop.call_at(oldest_s + self._give_way_s, self._come_again)

    def _come_again(self) -> None:
        self._line_timer = None
        self._serve_line()

    def _gives_way(self, now_s: float) -> bool:
        """Whether the oldest request has taken its time; it then counts no more."""
        oldest, began_s = next(iter(self._arriving.items()), (None, now_s))
        if oldest is None or began_s + self._give_way_s > now_s:
            return False
        self._slow[oldest] = self._arriving.pop(oldest)
        return True

    def _end_overdue(self) -> None:
        """End what has taken too long, and come again when the oldest of the others has."""
        loop, self._timer = asyncio.get_running_loop(), None
        for task, began_s in (*self._slow.items(), *self._arriving.items()):
            if task in self._ended:
                continue
            if began_s + self._timeout_s > loop.time():
                self._timer = loop.call_at(began_s + self._timeout_s, self._end_overdue)
                return
            self._ended.add(task)
            task.cancel()
