"""Where replicas share an access token, wherever that is."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedToken:
    """A token that some replica fetched."""

    value: str = field(repr=False)
    life_s: float
    """How long it lives from its first moment."""
    left_s: float
    """How much of that is left."""


class TokenVault(Protocol):
    """One token for all who have the same key; every method raises `StoreError` within moments where that fails."""

    async def read(self) -> SharedToken | None:
        """The newest token, if there is one that lives."""

    async def claim(self) -> bool:
        """Become the one who fetches, for a while; false while somebody else is."""

    async def write(self, token: SharedToken) -> None:
        """Share a token, and let go of the claim."""

    async def drop(self) -> None:
        """Let go of the claim without a token."""

    def use_key_secret(self, key_secret: str) -> None:
        """Share with those who have this secret from now on."""
