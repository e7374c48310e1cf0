"""What is taken from a document, and what is left out and said so."""

import math
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.mapping import MAX_DEPTH, MAX_SKIPPED, decoder_for
from gateway.mapping.decode import _READERS, _Compiler
from tests.unit.mapping.kinds import REFUSED, Kinds, Leaf

decode = decoder_for(Kinds)
LONE_SURROGATE = "cut \ud83d"


def nested_arrays(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def nested_kinds(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {"text": "innermost"}
    for _ in range(depth):
        value = {"inner": value}
    return value


def test_zeros_and_empty_objects_are_present() -> None:
    message = decode({"text": "", "flag": False, "int64": 0, "leaf": {}, "nothing": {}}).message

    assert [field.name for field, _ in message.ListFields()] == ["leaf", "nothing", "text", "flag", "int64"]


def test_unknown_keys_are_ignored_without_a_word() -> None:
    decoded = decode({"text": "x", "new_field": {"a": [1]}, "leaf": {"name": "y", "newer": None}})

    assert decoded.message == Kinds(text="x", leaf={"name": "y"})
    assert decoded.skipped == ()
    assert decoded.skipped_count == 0


def test_null_is_absent_in_typed_fields() -> None:
    decoded = decode(
        {"text": None, "int64": None, "leaf": None, "texts": None, "instant": None, "struct": None, "chosen_leaf": None}
        | {"text_by_key": {"a": None, "b": "kept"}}
    )

    assert decoded.message == Kinds(text_by_key={"b": "kept"})
    assert decoded.skipped == ()


def test_null_is_data_in_free_json() -> None:
    decoded = decode({"value": None, "values": [None], "value_by_key": {"k": None}, "struct": {"s": None}})

    assert decoded.message.HasField("value")
    assert decoded.message.value.HasField("null_value")
    assert decoded.message.values[0].HasField("null_value")
    assert decoded.message.value_by_key["k"].HasField("null_value")
    assert decoded.message.struct.fields["s"].HasField("null_value")
    assert decoded.skipped == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", 5),
        ("text", True),
        ("text", ["x"]),
        ("text", LONE_SURROGATE),
        ("flag", 1),
        ("flag", "true"),
        ("int32", 2**31),
        ("int32", -(2**31) - 1),
        ("int64", 2**63),
        ("int64", 3.5),
        ("int64", 2.0**54),
        ("int64", True),
        ("int64", "3.0"),
        ("int64", "٣"),
        ("int64", " 3"),
        ("int64", "9" * 5000),
        ("uint32", -1),
        ("uint64", 2**64),
        ("ratio", "much"),
        ("ratio", "NaN"),
        ("ratio", "1e400"),
        ("ratio", math.inf),
        ("ratio", math.nan),
        ("ratio", 10**400),
        ("ratio", False),
        ("data", "not base64!"),
        ("data", "A"),
        ("data", "AA!!AA"),
        ("data", 7),
        ("data", "Å"),
        ("leaf", "text"),
        ("leaf", []),
        ("leaf", [{}, {}]),
        ("leaf", [[{}]]),
        ("texts", "text"),
        ("leaves", {}),
        ("text_by_key", []),
        ("instant", "yesterday"),
        ("instant", 1700000000),
        ("span", "1 day"),
        ("span", -1),
        ("span", 1.5),
        ("span", True),
        ("mask", ["a"]),
        ("mask", LONE_SURROGATE),
        ("struct", []),
        ("struct", "text"),
        ("struct", {"a": LONE_SURROGATE}),
        ("struct", {LONE_SURROGATE: 1}),
        ("struct", {"a": math.nan}),
        ("struct", {"a": 10**400}),
        ("value", LONE_SURROGATE),
        ("array", {}),
    ],
)
def test_a_value_that_contradicts_its_type_is_left_out_and_recorded(field: str, value: Any) -> None:
    decoded = decode({field: value, "plain": "kept"})

    assert decoded.message == Kinds(plain="kept")
    assert decoded.skipped == (field,)
    assert decoded.skipped_count == 1


@pytest.mark.parametrize(
    ("field", "value", "taken"),
    [
        ("int64", 5, 5),
        ("int64", "5", 5),
        ("int64", "-9223372036854775808", -(2**63)),
        ("int64", 5.0, 5),
        ("int64", 1e15, 10**15),
        ("uint64", "18446744073709551615", 2**64 - 1),
        ("ratio", 5, 5.0),
        ("ratio", "-2.50", -2.5),
        ("ratio", "1e3", 1000.0),
        ("data", "//4A", b"\xff\xfe\x00"),
        ("data", "__4A", b"\xff\xfe\x00"),
        ("data", "//4", b"\xff\xfe"),
        ("text", "å 🚲", "å 🚲"),
        ("texts", [], []),
    ],
)
def test_numbers_and_bytes_are_taken_in_all_their_spellings(field: str, value: Any, taken: Any) -> None:
    decoded = decode({field: value})

    assert getattr(decoded.message, field) == taken
    assert decoded.skipped == ()


def test_wrong_elements_are_left_out_of_a_list_with_their_index() -> None:
    decoded = decode({"texts": ["a", 1, "b", None, LONE_SURROGATE], "leaves": [{"count": "x"}, 5, {"count": 2}]})

    assert decoded.message == Kinds(texts=["a", "b"], leaves=[{}, {"count": 2}])
    assert decoded.skipped == ("texts[1]", "texts[3]", "texts[4]", "leaves[0].count", "leaves[1]")


def test_wrong_entries_are_left_out_of_a_map_with_their_key() -> None:
    decoded = decode(
        {
            "text_by_key": {"SMS": 1, "RCS": "kept", "+4670": 2, LONE_SURROGATE: "x"},
            "leaf_by_key": {"SMS": {"count": ""}},
        }
    )

    assert decoded.message == Kinds(text_by_key={"RCS": "kept"}, leaf_by_key={"SMS": {}})
    assert decoded.skipped == (
        'text_by_key["SMS"]',
        "text_by_key[*]",
        "text_by_key[*]",
        'leaf_by_key["SMS"].count',
    )


def test_skipped_paths_are_bounded_and_their_number_is_not() -> None:
    decoded = decode({"texts": [0] * 1000})

    assert decoded.skipped == tuple(f"texts[{index}]" for index in range(MAX_SKIPPED))
    assert decoded.skipped_count == 1000


def test_the_last_member_of_a_oneof_counts_and_the_others_are_recorded() -> None:
    decoded = decode({"chosen_text": "first", "text": "beside", "chosen_nothing": {}, "chosen_leaf": {"name": "last"}})

    assert decoded.message == Kinds(text="beside", chosen_leaf={"name": "last"})
    assert decoded.skipped == ("chosen_text", "chosen_nothing")


def test_two_members_of_a_oneof_and_nothing_else_are_one_too_many() -> None:
    decoded = decode({"chosen_leaf": {"name": "first"}, "chosen_text": "last"})

    assert decoded.message == Kinds(chosen_text="last")
    assert decoded.skipped == ("chosen_leaf",)


def test_a_null_or_wrong_member_of_a_oneof_replaces_nothing() -> None:
    decoded = decode({"chosen_text": "kept", "chosen_leaf": None, "chosen_nothing": "wrong"})

    assert decoded.message == Kinds(chosen_text="kept")
    assert decoded.skipped == ("chosen_nothing",)


def test_an_array_of_one_object_is_that_object() -> None:
    decoded = decode({"leaf": [{"name": "x"}], "inner": [{"inner": [{"text": "y"}]}]})

    assert decoded.message == Kinds(leaf={"name": "x"}, inner={"inner": {"text": "y"}})
    assert decoded.skipped == ()


def test_instants_of_a_document_keep_their_nanoseconds() -> None:
    decoded = decode({"instant": "2026-03-02T09:15:33.123456789Z", "instants": ["1969-12-31T23:59:59.5Z"]})

    assert decoded.message.instant == Timestamp(seconds=1772442933, nanos=123456789)
    assert decoded.message.instants[0] == Timestamp(seconds=-1, nanos=500000000)


@pytest.mark.parametrize(("value", "seconds", "nanos"), [("86400s", 86400, 0), (3600, 3600, 0), ("1.5s", 1, 500000000)])
def test_spans_are_texts_or_whole_seconds(value: object, seconds: int, nanos: int) -> None:
    span = decode({"span": value}).message.span

    assert (span.seconds, span.nanos) == (seconds, nanos)


@pytest.mark.parametrize(("value", "paths"), [("a_b.c,d", ["a_b.c", "d"]), ("", [])])
def test_field_masks_are_split_as_they_are(value: str, paths: list[str]) -> None:
    message = decode({"mask": value}).message

    assert message.HasField("mask")
    assert list(message.mask.paths) == paths


def test_free_json_as_deep_as_the_cap_is_taken_and_can_be_parsed_again() -> None:
    decoded = decode({"array": nested_arrays(MAX_DEPTH), "value": nested_arrays(MAX_DEPTH)})

    assert decoded.skipped == ()
    assert Kinds.FromString(decoded.message.SerializeToString()) == decoded.message


@pytest.mark.parametrize("field", ["struct", "value", "array"])
def test_free_json_deeper_than_the_cap_is_left_out(field: str) -> None:
    deep: Any = nested_arrays(MAX_DEPTH + 1)
    document = {"a": nested_arrays(MAX_DEPTH)} if field == "struct" else deep

    decoded = decode({field: document})

    assert decoded.message == Kinds()
    assert decoded.skipped == (field,)


def test_integers_that_a_double_rounds_are_kept_rounded_and_recorded() -> None:
    decoded = decode({"struct": {"id": 2**53 + 1, "exact": 2**60}, "value": 2**53})

    assert decoded.message.struct["id"] == 2.0**53
    assert decoded.message.struct["exact"] == 2.0**60
    assert decoded.skipped == ("struct",)


def test_a_type_that_holds_itself_is_taken_down_to_the_cap() -> None:
    decoded = decode(nested_kinds(900))

    assert decoded.skipped == (".".join(["inner"] * MAX_DEPTH),)
    assert Kinds.FromString(decoded.message.SerializeToString()) == decoded.message


@pytest.mark.parametrize("document", [None, True, 5, 5.5, "text", [], [1], [{}, {}]])
def test_a_document_that_is_no_object_is_an_empty_message(document: Any) -> None:
    decoded = decode(document)

    assert decoded.message == Kinds()
    assert decoded.skipped == ("",)


def test_decoding_into_a_message_adds_to_it() -> None:
    message = Kinds(text="old", flag=True)

    decoded = decode({"text": "new", "leaf": {"name": "x"}}, message)

    assert decoded.message is message
    assert message == Kinds(text="new", flag=True, leaf={"name": "x"})


def test_decoding_an_empty_object_into_a_part_makes_the_part_present() -> None:
    whole = Kinds()

    decoder_for(Leaf)({}, whole.chosen_leaf)

    assert whole.HasField("chosen_leaf")


def test_omitted_fields_cannot_be_set_by_a_document() -> None:
    without = decoder_for(Kinds, frozenset({"text", "leaf"}))

    decoded = without({"text": "forged", "leaf": {"name": "forged"}, "flag": True, "inner": {"text": "inside"}})

    assert decoded.message == Kinds(flag=True, inner={"text": "inside"})
    assert decoded.skipped == ()


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_types_that_lose_something_are_refused_when_compiled(name: str) -> None:
    with pytest.raises(TypeError, match=f"{name}.*use"):
        decoder_for(REFUSED[name])

    assert REFUSED[name].DESCRIPTOR not in _READERS


def test_what_lies_below_a_type_is_compiled_once_for_all_roots(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled, compile_type = [], _Compiler.message

    def message(self: _Compiler, descriptor: Descriptor, *omit: frozenset[str]) -> Any:
        compiled.append(descriptor.name)
        return compile_type(self, descriptor, *omit)

    monkeypatch.setattr(_Compiler, "message", message)

    decoder_for(Kinds)

    assert compiled == ["Kinds"]
