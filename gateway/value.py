"""Values that are made for every call: unchangeable to the type checker, and only to it.

`@dataclass(frozen=True)` sets each field through a detour that makes a value about five times as dear to make. That is
nothing for what is made once, and several percent of a send for what is made ten times in each. A value of this kind
has no hash: it is passed on, not looked up by.
"""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def value(cls: type[T]) -> type[T]:
    """Make a class of annotated fields a value, with slots and keyword arguments only."""
    return dataclass(slots=True, kw_only=True)(cls)
