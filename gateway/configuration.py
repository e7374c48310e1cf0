"""Reading the settings: flags over environment over `NAME_FILE` over defaults, all mistakes reported together."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError

from gateway.settings import Settings, contradictions, environment_name

_PREFIXES = ("GATEWAY_", "SINCH_")
_FILE = "_FILE"
_MOST_BYTES = 64 * 1024


class ConfigurationError(Exception):
    """The configuration cannot be used; one line per mistake, each naming the variable and the fix."""

    def __init__(self, mistakes: list[str]) -> None:
        """Keep the mistakes in the order of the settings reference."""
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The settings, and for each where its value came from: `flag`, `environment`, `file` or `default`."""

    settings: Settings
    sources: Mapping[str, str]

    def effective(self) -> dict[str, tuple[str, str]]:
        """Every setting by environment name, with its redacted value and its source, for `check-config`."""
        return {
            environment_name(field): (_shown(getattr(self.settings, field)), self.sources[field])
            for field in Settings.model_fields
        }


def load(environment: Mapping[str, str], flags: Mapping[str, Any] | None = None) -> Configuration:
    """Build the configuration, or raise `ConfigurationError` with everything that is wrong at once."""
    values: dict[str, Any] = {}
    sources = dict.fromkeys(Settings.model_fields, "default")
    mistakes = _misspelt(environment)
    for field in Settings.model_fields:
        source, value, mistake = _find(field, environment, flags or {})
        if mistake:
            mistakes.append(mistake)
        if source:
            values[field], sources[field] = value, source
    mistakes += contradictions(values)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError(_mistakes(error) + mistakes) from None
    if mistakes:
        raise ConfigurationError(mistakes)
    return Configuration(settings=settings, sources=sources)


def _find(field: str, environment: Mapping[str, str], flags: Mapping[str, Any]) -> tuple[str, Any, str]:
    """Look a setting up in order of precedence; answers its source, its value, and what is wrong with it."""
    name = environment_name(field)
    if flags.get(field) is not None:
        return "flag", flags[field], ""
    # An empty address closes a door; elsewhere an empty variable is the shell's way of saying "unset".
    if environment.get(name) or (name in environment and name.endswith(("_ADDRESS", "_HOSTS"))):
        return "environment", environment[name], ""
    path = environment.get(name + _FILE)
    if not path:
        return "", None, ""
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            return "", None, f"{name}{_FILE}: {path} is larger than any secret"
        return "file", content.decode().strip("\r\n"), ""
    except (OSError, UnicodeDecodeError) as error:
        return "", None, f"{name}{_FILE}: cannot read {path} ({type(error).__name__})"


def _misspelt(environment: Mapping[str, str]) -> list[str]:
    """Name every variable with one of our prefixes that is none of ours, with the nearest one that is."""
    known = {environment_name(field) for field in Settings.model_fields}
    known |= {name + _FILE for name in known}
    mistakes = []
    for name in sorted(environment):
        if not name.startswith(_PREFIXES) or name in known:
            continue
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
        # A stranger's SINCH_ variable is not ours to judge unless it looks like a slip of one of ours.
        if near or name.startswith("GATEWAY_"):
            mistakes.append(f"{name}: no such setting" + (f"; did you mean {near[0]}?" if near else ""))
    return mistakes


def _mistakes(error: ValidationError) -> list[str]:
    lines = []
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        message = item["msg"].removeprefix("Value error, ")
        if not item["loc"]:
            lines.append(message)
            continue
        name = environment_name(str(item["loc"][0]))
        missing = item["type"] in {"missing", "string_too_short", "too_short"}
        lines.append(f"{name} is missing" if missing else f"{name}: {message}")
    return lines


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(_shown(part) for part in value)
    return "***" if isinstance(value, SecretStr) else str(value)
