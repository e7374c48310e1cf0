"""The contract as tests see it: the built image with its comments, and the descriptors that the server serves."""

import importlib
import os
import pkgutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from conversation_gateway import v1
from google.api import annotations_pb2, client_pb2, field_behavior_pb2
from google.protobuf import descriptor_pb2 as pb
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, MethodDescriptor, ServiceDescriptor

ROOT = Path(__file__).parents[2]
PROTO = ROOT / "proto"
SOURCES = PROTO / "conversation_gateway" / "v1"
BUF = ROOT / ".venv" / "bin" / "buf"
PROTO_PYTHON = ROOT / ".venv-proto" / "bin" / "python"
FACTS = Path(os.environ.get("CONVERSATION_API_FACTS", ROOT.parent / "shared" / "api"))
FIXTURES = Path(os.environ.get("CONVERSATION_FIXTURES", ROOT.parent / "shared" / "fixtures"))
PACKAGE = "conversation_gateway.v1"

_MODULES = [
    importlib.import_module(f"{v1.__name__}.{module.name}")
    for module in pkgutil.iter_modules(v1.__path__)
    if module.name.endswith("_pb2")
]
SERVICES: list[ServiceDescriptor] = [s for m in _MODULES for s in m.DESCRIPTOR.services_by_name.values()]
METHODS: list[MethodDescriptor] = [m for service in SERVICES for m in service.methods]
MESSAGES: dict[str, Descriptor] = {k: v for m in _MODULES for k, v in m.DESCRIPTOR.message_types_by_name.items()}
ENUMS: list[EnumDescriptor] = [e for m in _MODULES for e in m.DESCRIPTOR.enum_types_by_name.values()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """Something in a proto file that a reader can point at."""

    kind: str
    name: str
    comment: str
    descriptor: object


@dataclass(frozen=True, slots=True, kw_only=True)
class RestCall:
    """What the annotations of a method say about HTTP."""

    verb: str
    host: str
    path: str
    body: str
    response_body: str
    retry: str

    @property
    def variables(self) -> list[str]:
        return [part.partition("}")[0] for part in self.path.split("{")[1:]]


def buf(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BUF, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def rest_call(method: MethodDescriptor) -> RestCall | None:
    """The REST call behind a method; None where there is none."""
    options = method.GetOptions()
    if not options.HasExtension(annotations_pb2.http):
        return None
    rule = options.Extensions[annotations_pb2.http]
    verb = rule.WhichOneof("pattern")
    return RestCall(
        verb=verb.upper(),
        host=method.containing_service.GetOptions().Extensions[client_pb2.default_host],
        path=getattr(rule, verb),
        body=rule.body,
        response_body=rule.response_body,
        retry=retry_class(method),
    )


def retry_class(method: MethodDescriptor) -> str:
    level = method.GetOptions().idempotency_level
    return "-" if level == pb.MethodOptions.IDEMPOTENCY_UNKNOWN else pb.MethodOptions.IdempotencyLevel.Name(level)


def behaviors(field: FieldDescriptor) -> set[str]:
    values = field.GetOptions().Extensions[field_behavior_pb2.field_behavior]
    return {field_behavior_pb2.FieldBehavior.Name(value) for value in values}


def reachable(message: Descriptor, seen: set[str]) -> set[str]:
    """Names of the contract's messages that a message can hold, itself included."""
    if message.file.package == PACKAGE and message.full_name not in seen:
        seen.add(message.full_name)
        for field in message.fields:
            if field.message_type:
                reachable(field.message_type, seen)
    return seen


def requests() -> set[str]:
    """Full names of the messages that a caller may send."""
    names: set[str] = set()
    for method in METHODS:
        reachable(method.input_type, names)
    return names


def elements(image: pb.FileDescriptorSet) -> Iterator[Element]:
    """Every element of the contract's files, map entries excepted, with the comment above it."""
    for file in image.file:
        if file.package != PACKAGE:
            continue
        comments = {tuple(place.path): place.leading_comments for place in file.source_code_info.location}
        for index, message in enumerate(file.message_type):
            yield from _message(message, (4, index), comments)
        for index, enum in enumerate(file.enum_type):
            yield Element(kind="enum", name=enum.name, comment=comments.get((5, index), ""), descriptor=enum)
            yield from _parts("value", enum.name, enum.value, (5, index, 2), comments)
        for index, service in enumerate(file.service):
            yield Element(kind="service", name=service.name, comment=comments.get((6, index), ""), descriptor=service)
            yield from _parts("method", service.name, service.method, (6, index, 2), comments)


def _message(
    message: pb.DescriptorProto, path: tuple[int, ...], comments: dict[tuple[int, ...], str]
) -> Iterator[Element]:
    yield Element(kind="message", name=message.name, comment=comments.get(path, ""), descriptor=message)
    yield from _parts("field", message.name, message.field, (*path, 2), comments)
    synthetic = {field.oneof_index for field in message.field if field.proto3_optional}
    for index, oneof in enumerate(message.oneof_decl):
        if index not in synthetic:
            comment = comments.get((*path, 8, index), "")
            yield Element(kind="oneof", name=f"{message.name}.{oneof.name}", comment=comment, descriptor=oneof)


def _parts(
    kind: str,
    owner: str,
    parts: Iterable[pb.FieldDescriptorProto | pb.EnumValueDescriptorProto | pb.MethodDescriptorProto],
    path: tuple[int, ...],
    comments: dict[tuple[int, ...], str],
) -> Iterator[Element]:
    for index, part in enumerate(parts):
        comment = comments.get((*path, index), "")
        yield Element(kind=kind, name=f"{owner}.{part.name}", comment=comment, descriptor=part)
