"""Connections to a test's Valkey, as a gateway makes them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from gateway.clock import Clock
from gateway.state.valkey_log import ValkeyEventLog
from gateway.state.valkey_store import StoreOptions, ValkeyStore
from tests.unit.state.sample import PROJECT
from tests.valkey_server import ValkeyServer

# The machine that runs tests may stall for longer than a send may wait.
PATIENT_S = 10.0


def options(server: ValkeyServer, **changed: Any) -> StoreOptions:
    facts: dict[str, Any] = {"url": server.url, "project_id": PROJECT, "wait_s": PATIENT_S, "group_s": PATIENT_S}
    return StoreOptions(**facts | changed)


@asynccontextmanager
async def opened_store(server: ValkeyServer, **changed: Any) -> AsyncIterator[ValkeyStore]:
    """A process's connection, closed again."""
    store = await ValkeyStore.open(options(server, **changed))
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def replica(server: ValkeyServer, clock: Clock | None = None, **changed: Any) -> AsyncIterator[ValkeyEventLog]:
    """A log as one process has it open."""
    async with opened_store(server, **changed) as store:
        log = await ValkeyEventLog.open(store, clock=clock or Clock(), memory_s=86_400)
        try:
            yield log
        finally:
            await log.close()
