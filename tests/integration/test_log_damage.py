"""A damaged file is never served wrong: an event is as it was written, or it is not served."""

import asyncio
import random
import shutil
from pathlib import Path

import pytest

from gateway.errors import StoreError
from gateway.state.events import StoredEvent
from gateway.state.record import DamagedEventError
from gateway.state.sqlite_log import SqliteEventLog
from gateway.state.state_file import StateFile
from tests.patience import PATIENCE_S
from tests.unit.state.sample import append_all, new_event, opened_log, read_all

EVENTS = 2500


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[StoredEvent]]:
    path = tmp_path_factory.mktemp("intact") / "log.db"

    async def fill() -> list[StoredEvent]:
        async with opened_log(path) as log:
            await append_all(log, EVENTS)
            return await read_all(log)

    return path, asyncio.run(fill())


@pytest.mark.parametrize("seed", range(40))
async def test_flipped_bytes_are_never_served(
    intact: tuple[Path, list[StoredEvent]], tmp_path: Path, seed: int
) -> None:
    original, events = intact
    path = tmp_path / "log.db"
    shutil.copy(original, path)
    _flip(path, random.Random(seed))

    async with opened_log(path) as log:
        served = await _read_what_is_left(log)

    assert set(served) <= set(events)


async def test_one_damaged_event_is_passed_over_and_the_rest_is_served(
    intact: tuple[Path, list[StoredEvent]], tmp_path: Path
) -> None:
    original, events = intact
    path = tmp_path / "log.db"
    raw = new_event(700).raw
    content = original.read_bytes()
    path.write_bytes(content.replace(raw, raw[::-1]))

    async with opened_log(path) as log:
        served = await _read_what_is_left(log)

    assert served == [event for event in events if event.position != 700]


async def test_a_log_found_damaged_while_it_runs_is_replaced_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path) as log:
        await append_all(log, EVENTS)
    with path.open("r+b") as file:
        file.seek(50 * 4096)
        file.write(b"\xff" * 40 * 4096)
    heard = Listener()

    async with opened_log(path) as log:
        log.listen(heard)
        with pytest.raises(StoreError):
            await _read_what_is_left(log, patient=False)
        async with asyncio.timeout(PATIENCE_S):
            await heard.restart.wait()
        appended = await log.append(new_event(1))

    assert appended.position == 1
    assert _set_aside(tmp_path)


async def test_a_log_that_cannot_be_replaced_stays_out_of_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.db"
    async with opened_log(path) as log:
        await append_all(log, EVENTS)
    with path.open("r+b") as file:
        file.seek(50 * 4096)
        file.write(b"\xff" * 40 * 4096)

    def no_more_room(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    async with opened_log(path) as log:
        monkeypatch.setattr(StateFile, "replace", no_more_room)
        with pytest.raises(StoreError):
            await _read_what_is_left(log, patient=False)
        with pytest.raises(StoreError):
            await log.append(new_event(1))
        assert not log.usable


class Listener:
    def __init__(self) -> None:
        self.restart = asyncio.Event()

    def committed(self, events: object) -> None:
        pass

    def restarted(self) -> None:
        self.restart.set()

    def fenced(self, project_id: str, name: str, fence: int) -> None:
        pass


async def _read_what_is_left(log: SqliteEventLog, *, patient: bool = True) -> list[StoredEvent]:
    served: list[StoredEvent] = []
    at, epoch = 0, log.epoch
    while log.epoch == epoch and at < log.tail.position:
        try:
            page = await log.read_page(after=at, count=100, size_bytes=1 << 20)
        except DamagedEventError as error:
            at = error.position
        except StoreError:
            if not patient:
                raise
            break
        else:
            if page.head.epoch != epoch:
                break
            served += page.events
            at = page.events[-1].position
    return served


def _set_aside(folder: Path) -> list[Path]:
    return [found for found in folder.iterdir() if ".damaged-" in found.name]


def _flip(path: Path, chance: random.Random) -> None:
    with path.open("r+b") as file:
        size = path.stat().st_size
        for _ in range(chance.choice((1, 1, 3, 40))):
            at = chance.randrange(size)
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ (1 << chance.randrange(8))]))
