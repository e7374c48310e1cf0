"""What begins here is recorded as the environment says, and its sampler is not asked where the answer is known."""

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from opentelemetry.trace import SpanKind

from gateway.telemetry.recorder import SdkRecorder

HALF = TraceIdRatioBased.get_bound_for_rate(0.5)
IDS = (1, HALF - 1, HALF, HALF + 1, TraceIdRatioBased.TRACE_ID_LIMIT)


def recorder(monkeypatch: pytest.MonkeyPatch, sampler: str, ratio: str = "") -> SdkRecorder:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", sampler)
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", ratio)
    return SdkRecorder(exporters=(), resource=Resource.create())


def recorded(subject: SdkRecorder, monkeypatch: pytest.MonkeyPatch, *, wanted: bool = False) -> list[bool]:
    """Of traces with these ids, their high half set too, which are recorded."""
    found = []
    for low in IDS:
        monkeypatch.setattr(subject._admission, "new_trace_id", lambda low=low: (7 << 64) | low)
        span = subject.start("x", kind=SpanKind.SERVER, parent=None, attributes={}, wanted=wanted)
        found.append(span is not None)
    return found


@pytest.mark.parametrize(
    ("sampler", "ratio", "expected"),
    [
        ("parentbased_traceidratio", "0.5", [True, True, False, False, False]),
        ("traceidratio", "0.5", [True, True, False, False, False]),
        ("parentbased_traceidratio", "0", [False] * 5),
        ("parentbased_traceidratio", "1", [True] * 5),
        ("parentbased_traceidratio", "nonsense", [True] * 5),
        ("parentbased_always_on", "0.5", [True] * 5),
        ("always_on", "0", [True] * 5),
        ("parentbased_always_off", "1", [False] * 5),
    ],
)
def test_a_trace_that_begins_here_is_recorded_as_the_sampler_says(
    monkeypatch: pytest.MonkeyPatch, sampler: str, ratio: str, expected: list[bool]
) -> None:
    assert recorded(recorder(monkeypatch, sampler, ratio), monkeypatch) == expected


def test_what_is_wanted_is_recorded_whatever_the_sampler_says(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = recorder(monkeypatch, "parentbased_traceidratio", "0")

    assert recorded(subject, monkeypatch, wanted=True) == [True] * 5


def test_the_sampler_is_not_asked_about_what_its_ratio_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = recorder(monkeypatch, "parentbased_traceidratio", "0")
    monkeypatch.delattr(subject, "_sampler")

    assert recorded(subject, monkeypatch) == [False] * 5
