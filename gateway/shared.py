"""Builds what replicas share: the connection to Valkey, and over it the log, the limit, the token and the request ids.

The client library is an extra, and is imported only where the settings name a server.
"""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.settings import ProjectSettings, Settings, all_projects
from gateway.state.fallback_requests import FallbackRequestStore
from gateway.state.log import EventLog
from gateway.state.permits import PermitCell
from gateway.state.requests import RequestStore
from gateway.state.token_vault import TokenVault
from gateway.telemetry.metrics import Metrics
from gateway.upstream.rate_limit import RECOVERY_PER_S

if TYPE_CHECKING:
    from gateway.state.valkey_store import ValkeyStore

NO_LIBRARY = (
    "names a Valkey server, and the libraries for it are not installed: pip install 'conversation-gateway[valkey]'"
)


async def open_shared(settings: Settings, metrics: Metrics, clock: Clock, stack: AsyncExitStack) -> "Shared | None":
    """The shared state that the settings name, or None where the state is embedded; `StoreError` with one line."""
    if settings.embedded:
        return None
    try:
        from gateway.state.valkey_store import GROUP_S, StoreOptions, ValkeyStore  # noqa: PLC0415 - an extra
    except ImportError:
        raise StoreError.unavailable(f"GATEWAY_STATE_URL {NO_LIBRARY}") from None
    options = StoreOptions(
        url=settings.state_url,
        project_id=all_projects(settings)[0].project_id,
        accept_unsafe=settings.state_accept_unsafe,
        replica_count=settings.state_replica_count,
        wait_s=settings.state_wait_s,
        # Whoever lets a send wait for longer does not call the server away before.
        group_s=max(GROUP_S, settings.state_wait_s),
    )
    store = await ValkeyStore.open(options, failed=metrics.store.failed, observe_commit=metrics.store.committed)
    stack.push_async_callback(store.close)
    return Shared(store=store, settings=settings, clock=clock)


class Shared:
    """Makes what each half needs of the shared store."""

    def __init__(self, *, store: "ValkeyStore", settings: Settings, clock: Clock) -> None:
        """Make it over a store that is open, and is closed after it."""
        self._store = store
        self._settings = settings
        self._clock = clock

    async def log(self) -> EventLog:
        """The event log; closed by whoever asks."""
        from gateway.state.valkey_log import ValkeyEventLog  # noqa: PLC0415 - an extra

        settings = self._settings
        # An event is found by its identity for as long as it is kept.
        memory_s = max(settings.webhook_memory_s, settings.feed_retention_s)
        return await ValkeyEventLog.open(self._store, clock=self._clock, memory_s=memory_s)

    def requests(self, stack: AsyncExitStack) -> RequestStore:
        """The request ids; `stack` closes them."""
        from gateway.state.valkey_requests import ValkeyRequestStore  # noqa: PLC0415 - an extra

        store = ValkeyRequestStore(store=self._store, clock=self._clock)
        stack.push_async_callback(store.close)
        if self._settings.state_away_request_ids == "refuse":
            return store
        fallback = FallbackRequestStore(shared=store, clock=self._clock)
        stack.callback(fallback.close)
        return fallback

    def permits(self, project: ProjectSettings) -> PermitCell:
        """The cell of a project's rate limit."""
        from gateway.state.valkey_permits import CellRate, ValkeyPermitCell  # noqa: PLC0415 - an extra

        settings = self._settings
        rate_per_s = (project.rate_limit_per_s or settings.rate_limit_per_s) * (1 - settings.rate_limit_margin)
        rate = CellRate(
            rate_per_s=rate_per_s, burst=settings.rate_limit_burst, recovery_per_s2=rate_per_s * RECOVERY_PER_S
        )
        return ValkeyPermitCell(store=self._store, project_id=project.project_id, rate=rate)

    def vault(self, project: ProjectSettings) -> TokenVault:
        """Where a project's token is shared."""
        from gateway.state.valkey_tokens import ValkeyTokenVault  # noqa: PLC0415 - an extra

        return ValkeyTokenVault(
            store=self._store,
            project_id=project.project_id,
            key_id=project.key_id,
            key_secret=project.key_secret.get_secret_value(),
        )
