"""How the fields of a request travel in the query."""

import math
from typing import Any

import pytest

from gateway.mapping import MappingError, query_encoder_for
from tests.unit.mapping.kinds import Kinds, Query

encode = query_encoder_for(Query.DESCRIPTOR, frozenset({"leaf"}))


@pytest.mark.parametrize(
    ("arguments", "pairs"),
    [
        ({}, []),
        ({"text": "a b&c=å"}, [("text", "a b&c=å")]),
        ({"flag": True}, [("flag", "true")]),
        ({"flag": False}, [("flag", "false")]),
        ({"count": 2**63 - 1}, [("count", "9223372036854775807")]),
        ({"count": 0}, [("count", "0")]),
        ({"ratio": 47.6279809}, [("ratio", "47.6279809")]),
        ({"instant": {"seconds": 0, "nanos": 5_000_000}}, [("instant", "1970-01-01T00:00:00.005Z")]),
        ({"span": {"seconds": 60}}, [("span", "60s")]),
        ({"mask": {"paths": ["display_name", "state.code"]}}, [("mask", "display_name,state.code")]),
        ({"texts": ["b", "a"]}, [("texts", "b"), ("texts", "a")]),
    ],
)
def test_each_value_is_a_pair(arguments: dict[str, Any], pairs: list[tuple[str, str]]) -> None:
    assert encode(Query(**arguments)) == pairs


def test_pairs_come_in_the_order_of_the_fields() -> None:
    pairs = encode(Query(texts=["x"], text="first", flag=True))

    assert [name for name, _ in pairs] == [
        field.name for field, _ in Query(texts=["x"], text="f", flag=True).ListFields()
    ]


def test_omitted_fields_never_appear() -> None:
    assert encode(Query(leaf={"name": "x"}, text="y")) == [("text", "y")]


@pytest.mark.parametrize(
    ("arguments", "path"), [({"ratio": math.inf}, "ratio"), ({"span": {"seconds": 1, "nanos": 1}}, "span")]
)
def test_what_the_wire_cannot_say_names_its_field(arguments: dict[str, Any], path: str) -> None:
    with pytest.raises(MappingError) as caught:
        encode(Query(**arguments))

    assert caught.value.field_path == path


@pytest.mark.parametrize("field", ["leaf", "data", "text_by_key", "struct", "value"])
def test_types_without_a_query_form_are_refused_when_compiled(field: str) -> None:
    others = frozenset(Kinds.DESCRIPTOR.fields_by_name) - {field}

    with pytest.raises(TypeError, match=f"{field}.*query"):
        query_encoder_for(Kinds.DESCRIPTOR, others)
