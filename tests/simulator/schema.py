"""Judges JSON by the published schemas: every field known, every value of its type."""

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import orjson

API_FACTS = Path(os.environ.get("CONVERSATION_API_FACTS") or Path(__file__).parents[2].parent / "shared" / "api")
_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "bool": (bool,),
    "int": (int,),
    "int32": (int,),
    "int64": (int,),
    "integer": (int,),
    "number": (int, float),
}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@cache
def _facts() -> Any:
    return orjson.loads((API_FACTS / "schemas.json").read_bytes())


@cache
def _operations() -> list[tuple[str, re.Pattern[str], str | None]]:
    """Method, simulated path and request schema of every operation of the two hosts that SDKs know."""
    operations = orjson.loads((API_FACTS / "endpoints.json").read_bytes())
    return [
        (
            operation["http_method"],
            # A `:` begins a verb, so no identifier in a path reaches across one.
            re.compile(
                f"/us/{operation['host']}(/v1)?" + re.sub(r"\{\w+\}", "[^/:]+", operation["path"].removeprefix("/v1"))
            ),
            operation["request_schema"],
        )
        for operation in operations
        if operation["host"] in {"conversation", "template"}
    ]


def request_complaints(method: str, path: str, body: Any) -> list[str]:
    """What contradicts the request schema of the operation at a simulated path; an unknown operation is a complaint."""
    for operation_method, pattern, schema in _operations():
        if operation_method == method and pattern.fullmatch(path):
            return complaints(body, schema) if schema else [f"{method} {path} has no body"]
    return [f"{method} {path} is no operation"]


def complaints(value: Any, schema: str, place: str = "") -> list[str]:
    """What contradicts the schema, by place; fields the schema does not know are complaints too."""
    fields = _fields(schema)
    if not isinstance(value, dict):
        return [f"{place}: not an object"]
    found = []
    for name, content in value.items():
        if name not in fields:
            found.append(f"{place}.{name}: not a field of {schema}")
        elif content is not None:
            found += _judge(content, fields[name], f"{place}.{name}")
    return found


def _fields(schema: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for field in _facts()["schemas"][schema]["fields"]:
        if field["name"].startswith("("):
            fields.update(_fields(field["type"].removeprefix("see ")))
        else:
            fields[field["name"]] = field["type"]
    return fields


def _judge(value: Any, kind: str, place: str) -> list[str]:
    kind = kind.removesuffix(" (JSON number)")
    if kind.endswith("[]") and "{" not in kind:
        if not isinstance(value, list):
            return [f"{place}: not a list"]
        return [line for index, item in enumerate(value) for line in _judge(item, kind[:-2], f"{place}[{index}]")]
    if kind.startswith("map<"):
        inner = kind[4:-1].partition(",")[2].strip()
        return [line for key, item in value.items() for line in _judge(item, inner, f"{place}[{key}]")]
    if kind in _facts()["schemas"]:
        return complaints(value, kind, place)
    return [] if _is_simple(value, kind) else [f"{place}: not of type {kind}"]


def _is_simple(value: Any, kind: str) -> bool:
    if kind.startswith("object"):
        return isinstance(value, list if "[]" in kind.partition("{")[0] else dict)
    if kind.startswith("string (RFC 3339"):
        return isinstance(value, str) and _TIME.fullmatch(value) is not None
    if kind.startswith(("string", "enum")) or kind in _facts()["enums"]:
        return isinstance(value, str)
    return kind == "any" or isinstance(value, _SCALARS[kind])
