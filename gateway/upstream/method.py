"""An operation of the API, read from the annotations of its `rpc`: there is no second table.

`google.api.http` says verb, path, body and query by its published rules, with one deviation: a field of type
`CallOptions` never takes part. `idempotency_level` is the retry class.
"""

import enum
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from google.api import annotations_pb2, client_pb2
from google.api.http_pb2 import HttpRule
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor, MethodDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from gateway.errors import CallerError, Violation
from gateway.mapping import MappingError, UnreadableJson, body_writer_for, decoder_for, loads, query_encoder_for
from gateway.upstream.exchange import InboundResponse

OPTIONS_TYPE = "conversation_gateway.v1.CallOptions"
_VERBS = ("get", "put", "post", "delete", "patch")
_VARIABLE = re.compile(r"\{(\w+)\}")
# Nearly every id: what a path takes as it is (RFC 3986, section 2.3).
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+")
# The first label of `google.api.default_host` names the host class.
_HOST_CLASSES = {"conversation": "conversation", "conversationbatch": "batch", "template": "template"}


class Effect(enum.Enum):
    """What a repetition can do, which decides what may be retried."""

    READ = "no side effects"
    IDEMPOTENT = "repeating changes nothing more"
    ONCE = "a repetition may send or create twice"


class UnreadableAnswer(Exception):
    """The body of an answer is not what the operation answers with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One pass-through operation: how its request is written and its answer is read."""

    path: str
    """gRPC path, `/package.Service/Method`."""
    host: str
    """Host class: `conversation`, `batch` or `template`."""
    verb: str
    template: str
    """REST path with its variables in braces; a route's name in metrics and spans."""
    effect: Effect
    request: Descriptor
    request_class: type[Message]
    response_class: type[Message]
    write_target: Callable[[Message], str]
    write_body: Callable[[Message], Awaitable[bytes]] | None
    read: Callable[[InboundResponse], Message]
    """Raises `UnreadableAnswer`."""

    async def encode(self, request: Message) -> tuple[str, bytes]:
        """Path with query, and body; raises `CallerError` naming the field the wire cannot carry."""
        target = self.write_target(request)
        try:
            return target, await self.write_body(request) if self.write_body else b""
        except MappingError as error:
            raise CallerError.invalid([Violation(field=error.field_path, description=error.description)]) from None


def methods_of(file: FileDescriptor) -> Iterator[Method]:
    """Every method of a file that carries a `google.api.http` rule."""
    for service in file.services_by_name.values():
        for method in service.methods:
            if method.GetOptions().HasExtension(annotations_pb2.http):
                yield compile_method(method)


def compile_method(descriptor: MethodDescriptor) -> Method:
    """Read the annotations of one `rpc`, once; what comes out does no reflection per call."""
    options = descriptor.GetOptions()
    rule: HttpRule = options.Extensions[annotations_pb2.http]
    verb = next(verb for verb in _VERBS if getattr(rule, verb))
    template = getattr(rule, verb)
    host = descriptor.containing_service.GetOptions().Extensions[client_pb2.default_host]
    return Method(
        path=f"/{descriptor.containing_service.full_name}/{descriptor.name}",
        host=_HOST_CLASSES[host.partition(".")[0]],
        verb=verb.upper(),
        template=template,
        effect=_effect(options),
        request=descriptor.input_type,
        request_class=GetMessageClass(descriptor.input_type),
        response_class=GetMessageClass(descriptor.output_type),
        write_target=_target_writer(descriptor.input_type, template, rule.body),
        write_body=_body_writer(descriptor.input_type, template, rule.body),
        read=_reader(descriptor.output_type, rule.response_body),
    )


def _effect(options: MethodOptions) -> Effect:
    level = options.idempotency_level
    if level == MethodOptions.NO_SIDE_EFFECTS:
        return Effect.READ
    return Effect.IDEMPOTENT if level == MethodOptions.IDEMPOTENT else Effect.ONCE


def _outside_body(request: Descriptor, template: str) -> frozenset[str]:
    """Fields that never travel in body or query: path variables and the gateway's own options."""
    options = {f.name for f in request.fields if f.message_type and f.message_type.full_name == OPTIONS_TYPE}
    return frozenset(options | set(_VARIABLE.findall(template)))


def _target_writer(request: Descriptor, template: str, body: str) -> Callable[[Message], str]:
    variables = _VARIABLE.findall(template)
    pattern = _VARIABLE.sub("%s", template.replace("%", "%%"))
    query = None
    if body != "*":
        omit = _outside_body(request, template) | ({body} if body else set())
        if any(field.name not in omit for field in request.fields):
            query = query_encoder_for(request, omit=omit)

    def write(message: Message) -> str:
        violations = [_segment_violation(name) for name in variables if getattr(message, name) in {"", ".", ".."}]
        if violations:
            raise CallerError.invalid(violations)
        target = pattern % tuple([_quoted(getattr(message, name)) for name in variables])
        pairs = query(message) if query else ()
        return f"{target}?{urlencode(pairs)}" if pairs else target

    return write


def _quoted(segment: str) -> str:
    return segment if _UNRESERVED.fullmatch(segment) else quote(segment, safe="")


def _segment_violation(field: str) -> Violation:
    return Violation(field=field, description="must not be empty, and cannot be a dot segment: it is part of the path")


def _body_writer(request: Descriptor, template: str, body: str) -> Callable[[Message], Awaitable[bytes]] | None:
    if not body:
        return None
    if body == "*":
        return body_writer_for(request, omit=_outside_body(request, template))
    target = request.fields_by_name[body].message_type
    if target is None:
        raise TypeError(f"{request.full_name}.{body} is no message, so it cannot be a body")
    write = body_writer_for(target)

    async def write_field(message: Message) -> bytes:
        try:
            return await write(getattr(message, body))
        except MappingError as error:
            raise error.below(body) from None

    return write_field


def _reader(response: Descriptor, response_body: str) -> Callable[[InboundResponse], Message]:
    response_class = GetMessageClass(response)
    decode = decoder_for(response_class)
    array = bool(response_body) and _is_repeated(response.fields_by_name[response_body])

    def read(answer: InboundResponse) -> Message:
        # Deletes and the like answer with nothing at all, or with `{}` (api/endpoints.md, Common rules).
        if not answer.body.strip():
            return response_class()
        try:
            value = loads(answer.body)
        except UnreadableJson:
            raise UnreadableAnswer from None
        if not isinstance(value, list if array else dict):
            raise UnreadableAnswer
        return decode({response_body: value} if response_body else value).message

    return read


def _is_repeated(field: FieldDescriptor) -> bool:
    return bool(field.is_repeated)
