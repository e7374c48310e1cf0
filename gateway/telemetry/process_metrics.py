"""The process itself: which gateway it is, whether its event loop keeps up, and log lines that nobody read."""

import asyncio
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Histogram, Info
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway import __version__
from gateway.telemetry import logs

LAG_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
LOOK_EVERY_S = 0.25


class ProcessMetrics:
    """What needs no domain."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Declare."""
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

    def __init__(self, histogram: Histogram) -> None:
        """Observe into this histogram."""
        self._histogram = histogram
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Set the first timer."""
        due_s = self._loop.time() + LOOK_EVERY_S
        self._timer = self._loop.call_at(due_s, self._look, due_s)

    def close(self) -> None:
        """Call it off."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self, due_s: float) -> None:
        self._histogram.observe(max(self._loop.time() - due_s, 0.0))
        self.start()


class _LinesLost(Collector):
    """Asked at each scrape, because the logs were there before there were metrics."""

    def describe(self) -> list[Metric]:
        return list(self.collect())

    def collect(self) -> Iterator[Metric]:
        text = "Log lines that were not written, because their reader stalled or has gone."
        yield CounterMetricFamily("gateway_log_lines_lost", text, value=logs.lost_count())
