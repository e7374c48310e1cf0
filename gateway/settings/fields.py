"""How settings are declared: as fields of frozen dataclasses, each with its meaning, its kind and its default."""

import dataclasses
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from functools import cache
from typing import Any, get_type_hints


@dataclass(frozen=True, kw_only=True)
class Table:
    """Values that belong together: the settings as a whole, and each table of their file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What is declared of one value."""

    description: str
    environment_name: str
    """Its variable; empty for what only the file can hold."""
    limits: Mapping[str, float]
    """What a number has to be: `ge`, `gt`, `le` and `lt`, as `operator` names them."""
    default: Any
    kind: Any
    """Its type, annotated with the steps that a value has to pass."""
    annotation: Any
    """Its type alone."""

    @property
    def required(self) -> bool:
        """Whether it has no default."""
        return self.default is MISSING


def declare(description: str, default: Any = MISSING, *, environment_name: str = "", **limits: float) -> Any:
    """A field of a table; without a default it has to be given."""
    declared = {"description": description, "environment_name": environment_name, "limits": limits}
    return dataclasses.field(default=default, metadata=declared)


def fields_of(table: type[Table]) -> Mapping[str, Field]:
    """The fields of a table that have been declared, by their names and in their order."""
    # Taken for the class's own, the `__hash__` of its instances would make it unhashable.
    return _fields_of(table)  # type: ignore[arg-type]


@cache
def _fields_of(table: type[Table]) -> Mapping[str, Field]:
    kinds, annotations = get_type_hints(table, include_extras=True), get_type_hints(table)
    return {
        field.name: Field(
            default=field.default, kind=kinds[field.name], annotation=annotations[field.name], **field.metadata
        )
        for field in dataclasses.fields(table)
        if field.metadata
    }
