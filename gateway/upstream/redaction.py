"""The API's error texts, made safe to show: they tend to quote the request, and the request is private."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.message import Message

MAX_CHARACTERS = 300
MASK = "…"
_DIGITS = re.compile(r"\+?\d[\d\s().-]{4,}\d|\d{4,}")
_NUMBER = re.compile(r"\+?[\d\s().-]{6,}")
_SHORTEST_VALUE = 4


def redact(text: str, request: Message) -> str:
    """Mask what could be a phone number and every longer value of the request; bounded, on one line."""
    text = " ".join(text[: 4 * MAX_CHARACTERS].split())
    for value in sorted(set(_texts(request)), key=len, reverse=True):
        if len(value) >= _SHORTEST_VALUE and not _is_name(value):
            text = text.replace(" ".join(value.split()), MASK)
    return _DIGITS.sub(MASK, text)[:MAX_CHARACTERS]


def name_unless_number(name: str) -> str:
    """The name of a resource, masked where it could be a phone number: consents are named by identities."""
    return MASK if _NUMBER.fullmatch(name) else name


def _is_name(value: str) -> bool:
    """Vocabulary such as `WHATSAPP` or `SMS_SENDER` explains an error and gives nobody away."""
    return value.replace("_", "").isalpha() and value.isupper()


def _texts(value: Any) -> Iterator[str]:
    """Every text inside a message, however deep; mapping keys included, for callers choose those too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Message):
        for _, inner in value.ListFields():
            yield from _texts(inner)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif hasattr(value, "__iter__") and not isinstance(value, bytes):
        for inner in value:
            yield from _texts(inner)
