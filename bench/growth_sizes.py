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
        return self._compared(size, min(self.found))

    def step(self, size: int) -> Spread:
        """The same in those of the next smaller size, where a cost that first fell and then rises shows."""
        return self._compared(size, max((each for each in self.found if each < size), default=size))

    def _compared(self, size: int, other: int) -> Spread:
        pairs = zip(self.found[size], self.found[other], strict=True)
        return Spread.of(cost / compared for cost, compared in pairs)
