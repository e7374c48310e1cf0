"""The contract is its own manual: every element says what it is, every field whether it is needed."""

import re

from google.api import field_behavior_pb2
from google.protobuf import descriptor_pb2 as pb

from tests.contract.contract import Element

# The gateway fills these in, so an empty one is no violation by itself and cannot be annotated.
FILLED_IN = {"app_id", "project_id"}
FIRST_WORDS = re.compile(r"^\s*(Required|Optional|Output only)\b")


def fields(contract: list[Element]) -> list[tuple[Element, pb.FieldDescriptorProto]]:
    return [(e, e.descriptor) for e in contract if isinstance(e.descriptor, pb.FieldDescriptorProto)]


def in_oneof(field: pb.FieldDescriptorProto) -> bool:
    return field.HasField("oneof_index") and not field.proto3_optional


def test_every_element_has_a_comment_that_is_a_sentence(contract: list[Element]) -> None:
    wrong = [
        e.name for e in contract if len(e.comment.strip()) < 6 or not e.comment.rstrip().endswith((".", ":", "..."))
    ]

    assert len(contract) > 1000
    assert wrong == []


def test_every_field_says_first_whether_it_is_needed(contract: list[Element]) -> None:
    wrong = [e.name for e, field in fields(contract) if not in_oneof(field) and not FIRST_WORDS.match(e.comment)]

    assert wrong == []


def test_annotations_say_what_comments_say(contract: list[Element]) -> None:
    words = {"Required": field_behavior_pb2.REQUIRED, "Output only": field_behavior_pb2.OUTPUT_ONLY}
    wrong = []

    for e, field in fields(contract):
        if in_oneof(field):
            continue
        first = FIRST_WORDS.match(e.comment)
        said = words.get(first[1]) if first else None
        annotated = list(field.options.Extensions[field_behavior_pb2.field_behavior])
        if field.name in FILLED_IN and annotated == [] and said != field_behavior_pb2.OUTPUT_ONLY:
            continue
        if annotated != ([said] if said else []):
            wrong.append(e.name)

    assert wrong == []


def test_project_and_app_are_never_required(contract: list[Element]) -> None:
    required = [
        e.name
        for e, field in fields(contract)
        if field.name in FILLED_IN
        and field_behavior_pb2.REQUIRED in field.options.Extensions[field_behavior_pb2.field_behavior]
    ]

    # WeChat's own app, which has nothing to do with those of this API.
    assert required == ["WeChatCredentials.app_id"]


def test_every_enum_says_whether_values_may_be_added(contract: list[Element]) -> None:
    silent = [e.name for e in contract if e.kind == "enum" and "may be added" not in " ".join(e.comment.split())]

    assert silent == []


def test_every_page_size_says_default_and_maximum(contract: list[Element]) -> None:
    sizes = [e for e in contract if e.name.endswith(".page_size")]

    silent = [e.name for e in sizes if not re.search(r"at most \d+.*Default:\s+\d+", e.comment, re.DOTALL)]

    assert len(sizes) > 5
    assert silent == []
