"""Whether what stands in the file has the shape of the settings: keys that exist, and values of their kind."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from gateway.configuration.mistakes import KeyPath, did_you_mean
from gateway.settings import Secret, Settings, Table, fields_of, knobs

FILE = "_file"
NUL = "\0"
_NAMES = {str: "text", bool: "true or false", int: "a whole number", float: "a number", list: "a list", dict: "tables"}
_NAMES[datetime] = "a date with time and offset"


def shape_mistakes(model: type[Table], values: Mapping[str, Any], path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """What is wrong with the keys and kinds of a table, and of the tables in it."""
    known = known_keys(model)
    for key, value in values.items():
        here = (*path, key)
        if key not in known:
            yield here, f"is no setting{did_you_mean(key, known)}"
            continue
        table, kinds = table_of(model, key), _kinds(model, key)
        # A whole number is a number too.
        if type(value) not in kinds and not (type(value) is int and float in kinds):
            wanted = " or ".join(name for kind, name in _NAMES.items() if kind in kinds)
            yield here, f"must be {wanted}, and is {_NAMES.get(type(value), 'a date or time')}"
        elif isinstance(value, str) and NUL in value:
            yield here, "holds a NUL character, which is no text"
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if table is not None and isinstance(item, dict):
                    yield from shape_mistakes(table, item, (*here, index))
                elif not isinstance(item, dict if table else str):
                    yield (*here, index), f"must be {'a table' if table else 'text'}"
        if key.endswith(FILE) and key.removesuffix(FILE) in values:
            yield here, f"stands beside {key.removesuffix(FILE)}; keep one of the two"


def known_keys(model: type[Table]) -> set[str]:
    """The keys that a table of the file may have."""
    if model is not Settings:
        return set(fields_of(model))
    # The file cannot name itself.
    return {*fields_of(Settings), *(name + FILE for name in knobs())} - {"config_file", "config_file_file"}


def table_of(model: type[Table], key: str) -> type[Table] | None:
    """The table that a key is a list of; None for a key with a value."""
    field = fields_of(model).get(key)
    inner = get_args(field.annotation) if field is not None else ()
    return inner[0] if inner and isinstance(inner[0], type) and issubclass(inner[0], Table) else None


def _kinds(model: type[Table], key: str) -> set[type]:
    """The kinds of value that a key takes."""
    field = fields_of(model).get(key)
    if field is None:
        return {str}
    if table_of(model, key) is not None:
        return {list}
    annotation = field.annotation
    if get_origin(annotation) in {Union, UnionType}:
        annotation = next(kind for kind in get_args(annotation) if kind is not type(None))
    if get_origin(annotation) is Literal:
        return {str}
    if get_origin(annotation) is tuple:
        return {list, str}
    return {str} if annotation is Secret else {annotation}
