"""When two JSON documents say the same: instants compare as instants, and null is as good as absent."""

import re
from datetime import UTC, datetime
from typing import Any

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?")


def canonical(value: Any) -> Any:
    """The document without nulls, and with every instant in one spelling."""
    if isinstance(value, dict):
        return {key: canonical(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [canonical(inner) for inner in value]
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return _instant(value)
    return value


def _instant(text: str) -> str:
    seconds, _, rest = text.partition(".")
    fraction = re.match(r"\d*", rest)
    digits = fraction[0] if fraction else ""
    zone = (rest[len(digits) :] if rest else text[19:]) or "Z"
    at = datetime.fromisoformat(seconds[:19].upper() + ("+00:00" if zone in "Zz" else zone)).astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{digits.rstrip('0')}Z"
