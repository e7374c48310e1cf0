"""What an item costs at each of several sizes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.figures import Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """CPU microseconds, one per round, by size: the smallest first."""

    name: str
    unit: str
    """What one of them is for: `per send`."""
    of: str
    """What there are so many of."""
    found: Mapping[int, Sequence[float]]

    def ratio(self, size: int) -> Spread:
        """The cost at a size, in those of the smallest size in the same round."""
        smallest = self.found[min(self.found)]
        return Spread.of(cost / least for cost, least in zip(self.found[size], smallest, strict=True))
