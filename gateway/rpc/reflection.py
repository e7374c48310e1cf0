"""gRPC reflection, v1 and v1alpha: tools then need no proto files. Strangers are told nothing."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

import grpc
from google.protobuf import descriptor_pool
from grpc_health.v1 import health
from grpc_reflection.v1alpha import reflection, reflection_pb2

from gateway.errors import GatewayError
from gateway.rpc import status
from gateway.rpc.entrance import Entrance

# Wire-identical to v1alpha; the package serves only that one (grpc/grpc#38576).
V1 = "grpc.reflection.v1.ServerReflection"
SERVICES = (reflection.SERVICE_NAME, V1)


class _Symbols:
    """The descriptors, where a method is found by its name too: Python's pool knows none, and tools ask for it."""

    def __init__(self) -> None:
        self._pool: Any = descriptor_pool.Default()

    def FindFileContainingSymbol(self, symbol: str) -> Any:  # noqa: N802 - the pool's own name
        try:
            return self._pool.FindFileContainingSymbol(symbol)
        except KeyError:
            service, _, method = symbol.rpartition(".")
            return self._pool.FindServiceByName(service).methods_by_name[method].containing_service.file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)


def handlers(services: Iterable[str], entrance: Entrance) -> Mapping[str, Any]:
    """The methods of either version; the v1 name is not listed, for its descriptor is in no pool."""
    names = (*services, health.SERVICE_NAME, reflection.SERVICE_NAME)
    servicer = reflection.aio.ReflectionServicer(names, pool=_Symbols())

    async def answer(requests: Any, context: Any) -> AsyncIterator[Any]:
        try:
            with entrance.admit("", context, "side_streams"):
                async for response in servicer.ServerReflectionInfo(requests, context):
                    yield response
        except GatewayError as error:
            await status.abort(context, error)

    handler = grpc.stream_stream_rpc_method_handler(
        answer,
        request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
        response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
    )
    return {"ServerReflectionInfo": handler}
