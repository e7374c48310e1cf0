"""The vendor's vocabularies: strings in the contract, listed once, named wherever they are carried."""

import json
import re
from typing import Any

import pytest
from google.protobuf import descriptor_pb2 as pb
from google.protobuf.descriptor import FieldDescriptor

from tests.contract.contract import ENUMS, FACTS, MESSAGES, PROTO, Element
from tests.requirements import require

VOCABULARIES: dict[str, dict[str, Any]] = json.loads((PROTO / "vocabulary.json").read_bytes())["vocabularies"]
NAMED = re.compile(r"Vocabulary:\s+(\w+)\.")


def test_every_field_that_carries_a_vocabulary_names_it_and_no_other_does(contract: list[Element]) -> None:
    listed = {(field, name) for name, vocabulary in VOCABULARIES.items() for field in vocabulary.get("fields", [])}

    named = {
        (e.name, name)
        for e in contract
        if isinstance(e.descriptor, pb.FieldDescriptorProto)
        for name in NAMED.findall(" ".join(e.comment.split()))
    }

    assert named == listed


def test_vocabularies_are_strings_or_keys_of_maps() -> None:
    for vocabulary in VOCABULARIES.values():
        for path in vocabulary.get("fields", []):
            message, _, name = path.partition(".")
            field = MESSAGES[message].fields_by_name[name]
            entry = field.message_type
            assert field.type == FieldDescriptor.TYPE_STRING or (entry and entry.GetOptions().map_entry), path


def test_every_vocabulary_is_described_and_says_where_it_occurs() -> None:
    for name, vocabulary in VOCABULARIES.items():
        assert vocabulary.keys() <= {"description", "values", "outside", "inside", "fields"}, name
        assert vocabulary["description"].endswith("."), name
        assert vocabulary["values"], name
        assert len(set(vocabulary["values"])) == len(vocabulary["values"]), name
        assert vocabulary.keys().isdisjoint({"inside"}) == bool(vocabulary.get("fields")), name
        assert not set(vocabulary["values"]) & set(vocabulary.get("outside", {})), name


def test_published_values_are_those_of_the_documents() -> None:
    path = FACTS / "schemas.json"
    require(path.exists(), "the facts about the API: schemas.json (CONVERSATION_API_FACTS)")
    published = json.loads(path.read_bytes())["enums"]

    ours = {name: VOCABULARIES[name]["values"] for name in published}

    assert ours == published


def test_every_trigger_has_a_payload_in_the_feed() -> None:
    triggers = VOCABULARIES["WebhookTrigger"]["values"]

    payloads = MESSAGES["FeedEvent"].oneofs_by_name["payload"].fields

    assert len(payloads) == len(triggers) - len(["UNSPECIFIED_TRIGGER"])


def test_the_payload_of_every_trigger_is_named_as_in_the_body(contract: list[Element]) -> None:
    path = FACTS / "webhook_triggers.json"
    require(path.exists(), "the facts about the API: webhook_triggers.json (CONVERSATION_API_FACTS)")
    documented = [(row["payload_key"], row["trigger"], row["schema"]) for row in json.loads(path.read_bytes())]
    comments = {e.name: e.comment.strip() for e in contract}

    payloads = MESSAGES["FeedEvent"].oneofs_by_name["payload"].fields

    ours = [
        (f.name, comments[f"FeedEvent.{f.name}"].partition(":")[0], f.message_type and f.message_type.name)
        for f in payloads
    ]
    assert ours == documented
    assert [f.number for f in payloads] == list(range(20, 42))


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.name)
def test_enums_are_the_gateways_own_with_prefix_and_zero(enum: Any) -> None:
    prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", enum.name).upper()

    assert enum.name not in VOCABULARIES
    assert enum.values_by_number[0].name == f"{prefix}_UNSPECIFIED"
    assert all(value.name.startswith(f"{prefix}_") for value in enum.values)
