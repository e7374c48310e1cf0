"""Protobuf to the query string of a REST call: one pair per value, in field-number order."""

from collections.abc import Callable
from typing import Any, TypeAlias

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from gateway.mapping.encode import field_mask_text, finite
from gateway.mapping.fields import INTEGER_RANGES
from gateway.mapping.paths import MappingError
from gateway.mapping.times import duration_text, timestamp_text

EncodeQuery: TypeAlias = Callable[[Message], list[tuple[str, str]]]
_Text: TypeAlias = Callable[[Any], str]

_WELL_KNOWN: dict[str, _Text] = {
    "google.protobuf.Timestamp": timestamp_text,
    "google.protobuf.Duration": duration_text,
    "google.protobuf.FieldMask": field_mask_text,
}


def query_encoder_for(descriptor: Descriptor, omit: frozenset[str] = frozenset()) -> EncodeQuery:
    """Compile the query encoder of one request type; `omit` names the fields that travel elsewhere.

    The encoder returns unescaped pairs: booleans as `true` and `false`, instants as RFC 3339, field masks joined
    by commas, a repeated field as one pair per element. It raises `MappingError` as the JSON encoder does.

    `TypeError`, here and now, is a field that has no query form: another message, a map, bytes.
    """
    list_fields = GetMessageClass(descriptor).ListFields
    table = {
        field: (field.name, _text(field), field.is_repeated) for field in descriptor.fields if field.name not in omit
    }

    def encode_query(message: Message) -> list[tuple[str, str]]:
        pairs: list[tuple[str, str]] = []
        name = ""
        try:
            for field, value in list_fields(message):
                if field in table:
                    name, text, repeated = table[field]
                    pairs.extend((name, text(element)) for element in (value if repeated else (value,)))
        except MappingError as error:
            raise error.below(name) from None
        return pairs

    return encode_query


def _text(field: FieldDescriptor) -> _Text:
    if field.message_type is not None:
        if field.message_type.full_name in _WELL_KNOWN:
            return _WELL_KNOWN[field.message_type.full_name]
    elif field.type == FieldDescriptor.TYPE_BOOL:
        return _boolean
    elif field.type == FieldDescriptor.TYPE_DOUBLE:
        return _double
    elif field.type == FieldDescriptor.TYPE_STRING or field.cpp_type in INTEGER_RANGES:
        return str
    raise TypeError(f"{field.full_name}: a query string has no form for this type")


def _boolean(value: bool) -> str:  # noqa: FBT001 - the value of a field
    return "true" if value else "false"


def _double(number: float) -> str:
    return repr(finite(number))
