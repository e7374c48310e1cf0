"""How a callback is delivered when it is not delivered properly."""

from dataclasses import dataclass

from gateway.simulator.problem import Json
from gateway.simulator.shapes.shape import Check, boolean, choice, integer, number

SIGNATURES = ("right", "wrong", "missing")
MANNER_FIELDS: dict[str, Check] = {
    "copies": integer(1, 100),
    "delay_s": number,
    "overtaken": boolean,
    "signature": choice(*SIGNATURES),
    "drift_s": number,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """Several copies, late, after its successor, wrongly signed, or with a clock that is off."""

    copies: int = 1
    delay_s: float = 0.0
    overtaken: bool = False
    signature: str = "right"
    drift_s: float = 0.0

    @classmethod
    def parse(cls, given: Json) -> "Manner":
        """Read the `callback` of a checked rule."""
        return cls(**{name: value for name, value in given.items() if value is not None and name in MANNER_FIELDS})


PROPER = Manner()
