"""JSON values to the values that a field's setter takes, strictly: nothing is guessed, nothing is turned into text.

Every reader returns `SKIP` for a value that contradicts its type.
"""

import re
from base64 import b64decode
from collections.abc import Callable
from enum import Enum
from math import isfinite
from typing import Final, TypeAlias

from gateway.mapping.freeform import EXACT_INTEGER


class _Skip(Enum):
    SKIP = "skip"


SKIP: Final = _Skip.SKIP
"""The value cannot be taken."""

Scalar: TypeAlias = Callable[[object], object]

_INTEGER = re.compile(r"-?[0-9]{1,20}")
_NUMBER = re.compile(r"-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,4})?")
_URL_SAFE = str.maketrans("-_", "+/")


def is_unicode(text: str) -> bool:
    """Whether `text` can be written as UTF-8, so holds no half of a surrogate pair."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def text(value: object) -> object:
    """A string; a number is not one, since it cannot be told later from the string of its digits."""
    return value if type(value) is str and is_unicode(value) else SKIP


def boolean(value: object) -> object:
    """`true` or `false` and nothing else."""
    return value if type(value) is bool else SKIP


def integer_between(lowest: int, highest: int) -> Scalar:
    """A reader of integers: a number, a float that is integral and exact, or a string of decimal digits."""

    def integer(value: object) -> object:
        number = value
        if isinstance(value, str):
            number = int(value) if _INTEGER.fullmatch(value) else None
        elif isinstance(value, float):
            number = int(value) if value.is_integer() and abs(value) <= EXACT_INTEGER else None
        return number if type(number) is int and lowest <= number <= highest else SKIP

    return integer


def double(value: object) -> object:
    """A number within the range of a double, or a string of one."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value)
    if type(value) is not float and type(value) is not int:
        return SKIP
    try:
        number = float(value)
    except OverflowError:
        return SKIP
    return number if isfinite(number) else SKIP


def octets(value: object) -> object:
    """Bytes from base64, standard or URL-safe, padded or not."""
    if type(value) is not str:
        return SKIP
    padded = value + "=" * (-len(value) % 4)
    try:
        return b64decode(padded.translate(_URL_SAFE), validate=True)
    except ValueError:
        return SKIP
