"""JSON to protobuf, for documents that somebody else wrote: what contradicts a type is left out, nothing is raised.

A decoder walks the keys that are there, checks and converts each value by its field, and collects the constructor
arguments of the whole message; the runtime then builds it in one call. Nothing reaches that call unchecked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from gateway.mapping.fields import INTEGER_RANGES, is_object, map_value, unsupported
from gateway.mapping.freeform import MAX_DEPTH, to_list, to_struct, to_value
from gateway.mapping.paths import Skips, Trail, depth
from gateway.mapping.scalars import SKIP, Scalar, boolean, double, integer_between, is_unicode, octets, text
from gateway.mapping.times import parse_duration, parse_timestamp

M = TypeVar("M", bound=Message)
M_co = TypeVar("M_co", bound=Message, covariant=True)

# From a JSON value to a constructor argument, or `SKIP`. The trail leads to the value; a reader records what it
# leaves out inside the value, its caller records the value itself.
_Read: TypeAlias = Callable[[object, Trail, Skips], object]


@dataclass(frozen=True, slots=True)
class Decoded(Generic[M_co]):
    """A message, and the wire paths of the values that it lacks, or holds rounded, although their names are known.

    `skipped` has the first `MAX_SKIPPED` paths that were found, `skipped_count` the number of all. The document itself
    has the empty path.
    """

    message: M_co
    skipped: tuple[str, ...]
    skipped_count: int


class Decode(Protocol[M]):
    """A compiled decoder."""

    def __call__(self, value: object, into: M | None = None) -> Decoded[M]:
        """Decode a JSON value into a new message, or merge it into `into` and mark that as present."""


def decoder_for(message_class: type[M], omit: frozenset[str] = frozenset()) -> Decode[M]:
    """Compile the decoder of one message type; `omit` names top-level fields that no document may set.

    The decoder never raises, whatever JSON value it is given:

    - unknown keys are ignored; null is absent, except where the field is free JSON, which can hold it;
    - a value of the wrong type, out of range or not Unicode is left out and its path recorded;
    - an integer in free JSON that a double cannot hold is rounded and the field's path recorded;
    - of several members of one oneof the last in the document counts, the others are recorded;
    - an object may come wrapped in an array of one, as the vendor's own examples have it.

    `TypeError`, here and now, means that the contract uses a type that has no place in it.
    """
    read = _Compiler().root(cast("Descriptor", message_class.DESCRIPTOR), omit)

    def decode(value: object, into: M | None = None) -> Decoded[M]:
        skips = Skips()
        arguments = read(value, None, skips)
        if arguments is SKIP:
            skips.add(None)
            arguments = {}
        message = message_class(**arguments)  # type: ignore[arg-type]
        if into is not None:
            into.MergeFrom(message)
            message = into
        return Decoded(message, tuple(skips.paths), skips.count)

    return decode


# Of every type that was below a root so far: an answer has hundreds, and most answers have the same.
_READERS: dict[Descriptor, _Read] = {}


class _Compiler:
    """Compiles every message type once, whichever root it is below."""

    def __init__(self) -> None:
        self._readers = _READERS.copy()

    def root(self, descriptor: Descriptor, omit: frozenset[str]) -> _Read:
        read = self.message(descriptor, omit)
        # Only now: a root that is refused leaves nothing half done for the next one.
        _READERS.update(self._readers)
        return read

    def message(self, descriptor: Descriptor, omit: frozenset[str] = frozenset()) -> _Read:
        fields = [field for field in descriptor.fields if field.name not in omit]
        table: dict[str, _Read] = {}
        read = _message(fields, table)
        # Known before its fields are, because a type may hold itself; from inside, only down to the cap.
        # A root with omissions is not the type that others hold.
        known = {} if omit else self._readers
        known[descriptor] = _capped(read)
        for field in fields:
            table[field.name] = self._field(field)
        known[descriptor] = read
        return read

    def _field(self, field: FieldDescriptor) -> _Read:
        of_map = map_value(field)
        if of_map is not None:
            return _map(of_map, self._value(of_map))
        return _list(self._value(field)) if field.is_repeated else self._value(field)

    def _value(self, field: FieldDescriptor) -> _Read:
        descriptor = field.message_type
        if descriptor is None:
            return _leaf(_scalar(field))
        if is_object(field):
            return self._readers.get(descriptor) or self.message(descriptor)
        if descriptor.full_name in _WELL_KNOWN:
            return _WELL_KNOWN[descriptor.full_name]
        raise unsupported(field)


def _message(fields: Sequence[FieldDescriptor], table: Mapping[str, _Read]) -> _Read:
    single = [field for field in fields if not field.is_repeated]
    strings = {field.name for field in single if field.type == FieldDescriptor.TYPE_STRING}
    nullable = {field.name for field in single if _holds_null(field)}
    oneofs = [
        {member.name for member in oneof.fields}
        for oneof in {field.containing_oneof for field in single}
        if oneof is not None and len(oneof.fields) > 1
    ]

    def read_message(value: object, trail: Trail, skips: Skips) -> object:
        if type(value) is not dict:
            if type(value) is not list or len(value) != 1 or type(value[0]) is not dict:
                return SKIP
            value = value[0]
        arguments: dict[str, object] = {}
        for name, item in value.items():
            # Most values are plain strings; the other branch would take them too.
            if type(item) is str and name in strings and item.isascii():
                arguments[name] = item
            elif (read := table.get(name)) is not None and (item is not None or name in nullable):
                here = (trail, name)
                argument = read(item, here, skips)
                if argument is SKIP:
                    skips.add(here)
                else:
                    arguments[name] = argument
        for oneof in oneofs if len(arguments) > 1 else ():
            for name in [name for name in arguments if name in oneof][:-1]:
                del arguments[name]
                skips.add((trail, name))
        return arguments

    return read_message


def _list(read: _Read) -> _Read:
    def read_list(value: object, trail: Trail, skips: Skips) -> object:
        if type(value) is not list:
            return SKIP
        elements = []
        for index, item in enumerate(value):
            here = (trail, index)
            element = read(item, here, skips)
            if element is SKIP:
                skips.add(here)
            else:
                elements.append(element)
        return elements

    return read_list


def _map(of_map: FieldDescriptor, read: _Read) -> _Read:
    strings = of_map.type == FieldDescriptor.TYPE_STRING
    holds_null = _holds_null(of_map)

    def read_map(value: object, trail: Trail, skips: Skips) -> object:
        if type(value) is not dict:
            return SKIP
        entries: dict[str, object] = {}
        for key, item in value.items():
            if strings and type(item) is str and item.isascii() and key.isascii():
                entries[key] = item
            elif item is not None or holds_null:
                here = (trail, (key,))
                entry = read(item, here, skips) if is_unicode(key) else SKIP
                if entry is SKIP:
                    skips.add(here)
                else:
                    entries[key] = entry
        return entries

    return read_map


def _capped(read: _Read) -> _Read:
    def read_capped(value: object, trail: Trail, skips: Skips) -> object:
        return read(value, trail, skips) if depth(trail) < MAX_DEPTH else SKIP

    return read_capped


def _leaf(convert: Callable[[object], object]) -> _Read:
    return lambda value, _trail, _skips: convert(value)


def _free(build: Callable[[object, list[float]], object]) -> _Read:
    def read_free(value: object, trail: Trail, skips: Skips) -> object:
        rounded: list[float] = []
        try:
            free = build(value, rounded)
        except (ValueError, OverflowError):
            return SKIP
        if rounded:
            # Most of the value is right, and an answer has no raw view: kept, but not passed off as exact.
            skips.add(trail)
        return free

    return read_free


def _timestamp(value: object) -> object:
    fields = parse_timestamp(value) if isinstance(value, str) else None
    return SKIP if fields is None else fields


def _duration(value: object) -> object:
    fields = parse_duration(value)
    return SKIP if fields is None else fields


def _field_mask(value: object) -> object:
    paths = text(value)
    return {"paths": paths.split(",") if paths else []} if isinstance(paths, str) else SKIP


def _scalar(field: FieldDescriptor) -> Scalar:
    if field.cpp_type in INTEGER_RANGES:
        return integer_between(*INTEGER_RANGES[field.cpp_type])
    if field.type in _SCALARS:
        return _SCALARS[field.type]
    raise unsupported(field)


def _holds_null(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.full_name == "google.protobuf.Value"


_SCALARS: dict[int, Scalar] = {
    FieldDescriptor.TYPE_STRING: text,
    FieldDescriptor.TYPE_BOOL: boolean,
    FieldDescriptor.TYPE_DOUBLE: double,
    FieldDescriptor.TYPE_BYTES: octets,
}
_WELL_KNOWN: dict[str, _Read] = {
    "google.protobuf.Timestamp": _leaf(_timestamp),
    "google.protobuf.Duration": _leaf(_duration),
    "google.protobuf.FieldMask": _leaf(_field_mask),
    "google.protobuf.Struct": _free(to_struct),
    "google.protobuf.Value": _free(to_value),
    "google.protobuf.ListValue": _free(to_list),
}
