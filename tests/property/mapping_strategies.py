"""Generated messages of any type, and generated JSON that is nearly right for one."""

from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.struct_pb2 import ListValue, Struct, Value
from hypothesis import strategies as st

# What the wire can say; see `gateway/mapping/times.py`.
_INSTANTS = st.fixed_dictionaries(
    {"seconds": st.integers(-62_135_596_800, 253_402_300_799), "nanos": st.integers(0, 999_999_999)}
)
_SPANS = st.fixed_dictionaries({"seconds": st.integers(0, 315_576_000_000)})
_PATHS = st.from_regex(r"[a-z]{1,3}(_[a-z]{1,3})?(\.[a-z]{1,3})?", fullmatch=True)
_MASKS = st.fixed_dictionaries({"paths": st.lists(_PATHS, max_size=3)})
_TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
_ANY_TEXT = st.text(st.characters(), max_size=8)  # halves of surrogate pairs included
_DOUBLES = st.floats(allow_nan=False, allow_infinity=False)
_INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32: st.integers(-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: st.integers(-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: st.integers(0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: st.integers(0, 2**64 - 1),
}
_SCALARS = {
    FieldDescriptor.CPPTYPE_STRING: _TEXT,
    FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
    FieldDescriptor.CPPTYPE_DOUBLE: _DOUBLES,
    **_INTEGERS,
}
Keep = Callable[[FieldDescriptor], bool]

wild_json: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**53 + 1, 2**63, 2**64, 10**400, -1])
    | st.floats()
    | _ANY_TEXT
    | st.sampled_from(["", "1", "1e400", "2026-03-02T09:15:30Z", "9999-12-31T23:59:59-23:59", "5s", "AAE=", "a,b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_ANY_TEXT, inner, max_size=3),
    max_leaves=12,
)
"""Any JSON value, and some that Python can hold and JSON cannot."""


def _parsed(value: Any, free: Message) -> Message:
    """Free JSON by the runtime's own mapping, not by the one under test."""
    return ParseDict(value, free)


_free_json = st.recursive(
    st.none() | st.booleans() | _TEXT | _DOUBLES | st.integers(-(2**53), 2**53),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_WELL_KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "Timestamp": _INSTANTS,
    "Duration": _SPANS,
    "FieldMask": _MASKS,
    "Struct": st.dictionaries(_TEXT, _free_json, max_size=3).map(lambda value: _parsed(value, Struct())),
    "ListValue": st.lists(_free_json, max_size=3).map(lambda value: _parsed(value, ListValue())),
    "Value": _free_json.map(lambda value: _parsed(value, Value())),
}


def messages(descriptor: Descriptor, keep: Keep, depth: int = 3) -> st.SearchStrategy[Any]:
    """Messages that the wire can say, of the fields that `keep` admits, `depth` levels of them."""
    return _arguments(descriptor, keep, depth).map(lambda arguments: GetMessageClass(descriptor)(**arguments))


def _arguments(descriptor: Descriptor, keep: Keep, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    fields = {field: _field(field, keep, depth) for field in descriptor.fields if keep(field) and _fits(field, depth)}
    oneofs = {field.containing_oneof.name for field in fields if field.containing_oneof}
    groups = [st.fixed_dictionaries({}, optional={f.name: s for f, s in fields.items() if not f.containing_oneof})]
    for oneof in sorted(oneofs):
        members = [
            st.fixed_dictionaries({field.name: strategy})
            for field, strategy in fields.items()
            if field.containing_oneof and field.containing_oneof.name == oneof
        ]
        groups.append(st.one_of(st.just({}), *members))
    return st.tuples(*groups).map(lambda parts: {name: value for part in parts for name, value in part.items()})


def _fits(field: FieldDescriptor, depth: int) -> bool:
    return depth > 0 or field.message_type is None or field.message_type.name in _WELL_KNOWN


def _field(field: FieldDescriptor, keep: Keep, depth: int) -> st.SearchStrategy[Any]:
    entry = field.message_type
    if entry is not None and entry.GetOptions().map_entry:
        return st.dictionaries(_TEXT, _value(entry.fields_by_name["value"], keep, depth), max_size=2)
    return st.lists(_value(field, keep, depth), max_size=3) if field.is_repeated else _value(field, keep, depth)


def _value(field: FieldDescriptor, keep: Keep, depth: int) -> st.SearchStrategy[Any]:
    descriptor = field.message_type
    if descriptor is None:
        return st.binary(max_size=8) if field.type == FieldDescriptor.TYPE_BYTES else _SCALARS[field.cpp_type]
    if descriptor.name in _WELL_KNOWN:
        return _WELL_KNOWN[descriptor.name]
    return st.deferred(lambda: _arguments(descriptor, keep, depth - 1))


def documents(descriptor: Descriptor, depth: int = 2) -> st.SearchStrategy[Any]:
    """JSON with the keys of a message, whose values are right, nearly right, or anything at all."""
    if not depth:
        return wild_json
    values = {field.name: _near(field, depth) for field in descriptor.fields}
    return st.fixed_dictionaries({}, optional=values | {"unknown_key": wild_json}) | wild_json


def _near(field: FieldDescriptor, depth: int) -> st.SearchStrategy[Any]:
    descriptor = field.message_type
    if descriptor is None or descriptor.name in _WELL_KNOWN:
        return wild_json | st.lists(wild_json, max_size=2)
    if descriptor.GetOptions().map_entry:
        return st.dictionaries(_ANY_TEXT, _near(descriptor.fields_by_name["value"], depth), max_size=2)
    inner = st.deferred(lambda: documents(descriptor, depth - 1))
    return inner | st.lists(inner, max_size=2)
