"""Counters and histograms for what happens several times in every call.

Those of `prometheus_client` take a lock each time, for threads and processes that there are none of here, and together
cost as much as the checks of a request. These are counted on the event loop alone; a scrape may read them on any
thread, and finds each number as it was at some moment of the scrape.
"""

import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from math import inf, isinf

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.samples import Exemplar
from typing_extensions import override


class Count:
    """One series of a counter."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        """Start at zero."""
        self.value = 0

    def inc(self) -> None:
        """One more."""
        self.value += 1


class Counter(Collector):
    """A counter by labels."""

    def __init__(self, name: str, text: str, labels: Sequence[str], *, registry: CollectorRegistry) -> None:
        """Declare it; `name` is without the suffix `_total`."""
        self._name, self._text, self._labels = name, text, labels
        self._series: dict[tuple[str, ...], Count] = {}
        registry.register(self)

    def labels(self, *values: str) -> Count:
        """The series with these values, made at zero."""
        return self._series.setdefault(values, Count())

    @override
    def collect(self) -> Iterator[CounterMetricFamily]:
        """As the registry asks for it."""
        family = CounterMetricFamily(self._name, self._text, labels=self._labels)
        for values, count in self._series.copy().items():
            family.add_metric(values, count.value)
        yield family


class Distribution:
    """One series of a histogram."""

    __slots__ = ("_bounds", "_counts", "_exemplars", "_sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        """Start with nothing; the last bound is infinite."""
        self._bounds = bounds
        self._counts = [0] * len(bounds)
        self._exemplars: list[Exemplar | None] = [None] * len(bounds)
        self._sum = 0.0

    def observe(self, value: float, exemplar: dict[str, str] | None = None) -> None:
        """One more, with what names an example of it."""
        index = bisect_left(self._bounds, value)
        self._counts[index] += 1
        self._sum += value
        if exemplar:
            self._exemplars[index] = Exemplar(exemplar, value, time.time())

    def add_to(self, family: HistogramMetricFamily, values: Sequence[str]) -> None:
        """Say how many there are at or below each bound, and their sum."""
        total = 0
        buckets: list[tuple[str, float] | tuple[str, float, Exemplar]] = []
        for bound, count, exemplar in zip(self._bounds, self._counts, self._exemplars, strict=True):
            total += count
            name = "+Inf" if isinf(bound) else str(bound)
            buckets.append((name, total, exemplar) if exemplar else (name, total))
        family.add_metric(values, buckets, self._sum)


class Histogram(Collector):
    """A histogram by labels."""

    def __init__(
        self, name: str, text: str, labels: Sequence[str], *, buckets: Sequence[float], registry: CollectorRegistry
    ) -> None:
        """Declare it; `buckets` are the finite upper bounds."""
        self._name, self._text, self._labels = name, text, labels
        self._bounds = (*buckets, inf)
        self._series: dict[tuple[str, ...], Distribution] = {}
        registry.register(self)

    def labels(self, *values: str) -> Distribution:
        """The series with these values, made empty."""
        return self._series.setdefault(values, Distribution(self._bounds))

    @override
    def collect(self) -> Iterator[HistogramMetricFamily]:
        """As the registry asks for it."""
        family = HistogramMetricFamily(self._name, self._text, labels=self._labels)
        for values, distribution in self._series.copy().items():
            distribution.add_to(family, values)
        yield family
