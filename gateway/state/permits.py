"""The cell from which several processes lease the permits of one rate limit, wherever it is kept."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A refusal by the API that all have to heed."""

    pause_s: float
    """Give nothing for so long."""
    cut: float
    """Then go on with this part of the rate, no less than `floor` of the full one."""
    floor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one process wants of the cell now."""

    wanted: tuple[int, int, int]
    """Permits by priority, the most urgent first."""
    unused: int = 0
    """Permits that come back."""
    busy_period: int = 0
    """Of the lease that they were part of."""
    pause: Pause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What the cell gave."""

    count: int
    """Permits."""
    due_s: float
    """Seconds from the answer until the first may be used; negative when that could have been earlier."""
    interval_s: float
    """Seconds between two of them."""
    busy_period: int
    again_s: float
    """Seconds until it is worth asking again for what was not given."""
    rate_per_s: float
    """Of all processes together, now or when a pause ends."""
    pause_left_s: float
    contenders: int
    """Other processes that want permits now."""


class PermitCell(Protocol):
    """One rate for all."""

    async def lease(self, wish: Wish) -> Lease:
        """Permits for a wish, as many as are fair now; `StoreError` within moments when the cell cannot be asked."""
