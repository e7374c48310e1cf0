"""Makes the values of the settings of what was found: text of variables and flags, or what the file says.

All mistakes are told together, each with where it is, and none quotes a value.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from gateway.settings.fields import Field, Table, fields_of
from gateway.settings.secret import Secret
from gateway.settings.values import FALSE, IS_MISSING, TRUE, split

KeyPath = tuple[str | int, ...]
Mistake = tuple[KeyPath, str]
SomeTable = TypeVar("SomeTable", bound=Table)

_NO_FRACTION = re.compile(r"(?<=[0-9])\.0+$")
# The upper ones first: what is no number at all is within none.
_LIMITS: Mapping[str, tuple[Callable[[Any, Any], bool], str]] = {
    "le": (operator.le, "at most"),
    "lt": (operator.lt, "less than"),
    "ge": (operator.ge, "at least"),
    "gt": (operator.gt, "more than"),
}


class Invalid(ValueError):
    """Values that cannot be used."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        """Keep what is wrong with them, and where."""
        super().__init__("; ".join(text for _, text in mistakes))
        self.mistakes = mistakes


def read_table(table: type[SomeTable], values: Mapping[str, Any]) -> SomeTable:
    """A table of these values, None being one that is not given; `Invalid` with all that is wrong with them.

    Keys that the table does not know are passed over: whoever looks at the file tells them.
    """
    read: dict[str, Any] = {}
    mistakes: list[Mistake] = []
    for name, field in fields_of(table).items():
        try:
            if values.get(name) is not None:
                read[name] = _field(field, values[name])
            elif field.required:
                mistakes.append(((name,), IS_MISSING))
        except ValueError as error:
            mistakes += _within(name, error)
    if mistakes:
        raise Invalid(mistakes)
    try:
        return table(**read)
    except ValueError as error:
        raise Invalid([((), str(error))]) from None


def read_value(kind: Any, given: Any) -> Any:
    """What was given, as a value of this kind; `ValueError` says what is wrong with it."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        base, *steps = parts
        value = read_value(base, split(given) if split in steps else given)
        for step in steps:
            value = step(value)
        return value
    if origin in {Union, UnionType}:
        # The other part is None, which stands for what is not given.
        return read_value(parts[0], given)
    if origin is Literal:
        return _choice(parts, given)
    if origin is tuple:
        return _list(parts[0], given)
    return read_table(kind, given) if issubclass(kind, Table) else _KINDS[kind](given)


def _field(field: Field, given: Any) -> Any:
    value = read_value(field.kind, given)
    for name, (holds, words) in _LIMITS.items():
        if name in field.limits and not holds(value, field.limits[name]):
            raise ValueError(f"must be {words} {field.limits[name]}")
    return value


def _list(kind: Any, given: Any) -> tuple[Any, ...]:
    if not isinstance(given, list | tuple):
        raise ValueError("must be a list")  # noqa: TRY004 - a mistake of whoever wrote the settings
    read: list[Any] = []
    mistakes: list[Mistake] = []
    for index, item in enumerate(given):
        try:
            read.append(read_value(kind, item))
        except ValueError as error:
            mistakes += _within(index, error)
    if mistakes:
        raise Invalid(mistakes)
    return tuple(read)


def _within(key: str | int, error: ValueError) -> list[Mistake]:
    """The mistakes of a value, seen from what it is a part of."""
    mistakes = error.mistakes if isinstance(error, Invalid) else [((), str(error))]
    return [((key, *path), text) for path, text in mistakes]


def _choice(choices: Sequence[str], given: Any) -> Any:
    if given not in choices:
        *others, last = map(repr, choices)
        raise ValueError(f"must be {', '.join(others)} or {last}")
    return given


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise ValueError("must be text")  # noqa: TRY004 - likewise
    return given


def _truth(given: Any) -> bool:
    text = str(given).lower()
    if text not in TRUE | FALSE:
        raise ValueError("must be true or false")
    return text in TRUE


def _whole(given: Any) -> int:
    try:
        # Digits of other scripts, which Python would read, are digits of no setting.
        return int(_NO_FRACTION.sub("", str(given).strip()).encode("ascii"))
    except ValueError:
        raise ValueError("must be a whole number") from None


def _number(given: Any) -> float:
    try:
        return float(str(given).encode("ascii"))
    except ValueError:
        raise ValueError("must be a number") from None


def _instant(given: Any) -> datetime:
    if not isinstance(given, datetime):
        raise ValueError("must be an instant, as 2026-01-31T12:00:00Z")  # noqa: TRY004 - likewise
    return given


_KINDS: Mapping[type, Callable[[Any], Any]] = {
    str: _text,
    bool: _truth,
    int: _whole,
    float: _number,
    datetime: _instant,
    Secret: lambda given: Secret(_text(given)),
}
