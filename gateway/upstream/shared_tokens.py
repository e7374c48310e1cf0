"""One replica fetches the token, the others use it; without the shared store everybody fetches one."""

import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.state.token_vault import SharedToken, TokenVault
from gateway.telemetry.logs import logger

# How long to wait for another replica's request, which is bounded itself, and how often to look.
WAIT_S = 10.0
LOOK_S = 0.1

log = logger("tokens")
_F = TypeVar("_F")


class SharedTokens:
    """Stands between a token cache and the auth host."""

    def __init__(self, *, vault: TokenVault, clock: Clock) -> None:
        """Share by way of `vault`."""
        self._vault = vault
        self._clock = clock

    async def obtain(
        self, fetch: Callable[[], Awaitable[SharedToken | _F]], *, known: frozenset[str], ripe: float
    ) -> SharedToken | _F:
        """A token that is not among the `known` and has more than the part `ripe` of its life before it.

        From another replica where there is one, else by `fetch`, whose failure is passed on.
        """
        claimed = False
        try:
            given_up_s = self._clock.monotonic() + WAIT_S
            while self._clock.monotonic() < given_up_s:
                shared = await self._vault.read()
                if shared is not None and shared.value not in known and shared.left_s > shared.life_s * ripe:
                    # Where the claim is ours by now, somebody wrote it between the last look and the claim.
                    await self._let_go(claimed=claimed)
                    return shared
                if claimed:
                    break
                claimed = await self._vault.claim()
                if not claimed:
                    await self._clock.sleep(LOOK_S)
        except StoreError:
            log.warning("token_not_shared")
        fetched: SharedToken | _F | None = None
        try:
            fetched = await fetch()
            return fetched
        finally:
            if isinstance(fetched, SharedToken):
                with contextlib.suppress(StoreError):
                    await self._vault.write(fetched)
            else:
                await self._let_go(claimed=claimed)

    async def _let_go(self, *, claimed: bool) -> None:
        with contextlib.suppress(StoreError):
            if claimed:
                await self._vault.drop()

    def use_key_secret(self, key_secret: str) -> None:
        """Share with those who have this secret from now on."""
        self._vault.use_key_secret(key_secret)
