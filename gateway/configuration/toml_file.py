"""The settings file: its values, the lines they stand on, and the files that it names in its turn."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gateway.configuration.mistakes import KeyPath, key_text
from gateway.configuration.shape import FILE, shape_mistakes, table_of
from gateway.configuration.sources import Found, read_file
from gateway.configuration.toml_lines import key_lines
from gateway.settings import Settings, Table, fields_of

_MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlFile:
    """What a settings file says. Its mistakes are those of its form; what its values mean is checked elsewhere."""

    path: str = ""
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What has the right shape, with `NAME` filled in where the file says `NAME_file`."""
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    mistakes: tuple[str, ...] = ()
    readable: bool = True
    """Whether its keys could be told at all; else nothing is known to be missing."""
    wrong: frozenset[KeyPath] = frozenset()
    """The keys that a mistake has been found in already."""
    read: Mapping[KeyPath, Found] = field(default_factory=dict)
    """What was read from files that this one names, by the key that it stands for."""

    def place(self, path: KeyPath) -> str:
        """Where a key stands, or the table that it is missing in: `gateway.toml, line 12: projects[0].key_id`."""
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        return f"{self.path}, line {self.lines.get(known, 1)}: {key_text(path)}"

    def holds(self, path: KeyPath) -> bool:
        """Whether a key is there, by itself or in a file of its own."""
        return path in self.lines or path in self.read

    def source(self, path: KeyPath) -> str:
        """Where the value of a key comes from."""
        return self.read[path].source if path in self.read else f"{self.path}, line {self.lines[path]}"


def read_toml(path: str) -> TomlFile:
    """Read a settings file; everything that is wrong with its form is in the result."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            return _unreadable(path, f"GATEWAY_CONFIG_FILE: {path} is larger than 1 MiB")
        text = content.decode()
    except (OSError, ValueError) as error:
        return _unreadable(path, f"GATEWAY_CONFIG_FILE: cannot read {path} ({type(error).__name__})")
    try:
        # With a line's end, so that no mistake is "at the end of the document".
        values = tomllib.loads(text + "\n")
    except tomllib.TOMLDecodeError as error:
        # Its text names line and column, and quotes single characters at most.
        return _unreadable(path, f"{path}: {error}")
    return _checked(TomlFile(path=path, values=values, lines=key_lines(text)))


def _unreadable(path: str, mistake: str) -> TomlFile:
    return TomlFile(path=path, mistakes=(mistake,), readable=False)


def _checked(file: TomlFile) -> TomlFile:
    wrong = dict(shape_mistakes(Settings, file.values))
    reading = _Reading(file, wrong)
    values = reading.usable(Settings, file.values)
    mistakes = [f"{file.place(path)} {text}" for path, text in wrong.items()]
    mistakes += [found.mistake for found in reading.read.values() if found.mistake]
    return replace(
        file,
        values=values,
        mistakes=tuple(mistakes),
        wrong=frozenset(wrong) | {path for path, found in reading.read.items() if found.mistake},
        read=reading.read,
    )


class _Reading:
    """Leaves out what is wrong, and reads the files that the settings file names."""

    def __init__(self, file: TomlFile, wrong: Mapping[KeyPath, str]) -> None:
        """Nothing is read yet."""
        self.read: dict[KeyPath, Found] = {}
        self._file = file
        self._wrong = wrong

    def usable(self, model: type[Table], values: Mapping[str, Any], path: KeyPath = ()) -> dict[str, Any]:
        """The values of a table without the wrong ones, and with what its files hold."""
        usable: dict[str, Any] = {}
        for key, value in values.items():
            here, table, base = (*path, key), table_of(model, key), key.removesuffix(FILE)
            if here in self._wrong:
                continue
            if key.endswith(FILE) and base in fields_of(model):
                found = self.read[*path, base] = read_file(value, said_in=self._file.place(here))
                usable |= {base: found.value} if found.source else {}
            if table is not None:
                # What is no table keeps its place, so that the others keep their index.
                tables = enumerate(item if isinstance(item, dict) else {} for item in value)
                usable[key] = [self.usable(table, item, (*here, index)) for index, item in tables]
            elif key in fields_of(model):
                usable[key] = value
        return usable
