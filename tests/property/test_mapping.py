"""Decoding what was encoded gives the message back; where the canonical mapping agrees with ours, it says the same;
no JSON value whatever makes decoding raise, or gives a message that cannot be stored and parsed again."""

from typing import Any

import orjson
import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.mapping import decoder_for, encoder_for
from gateway.mapping.times import parse_timestamp, timestamp_text
from tests.contract.contract import MESSAGES
from tests.property.mapping_strategies import documents, messages, wild_json
from tests.unit.mapping.kinds import Kinds

TYPES: list[Descriptor] = [
    Kinds.DESCRIPTOR,
    MESSAGES["SendBatchRequest"],
    MESSAGES["App"],
    MESSAGES["FeedEvent"],
]
EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
OWN = frozenset({"options"})
# Where the canonical mapping differs on purpose: it prints 64-bit integers as strings and camel-cases field masks.
WIDE = {FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64}


def of_the_wire(field: FieldDescriptor) -> bool:
    return field.name not in OWN


def canonically_read(field: FieldDescriptor) -> bool:
    return of_the_wire(field) and (field.message_type is None or field.message_type.name != "FieldMask")


def canonically_written(field: FieldDescriptor) -> bool:
    wide = field.cpp_type in WIDE or field.name == "count_by_key"
    return canonically_read(field) and not wide


for_every_type = pytest.mark.parametrize("descriptor", TYPES, ids=lambda descriptor: descriptor.name)


@for_every_type
@EXAMPLES
@given(data=st.data())
def test_decoding_what_was_encoded_gives_the_message_back(descriptor: Descriptor, data: st.DataObject) -> None:
    message = data.draw(messages(descriptor, of_the_wire))

    body = orjson.dumps(encoder_for(descriptor, OWN)(message))
    decoded = decoder_for(GetMessageClass(descriptor), OWN)(orjson.loads(body))

    assert decoded.message == message
    assert decoded.skipped == ()


@for_every_type
@EXAMPLES
@given(data=st.data())
def test_encoding_says_what_the_canonical_mapping_says(descriptor: Descriptor, data: st.DataObject) -> None:
    message = data.draw(messages(descriptor, canonically_written))

    encoded = encoder_for(descriptor, OWN)(message)

    assert encoded == json_format.MessageToDict(message, preserving_proto_field_name=True)


@for_every_type
@EXAMPLES
@given(data=st.data())
def test_decoding_takes_what_the_canonical_mapping_writes(descriptor: Descriptor, data: st.DataObject) -> None:
    message = data.draw(messages(descriptor, canonically_read))

    document = json_format.MessageToDict(message, preserving_proto_field_name=True)

    assert decoder_for(GetMessageClass(descriptor), OWN)(document).message == message


@for_every_type
@EXAMPLES
@given(data=st.data())
def test_the_canonical_mapping_takes_what_encoding_writes(descriptor: Descriptor, data: st.DataObject) -> None:
    message = data.draw(messages(descriptor, canonically_read))

    document = encoder_for(descriptor, OWN)(message)

    assert json_format.ParseDict(document, GetMessageClass(descriptor)()) == message


@for_every_type
@EXAMPLES
@given(data=st.data())
def test_no_document_makes_decoding_raise_or_poisons_the_message(descriptor: Descriptor, data: st.DataObject) -> None:
    document = data.draw(documents(descriptor))

    decoded = decoder_for(GetMessageClass(descriptor), OWN)(document)

    assert_can_be_stored(decoded.message)
    assert len(decoded.skipped) <= decoded.skipped_count


@EXAMPLES
@given(document=st.dictionaries(st.sampled_from([field.name for field in Kinds.DESCRIPTOR.fields]), wild_json))
def test_no_value_of_any_kind_of_field_makes_decoding_raise(document: dict[str, Any]) -> None:
    decoded = decoder_for(Kinds)(document)

    assert_can_be_stored(decoded.message)


def assert_can_be_stored(message: Message) -> None:
    assert type(message).FromString(message.SerializeToString()) == message


@given(seconds=st.integers(-62_135_596_800, 253_402_300_799), nanos=st.integers(0, 999_999_999))
def test_instants_are_spelt_canonically_and_read_back(seconds: int, nanos: int) -> None:
    instant = Timestamp(seconds=seconds, nanos=nanos)

    text = timestamp_text(instant)

    assert text == instant.ToJsonString()
    assert parse_timestamp(text) == {"seconds": seconds, "nanos": nanos}


@given(text=st.text(max_size=30) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:.+Zz-]{0,20}", fullmatch=True))
def test_no_text_makes_reading_an_instant_raise(text: str) -> None:
    fields = parse_timestamp(text)

    assert fields is None or timestamp_text(Timestamp(**fields))
