"""What is in force, for people to read: every value redacted, with where it came from."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.configuration.mistakes import KeyPath, key_text
from gateway.configuration.toml_file import TomlFile
from gateway.settings import Secret, Settings, Table, environment_name, fields_of, knobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One setting: its variable, or its key in the file where it has no variable."""

    name: str
    value: str
    source: str


def lines_of(settings: Settings, sources: Mapping[str, str], file: TomlFile) -> list[Line]:
    """Every setting in the order of the reference, then the tables as the file has them."""
    lines = [
        Line(name=environment_name(name), value=_shown(getattr(settings, name)), source=sources[name])
        for name in knobs()
    ]
    tables = [name for name in fields_of(Settings) if name not in knobs()]
    return lines + [line for name in tables for line in _tables(settings, (name,), file)]


def _tables(parent: Table, path: KeyPath, file: TomlFile) -> Iterator[Line]:
    for index, table in enumerate(getattr(parent, str(path[-1]))):
        for name in fields_of(type(table)):
            here, value = (*path, index, name), getattr(table, name)
            if value and isinstance(value, tuple) and isinstance(value[0], Table):
                yield from _tables(table, here, file)
            elif file.holds(here):
                yield Line(name=key_text(here), value=_shown(value), source=file.source(here))


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(_shown(part) for part in value)
    if isinstance(value, Secret):
        return "***" if value.get_secret_value() else ""
    text = "" if value is None else str(value)
    # The password of a store is part of its URL.
    return re.sub(r"(?<=://)[^/]*@", "***@", text)
