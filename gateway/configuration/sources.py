"""Where a value comes from: flags over environment over files over defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.configuration.mistakes import did_you_mean
from gateway.settings import environment_name, knobs

FILE = "_FILE"
_PREFIXES = ("GATEWAY_", "SINCH_")
_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A value and where it was found; `source` is empty for one that is not there."""

    source: str = ""
    value: Any = field(default=None, repr=False)
    path: Path | None = None
    """The file that holds it and nothing else."""
    mistake: str = ""


def found(name: str, environment: Mapping[str, str], flags: Mapping[str, Any]) -> Found:
    """A setting's value from its flag, its variable, or the file that `NAME_FILE` names."""
    variable = environment_name(name)
    if flags.get(name) is not None:
        return _text(Found(source="flag", value=flags[name]), f"--{name.replace('_', '-')}")
    # An empty address closes a door; elsewhere an empty variable is the shell's way of saying "unset".
    if environment.get(variable) or (variable in environment and variable.endswith(("_ADDRESS", "_HOSTS"))):
        return _text(Found(source="environment", value=environment[variable]), variable)
    path = environment.get(variable + FILE)
    if not path or name == "config_file":
        return Found()
    return read_file(path, said_in=f"{variable}{FILE}:")


def _text(given: Found, said_in: str) -> Found:
    """What was given, unless its bytes are no UTF-8: Python hands those on, and nobody could send or store them."""
    try:
        str(given.value).encode()
    except UnicodeEncodeError:
        return Found(mistake=f"{said_in} is not UTF-8")
    return given


def read_file(path: str, *, said_in: str) -> Found:
    """The content of a small file, without the end of its last line."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            return Found(mistake=f"{said_in} {path} is larger than any secret")
        if b"\0" in content:
            return Found(mistake=f"{said_in} {path} holds a NUL character, which is no text")
        return Found(source=f"file {path}", value=content.decode().strip("\r\n"), path=Path(path))
    except (OSError, ValueError) as error:
        return Found(mistake=f"{said_in} cannot read {path} ({type(error).__name__})")


def misspelt(environment: Mapping[str, str]) -> list[str]:
    """Name every variable with one of our prefixes that is none of ours, with the nearest one that is."""
    names = {environment_name(name) for name in knobs()}
    known = names | {name + FILE for name in names}
    mistakes = []
    for name in sorted(environment):
        if not name.startswith(_PREFIXES) or name in known:
            continue
        near = did_you_mean(name, known)
        # A stranger's SINCH_ variable is not ours to judge unless it looks like a slip of one of ours.
        if near or name.startswith("GATEWAY_"):
            mistakes.append(f"{name}: no such setting{near}")
    return mistakes
