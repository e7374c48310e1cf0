"""A server that may forget what it has acknowledged is refused at the start, with one line that says why."""

import re
from pathlib import Path

import pytest

from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.state.valkey_log import ValkeyEventLog
from gateway.state.valkey_store import StoreOptions, ValkeyStore
from tests.conftest import REPOSITORY, SilentHost
from tests.integration.shared.opening import opened_store, replica
from tests.unit.state.sample import PROJECT, append_all, read_all
from tests.valkey_server import ValkeyServer, free_port, running_server


async def refusal_of(options: StoreOptions) -> str:
    with pytest.raises(StoreError) as refusal:
        await ValkeyStore.open(options)
    assert "\n" not in refusal.value.message
    return refusal.value.message


@pytest.mark.parametrize(
    ("config", "danger"),
    [
        ({"maxmemory-policy": "allkeys-lru"}, "maxmemory-policy is allkeys-lru"),
        ({"appendonly": "no"}, "appendonly is no"),
        ({"appendfsync": "everysec"}, "appendfsync is everysec"),
        ({"no-appendfsync-on-rewrite": "yes"}, "no-appendfsync-on-rewrite is yes"),
    ],
)
async def test_an_unsafe_server_is_refused_unless_it_is_accepted(
    tmp_path: Path, config: dict[str, str], danger: str
) -> None:
    with running_server(tmp_path, **config) as server:
        line = await refusal_of(StoreOptions(url=server.url, project_id=PROJECT))
        async with replica(server, accept_unsafe=True) as log:
            await append_all(log, 1)

            assert log.tail.position == 1
    assert danger in line
    assert "GATEWAY_STATE_ACCEPT_UNSAFE" in line


async def test_a_wrong_password_is_one_clear_line_without_it(tmp_path: Path) -> None:
    with running_server(tmp_path, requirepass="right") as server:
        url = f"valkey://:wrong-one@127.0.0.1:{server.port}/0"

        line = await refusal_of(StoreOptions(url=url, project_id=PROJECT))
        missing = await refusal_of(StoreOptions(url=server.url, project_id=PROJECT))

    assert line == missing == f"the shared store at 127.0.0.1:{server.port} refused the user name or password"


@pytest.mark.parametrize("command", ["script", "info"])
async def test_a_user_who_may_not_run_all_that_is_needed_is_one_clear_line(tmp_path: Path, command: str) -> None:
    with running_server(tmp_path) as server:
        server.do("ACL", "SETUSER", "guest", "on", ">right", "~*", "+@all", f"-{command}")
        url = f"valkey://guest:right@127.0.0.1:{server.port}/0"

        line = await refusal_of(StoreOptions(url=url, project_id=PROJECT))

    assert line == f"the shared store at 127.0.0.1:{server.port} does not let this user run all that is needed"


async def test_a_user_with_what_the_manual_names_is_enough(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "state.md").read_text(encoding="utf-8")
    (rules,) = re.findall(r"^ACL SETUSER gateway on >PASSWORD (.+)$", page, flags=re.MULTILINE)
    with running_server(tmp_path) as server:
        server.do("ACL", "SETUSER", "gateway", "on", ">right", *rules.split())
        url = f"valkey://gateway:right@127.0.0.1:{server.port}/0"
        async with replica(server, url=url) as log:
            await append_all(log, 1)

            assert [event.position for event in await read_all(log)] == [1]


async def test_tls_to_a_server_without_it_is_one_clear_line(valkey: ValkeyServer) -> None:
    line = await refusal_of(StoreOptions(url=f"rediss://127.0.0.1:{valkey.port}/0", project_id=PROJECT))

    assert "TLS" in line


async def test_a_database_that_is_not_there_is_one_clear_line(valkey: ValkeyServer) -> None:
    line = await refusal_of(StoreOptions(url=f"redis://127.0.0.1:{valkey.port}/99", project_id=PROJECT))

    assert "has no database 99" in line


async def test_a_server_that_is_not_there_is_one_clear_line() -> None:
    line = await refusal_of(StoreOptions(url=f"valkey://127.0.0.1:{free_port()}/0", project_id=PROJECT))

    assert "cannot be reached" in line


async def test_a_server_that_never_answers_is_given_up(silent_host: SilentHost) -> None:
    line = await refusal_of(StoreOptions(url=f"valkey://{silent_host.address}/0", project_id=PROJECT))

    assert "cannot be reached" in line


async def test_data_of_a_newer_version_is_refused_and_left_alone(valkey: ValkeyServer) -> None:
    async with replica(valkey) as log:
        await append_all(log, 1)
    header = f"cgw:{{{PROJECT}}}:log"
    valkey.do("HSET", header, "version", "2")
    before = valkey.do("HGETALL", header)

    async with opened_store(valkey) as store:
        with pytest.raises(StoreError) as refusal:
            await ValkeyEventLog.open(store, clock=Clock(), memory_s=60)

    assert "newer version (data 2)" in refusal.value.message
    assert valkey.do("HGETALL", header) == before
