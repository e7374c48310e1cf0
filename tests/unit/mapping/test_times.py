"""Instants and spans, as the wire spells them."""

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.mapping import MappingError
from gateway.mapping.times import duration_text, parse_duration, parse_timestamp, timestamp_text

# 2026-03-02T09:15:30Z
MOMENT_S = 1_772_442_930


@pytest.mark.parametrize(
    ("seconds", "nanos", "text"),
    [
        (0, 0, "1970-01-01T00:00:00Z"),
        (MOMENT_S, 0, "2026-03-02T09:15:30Z"),
        (MOMENT_S, 500_000_000, "2026-03-02T09:15:30.500Z"),
        (MOMENT_S, 7_000_000, "2026-03-02T09:15:30.007Z"),
        (MOMENT_S, 724_083_000, "2026-03-02T09:15:30.724083Z"),
        (MOMENT_S, 1, "2026-03-02T09:15:30.000000001Z"),
        (-1, 999_999_999, "1969-12-31T23:59:59.999999999Z"),
        (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
        (253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
    ],
)
def test_an_instant_has_as_few_digits_as_are_exact(seconds: int, nanos: int, text: str) -> None:
    assert timestamp_text(Timestamp(seconds=seconds, nanos=nanos)) == text
    assert parse_timestamp(text) == {"seconds": seconds, "nanos": nanos}


@pytest.mark.parametrize(
    ("seconds", "nanos"), [(-62_135_596_801, 0), (253_402_300_800, 0), (2**63 - 1, 0), (0, -1), (0, 1_000_000_000)]
)
def test_an_instant_that_has_no_spelling_is_refused(seconds: int, nanos: int) -> None:
    with pytest.raises(MappingError, match="years 1 to 9999"):
        timestamp_text(Timestamp(seconds=seconds, nanos=nanos))


@pytest.mark.parametrize(
    ("text", "nanos"),
    [
        ("2026-03-02T09:15:30", 0),
        ("2026-03-02T09:15:30.25", 250_000_000),
        ("2026-03-02t09:15:30z", 0),
        ("2026-03-02T09:15:30.5Z", 500_000_000),
        ("2026-03-02T09:15:30.1234567899999Z", 123_456_789),
        ("2026-03-02T10:15:30+01:00", 0),
        ("2026-03-02T10:15:30+0100", 0),
        ("2026-03-02T03:45:30.001-05:30", 1_000_000),
        ("2026-03-02T09:15:30-00:00", 0),
        ("2026-03-03T09:14:30+23:59", 0),
    ],
)
def test_an_instant_is_read_in_every_spelling(text: str, nanos: int) -> None:
    assert parse_timestamp(text) == {"seconds": MOMENT_S, "nanos": nanos}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-02",
        "2026-03-02 09:15:30Z",
        "2026-03-02T09:15Z",
        "2026-03-02T09:15:3Z",
        "2026-03-02T09:15:+1:00",
        "20260302T091530Z",
        "2026-W10-1T09:15:30Z",
        "2026-03-02T09.15.30Z",
        "2026-02-30T09:15:30Z",
        "2026-03-02T25:15:30Z",
        "2026-03-02T09:15:60Z",
        "2026-03-02T09:15:30.Z",
        "2026-03-02T09:15:30,5Z",
        "2026-03-02T09:15:30Zulu",
        "2026-03-02T09:15:30+24:00",
        "2026-03-02T09:15:30+01:60",
        "2026-03-02T09:15:30 Z",
        "2026-03-02T09:15:30Z\n",
        "\uff12026-03-02T09:15:30Z",
        "2026-03-02T09:15:30.\u0665Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "12026-03-02T09:15:30Z",
        "-026-03-02T09:15:30Z",
    ],
)
def test_what_is_no_instant_is_not_guessed(text: str) -> None:
    assert parse_timestamp(text) is None


@pytest.mark.parametrize("seconds", [0, 3, 86400, 315_576_000_000])
def test_a_span_is_whole_seconds(seconds: int) -> None:
    text = duration_text(Duration(seconds=seconds))

    assert text == f"{seconds}s"
    assert parse_duration(text) == {"seconds": seconds, "nanos": 0}


@pytest.mark.parametrize(
    ("span", "problem"),
    [
        (Duration(seconds=1, nanos=500_000_000), "whole seconds"),
        (Duration(nanos=-1), "whole seconds"),
        (Duration(seconds=-1), "0 to"),
        (Duration(seconds=315_576_000_001), "0 to"),
    ],
)
def test_a_span_that_the_wire_cannot_say_is_refused(span: Duration, problem: str) -> None:
    with pytest.raises(MappingError, match=problem):
        duration_text(span)


@pytest.mark.parametrize(
    "value", ["", "s", "1", "-1s", "1.s", "1.1234567890s", "٣s", "315576000001s", "1s ", 315_576_000_001, None]
)
def test_what_is_no_span_is_not_guessed(value: object) -> None:
    assert parse_duration(value) is None
