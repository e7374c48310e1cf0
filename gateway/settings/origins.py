"""Where the values of the settings come from, as far as that matters once they are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """Where single values come from."""

    files: Mapping[str, Path] = field(default_factory=dict)
    """The file that holds a setting and nothing else, by the setting's name; secrets are read again from it."""
    nearer: frozenset[str] = frozenset()
    """The settings that a flag or a variable gave, and not the settings file."""
