"""What was sent is found again after a restart, and a file that cannot be read costs nothing but links."""

from pathlib import Path

import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import set_span_in_context

from gateway.telemetry import tracing, trail
from gateway.telemetry.tracing import Trace
from gateway.telemetry.trail import Trail


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Trace:
    """A call that is recorded, and being carried out."""
    span = TracerProvider(shutdown_on_exit=False).get_tracer("test").start_span("call", context=Context())
    trace = Trace(set_span_in_context(span, Context()), span)
    monkeypatch.setattr(tracing, "current", lambda: trace)
    return trace


async def test_a_send_is_found_after_a_restart(tmp_path: Path, recorded: Trace) -> None:
    before = Trail(tmp_path / "traces")
    await before.start()
    before.sent("M1")
    await before.close()

    after = Trail(tmp_path / "traces")
    await after.start()
    found = after.find("", "M1")
    await after.close()

    assert found is not None
    assert (found.trace_id, found.span_id) == (recorded.span_context.trace_id, recorded.span_context.span_id)


async def test_a_send_that_is_not_recorded_is_not_remembered() -> None:
    memory = Trail(None)

    memory.sent("M1")

    assert memory.find("M1") is None


@pytest.mark.usefixtures("recorded")
async def test_only_so_many_are_kept_and_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "MAX_KEPT", 2)
    memory = Trail(None)

    for key in ("M1", "M2", "M3"):
        memory.sent(key)

    assert [memory.find(key) is not None for key in ("M1", "M2", "M3")] == [False, True, True]


async def test_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "traces"
    path.write_bytes(b"no database at all, but long enough to be looked at" * 20)

    memory = Trail(path)
    await memory.start()
    await memory.close()

    assert memory.find("M1") is None
    assert not path.exists()
