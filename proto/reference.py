"""Writes the reference pages from the contract: every RPC and message, and every reason for an error.

    python proto/reference.py IMAGE FOLDER

IMAGE is a descriptor set with source info (`buf build`), as comments exist nowhere else; FOLDER gets `api.md` and
`errors.md`. The pages say nothing that the contract does not say.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from google.api import annotations_pb2, client_pb2, field_behavior_pb2
from google.protobuf import descriptor_pb2 as pb

PACKAGE = "conversation_gateway.v1"
REPEATED_CALLS = {
    pb.MethodOptions.NO_SIDE_EFFECTS: "a read, repeated freely",
    pb.MethodOptions.IDEMPOTENT: "repeated freely, as twice is the same as once",
    pb.MethodOptions.IDEMPOTENCY_UNKNOWN: "not repeated, unless the options ask for it",
}


class Reference:
    """The pages, line by line."""

    def __init__(self, image: pb.FileDescriptorSet) -> None:
        """Index messages and comments by name."""
        self.files = sorted((file for file in image.file if file.package == PACKAGE), key=lambda file: file.name)
        self.messages = {f".{PACKAGE}.{m.name}": m for file in self.files for m in file.message_type}
        self.comments = {
            ".".join(names(file, location.path)): location.leading_comments.strip()
            for file in self.files
            for location in file.source_code_info.location
            if location.leading_comments
        }

    def comment(self, *path: str) -> str:
        """The comment above the element of this name, each line without its leading blank."""
        return "\n".join(line.removeprefix(" ") for line in self.comments[".".join(path)].split("\n"))

    def cell(self, *path: str) -> str:
        """The same comment as a cell of a table."""
        return " ".join(self.comment(*path).split()).replace("|", "\\|")

    def api(self) -> Iterator[str]:
        """`api.md`: the services, then all messages, then all enums."""
        yield "# API reference\n"
        yield "Generated from `proto/` by `make proto`. What can go wrong is in [errors.md](errors.md).\n"
        for service in sorted((s for file in self.files for s in file.service), key=lambda service: service.name):
            yield f"## {service.name}\n\n{self.comment(service.name)}\n"
            for method in service.method:
                yield from self.method(service, method)
        yield "## Messages\n"
        for message in sorted(self.messages.values(), key=lambda message: message.name):
            yield from self.message(message)
        yield "## Enums\n"
        for enum in sorted((e for file in self.files for e in file.enum_type), key=lambda enum: enum.name):
            if enum.name != "ErrorReason":
                yield f"### {enum.name}\n\n{self.comment(enum.name)}\n\n| value | number | |\n| --- | --- | --- |"
                yield from (f"| `{v.name}` | {v.number} | {self.cell(enum.name, v.name)} |" for v in enum.value)
                yield ""

    def method(self, service: pb.ServiceDescriptorProto, method: pb.MethodDescriptorProto) -> Iterator[str]:
        """One RPC: what it takes and gives, and the REST call behind it."""
        yield f"### {service.name}.{method.name}\n\n{self.comment(service.name, method.name)}\n"
        yield f"- takes {link(method.input_type)}"
        yield f"- answers {'a stream of ' if method.server_streaming else ''}{link(method.output_type)}"
        required = [f"`{field.name}`" for field in self.messages[method.input_type].field if is_required(field)]
        yield f"- requires {', '.join(required) or 'nothing'}"
        if method.options.HasExtension(annotations_pb2.http):
            rule = method.options.Extensions[annotations_pb2.http]
            verb = rule.WhichOneof("pattern") or ""
            host = service.options.Extensions[client_pb2.default_host]
            yield f"- calls `{verb.upper()} https://{{region}}.{host}{getattr(rule, verb)}`"
            yield f"- sends {placed(rule.body, 'no body', 'all other fields as the body')}"
            yield f"- reads the answer as {placed(rule.response_body, 'the whole response', 'the whole response')}"
            yield f"- when nobody knows what became of an attempt: {REPEATED_CALLS[method.options.idempotency_level]}"
        yield ""

    def message(self, message: pb.DescriptorProto) -> Iterator[str]:
        """One message and its fields."""
        yield f"### {message.name}\n\n{self.comment(message.name)}\n"
        if not message.field:
            return
        yield "| field | type | number | |\n| --- | --- | --- | --- |"
        for field in message.field:
            text = self.cell(message.name, field.name)
            if field.HasField("oneof_index") and not field.proto3_optional:
                oneof = message.oneof_decl[field.oneof_index].name
                text = f"One of `{oneof}`. {self.cell(message.name, oneof)} {text}"
            yield f"| `{field.name}` | {kind(message, field)} | {field.number} | {text} |"
        yield ""

    def errors(self) -> Iterator[str]:
        """`errors.md`: one heading, hence one anchor, per reason."""
        yield "# Reasons for errors\n"
        yield f"Generated from `proto/` by `make proto`.\n\n{self.comment('ErrorReason')}\n"
        enum = next(e for file in self.files for e in file.enum_type if e.name == "ErrorReason")
        for value in enum.value[1:]:
            text = re.sub(r"(?m)^(Status|Causes|Do):", r"\n**\1:**", self.comment("ErrorReason", value.name))
            yield f"## {value.name.removeprefix('ERROR_REASON_')}\n\n{text}\n"


def names(file: pb.FileDescriptorProto, path: Iterable[int]) -> Iterator[str]:
    """The names along a source-info path, which alternates field numbers and indexes."""
    here: object = file
    for step in path:
        if isinstance(
            here, pb.FileDescriptorProto | pb.DescriptorProto | pb.EnumDescriptorProto | pb.ServiceDescriptorProto
        ):
            here = getattr(here, here.DESCRIPTOR.fields_by_number[step].name)
        elif hasattr(here, "__getitem__"):
            here = here[step]
            yield getattr(here, "name", str(step))
        else:
            yield str(step)


def kind(message: pb.DescriptorProto, field: pb.FieldDescriptorProto) -> str:
    """A field's type as a reader wants it: linked, maps and lists said so."""
    for entry in message.nested_type:
        if field.type_name.endswith(f".{message.name}.{entry.name}"):
            return f"map of string to {kind(entry, entry.field[1])}"
    name = link(field.type_name) or pb.FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
    return f"list of {name}" if field.label == pb.FieldDescriptorProto.LABEL_REPEATED else name


def link(type_name: str) -> str:
    """A link to a type of this package; the plain name of another."""
    name = type_name.removeprefix(f".{PACKAGE}.")
    return type_name.removeprefix(".") if name == type_name else f"[{name}](#{name.lower()})"


def placed(field: str, absent: str, everything: str) -> str:
    """A body of `google.api.http` in words."""
    return {"": absent, "*": everything}.get(field, f"`{field}`")


def is_required(field: pb.FieldDescriptorProto) -> bool:
    """Whether a call without the field is refused."""
    return field_behavior_pb2.REQUIRED in field.options.Extensions[field_behavior_pb2.field_behavior]


if __name__ == "__main__":
    reference = Reference(pb.FileDescriptorSet.FromString(Path(sys.argv[1]).read_bytes()))
    (folder := Path(sys.argv[2])).mkdir(parents=True, exist_ok=True)
    for page, lines in (("api.md", reference.api()), ("errors.md", reference.errors())):
        (folder / page).write_text("\n".join(lines).rstrip("\n") + "\n", encoding="utf-8")
