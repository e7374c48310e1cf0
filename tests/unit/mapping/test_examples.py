"""The project's own examples, one file per object of the wire, prove the mapping without the official ones.

A file is named after its message, `Message.json` or `Message-variant.json`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from tests.contract.contract import MESSAGES, METHODS, PACKAGE, rest_call
from tests.json_roundtrip import comparable, there_and_back, to_message

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.json"))
# What the gateway itself says about an event; no posted document holds it.
OWN_OF_EVENT = {
    f"{PACKAGE}.FeedEvent.{name}"
    for name in (
        *("event_id", "trigger", "webhook", "received_time", "possible_duplicate", "cursor", "raw", "partially_typed"),
    )
}


def document(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def type_of(path: Path) -> Descriptor:
    return MESSAGES[path.stem.partition("-")[0]]


def wire_types() -> dict[str, set[str]]:
    """Every type that travels as a document of its own, and those of its fields that travel elsewhere."""
    elsewhere: dict[str, set[str]] = {"FeedEvent": OWN_OF_EVENT}
    for method in METHODS:
        call = rest_call(method)
        if call is None:
            continue
        if call.body:
            request = held(method.input_type, call.body.strip("*"))
            elsewhere[request.name] = {f"{request.full_name}.{name}" for name in (*call.variables, "options")}
        answer = held(method.output_type, call.response_body)
        elsewhere.setdefault(answer.name, set())
    return elsewhere


def held(message: Descriptor, field: str) -> Descriptor:
    inner = message.fields_by_name[field].message_type if field else message
    assert inner is not None
    return inner


def fields_below(message: Descriptor, elsewhere: set[str], seen: set[str]) -> Iterator[str]:
    if message.full_name in seen or message.file.package == "google.protobuf":
        return
    seen.add(message.full_name)
    for field in message.fields:
        if field.full_name not in elsewhere:
            if not message.GetOptions().map_entry:
                yield field.full_name
            if field.message_type:
                yield from fields_below(field.message_type, elsewhere, seen)


def fields_set(message: Message) -> Iterator[str]:
    for field, value in message.ListFields():
        yield field.full_name
        for inner in values(field, value):
            yield from fields_set(inner)


def values(field: FieldDescriptor, value: Any) -> list[Message]:
    found = (
        value.values() if hasattr(value, "values") and field.is_repeated else value if field.is_repeated else [value]
    )
    return [item for item in found if isinstance(item, Message) and item.DESCRIPTOR.file.package == PACKAGE]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_survives_both_ways_unchanged(path: Path) -> None:
    original = document(path)

    survivor = there_and_back(original, type_of(path))

    assert comparable(survivor) == comparable(original)


def test_every_field_of_the_wire_is_in_an_example() -> None:
    seen: set[str] = set()
    wanted = {
        field for name, elsewhere in wire_types().items() for field in fields_below(MESSAGES[name], elsewhere, seen)
    }

    shown = {field for path in EXAMPLES for field in fields_set(to_message(document(path), type_of(path)).message)}

    assert wanted - shown == set()


@pytest.mark.parametrize(
    "answer", [name for name in sorted(wire_types()) if not MESSAGES[name].fields], ids=lambda name: name
)
def test_empty_answer_survives_as_an_empty_object(answer: str) -> None:
    assert there_and_back({}, MESSAGES[answer]) == {}
