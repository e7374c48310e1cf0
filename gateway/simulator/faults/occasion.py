"""When a rule applies: which of the requests that match it, or how often."""

import random
from dataclasses import dataclass, field

from gateway.simulator.problem import Json
from gateway.simulator.shapes.shape import integer, items, number

OCCASION_FIELDS = {
    "nth": items(integer(1, 2**31), least=1),
    "every": integer(1, 2**31),
    "times": integer(1, 2**31),
    "probability": number,
}


@dataclass(slots=True)
class Occasion:
    """Counts what matches; without any condition it is always."""

    nth: frozenset[int] = frozenset()
    every: int = 1
    times: int | None = None
    probability: float = 1.0
    matched: int = field(default=0, init=False)
    applied: int = field(default=0, init=False)

    @classmethod
    def parse(cls, match: Json) -> "Occasion":
        """Read the conditions of a checked rule."""
        return cls(
            nth=frozenset(match.get("nth") or ()),
            every=match.get("every") or 1,
            times=match.get("times"),
            probability=1.0 if match.get("probability") is None else match["probability"],
        )

    def arises(self, draws: random.Random) -> bool:
        """Count one match, and tell whether the rule applies to it."""
        self.matched += 1
        due = (
            (not self.nth or self.matched in self.nth)
            and self.matched % self.every == 0
            and (self.times is None or self.applied < self.times)
            and (self.probability >= 1 or draws.random() < self.probability)
        )
        self.applied += due
        return due
