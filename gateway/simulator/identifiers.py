"""Identifiers that look like the vendor's: ULIDs, 26 characters of Crockford's base 32."""

import random
import re
import time
from collections.abc import Callable

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_draw: Callable[[int], int] = random.SystemRandom().getrandbits


def new_ulid() -> str:
    """Ten characters of milliseconds, then eighty random bits; unique for every purpose here."""
    bits = (int(time.time() * 1000) << 80) | _draw(80)
    pairs = _PAIRS
    return "".join(
        [
            pairs[bits >> 120],
            pairs[(bits >> 110) & 1023],
            pairs[(bits >> 100) & 1023],
            pairs[(bits >> 90) & 1023],
            pairs[(bits >> 80) & 1023],
            pairs[(bits >> 70) & 1023],
            pairs[(bits >> 60) & 1023],
            pairs[(bits >> 50) & 1023],
            pairs[(bits >> 40) & 1023],
            pairs[(bits >> 30) & 1023],
            pairs[(bits >> 20) & 1023],
            pairs[(bits >> 10) & 1023],
            pairs[bits & 1023],
        ]
    )


def is_ulid(text: str) -> bool:
    """Whether the text has the form of an identifier that the vendor could have issued."""
    return _ULID.fullmatch(text) is not None
