"""`RawService`: off unless the settings enable it."""

from collections.abc import Iterable

import grpc
from conversation_gateway.v1 import raw_pb2
from google.protobuf.message import Message

from gateway.errors import CallerError, Violation
from gateway.rpc.boundary import Boundary, Call, Handler
from gateway.rpc.passthrough import answered
from gateway.upstream import raw
from gateway.upstream.call import Caller
from gateway.upstream.callback_urls import check_raw_callback_url


def handlers(*, calls: Caller, boundary: Boundary, enabled: bool, hosts: Iterable[str]) -> dict[str, Handler]:
    """The one handler of the service, by gRPC path."""
    allowed = frozenset(hosts)
    operations = {key: calls.operation(method) for key, method in raw.methods()}

    async def behaviour(request: raw_pb2.CallRequest, call: Call) -> Message:
        if not enabled:
            raise CallerError(
                "raw calls are switched off; GATEWAY_RAW_CALLS=true enables them",
                reason="RAW_CALL_DISABLED",
                code=grpc.StatusCode.UNIMPLEMENTED,
            )
        operation = operations.get((request.host, request.method))
        if operation is None:
            raise CallerError.invalid(_wrong(request))
        check_raw_callback_url(request, allowed)
        return answered(await calls.call(operation, request, call.deadline, caller=call.peer), call)

    return {raw.PATH: boundary.unary(raw.PATH, raw_pb2.CallRequest, behaviour)}


def _wrong(request: raw_pb2.CallRequest) -> list[Violation]:
    violations = []
    if request.host not in raw.HOSTS:
        violations.append(Violation(field="host", description="is required: one of the hosts of RawHost"))
    if request.method not in raw.EFFECTS:
        violations.append(Violation(field="method", description=f"is none of {', '.join(raw.EFFECTS)}"))
    return violations
