"""Message types made for these tests: a field of every kind that the contract may use, and of some that it may not."""

from typing import Any

from google.protobuf import descriptor_pb2 as pb
from google.protobuf import (
    descriptor_pool,
    duration_pb2,
    empty_pb2,
    field_mask_pb2,
    message_factory,
    struct_pb2,
    timestamp_pb2,
    wrappers_pb2,
)

_IMPORTS = (duration_pb2, empty_pb2, field_mask_pb2, struct_pb2, timestamp_pb2, wrappers_pb2)

# Label, type and name of each field; `in X` puts it into the oneof X, `map` is keyed by strings.
_TYPES = {
    "Leaf": ["optional string name", "optional int64 count"],
    "Kinds": [
        *("single string plain", "single int64 plain_count", "single bool plain_flag"),
        *("optional string text", "optional bool flag", "optional bytes data", "optional double ratio"),
        *("optional int32 int32", "optional int64 int64", "optional uint32 uint32", "optional uint64 uint64"),
        *("optional sint64 sint64", "optional fixed64 fixed64", "optional sfixed32 sfixed32"),
        *("single Leaf leaf", "single Kinds inner", "single Empty nothing"),
        *("single Timestamp instant", "single Duration span", "single FieldMask mask"),
        *("single Struct struct", "single Value value", "single ListValue array"),
        *("repeated string texts", "repeated int64 counts", "repeated double ratios", "repeated Leaf leaves"),
        *("repeated Timestamp instants", "repeated Struct structs", "repeated Value values"),
        *("map string text_by_key", "map int64 count_by_key", "map Leaf leaf_by_key"),
        *("map Struct struct_by_key", "map Value value_by_key", "map Timestamp instant_by_key"),
        *("in choice Leaf chosen_leaf", "in choice string chosen_text", "in choice Empty chosen_nothing"),
        "optional string from",
    ],
    "Holder": ["single string text", "repeated Kinds items"],
    "Spans": ["repeated Duration spans"],
    "Tree": ["repeated Tree branches"],
    "Query": [
        *("single string text", "optional bool flag", "optional double ratio", "optional int64 count"),
        *("single Timestamp instant", "single Duration span", "single FieldMask mask", "repeated string texts"),
        "single Leaf leaf",
    ],
    # Each of these holds something that no message of the wire may hold.
    "Narrow": ["optional float number"],
    "Vocabulary": ["single NullValue choice"],
    "Wrapped": ["single StringValue text"],
    "NumberKeys": ["map-by-int32 string texts"],
}
_GOOGLE = {
    *("Empty", "Timestamp", "Duration", "FieldMask", "Struct", "Value", "ListValue", "NullValue", "StringValue"),
}
_PACKAGE = "mapping_kinds"


def _field(message: pb.DescriptorProto, declaration: str) -> None:
    *label, kind, name = declaration.split()
    field = message.field.add(name=name, number=len(message.field) + 1, label=pb.FieldDescriptorProto.LABEL_OPTIONAL)
    if label[0].startswith("map"):
        entry = message.nested_type.add(name=f"{name.title().replace('_', '')}Entry")
        entry.options.map_entry = True
        _field(entry, f"single {label[0].partition('-by-')[2] or 'string'} key")
        _field(entry, f"single {kind} value")
        kind = f"{message.name}.{entry.name}"
    if label[0] == "repeated" or label[0].startswith("map"):
        field.label = pb.FieldDescriptorProto.LABEL_REPEATED
    if label[0] == "optional":
        field.proto3_optional = True
        field.oneof_index = _oneof(message, f"_{name}")
    if label[0] == "in":
        field.oneof_index = _oneof(message, label[1])
    if kind[0].islower():
        field.type = pb.FieldDescriptorProto.Type.Value(f"TYPE_{kind.upper()}")
    else:
        field.type_name = f".google.protobuf.{kind}" if kind in _GOOGLE else f".{_PACKAGE}.{kind}"


def _oneof(message: pb.DescriptorProto, name: str) -> int:
    names = [oneof.name for oneof in message.oneof_decl]
    if name not in names:
        message.oneof_decl.add(name=name)
    return names.index(name) if name in names else len(names)


def _build() -> dict[str, Any]:
    file = pb.FileDescriptorProto(name="mapping_kinds.proto", package=_PACKAGE, syntax="proto3")
    file.dependency.extend(module.DESCRIPTOR.name for module in _IMPORTS)
    for name, declarations in _TYPES.items():
        message = file.message_type.add(name=name)
        # The oneofs that `optional` makes must come last.
        for declaration in sorted(declarations, key=lambda line: line.startswith("optional")):
            _field(message, declaration)
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}")) for name in _TYPES}


_CLASSES = _build()
# Their fields exist at run time only, so no type checker can know them.
Kinds = _CLASSES["Kinds"]
Leaf = _CLASSES["Leaf"]
Holder = _CLASSES["Holder"]
Query = _CLASSES["Query"]
Spans = _CLASSES["Spans"]
Tree = _CLASSES["Tree"]
REFUSED: dict[str, Any] = {name: _CLASSES[name] for name in ("Narrow", "Vocabulary", "Wrapped", "NumberKeys")}
