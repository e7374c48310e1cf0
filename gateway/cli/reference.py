"""Writes the settings reference from the settings: `python -m gateway.cli.reference > docs/settings.md`."""

import sys
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from gateway.cli.flags import flag_of
from gateway.configuration.shape import table_of
from gateway.settings import Field, Secret, Settings, Table, environment_name, fields_of, knobs

INTRODUCTION = """\
# Settings

Flags win over the environment, the environment over files, files over defaults. A variable `NAME` is also read from
the file that `NAME_FILE` names, which is how secrets come in; secrets have no flag, because other users of a machine
can read the arguments of its processes. Files that hold key or webhook secrets are read again when they change, also
when a link to them is swapped as Kubernetes does it. `conversation-gateway check-config` prints what is in force and
where it came from, or everything by which `serve` would refuse to start on this machine, as this user;
`conversation-gateway doctor` tries it.

`GATEWAY_CONFIG_FILE` names a TOML file. There a setting has the name of its flag with underscores (`rate_limit_per_s`),
the variables that start with `SINCH_` are `project_id`, `key_id`, `key_secret`, `app_id`, `region` and `sms_sender_id`,
and whatever the file should not hold itself is read from another one: `key_secret_file`. Several projects, their apps
and several webhooks are tables, described [below](#tables-of-the-file). Relative paths start where the gateway does.

| variable | flag | default | meaning |
| --- | --- | --- | --- |
"""


_UNLESS = "required, unless the file has `[[projects]]`"
SPECIAL_DEFAULTS = {
    "state_url": "a file in the user's state folder",
    **dict.fromkeys(("project_id", "key_id", "key_secret"), _UNLESS),
}

TABLES = """
## Tables of the file

```toml
region = "eu"

[[projects]]
project_id = "5c1b6d2e"
key_id = "a3f0"
key_secret_file = "/run/secrets/key-secret"
app_id = "01HSHOP"

[[projects.apps]]
app_id = "01HSTORES"
region = "us"

[[webhooks]]
name = "shop"
secrets_file = "/run/secrets/webhook-secret"
```

A call is made for the project in its `project_id`, and for the default one when that is empty: the project of
`SINCH_PROJECT_ID`, else the first table. It goes to the region of its app where a table names one, else to the region
that it asks for, else to the project's. Each project has a token and a rate limit of its own.
"""


def reference() -> str:
    """The page, in the order of the settings."""
    rows = (_row(name, field) for name, field in knobs().items())
    tables = [
        section
        for name, field in fields_of(Settings).items()
        if (table := table_of(Settings, name)) is not None
        for section in _sections(name, field, table)
    ]
    return INTRODUCTION + "".join(rows) + TABLES + "".join(tables)


def _sections(name: str, field: Field, table: type[Table]) -> Iterator[str]:
    """A table and the tables in it, each under a heading of its own."""
    yield f"\n### `[[{name}]]`\n\n{field.description}\n\n| key | default | meaning |\n| --- | --- | --- |\n"
    inner = {key: table_of(table, key) for key in fields_of(table)}
    for key, column in fields_of(table).items():
        if inner[key] is None:
            yield f"| `{key}` | {_default(key, column)} | {_meaning(column)} |\n"
    for key, below in inner.items():
        if below is not None:
            yield from _sections(f"{name}.{key}", fields_of(table)[key], below)


def _row(name: str, field: Field) -> str:
    flag = f"`{flag_of(name, field)}`" if flag_of(name, field) else ""
    return f"| `{environment_name(name)}` | {flag} | {_default(name, field)} | {_meaning(field)} |\n"


def _default(name: str, field: Field) -> str:
    if name in SPECIAL_DEFAULTS and field is knobs().get(name):
        return SPECIAL_DEFAULTS[name]
    if field.required:
        return "required"
    given = _text(field.default)
    return f"`{given}`" if given else "none"


def _meaning(field: Field) -> str:
    kinds = (field.annotation, *get_args(field.annotation))
    choices = [choice for kind in kinds if get_origin(kind) is Literal for choice in get_args(kind)]
    return f"{field.description}" + (f" One of {', '.join(f'`{choice}`' for choice in choices)}." if choices else "")


def _text(value: Any) -> str:
    if isinstance(value, Secret) or value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    sys.stdout.write(reference())
