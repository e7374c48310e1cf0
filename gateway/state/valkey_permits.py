"""The rate limit of a project in the shared store: one cell, leased from in chunks of a fortieth of a second.

A chunk is small enough that nobody holds back what others need, and its wish is forgotten soon after its process died.
"""

from dataclasses import dataclass

from gateway.state.permits import Lease, Wish
from gateway.state.valkey_scripts import script
from gateway.state.valkey_store import ValkeyStore

CHUNK_S = 0.025
MOST_PERMITS = 64
_HORIZON_US = 50_000
_LIFETIME_US = 150_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRate:
    """How fast a cell gives permits."""

    rate_per_s: float
    burst: int
    recovery_per_s2: float
    """What the rate regains each second after a refusal by the API."""

    @property
    def chunk(self) -> int:
        """Permits that are leased at once, at most."""
        return max(1, min(MOST_PERMITS, round(self.rate_per_s * CHUNK_S)))


class ValkeyPermitCell:
    """A `PermitCell` in the shared store; its clock is the server's."""

    def __init__(self, *, store: ValkeyStore, project_id: str, rate: CellRate) -> None:
        """Lease the permits of this project."""
        self._store = store
        self._keys = (store.key("rate", project_id),)
        self._rate = rate
        self._asking = f"{store.owner} {rate.rate_per_s!r} {rate.burst} {rate.chunk} {_HORIZON_US} {_LIFETIME_US}"

    async def lease(self, wish: Wish) -> Lease:
        """Permits for a wish, as many as are fair now."""
        rate, pause = self._rate, wish.pause
        urgent, normal, bulk = wish.wanted
        words = (
            f"{self._asking} {urgent} {normal} {bulk} {wish.unused} {wish.busy_period} "
            f"{int(pause.pause_s * 1_000_000) if pause else 0} {pause.cut if pause else 1.0!r} "
            f"{pause.floor if pause else 0.0!r} {rate.recovery_per_s2!r}"
        )
        answer = await self._store.call(script("lease"), self._keys, (words,))
        count, due_us, interval_us, busy_period, again_us, rate_now, pause_us, contenders = answer.split()
        return Lease(
            count=int(count),
            due_s=int(due_us) / 1_000_000,
            interval_s=float(interval_us) / 1_000_000,
            busy_period=int(busy_period),
            again_s=int(again_us) / 1_000_000,
            rate_per_s=float(rate_now),
            pause_left_s=int(pause_us) / 1_000_000,
            contenders=int(contenders),
        )
