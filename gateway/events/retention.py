"""Keeping the log within its bounds, without hurry, and loudly where somebody loses by it.

The limits say when an event may go. A named subscription that has not committed past it holds it back, but only up to
a second, wider set of limits: one forgotten consumer must not fill the disk and stop the events of all.
"""

import asyncio
from dataclasses import dataclass, field

from gateway.clock import Clock
from gateway.state.log import EventLog, Keep, Trimmed
from gateway.telemetry import logs

_log = logs.logger("events")

_DAY_S = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionLimits:
    """How much of the past is kept."""

    keep: Keep = field(default_factory=lambda: Keep(age_s=7 * _DAY_S, size_bytes=4 * 1024**3, count=10_000_000))
    """Beyond any of these an event goes."""
    held: Keep = field(default_factory=lambda: Keep(age_s=14 * _DAY_S, size_bytes=8 * 1024**3, count=20_000_000))
    """Beyond any of these it goes though a subscription still needs it."""
    dedupe_s: float = 3 * _DAY_S
    """How long a repeat is recognised, whether or not its event is still kept."""
    interval_s: float = 5.0
    """Between two looks."""


class Retention:
    """Trims the log in small steps, between which events are taken as ever."""

    def __init__(self, *, log: EventLog, clock: Clock, limits: RetentionLimits) -> None:
        """Keep `log` within `limits` once started."""
        self._log = log
        self._clock = clock
        self._limits = limits
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look after the log."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Stop; a step under way is finished by the log."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def trim(self) -> int:
        """Bring the log within its limits now; the number of events that were removed."""
        limits, removed = self._limits, 0
        while True:
            trimmed = await self._log.trim(keep=limits.keep, held=limits.held)
            removed += trimmed.count
            self._tell_losses(trimmed)
            if not trimmed.count:
                break
        await self._log.tidy(dedupe_s=limits.dedupe_s)
        if removed:
            _log.info("events_trimmed", count=removed, through=self._log.head.trimmed_through)
        return removed

    async def _run(self) -> None:
        while True:
            try:
                await self.trim()
            except Exception as error:  # noqa: BLE001  # whatever it is, the log must not grow for ever because of it
                _log.warning("retention_postponed", error=type(error).__name__)
            await self._clock.sleep(self._limits.interval_s)

    def _tell_losses(self, trimmed: Trimmed) -> None:
        for lost in trimmed.lost:
            _log.error(
                "subscription_lost_events",
                subscription=lost.name,
                committed=lost.position,
                trimmed_through=trimmed.head.trimmed_through,
            )
