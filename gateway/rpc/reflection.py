"""gRPC reflection, v1 and v1alpha: tools then need no proto files. Strangers are told nothing."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

import grpc
from grpc_health.v1 import health
from grpc_reflection.v1alpha import reflection, reflection_pb2

from gateway.errors import GatewayError
from gateway.rpc import status
from gateway.rpc.entrance import Entrance

# Wire-identical to v1alpha; the package serves only that one (grpc/grpc#38576).
V1 = "grpc.reflection.v1.ServerReflection"
SERVICES = (reflection.SERVICE_NAME, V1)


def handlers(services: Iterable[str], entrance: Entrance) -> Mapping[str, Any]:
    """The methods of either version; the v1 name is not listed, for its descriptor is in no pool."""
    servicer = reflection.aio.ReflectionServicer((*services, health.SERVICE_NAME, reflection.SERVICE_NAME))

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
