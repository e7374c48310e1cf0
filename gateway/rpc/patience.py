"""One timer for many waits of the same length.

A timer of its own would cost every call more than the request that it waits for. Waits that are equally long run out in
the order in which they began, so it is enough to look at the oldest.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


class Patience:
    """Lets each task wait for so long and no longer, as `asyncio.timeout` would; a task has one such wait at a time."""

    def __init__(self, timeout_s: float) -> None:
        """Nobody waits yet; `timeout_s` is how long each may."""
        self._timeout_s = timeout_s
        # When each wait is over, the oldest first; None once it is and the task has been told.
        self._waits: dict[asyncio.Task[Any], float | None] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def wait(self, awaited: Awaitable[T]) -> T:
        """What is awaited; raises `TimeoutError` when it takes too long. Cancelling the task cancels the wait."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can wait")
        self._waits[task] = loop.time() + self._timeout_s
        if self._timer is None:
            self._timer = loop.call_later(self._timeout_s, self._look)
        try:
            return await awaited
        except asyncio.CancelledError:
            # Somebody else may have cancelled the task in the same moment: that counts.
            if self._waits[task] is None and not task.uncancel():
                raise TimeoutError from None
            raise
        finally:
            del self._waits[task]

    def _look(self) -> None:
        """End what has waited for too long, and come again when the oldest of the others has."""
        loop, self._timer = asyncio.get_running_loop(), None
        for task, until_s in self._waits.items():
            if until_s is None:
                continue
            if until_s > loop.time():
                self._timer = loop.call_at(until_s, self._look)
                return
            self._waits[task] = None
            task.cancel()
