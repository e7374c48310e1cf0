"""Time, injected: the rooms ask this one object, so that a test can hold every clock still."""

import asyncio
import time
from datetime import UTC, datetime


class Clock:
    """Monotonic seconds for spans and aware UTC for instants."""

    # Seconds that never run backwards; only differences mean anything. Asked a dozen times in every call.
    monotonic = staticmethod(time.monotonic)

    def now(self) -> datetime:
        """The instant, in UTC."""
        return datetime.now(UTC)

    def now_us(self) -> int:
        """The instant, in microseconds of Unix time."""
        return int(self.now().timestamp() * 1_000_000)

    async def sleep(self, delay_s: float) -> None:
        """Wait `delay_s` seconds of this clock; a cancelled sleeper wakes at once."""
        await asyncio.sleep(delay_s)
