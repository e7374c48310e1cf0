"""The process itself: which gateway it is, whether its event loop keeps up, and log lines that nobody read."""

import asyncio
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Histogram, Info
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway import __version__
from gateway.telemetry import logs
from gateway.telemetry.watched import Watches

LAG_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
LOOK_EVERY_S = 0.25


class ProcessMetrics:
    """What needs no domain."""

    def __init__(self, registry: CollectorRegistry, watches: Watches) -> None:
        """Declare."""
        tasks = watches.gauge(
            "gateway_event_loop_tasks", "Tasks of the event loop: what is under way, waits, or looks after something."
        )
        tasks.add(lambda: len(asyncio.all_tasks()))
        self.loop_lag = Histogram(
            "gateway_event_loop_lag_seconds",
            f"How late a timer that goes off every {LOOK_EVERY_S:g} s came: what every call waits besides all else.",
            buckets=LAG_SECONDS,
            registry=registry,
        )
        Info("gateway_build", "The running gateway.", registry=registry).info({"version": __version__})
        registry.register(_LinesLost())


class LoopLag:
    """Watches how late the running event loop's timers are, from `start` to `close`."""

    _due_s: float | None = None
    _lost_s = 0.0

    def __init__(self, histogram: Histogram) -> None:
        """Observe into this histogram."""
        self._histogram = histogram
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Set the first timer."""
        self._due_s = self._loop.time() + LOOK_EVERY_S
        self._timer = self._loop.call_at(self._due_s, self._look)

    def close(self) -> None:
        """Call it off."""
        if self._timer is not None:
            self._timer.cancel()
            self._due_s = None

    def lost_s(self) -> float:
        """Seconds in which the loop did not get to its timers, all together: its process was busy, starved or stopped.

        What is overdue at this moment is counted too, for whoever is woken before the timer is.
        """
        return self._lost_s + self._overdue_s()

    def _overdue_s(self) -> float:
        return 0.0 if self._due_s is None else max(self._loop.time() - self._due_s, 0.0)

    def _look(self) -> None:
        late_s = self._overdue_s()
        self._histogram.observe(late_s)
        self._lost_s += late_s
        self.start()


class _LinesLost(Collector):
    """Asked at each scrape, because the logs were there before there were metrics."""

    def describe(self) -> list[Metric]:
        return list(self.collect())

    def collect(self) -> Iterator[Metric]:
        text = "Log lines that were not written, because their reader stalled or has gone."
        yield CounterMetricFamily("gateway_log_lines_lost", text, value=logs.lost_count())
