"""The tests of `upstream/test_request_ids`, over the shared state."""

from collections.abc import AsyncIterator

import pytest

from gateway.state.valkey_requests import ValkeyRequestStore
from tests.integration.shared.opening import opened_store
from tests.unit.upstream.request_ids_stage import PROJECT, FailingStore, HeldClock
from tests.unit.upstream.test_request_ids import *  # noqa: F403
from tests.valkey_server import ValkeyServer


@pytest.fixture  # type: ignore[no-redef]  # instead of the embedded one
async def store(valkey: ValkeyServer, clock: HeldClock) -> AsyncIterator[FailingStore]:
    async with opened_store(valkey, project_id=PROJECT) as shared:
        opened = ValkeyRequestStore(store=shared, clock=clock)
        yield FailingStore(opened)
        await opened.close()
