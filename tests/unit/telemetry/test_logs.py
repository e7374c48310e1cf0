"""Lines come out whole and in order, and a reader that stalls costs lines, never time."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
import structlog

from gateway.telemetry import logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    logs.close()
    structlog.configure(**before)


def test_every_line_is_written_in_order_by_the_time_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("w") as stream:
        logs.configure(level="info", form="json", stream=stream)
        for number in range(100):
            logs.logger("test").info("counted", number=number)
        logs.close()

    lines = [orjson.loads(line) for line in path.read_text().splitlines()]
    assert [line["number"] for line in lines] == list(range(100))
    assert {(line["event"], line["level"], line["room"]) for line in lines} == {("counted", "info", "test")}


def test_a_line_below_the_level_is_not_written_and_an_announcement_always_is(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("w") as stream:
        logs.configure(level="error", form="json", stream=stream)
        logs.logger("test").warning("hidden")
        logs.announce("ready", grpc="address")
        logs.close()

    assert [orjson.loads(line)["event"] for line in path.read_text().splitlines()] == ["ready"]


def test_what_is_said_of_every_call_obeys_the_level_as_it_changes_and_looks_like_every_line(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("w") as stream:
        logs.configure(level="warning", form="json", stream=stream)
        logs.EveryCall("test").info("hidden")
        logs.set_level("info")
        logs.EveryCall("test").info("called", code="OK")
        logs.logger("test").info("called", code="OK")
        logs.close()
        logs.EveryCall("test").info("after the end")

    quick, usual = [orjson.loads(line) for line in path.read_text().splitlines()]
    assert {**quick, "time": ""} == {**usual, "time": ""}
    assert len(quick["time"]) == len(usual["time"])


def test_a_reader_that_stalls_costs_lines_and_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "CLOSE_TIMEOUT_S", 0.1)
    monkeypatch.setattr(logs, "MAX_WAITING_LINES", 100)
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream:
        logs.configure(level="info", form="json", stream=stream)

        for _ in range(2000):
            logs.logger("test").info("spoken", words="x" * 1000)

        # Reached at all, with a pipe that holds 64 KiB and nobody who reads it.
        [sink] = logs._sinks
        logs.close()
        threading.Thread(target=read_to_the_end, args=(reading,), daemon=True).start()
        sink._thread.join(20)

    assert sink.lost_count > 0
    assert not sink._thread.is_alive()


def read_to_the_end(reading: int) -> None:
    with os.fdopen(reading, "rb") as stream:
        while stream.read(65_536):
            pass


def test_the_end_is_noticed_even_just_before_the_flag_is_cleared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class EndsBetween(threading.Event):
        def clear(self) -> None:
            sink._closing.set()
            self.set()
            super().clear()

    monkeypatch.setattr(logs, "GATHER_S", 0.0)
    with (tmp_path / "log").open("w") as stream:
        logs.configure(level="info", form="json", stream=stream)
        [sink] = logs._sinks
        before, sink._waiting = sink._waiting, EndsBetween()
        before.set()
        logs.logger("test").info("spoken")
        sink._thread.join(20)
        ended = not sink._thread.is_alive()
        logs.close()

    assert ended


def test_what_a_reader_that_has_gone_left_unread_does_not_fail_again_at_the_end() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        logs.configure(level="info", form="json", stream=stream)
        logs.logger("test").info("unheard")
        logs.close()

        stream.flush()
