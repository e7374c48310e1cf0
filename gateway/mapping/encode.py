"""Protobuf to JSON: a message becomes the plain dictionary that its wire form is.

Only set fields are visited (`ListFields` gives exactly the presence that the contract means: an `optional` zero and
an empty message are there, an unset field is not), and each finds its name and its conversion in a table that was
filled at compile time.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, MutableSequence
from math import isfinite
from typing import Any, TypeAlias

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from gateway.mapping.fields import INTEGER_RANGES, is_object, map_value, unsupported
from gateway.mapping.freeform import list_json, struct_json, value_json
from gateway.mapping.paths import MappingError
from gateway.mapping.times import duration_text, timestamp_text

Encode: TypeAlias = Callable[[Message], dict[str, object]]
# From what `ListFields` gives for a field to what `orjson` takes; None where both are the same object.
Convert: TypeAlias = Callable[[Any], object] | None


def encoder_for(descriptor: Descriptor, omit: frozenset[str] = frozenset()) -> Encode:
    """Compile the encoder of one message type; `omit` names top-level fields that never reach the JSON.

    The encoder returns a new dictionary that `orjson` can write. It raises `MappingError`, with the proto path of
    the field, for what the wire cannot say: a fractional or negative duration, NaN, an instant outside the years
    1 to 9999, free JSON that nests too deep.

    `TypeError`, here and now, means that the contract uses a type that has no place in it.
    """
    encode = _Compiler().root(descriptor, omit)
    if not omit:
        return encode

    def encode_without(message: Message) -> dict[str, object]:
        json = encode(message)
        for name in omit:
            json.pop(name, None)
        return json

    return encode_without


def field_mask_text(mask: FieldMask) -> str:
    """The paths as they are: wire names, not the camel case of the canonical mapping."""
    return ",".join(mask.paths)


def base64_text(data: bytes) -> str:
    """Standard base64 with padding."""
    return b64encode(data).decode()


def finite(number: float) -> float:
    """The number itself; NaN and the infinities have no JSON form."""
    if not isfinite(number):
        raise MappingError("", "must be a finite number")
    return number


_WELL_KNOWN: dict[str, Convert] = {
    "google.protobuf.Timestamp": timestamp_text,
    "google.protobuf.Duration": duration_text,
    "google.protobuf.FieldMask": field_mask_text,
    "google.protobuf.Struct": struct_json,
    "google.protobuf.Value": value_json,
    "google.protobuf.ListValue": list_json,
}


# Of every type that was below a root so far: an answer has hundreds, and most answers have the same.
_ENCODERS: dict[Descriptor, Encode] = {}


class _Compiler:
    """Compiles every message type once, whichever root it is below."""

    def __init__(self) -> None:
        self._encoders = _ENCODERS.copy()

    def root(self, descriptor: Descriptor, omit: frozenset[str]) -> Encode:
        encode = self.message(descriptor, omit)
        # Only now: a root that is refused leaves nothing half done for the next one.
        _ENCODERS.update(self._encoders)
        return encode

    def message(self, descriptor: Descriptor, omit: frozenset[str] = frozenset()) -> Encode:
        table: dict[FieldDescriptor, tuple[str, Convert]] = {}
        encode = _message(descriptor, table)
        if not omit:
            # Known before its fields are, because a type may hold itself.
            self._encoders[descriptor] = encode
        for field in descriptor.fields:
            table[field] = (field.name, _nothing if field.name in omit else self._field(field))
        return encode

    def _field(self, field: FieldDescriptor) -> Convert:
        of_map = map_value(field)
        if of_map is not None:
            return _map(self._value(of_map))
        return _list(self._value(field)) if field.is_repeated else self._value(field)

    def _value(self, field: FieldDescriptor) -> Convert:
        descriptor = field.message_type
        if descriptor is None:
            return _scalar(field)
        if is_object(field):
            return self._encoders.get(descriptor) or self.message(descriptor)
        if descriptor.full_name in _WELL_KNOWN:
            return _WELL_KNOWN[descriptor.full_name]
        raise unsupported(field)


def _scalar(field: FieldDescriptor) -> Convert:
    if field.type == FieldDescriptor.TYPE_BYTES:
        return base64_text
    if field.type == FieldDescriptor.TYPE_DOUBLE:
        return finite
    if field.type in {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BOOL} or field.cpp_type in INTEGER_RANGES:
        return None
    raise unsupported(field)


def _message(descriptor: Descriptor, table: Mapping[FieldDescriptor, tuple[str, Convert]]) -> Encode:
    if len(descriptor.fields) == 1 and descriptor.fields[0].is_repeated:
        return _sole_list(descriptor.fields[0], table)
    # Bound once: looking the method up on a message first searches that message's fields for the name.
    list_fields = GetMessageClass(descriptor).ListFields

    def encode(message: Message) -> dict[str, object]:
        json = {}
        name = ""
        try:
            for field, value in list_fields(message):
                name, convert = table[field]
                json[name] = value if convert is None else convert(value)
        except MappingError as error:
            raise error.below(name) from None
        return json

    return encode


def _sole_list(field: FieldDescriptor, table: Mapping[FieldDescriptor, tuple[str, Convert]]) -> Encode:
    """Spares a message that is nothing but a list the search for its set fields: batches hold one per recipient."""
    name = field.name

    def encode(message: Message) -> dict[str, object]:
        values = getattr(message, name)
        _, convert = table[field]
        try:
            return {name: values if convert is None else convert(values)} if values else {}
        except MappingError as error:
            raise error.below(name) from None

    return encode


def _list(convert: Convert) -> Convert:
    def encode_list(values: MutableSequence[Any]) -> list[object]:
        # A slice copies in one call, where iterating asks the container for one element at a time.
        elements: list[Any] = values[:]  # type: ignore[assignment]  # the runtime's containers give a list
        if convert is None:
            return elements
        json: list[object] = []
        try:
            for element in elements:
                json.append(convert(element))  # noqa: PERF401 - a comprehension could not say where it stopped
        except MappingError as error:
            raise error.below(len(json)) from None
        return json

    return encode_list


def _map(convert: Convert) -> Convert:
    def encode_map(values: Mapping[str, Any]) -> dict[str, object]:
        json = {}
        key = ""
        try:
            for key in values:
                value = values[key]
                json[key] = value if convert is None else convert(value)
        except MappingError as error:
            raise error.below((key,)) from None
        return json

    return encode_map


def _nothing(_: object) -> None:
    """Stands in for an omitted field, whose type need not have a JSON form."""
