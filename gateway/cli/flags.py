"""One command-line flag per setting, made from the settings themselves."""

from collections.abc import Callable
from typing import Any, get_args, get_origin

import click

from gateway.settings import Field, Secret, environment_name, knobs

Command = Callable[..., Any]


def settings_flags(command: Command) -> Command:
    """Give a command a flag per setting. Secrets have none: other users can read a process's arguments."""
    for name, field in reversed(list(knobs().items())):
        if flag := flag_of(name, field):
            command = click.option(flag, name, default=None, help=_help(name, field))(command)
    return command


def flag_of(name: str, field: Field) -> str:
    """The flag of a setting; nothing for a secret."""
    if _is_secret(field.annotation):
        return ""
    flag = "--" + name.replace("_", "-")
    return f"{flag}/--no-{flag[2:]}" if field.annotation is bool else flag


def _help(name: str, field: Field) -> str:
    return f"{field.description}  [{environment_name(name)}]"


def _is_secret(annotation: Any) -> bool:
    return annotation is Secret or (get_origin(annotation) is not None and Secret in get_args(annotation))
