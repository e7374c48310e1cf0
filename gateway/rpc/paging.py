"""Lists as streams: `StreamMessages` and the like read every page of the list that their request holds.

Which list that is follows from the descriptors: the type of the request's field `list` is the list's own request.
"""

from collections.abc import AsyncGenerator, Iterable, Mapping
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from gateway.errors import CallerError, UpstreamError, Violation
from gateway.rpc.boundary import Boundary, Call, Handler
from gateway.upstream.call import Caller, Operation

LIST = "list"
TOKEN = "next_page_token"  # noqa: S105 - the name of a field


def handlers(operations: Iterable[Operation], *, calls: Caller, boundary: Boundary) -> dict[str, Handler]:
    """One server-streaming handler per stream whose list is among the operations, by gRPC path."""
    lists = {operation.method.request.full_name: operation for operation in operations}
    streams: dict[str, Handler] = {}
    for operation in lists.values():
        file = operation.method.request.file
        for service in file.services_by_name.values():
            for method in service.methods:
                paged = _list_of(method, lists)
                if paged is operation:
                    path = f"/{service.full_name}/{method.name}"
                    streams[path] = _handler(path, method, paged, calls, boundary)
    return streams


def _list_of(method: MethodDescriptor, lists: Mapping[str, Operation]) -> Operation | None:
    field = method.input_type.fields_by_name.get(LIST)
    target = field.message_type if field is not None else None
    return lists.get(target.full_name) if method.server_streaming and target is not None else None


def _handler(path: str, method: MethodDescriptor, operation: Operation, calls: Caller, boundary: Boundary) -> Handler:
    page_class = GetMessageClass(method.output_type)
    names = [field.name for field in method.output_type.fields]

    async def behaviour(request: Any, call: Call) -> AsyncGenerator[bytes, None]:
        if not request.HasField(LIST):
            raise CallerError.invalid([Violation(field=LIST, description="is required")])
        wanted = request.list
        while True:
            try:
                within = call.deadline.within(boundary.max_deadline_s)
                answer = await calls.call(operation, wanted, within, caller=call.peer)
            except CallerError as error:
                raise error.below(LIST) from None
            page = _page(page_class, names, answer.message)
            yield page.SerializeToString()
            token: str = getattr(page, TOKEN)
            if not token:
                return
            if token == wanted.page_token:
                # Going on would read the same page for ever.
                raise UpstreamError(
                    "the API answered a page with the token of that same page",
                    reason="UPSTREAM_BAD_RESPONSE",
                    code=grpc.StatusCode.INTERNAL,
                )
            wanted.page_token = token

    return boundary.server_stream(path, GetMessageClass(method.input_type), behaviour)


def _page(page_class: type[Message], names: list[str], answer: Message) -> Message:
    values = {name: getattr(answer, name) for name in names}
    return page_class(**values)
