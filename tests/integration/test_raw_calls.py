"""Operations that the contract lacks, through the same token and verdicts, when the settings allow it."""

import grpc
import orjson
import pytest
from conversation_gateway.v1 import raw_pb2, raw_pb2_grpc

from gateway.simulator.server import Simulator
from tests.conftest import RunningGateway, StartGateway
from tests.rich_status import info, violations


def listing(**changes: object) -> raw_pb2.CallRequest:
    request = raw_pb2.CallRequest(
        method="GET", host=raw_pb2.RAW_HOST_CONVERSATION, path="/v1/projects/demo-project/contacts"
    )
    for name, value in changes.items():
        setattr(request, name, value)
    return request


async def call(gateway: RunningGateway, request: raw_pb2.CallRequest) -> raw_pb2.CallResponse:
    return await raw_pb2_grpc.RawServiceStub(gateway.channel).Call(request, timeout=10)


async def refusal(gateway: RunningGateway, request: raw_pb2.CallRequest) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(gateway, request)
    return caught.value


async def test_raw_calls_are_off_by_default(gateway: RunningGateway, simulator: Simulator) -> None:
    error = await refusal(gateway, listing())

    assert error.code() is grpc.StatusCode.UNIMPLEMENTED
    assert info(error).reason == "RAW_CALL_DISABLED"
    assert simulator.requests == []


async def test_a_raw_call_reaches_the_api_with_its_query_and_answers_its_json(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    request = listing()
    request.query.add(name="page_size", value="2")
    request.query.add(name="identity", value="+46 7&0")

    async with start_gateway(GATEWAY_RAW_CALLS="true") as gateway:
        response = await call(gateway, request)

    assert response.http_status == 200
    assert "contacts" in orjson.loads(response.json)
    assert simulator.requests[-1].query == "page_size=2&identity=%2B46+7%260"


async def test_a_raw_body_is_passed_on_byte_for_byte(start_gateway: StartGateway, simulator: Simulator) -> None:
    body = '{ "language" : "EN",  "channel_identities": [{"channel":"SMS","identity":"46700000001"}] }'
    request = listing(method="POST", json=body)

    async with start_gateway(GATEWAY_RAW_CALLS="true") as gateway:
        response = await call(gateway, request)

    assert response.http_status == 200
    assert simulator.requests[-1].body == body.encode()


async def test_a_path_outside_the_project_is_refused_without_a_call(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    request = listing(path="/v1/projects/demo-project/../other/contacts")

    async with start_gateway(GATEWAY_RAW_CALLS="true") as gateway:
        error = await refusal(gateway, request)

    assert error.code() is grpc.StatusCode.PERMISSION_DENIED
    assert info(error).reason == "RAW_CALL_FORBIDDEN"
    assert simulator.requests == []


async def test_host_verb_and_body_are_checked(start_gateway: StartGateway, simulator: Simulator) -> None:
    async with start_gateway(GATEWAY_RAW_CALLS="true") as gateway:
        neither = await refusal(gateway, listing(method="TRACE", host=raw_pb2.RAW_HOST_UNSPECIFIED))
        no_json = await refusal(gateway, listing(method="POST", json="{"))

    assert violations(neither).keys() == {"host", "method"}
    assert violations(no_json).keys() == {"json"}
    assert simulator.requests == []


async def test_an_error_of_the_api_is_judged_like_any_other(start_gateway: StartGateway) -> None:
    request = listing(path="/v1/projects/demo-project/contacts/nobody")

    async with start_gateway(GATEWAY_RAW_CALLS="true") as gateway:
        error = await refusal(gateway, request)

    assert error.code() is grpc.StatusCode.NOT_FOUND
