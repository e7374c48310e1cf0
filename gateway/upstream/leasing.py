"""The one task of a limiter that leases permits from the shared cell, whenever they run low."""

import asyncio
import contextlib

from gateway.clock import Clock
from gateway.state.permits import PermitCell, Wish
from gateway.telemetry.logs import logger
from gateway.upstream.dispatch import Dispatch
from gateway.upstream.leased_pace import LeasedPace
from gateway.upstream.waiting_line import Priority

# Wishes that come up within this gather into one.
LEAST_GAP_S = 0.002
# While calls go on at the local share, the cell is asked this often.
AGAIN_S = 0.1
# However far off the next permit is, whoever waits for it asks again after this: a pause may end early, and a clock
# be set.
_LONGEST_REST_S = 1.0
_LONGEST_S = 3600.0

log = logger("limiter")


class Leasing:
    """Asks the cell for what the dispatch needs, and falls back on the local share while it does not answer."""

    def __init__(self, *, cell: PermitCell, pace: LeasedPace, dispatch: Dispatch, clock: Clock) -> None:
        """Start the task; `wake` tells it that permits are low."""
        self._cell = cell
        self._pace = pace
        self._dispatch = dispatch
        self._clock = clock
        self._low = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name="permit-leasing")

    def wake(self) -> None:
        """Permits are low, or there is something to tell."""
        self._low.set()

    async def close(self) -> None:
        """Lease no more; what is in hand goes back by itself."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._low.clear()
            wish = self._wish()
            if wish is None and not self._pace.away:
                await self._until(self._pace.stale_s() - self._clock.monotonic())
                continue
            # Nobody has to wish for anything to find out whether the cell is back.
            await self._rest(await self._ask(wish or Wish(wanted=(0, 0, 0))))

    def _wish(self) -> Wish | None:
        line = self._dispatch.project.line
        waiting = (line.waiting(Priority.URGENT), line.waiting(Priority.NORMAL), line.waiting(Priority.BULK))
        return self._pace.wish(waiting, self._clock.monotonic())

    async def _ask(self, wish: Wish) -> float:
        """Ask once; the seconds after which it is worth asking again."""
        asked_s = self._clock.monotonic()
        try:
            lease = await self._cell.lease(wish)
        except Exception as error:  # noqa: BLE001  # without this task no call would ever get a permit again
            if not self._pace.away:
                log.warning("rate_limit_local", error=type(error).__name__)
            self._pace.fall_back(wish)
            if self._pace.hopeless:
                self._dispatch.refuse_all()
            self._dispatch.refresh()
            return AGAIN_S
        if self._pace.away:
            log.info("rate_limit_shared")
        self._pace.leased(lease, self._clock.monotonic())
        self._dispatch.answered(asked_s)
        return min(max(lease.again_s, LEAST_GAP_S), _LONGEST_REST_S)

    async def _rest(self, delay_s: float) -> None:
        await self._clock.sleep(delay_s)

    async def _until(self, delay_s: float) -> None:
        """Wait for somebody who needs permits, or for the time when some go back."""
        # Not `wait_for`: before Python 3.12 it loses a cancellation that comes in the moment of the event.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(max(delay_s, LEAST_GAP_S), _LONGEST_S)):
                await self._low.wait()
