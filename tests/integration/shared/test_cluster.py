"""A project's keys stay together on one server of a cluster, and everything works there as on a single one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.errors import StoreError
from gateway.state.log import Keep
from gateway.state.requests import RequestState
from gateway.state.valkey_requests import ValkeyRequestStore
from gateway.state.valkey_store import StoreOptions, ValkeyStore
from tests.integration.shared.opening import opened_store, replica
from tests.unit.state.sample import append_all, new_event, read_all
from tests.unit.upstream.request_ids_stage import HeldClock, key
from tests.valkey_server import ValkeyServer, running_cluster

PROJECTS = [f"project-{number}" for number in range(6)]


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[list[ValkeyServer]]:
    async with running_cluster(tmp_path) as servers:
        yield servers


async def test_every_project_has_a_whole_gateway_on_one_server_of_the_cluster(cluster: list[ValkeyServer]) -> None:
    for project in PROJECTS:
        async with replica(cluster[0], project_id=project) as log:
            for number in range(1, 21):
                await log.append(new_event(number, project_id=project))
            again = await log.append(new_event(3, project_id=project))
            held = await log.acquire(project_id=project, name="worker", new="earliest", most=1)
            await log.commit(project_id=project, name="worker", position=5, mark=0, fence=held.fence, most=1)
            await log.delete_subscription(project_id=project, name="worker")
            bounds = Keep(age_s=1e9, size_bytes=1 << 40, count=10)
            await log.trim(keep=bounds, held=bounds)

            assert again.duplicate
            assert [event.position for event in await read_all(log)] == list(range(11, 21))
        async with opened_store(cluster[1], project_id=project) as store:
            requests = ValkeyRequestStore(store=store, clock=HeldClock())
            await requests.reserve(key())
            await requests.dispatched(key())
            await requests.conclude(key(), RequestState.DONE, b"answer")
            standing = await requests.reserve(key())
            await requests.close()

            assert standing is not None
            assert standing.answer == b"answer"

    homes = [owners(cluster, project) for project in PROJECTS]
    assert [len(servers) for servers in homes] == [1] * len(PROJECTS)
    assert len({server.port for (server,) in homes}) > 1


async def test_a_cluster_has_no_second_database(cluster: list[ValkeyServer]) -> None:
    url = f"valkey://127.0.0.1:{cluster[0].port}/1"

    with pytest.raises(StoreError) as refusal:
        await ValkeyStore.open(StoreOptions(url=url, project_id=PROJECTS[0]))

    assert "database" in refusal.value.message


async def test_replicas_enter_a_cluster_by_different_doors_and_share_one_log(cluster: list[ValkeyServer]) -> None:
    async with replica(cluster[0]) as one, replica(cluster[1]) as two, replica(cluster[2]) as three:
        await append_all(one, 5)

        repeats = [await each.append(new_event(2)) for each in (two, three)]

    assert [repeat.duplicate for repeat in repeats] == [True, True]


def owners(cluster: list[ValkeyServer], project: str) -> list[ValkeyServer]:
    """The servers that hold anything of a project."""
    return [server for server in cluster if server.do("KEYS", f"cgw:{{{project}}}:*")]
