"""Gauges whose value is asked for when somebody scrapes, of everyone who has a part in it."""

from collections.abc import Callable, Iterable, Sequence

from prometheus_client import CollectorRegistry, Gauge

Source = Callable[[], float]
Join = Callable[[Iterable[float]], float]


class Watched:
    """One gauge: the sum, the least or the greatest of what its sources say; zero while there are none."""

    def __init__(self, gauge: Gauge, join: Join) -> None:
        """Made by `Watches` alone."""
        self._gauge = gauge
        self._join = join
        self._sources: list[Source] = []

    def add(self, source: Source) -> None:
        """Ask this one too from now on; `source` is called on the event loop and must be quick."""
        self._sources.append(source)

    def look(self) -> None:
        """Set the gauge to what its sources say now."""
        if self._sources:
            self._gauge.set(self._join([source() for source in self._sources]))


class Watches:
    """All gauges of that kind."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Declare into this registry."""
        self._registry = registry
        self._all: list[Watched] = []

    def gauge(self, name: str, text: str, join: Join = sum) -> Watched:
        """A gauge without labels."""
        return self._watch(Gauge(name, text, registry=self._registry), join)

    def gauges(self, name: str, text: str, label: str, values: Sequence[str], join: Join = sum) -> dict[str, Watched]:
        """A gauge with one label, by the label's values."""
        gauge = Gauge(name, text, (label,), registry=self._registry)
        return {value: self._watch(gauge.labels(value), join) for value in values}

    def look(self) -> None:
        """Look at every one of them."""
        for watched in self._all:
            watched.look()

    def _watch(self, gauge: Gauge, join: Join) -> Watched:
        watched = Watched(gauge, join)
        self._all.append(watched)
        return watched
