"""What the mapping reads from a field's descriptor, and the kinds of field that the contract must not use.

A field that the mapping could not be faithful to is refused when it is compiled, so at start and not in a call.
"""

from google.protobuf.descriptor import FieldDescriptor

INTEGER_RANGES = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}

_REASONS = {
    FieldDescriptor.TYPE_FLOAT: "32 bits lose digits that the wire has; use double",
    FieldDescriptor.TYPE_ENUM: "vocabularies of the wire are open; use string",
    FieldDescriptor.TYPE_GROUP: "groups have no JSON form; use a message",
    FieldDescriptor.TYPE_MESSAGE: "this well-known type has no place on the wire; use optional, Struct or Value",
}


def map_value(field: FieldDescriptor) -> FieldDescriptor | None:
    """The field that describes the values of a map; None where `field` is no map."""
    entry = field.message_type
    if entry is None or not entry.GetOptions().map_entry:
        return None
    if entry.fields_by_name["key"].type != FieldDescriptor.TYPE_STRING:
        raise TypeError(f"{field.full_name}: keys of JSON objects are strings; use map<string, …>")
    return entry.fields_by_name["value"]


def is_object(field: FieldDescriptor) -> bool:
    """Whether each value of `field` is a JSON object with the message's fields as keys."""
    descriptor = field.message_type
    return (
        descriptor is not None
        and field.type == FieldDescriptor.TYPE_MESSAGE
        and (descriptor.file.package != "google.protobuf" or descriptor.name == "Empty")
    )


def unsupported(field: FieldDescriptor) -> TypeError:
    """What stops the start; names the field and what to use instead."""
    return TypeError(f"{field.full_name}: {_REASONS.get(field.type, 'this type has no JSON form here')}")
