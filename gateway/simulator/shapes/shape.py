"""The parts of which a description of a JSON body is made.

A check is a function of a value and its place; it returns when the value will do and raises a 400 that names the
place when it will not. Fields that no check knows are let through: the vendor's own examples carry some.
"""

import contextlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from gateway.simulator.problem import invalid
from gateway.simulator.schedule import parse_instant

Check = Callable[[Any, str], None]

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.IGNORECASE)


def anything(_value: Any, _place: str) -> None:
    """No demands."""


def text(*, least: int = 0, most: int | None = None) -> Check:
    """A string of so many characters."""

    def check(value: Any, place: str) -> None:
        if not isinstance(value, str):
            raise invalid(place, "must be a string")
        if len(value) < least:
            raise invalid(place, "must not be empty")
        if most is not None and len(value) > most:
            raise invalid(place, f"must not be longer than {most} characters")

    return check


def choice(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any, place: str) -> None:
        if value not in allowed:
            raise invalid(place, f"must be one of {', '.join(allowed)}")

    return check


def number(value: Any, place: str) -> None:
    """A JSON number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid(place, "must be a number")


def integer(least: int, most: int) -> Check:
    """A whole number within bounds."""

    def check(value: Any, place: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise invalid(place, f"must be an integer from {least} to {most}")

    return check


def boolean(value: Any, place: str) -> None:
    """True or false."""
    if not isinstance(value, bool):
        raise invalid(place, "must be a boolean")


def instant(value: Any, place: str) -> None:
    """A time in RFC 3339, with or without a zone: the vendor's examples have both."""
    if isinstance(value, str) and _TIME.fullmatch(value) is not None:
        with contextlib.suppress(ValueError, OverflowError):
            parse_instant(value)
            return
    raise invalid(place, "must be an RFC 3339 timestamp")


def matching(pattern: str, description: str) -> Check:
    """A string of a certain form."""
    compiled = re.compile(pattern)

    def check(value: Any, place: str) -> None:
        if not isinstance(value, str) or compiled.fullmatch(value) is None:
            raise invalid(place, description)

    return check


def items(of: Check, *, least: int = 0, most: int | None = None) -> Check:
    """A list of so many values of one kind."""

    def check(value: Any, place: str) -> None:
        if not isinstance(value, list):
            raise invalid(place, "must be a list")
        if len(value) < least:
            raise invalid(place, f"must hold at least {least}")
        if most is not None and len(value) > most:
            raise invalid(place, f"must not hold more than {most}")
        for index, item in enumerate(value):
            of(item, f"{place}[{index}]")

    return check


def mapping(of: Check) -> Check:
    """An object whose keys are free and whose values are of one kind."""

    def check(value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise invalid(place, "must be an object")
        for key, item in value.items():
            of(item, f"{place}[{key}]")

    return check


def record(
    required: Mapping[str, Check] | None = None,
    optional: Mapping[str, Check] | None = None,
    *,
    one_of: Mapping[str, Check] | None = None,
    one_is_required: bool = True,
) -> Check:
    """An object: fields it must have, fields it may have, and a group of which it has exactly one.

    A field that is null counts as absent, and a required one that is "" as missing.
    """
    must = tuple(required or ())
    group = dict(one_of or {})
    known = {**(optional or {}), **(required or {}), **group}

    def check(value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise invalid(place, "must be an object")
        inside = f"{place}." if place else ""
        for name in must:
            field = value.get(name)
            if field is None or field == "":
                raise invalid(f"{inside}{name}", "is required")
        chosen = None
        for name, field in value.items():
            of = known.get(name)
            if of is None or field is None:
                continue
            of(field, f"{inside}{name}")
            if name in group:
                if chosen is not None:
                    raise invalid(place, f"only one of {chosen}, {name} may be set")
                chosen = name
        if group and chosen is None and one_is_required:
            raise invalid(place, f"one of {', '.join(group)} is required")

    return check
