"""From samples to what is printed: medians with their least and greatest, ratios, and doubts."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import TypeAlias

from bench.load import Sample

NAMES = {
    "sdk": "vendor's SDK",
    "httpx": "httpx.AsyncClient",
    "gateway": "through the gateway",
    "constant": "grpc.aio, constant",
    "bare": "bare prototype",
    "upstream": "upstream alone",
}
SHORT_NAMES = {"sdk": "SDK", "httpx": "httpx", "constant": "constant"}
# A figure, what it is called, and what the gateway's is compared with.
COMPARISONS = (
    ("cpu_us", "CPU per send", ("sdk", "httpx", "constant")),
    ("sends_per_s", "sends/s", ("sdk", "httpx", "constant")),
    ("p50_us", "p50", ("sdk", "httpx")),
    ("p99_us", "p99", ("sdk", "httpx")),
)
FEW, MANY = 1, 32
# Below this share of its core the measured process was held up by something else, so that its rate says little.
SATURATED = 0.85
# An upstream with less room than this would be part of what is measured.
LEAST_HEADROOM = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One sample in the units it is printed in."""

    sends_per_s: float
    cpu_us: float
    """CPU time of the measured process per send."""
    p50_us: float
    p99_us: float
    busy: float
    """CPU time of the measured process per second: 1 is a whole core."""
    beside: float
    """The same for everything on the other core: load client and upstream."""

    @classmethod
    def of(cls, sample: Sample) -> "Figures":
        """Of a sample whose order named the measured process first."""
        measured_s, *others_s = sample.cpu_s
        return cls(
            sends_per_s=sample.send_count / sample.wall_s,
            cpu_us=measured_s / sample.send_count * 1e6,
            p50_us=sample.p50_s * 1e6,
            p99_us=sample.p99_s * 1e6,
            busy=measured_s / sample.wall_s,
            beside=sum(others_s) / sample.wall_s,
        )


# Way and calls in flight -> one entry per repeat.
Results: TypeAlias = Mapping[tuple[str, int], Sequence[Figures]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A median, and how far the repeats were apart."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """Of at least one value."""
        known = list(values)
        return cls(median=statistics.median(known), least=min(known), greatest=max(known))

    def text(self, digits: int) -> str:
        """`median (least-greatest)`."""
        if isnan(self.median):
            return "unknown"
        return f"{self.median:.{digits}f} ({self.least:.{digits}f}-{self.greatest:.{digits}f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A limit that a median should keep to, from above or from below."""

    limit: float
    at_least: bool = False

    def verdict(self, spread: Spread) -> str:
        """`ok` or `MISSED`."""
        met = spread.median >= self.limit if self.at_least else spread.median <= self.limit
        return "ok" if met else "MISSED"

    def __str__(self) -> str:
        return f"at {'least' if self.at_least else 'most'} {self.limit:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A ratio of figures taken in the same repeat, so that what slows a whole repeat cancels out."""

    name: str
    values: Spread


def ratios(results: Results) -> list[Ratio]:
    """What the measurement is for. Everything but rates is better when it is small."""
    found = []
    for figure, label, others in COMPARISONS:
        for other in others:
            for in_flight in (FEW, MANY):
                pairs = zip(results["gateway", in_flight], results[other, in_flight], strict=True)
                values = Spread.of(getattr(gateway, figure) / getattr(compared, figure) for gateway, compared in pairs)
                found.append(
                    Ratio(name=f"{label}: gateway / {SHORT_NAMES[other]}, {in_flight} in flight", values=values)
                )
    return [*found, _added_latency(results), *_reachable(results)]


def _added_latency(results: Results) -> Ratio:
    """What the hop adds, in units of what any `grpc.aio` hop takes."""
    rows = zip(*(results[way, FEW] for way in ("gateway", "upstream", "constant")), strict=True)
    values = Spread.of((gateway.p50_us - upstream.p50_us) / constant.p50_us for gateway, upstream, constant in rows)
    return Ratio(name=f"p50: (gateway - upstream) / constant, {FEW} in flight", values=values)


def _reachable(results: Results) -> list[Ratio]:
    """How much of the constant answer's rate is left, on this machine, by a hop that does nothing but pass on."""
    pairs = zip(results["bare", MANY], results["constant", MANY], strict=True)
    values = Spread.of(bare.sends_per_s / constant.sends_per_s for bare, constant in pairs)
    pairs = zip(results["bare", MANY], results["sdk", MANY], strict=True)
    costs = Spread.of(bare.cpu_us / sdk.cpu_us for bare, sdk in pairs)
    return [
        Ratio(name=f"sends/s: bare / constant, {MANY} in flight", values=values),
        Ratio(name=f"CPU per send: bare / SDK, {MANY} in flight", values=costs),
    ]


def doubts(results: Results) -> list[str]:
    """What is wrong with the measurement itself: each line says which figure not to trust, and why."""
    lines = []
    gateway = Spread.of(figures.sends_per_s for figures in results["gateway", MANY]).median
    ceiling = Spread.of(figures.sends_per_s for figures in results["upstream", MANY]).median
    if ceiling < LEAST_HEADROOM * gateway:
        lines.append(
            f"the upstream alone reaches {ceiling:.0f} sends/s, less than {LEAST_HEADROOM:g} times what goes through "
            "the gateway: rates and latencies are partly the upstream's; CPU per send is not"
        )
    for way in ("sdk", "httpx", "gateway", "constant"):
        busy = Spread.of(figures.busy for figures in results[way, MANY]).median
        if busy < SATURATED:
            lines.append(
                f"{NAMES[way]} had only {busy:.2f} of its core at {MANY} in flight, so its rate is not its limit: "
                "other programs run here, or the load is too light; CPU per send suffers less"
            )
    return lines


def table(results: Results) -> str:
    """Every figure as `median (least-greatest)`."""
    heads = ("in flight", "way", "sends/s", "CPU µs/send", "p50 µs", "p99 µs", "busy", "beside")
    rows: list[tuple[str, ...]] = [heads]
    for (way, in_flight), figures in sorted(results.items(), key=lambda item: item[0][1]):
        columns = ("sends_per_s", "cpu_us", "p50_us", "p99_us")
        spreads = [Spread.of(getattr(each, name) for each in figures).text(0) for name in columns]
        shares = [Spread.of(getattr(each, name) for each in figures).median for name in ("busy", "beside")]
        rows.append((str(in_flight), NAMES[way], *spreads, *(f"{share:.2f}" for share in shares)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    return "\n".join("  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows)


def ratio_table(found: Iterable[Ratio]) -> str:
    """One ratio a line."""
    return "\n".join(f"{ratio.name:<52}{ratio.values.text(2):>20}" for ratio in found)
