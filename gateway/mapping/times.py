"""Instants and spans as this API writes them, formatted and parsed by hand.

The protobuf runtime's own parser refuses times that occur in this API (zone-less, lower case, more than nine
digits) and takes most of the time of a small answer.
"""

import re
from datetime import date, datetime
from functools import lru_cache

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.mapping.paths import MappingError

_DAY_S = 86_400
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - only differences of zone-less times are taken
_EPOCH_ORDINAL = _EPOCH.toordinal()
# 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, the years that RFC 3339 can write.
_FIRST_S, _LAST_S = -62_135_596_800, 253_402_300_799
# The range of `google.protobuf.Duration`, about 10,000 years; `ttl` allows the same.
_LONGEST_S = 315_576_000_000
_NANOS = 1_000_000_000
_TWO_DIGITS = tuple(f"{number:02d}" for number in range(60))
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([01][0-9]|2[0-3]):?([0-5][0-9]))?"
)
_SPAN = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,9}))?s")


@lru_cache(maxsize=1024)
def _date_text(day: int) -> str:
    """The date `day` days after the epoch; remembered, because the times of one answer share few dates."""
    return date.fromordinal(_EPOCH_ORDINAL + day).isoformat()


def timestamp_text(value: Timestamp) -> str:
    """RFC 3339 in UTC with 0, 3, 6 or 9 fractional digits, as few as are exact."""
    seconds, nanos = value.seconds, value.nanos
    if not (_FIRST_S <= seconds <= _LAST_S and 0 <= nanos < _NANOS):
        raise MappingError("", "must be an instant of the years 1 to 9999 with 0 to 999999999 nanoseconds")
    day, second = divmod(seconds, _DAY_S)
    minute, second = divmod(second, 60)
    hour, minute = divmod(minute, 60)
    text = f"{_date_text(day)}T{_TWO_DIGITS[hour]}:{_TWO_DIGITS[minute]}:{_TWO_DIGITS[second]}"
    if not nanos:
        return text + "Z"
    digits = str(_NANOS + nanos)[1:]
    if nanos % 1_000:
        return f"{text}.{digits}Z"
    return f"{text}.{digits[:6] if nanos % 1_000_000 else digits[:3]}Z"


def parse_timestamp(text: str) -> dict[str, int] | None:
    """The fields of the `Timestamp` that `text` names, or None where it names none.

    Accepts any number of fractional digits (those after the ninth are cut off), upper or lower case, any offset,
    and a missing zone, which is UTC.
    """
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None
    moment, fraction, sign, hours, minutes = found.groups()
    try:
        since_epoch = datetime.fromisoformat(moment) - _EPOCH
    except ValueError:
        return None
    seconds = since_epoch.days * _DAY_S + since_epoch.seconds
    if sign is not None:
        offset_s = int(hours) * 3600 + int(minutes) * 60
        seconds += -offset_s if sign == "+" else offset_s
        if not _FIRST_S <= seconds <= _LAST_S:
            return None
    return {"seconds": seconds, "nanos": _nanos(fraction)}


def duration_text(value: Duration) -> str:
    """Whole seconds with the suffix `s`, the only form the API takes."""
    if value.nanos:
        raise MappingError("", "must be whole seconds")
    if not 0 <= value.seconds <= _LONGEST_S:
        raise MappingError("", f"must be 0 to {_LONGEST_S} seconds")
    return f"{value.seconds}s"


def parse_duration(value: object) -> dict[str, int] | None:
    """The fields of the `Duration` that `"86400s"` or a plain number of seconds names, or None."""
    seconds, fraction = value, None
    if isinstance(value, str):
        span = _SPAN.fullmatch(value)
        if span is None:
            return None
        seconds, fraction = int(span[1]), span[2]
    if type(seconds) is not int or not 0 <= seconds <= _LONGEST_S:
        return None
    return {"seconds": seconds, "nanos": _nanos(fraction)}


def _nanos(fraction: str | None) -> int:
    return int(fraction[:9].ljust(9, "0")) if fraction else 0
