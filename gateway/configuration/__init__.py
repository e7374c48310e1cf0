"""Reading the settings: flags over environment over files over defaults, all mistakes reported together.

What a variable `NAME` may say, a file may hold that `NAME_FILE` names, and a TOML file under the field's name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.configuration.doors import closed_to_all
from gateway.configuration.effective import Line, lines_of
from gateway.configuration.mistakes import ConfigurationError, KeyPath
from gateway.configuration.sources import found, misspelt
from gateway.configuration.surroundings import foreign, missing_ground
from gateway.configuration.toml_file import TomlFile, read_toml
from gateway.settings import Invalid, Origins, Settings, environment_name, knobs
from gateway.settings.contradictions import contradictions
from gateway.settings.reading import Mistake
from gateway.settings.values import IS_MISSING

__all__ = ["Configuration", "ConfigurationError", "load"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The settings, and for each single value where it came from: flag, environment, a file, or default."""

    settings: Settings
    sources: Mapping[str, str]
    file: TomlFile

    def effective(self) -> list[Line]:
        """Every setting with its redacted value and its source, for `check-config`."""
        return lines_of(self.settings, self.sources, self.file)


def load(environment: Mapping[str, str], flags: Mapping[str, Any] | None = None) -> Configuration:
    """Build the configuration, or raise `ConfigurationError` with everything that is wrong at once.

    Nothing of it then keeps a gateway from starting; what else may, such as a port that is taken, is the machine's.
    Files that the settings name are looked at, so this blocks, and holds for this machine and user.
    """
    loading = _Loading(environment, flags or {})
    return loading.done()


class _Loading:
    """One reading of the settings: the values as they were found, before anything is made of them."""

    def __init__(self, environment: Mapping[str, str], flags: Mapping[str, Any]) -> None:
        """Find every value."""
        self._mistakes = [*misspelt(environment), *foreign(environment)]
        self._paths: dict[str, Path] = {}
        self._sources = dict.fromkeys(knobs(), "default")
        self._wrong: set[KeyPath] = set()
        path = found("config_file", environment, flags).value
        self._file = read_toml(path) if path else TomlFile()
        self._values: dict[str, Any] = dict(self._file.values)
        for name in knobs():
            self._find(name, environment, flags)

    def done(self) -> Configuration:
        """The configuration, unless something is wrong with it."""
        settings, lines = self._validated()
        if self._file.readable:
            lines |= self._labelled(contradictions(self._values))
        for path, line in self._labelled([*closed_to_all(self._values), *missing_ground(self._values)]).items():
            if self._file.readable or path[0] in self._values:
                lines.setdefault(path, line)
        wrong = self._wrong | self._file.wrong
        mistakes = [
            line for path, line in lines.items() if wrong.isdisjoint(path[:end] for end in range(1, len(path) + 1))
        ]
        mistakes += [*self._file.mistakes, *self._mistakes]
        if settings is None or mistakes:
            raise ConfigurationError(mistakes)
        return Configuration(settings=settings, sources=self._sources, file=self._file)

    def _validated(self) -> tuple[Settings | None, dict[KeyPath, str]]:
        try:
            return Settings.of(self._values, self._origins()), {}
        except Invalid as error:
            return None, self._refused(error.mistakes)

    def _labelled(self, mistakes: Iterable[Mistake]) -> dict[KeyPath, str]:
        return {path: f"{self._label(path)} {text}" for path, text in mistakes}

    def _origins(self) -> Origins:
        in_file = {name for name, source in self._sources.items() if self._is_in_file(source)}
        return Origins(files=self._paths, nearer=frozenset(self._values.keys() & knobs().keys() - in_file))

    def _is_in_file(self, source: str) -> bool:
        return bool(self._file.path) and source.startswith(f"{self._file.path}, line")

    def _find(self, name: str, environment: Mapping[str, str], flags: Mapping[str, Any]) -> None:
        nearest, path = found(name, environment, flags), (name,)
        if nearest.mistake:
            self._mistakes.append(nearest.mistake)
            self._wrong.add(path)
        if nearest.source:
            self._values[name], self._sources[name] = nearest.value, nearest.source
            in_file = nearest.path
        elif path in self._file.wrong or name not in self._file.values:
            self._wrong |= {path} & self._file.wrong
            return
        else:
            self._sources[name] = self._file.source(path)
            in_file = self._file.read[path].path if path in self._file.read else None
        if in_file is not None:
            self._paths[name] = in_file

    def _refused(self, mistakes: Iterable[Mistake]) -> dict[KeyPath, str]:
        lines = {}
        for path, text in mistakes:
            # A list in one value is one value to whoever wrote it.
            label = self._label(path[:1] if path[0] in knobs() else path)
            if text != IS_MISSING:
                lines[path] = f"{label}: {text}"
            elif self._file.readable:
                # One that is not may say it.
                lines[path] = f"{label} {IS_MISSING}"
        return lines

    def _label(self, path: KeyPath) -> str:
        """A setting as whoever wrote it knows it: the variable, or the line of the file."""
        name = str(path[0])
        in_file = name not in knobs() or self._is_in_file(self._sources[name])
        return self._file.place(path) if in_file else environment_name(name)
