"""One process per state file."""

import asyncio
from pathlib import Path

import pytest

from gateway.state.lock import StateLocked
from tests.integration.log_process import start
from tests.patience import PATIENCE_S
from tests.unit.state.sample import opened_log


async def test_a_file_is_free_again_when_its_process_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    child = await start("hold", path)
    assert child.stdout is not None
    assert await asyncio.wait_for(child.stdout.readline(), PATIENCE_S) == b"held\n"

    with pytest.raises(StateLocked):
        async with opened_log(path):
            pass
    child.kill()
    await child.communicate()

    async with opened_log(path) as log:
        assert log.usable
