"""Every method of the contract is served, and nothing is listed twice."""

import importlib
import pkgutil

import conversation_gateway.v1
import grpc
from google.protobuf.descriptor import FileDescriptor
from grpc_reflection.v1alpha import reflection_pb2

from gateway.upstream import contract
from tests.conftest import RunningGateway


def files() -> list[FileDescriptor]:
    package = conversation_gateway.v1
    names = [module.name for module in pkgutil.iter_modules(package.__path__) if module.name.endswith("_pb2")]
    return [importlib.import_module(f"{package.__name__}.{name}").DESCRIPTOR for name in names]


def test_no_file_with_operations_is_missing_from_the_contract_list() -> None:
    listed = {file.DESCRIPTOR.name for file in contract.FILES}
    calling = {
        file.name
        for file in files()
        if file.services_by_name and file.name.rpartition("/")[2] not in {"event_feed.proto", "raw.proto"}
    }

    assert listed == calling


async def test_every_method_of_the_contract_is_implemented(gateway: RunningGateway) -> None:
    unserved = []
    for file in files():
        for service in file.services_by_name.values():
            for method in service.methods:
                path = f"/{service.full_name}/{method.name}"
                call: grpc.aio.UnaryStreamMultiCallable[bytes, bytes] = gateway.channel.unary_stream(path)
                stream = call(b"\xff", timeout=10)  # undecodable, so that nothing is called
                if await stream.code() is grpc.StatusCode.UNIMPLEMENTED:
                    unserved.append(path)

    assert unserved == []


async def test_reflection_lists_every_service_of_the_contract(gateway: RunningGateway) -> None:
    method = gateway.channel.stream_stream(
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    stream = method(timeout=10)
    await stream.write(reflection_pb2.ServerReflectionRequest(list_services=""))
    answer = await stream.read()
    stream.cancel()

    assert isinstance(answer, reflection_pb2.ServerReflectionResponse)
    listed = {service.name for service in answer.list_services_response.service}
    assert {service.full_name for file in files() for service in file.services_by_name.values()} <= listed
