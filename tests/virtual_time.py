"""Hours of waiting in no time: an event loop whose clock jumps to whatever is due next.

Ordinary asyncio code runs on it, tasks, timers and cancellation included, and always in the same order.
"""

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from gateway.clock import Clock
from tests.patience import PATIENCE_S

T = TypeVar("T")


class _JumpingSelector(selectors.SelectSelector):
    """Waits for nothing: a timeout passes by being added to the clock."""

    now_s = 1000.0
    held_count = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and self.held_count and timeout != 0:
            # What really has to be waited for comes within this.
            ready = super().select(PATIENCE_S)
            if not ready:
                raise RuntimeError("what is really waited for does not come")
            return ready
        if not ready and timeout is None:
            raise RuntimeError("everything waits for something that never comes")
        if not ready:
            self.now_s += timeout or 0.0
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop on which time passes only while everything waits."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now_s

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no time pass in the block, which waits for something real: a server's answer takes none at all."""
        self._jumping.held_count += 1
        try:
            yield
        finally:
            self._jumping.held_count -= 1


class VirtualClock(Clock):
    """The clock of a virtual loop."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self.loop = loop

    def monotonic(self) -> float:
        return self.loop.time()


def run(scenario: Callable[[VirtualClock], Awaitable[T]]) -> T:
    """Run a scenario to its end on a loop of its own."""

    async def main() -> T:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        return await scenario(VirtualClock(loop))

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main())
