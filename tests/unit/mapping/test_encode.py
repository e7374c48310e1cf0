"""What a message looks like on the wire."""

import math
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import orjson
import pytest
from google.protobuf.descriptor import Descriptor

from gateway.mapping import MAX_DEPTH, MappingError, encoder_for
from gateway.mapping.encode import _ENCODERS, _Compiler
from tests.unit.mapping.kinds import REFUSED, Kinds, Leaf, Spans, Tree

encode = encoder_for(Kinds.DESCRIPTOR)


def lines_run(call: Callable[[], object]) -> int:
    """How many lines of Python a call runs."""
    lines = 0

    def count(_frame: FrameType, event: str, _argument: object) -> Callable[..., Any]:
        nonlocal lines
        lines += event == "line"
        return count

    previous = sys.gettrace()
    sys.settrace(count)
    try:
        call()
    finally:
        sys.settrace(previous)
    return lines


def nested(depth: int) -> dict[str, Any]:
    """A JSON object with others inside, `depth` in all."""
    value: dict[str, Any] = {}
    for _ in range(depth - 1):
        value = {"inside": value}
    return value


def test_unset_fields_are_absent() -> None:
    assert encode(Kinds()) == {}


def test_optional_zeros_are_present() -> None:
    message = Kinds(text="", flag=False, data=b"", ratio=0.0, int64=0)

    assert encode(message) == {"text": "", "flag": False, "data": "", "ratio": 0.0, "int64": 0}


def test_empty_messages_are_empty_objects() -> None:
    message = Kinds(leaf={}, nothing={}, struct={}, chosen_nothing={})

    assert encode(message) == {"leaf": {}, "nothing": {}, "struct": {}, "chosen_nothing": {}}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("int64", 2**63 - 1),
        ("int64", -(2**63)),
        ("uint64", 2**64 - 1),
        ("fixed64", 2**53 + 1),
        ("sint64", -1),
        ("plain_count", 5),
    ],
)
def test_64_bit_integers_are_numbers(field: str, value: int) -> None:
    assert orjson.dumps(encode(Kinds(**{field: value}))) == f'{{"{field}":{value}}}'.encode()


def test_doubles_keep_every_digit() -> None:
    assert encode(Kinds(ratio=47.6279809)) == {"ratio": 47.6279809}


def test_strings_that_hold_json_pass_byte_for_byte() -> None:
    text = '{ "a" : [1, 2],\t"b":"\\u00e5" }'

    assert encode(Kinds(text=text, text_by_key={"K": text})) == {"text": text, "text_by_key": {"K": text}}


def test_bytes_are_base64() -> None:
    assert encode(Kinds(data=b"\xff\xfe\x00")) == {"data": "//4A"}


def test_names_are_those_of_the_wire() -> None:
    assert encode(Kinds(int64=1, leaf_by_key={"snake_key": {"name": "x"}}, **{"from": "me"})) == {
        "int64": 1,
        "leaf_by_key": {"snake_key": {"name": "x"}},
        "from": "me",
    }


def test_field_masks_are_joined_as_they_are() -> None:
    message = Kinds(mask={"paths": ["display_name", "channel_credentials.state"]})

    assert encode(message) == {"mask": "display_name,channel_credentials.state"}


def test_lists_keep_their_order() -> None:
    message = Kinds(texts=["b", "a"], counts=[2, 1], leaves=[{"count": 2}, {}])

    assert encode(message) == {"texts": ["b", "a"], "counts": [2, 1], "leaves": [{"count": 2}, {}]}


def test_a_message_that_is_nothing_but_a_list_is_an_object_all_the_same() -> None:
    tree = Tree(branches=[{}, {"branches": [{}]}])

    assert encoder_for(Tree.DESCRIPTOR)(tree) == {"branches": [{}, {"branches": [{}]}]}


def test_an_element_of_a_message_that_is_nothing_but_a_list_is_named_with_its_index() -> None:
    with pytest.raises(MappingError) as caught:
        encoder_for(Spans.DESCRIPTOR)(Spans(spans=[{"seconds": 1}, {"seconds": -1}]))

    assert caught.value.field_path == "spans[1]"


def test_maps_hold_scalars_messages_and_free_json() -> None:
    message = Kinds(count_by_key={"a[1]b": 7}, leaf_by_key={"x": {}})
    message.struct_by_key["s"].update({"n": 1})
    message.value_by_key["v"].null_value = 0

    assert encode(message) == {
        "count_by_key": {"a[1]b": 7},
        "leaf_by_key": {"x": {}},
        "struct_by_key": {"s": {"n": 1}},
        "value_by_key": {"v": None},
    }


def test_only_the_chosen_member_of_a_oneof_is_there() -> None:
    message = Kinds(chosen_text="")

    assert encode(message) == {"chosen_text": ""}


def test_a_type_may_hold_itself() -> None:
    assert encode(Kinds(inner={"inner": {"text": "deep"}})) == {"inner": {"inner": {"text": "deep"}}}


def test_omitted_fields_never_appear() -> None:
    without = encoder_for(Kinds.DESCRIPTOR, frozenset({"text", "leaf", "span"}))

    # The span could not be said, and nobody asks.
    assert without(Kinds(text="secret", leaf={"name": "x"}, span={"seconds": -1}, flag=True)) == {"flag": True}


def test_omission_is_of_the_top_level_only() -> None:
    without = encoder_for(Kinds.DESCRIPTOR, frozenset({"text"}))

    assert without(Kinds(text="outer", inner={"text": "inner"})) == {"inner": {"text": "inner"}}


def test_encoding_leaves_the_message_as_it_was() -> None:
    message = Kinds(text="x", leaf={"name": "y"}, leaf_by_key={"k": {}})
    before = message.SerializeToString(deterministic=True)

    encode(message)

    assert message.SerializeToString(deterministic=True) == before


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ({"span": {"seconds": 1, "nanos": 1}}, "span"),
        ({"inner": {"span": {"seconds": -1}}}, "inner.span"),
        ({"ratio": math.nan}, "ratio"),
        ({"ratios": [1.0, 2.0, math.inf]}, "ratios[2]"),
        ({"instants": [{}, {"seconds": 2**60}]}, "instants[1]"),
        ({"instant": {"nanos": -1}}, "instant"),
        ({"instant_by_key": {"SMS": {"seconds": 2**60}}}, 'instant_by_key["SMS"]'),
        ({"inner": {"inner": {"ratios": [math.nan]}}}, "inner.inner.ratios[0]"),
    ],
)
def test_what_the_wire_cannot_say_names_its_field(arguments: dict[str, Any], path: str) -> None:
    with pytest.raises(MappingError) as caught:
        encode(Kinds(**arguments))

    assert caught.value.field_path == path
    assert caught.value.description
    assert str(caught.value) == f"{path}: {caught.value.description}"


def test_a_path_shows_no_map_key_that_may_be_personal() -> None:
    with pytest.raises(MappingError) as caught:
        encode(Kinds(instant_by_key={"+46700000001": {"seconds": 2**60}}))

    assert caught.value.field_path == "instant_by_key[*]"


def test_free_json_as_deep_as_the_cap_is_sent() -> None:
    message = Kinds(struct=nested(MAX_DEPTH))

    assert encode(message) == {"struct": nested(MAX_DEPTH)}


@pytest.mark.parametrize("field", ["struct", "structs"])
def test_free_json_deeper_than_the_cap_names_its_field(field: str) -> None:
    too_deep = nested(MAX_DEPTH + 1)
    message = Kinds(**{field: [too_deep] if field == "structs" else too_deep})

    with pytest.raises(MappingError) as caught:
        encode(message)

    assert caught.value.field_path == {"struct": "struct", "structs": "structs[0]"}[field]


def test_numbers_of_free_json_are_integers_where_they_can_be() -> None:
    message = Kinds()
    message.struct.update({"whole": 100.0, "most": 2.0**53, "half": 0.5, "minus": -7.0})

    assert orjson.dumps(encode(message)["struct"], option=orjson.OPT_SORT_KEYS) == (
        b'{"half":0.5,"minus":-7,"most":9007199254740992,"whole":100}'
    )


def test_numbers_of_free_json_beyond_exact_integers_stay_doubles() -> None:
    message = Kinds()
    message.value.number_value = 2.0**60

    assert isinstance(encode(message)["value"], float)


def test_minus_zero_of_free_json_stays_minus_zero() -> None:
    message = Kinds()
    message.value.number_value = -0.0

    assert orjson.dumps(encode(message)) == b'{"value":-0.0}'


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_free_json_without_a_json_form_names_its_field(number: float) -> None:
    message = Kinds()
    message.struct.fields["deep"].list_value.values.add().number_value = number

    with pytest.raises(MappingError) as caught:
        encode(message)

    assert caught.value.field_path == "struct"


def test_a_free_value_that_was_never_set_is_null() -> None:
    message = Kinds()
    message.value.SetInParent()
    message.values.add()

    assert encode(message) == {"value": None, "values": [None]}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_types_that_lose_something_are_refused_when_compiled(name: str) -> None:
    descriptor: Descriptor = REFUSED[name].DESCRIPTOR

    with pytest.raises(TypeError, match=f"{name}.*use"):
        encoder_for(descriptor)

    assert descriptor not in _ENCODERS


def test_what_lies_below_a_type_is_compiled_once_for_all_roots(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled, compile_type = [], _Compiler.message

    def message(self: _Compiler, descriptor: Descriptor, *omit: frozenset[str]) -> Any:
        compiled.append(descriptor.name)
        return compile_type(self, descriptor, *omit)

    monkeypatch.setattr(_Compiler, "message", message)

    encoder_for(Kinds.DESCRIPTOR)

    assert compiled == ["Kinds"]


def test_a_refused_type_may_be_omitted() -> None:
    encode_nothing = encoder_for(REFUSED["Narrow"].DESCRIPTOR, frozenset({"number"}))

    assert encode_nothing(REFUSED["Narrow"](number=1)) == {}


def test_unset_fields_cost_no_python_work() -> None:
    wide = Kinds(text="one of forty fields")
    narrow = Leaf(name="one of two fields")
    encode_narrow = encoder_for(Leaf.DESCRIPTOR)

    assert lines_run(lambda: encode(wide)) == lines_run(lambda: encode_narrow(narrow))
