"""Writes the settings reference from the settings: `python -m gateway.cli.reference > docs/settings.md`."""

import sys
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from gateway.cli.flags import flag_of
from gateway.settings import Settings, environment_name

INTRODUCTION = """\
# Settings

Flags win over the environment, the environment over files, files over defaults. A variable `NAME` is also read from
the file that `NAME_FILE` names, which is how secrets come in; secrets have no flag, because other users of a machine
can read the arguments of its processes. `conversation-gateway check-config` prints what is in force and where it came
from.

| variable | flag | default | meaning |
| --- | --- | --- | --- |
"""


def reference() -> str:
    """The page, in the order of the settings."""
    rows = (_row(name, field) for name, field in Settings.model_fields.items())
    return INTRODUCTION + "".join(rows)


def _row(name: str, field: FieldInfo) -> str:
    flag = f"`{flag_of(name, field)}`" if flag_of(name, field) else ""
    return f"| `{environment_name(name)}` | {flag} | {_default(name, field)} | {_meaning(field)} |\n"


def _default(name: str, field: FieldInfo) -> str:
    if name == "state_url":
        return "a file in the user's state folder"
    if field.default is PydanticUndefined:
        return "required"
    return f"`{_text(field.default)}`" if field.default not in ("", ()) else "none"


def _meaning(field: FieldInfo) -> str:
    choices = [choice for choice in get_args(field.annotation) if isinstance(choice, str)]
    return f"{field.description}" + (f" One of {', '.join(f'`{choice}`' for choice in choices)}." if choices else "")


def _text(value: Any) -> str:
    if isinstance(value, SecretStr):
        return "***"
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    sys.stdout.write(reference())
