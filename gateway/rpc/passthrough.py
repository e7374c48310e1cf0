"""Handlers of every operation that only passes through: their descriptors are all there is to know."""

from collections.abc import Iterable

from google.protobuf.message import Message

from gateway.rpc.boundary import Boundary, Call, Handler
from gateway.upstream.attempts import Answer
from gateway.upstream.call import Caller, Operation


def handlers(operations: Iterable[Operation], *, calls: Caller, boundary: Boundary) -> dict[str, Handler]:
    """One unary handler per operation, by gRPC path."""
    return {operation.method.path: _handler(operation, calls, boundary) for operation in operations}


def answered(answer: Answer, call: Call) -> Message:
    """The message of an answer; what else is known about it goes into the trailers."""
    call.trailers["x-gateway-attempts"] = str(answer.attempt_count)
    call.trailers["x-gateway-queue-wait-ms"] = str(round(answer.queue_wait_s * 1000))
    if answer.app_queue_eta_s is not None:
        call.trailers["x-gateway-app-queue-eta-s"] = str(round(answer.app_queue_eta_s))
    if answer.replayed:
        call.trailers["x-gateway-replayed"] = "true"
    if answer.upstream_request_id:
        call.trailers["x-gateway-upstream-request-id"] = answer.upstream_request_id
    if answer.consent:
        call.trailers["x-gateway-consent"] = answer.consent
    return answer.message


def _handler(operation: Operation, calls: Caller, boundary: Boundary) -> Handler:
    async def behaviour(request: Message, call: Call) -> Message:
        return answered(await calls.call(operation, request, call.deadline, caller=call.peer), call)

    return boundary.unary(operation.method.path, operation.method.request_class, behaviour)
