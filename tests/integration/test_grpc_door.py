"""The gRPC door by itself: what it serves beside the contract, where it listens, and how calls can end."""

import asyncio
import socket
import stat
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
from conversation_gateway.v1 import message_pb2
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2

from gateway.clock import Clock
from gateway.rpc.boundary import Boundary, Call
from gateway.rpc.server import Door, RpcServer
from gateway.telemetry.metrics import Metrics
from tests.patience import PATIENCE_S
from tests.rich_status import info

PATH = "/conversation_gateway.v1.MessageService/SendMessage"
STREAM = "/conversation_gateway.v1.MessageService/StreamMessages"
Behaviour = Callable[[message_pb2.SendMessageRequest, Call], Awaitable[Message]]


async def echo(_request: message_pb2.SendMessageRequest, _call: Call) -> Message:
    return message_pb2.SendMessageResponse(message_id="echo")


def server(
    behaviour: Behaviour = echo,
    *,
    address: str = "127.0.0.1:0",
    reflection: bool = True,
    metrics: Metrics | None = None,
) -> RpcServer:
    boundary = Boundary(metrics=metrics or Metrics(), clock=Clock(), max_deadline_s=10.0)
    handlers = {PATH: boundary.unary(PATH, message_pb2.SendMessageRequest, behaviour)}
    return RpcServer(
        handlers,
        door=Door(address=address),
        entrance=boundary.entrance,
        reflection_on=reflection,
        idle=boundary.idle,
        drain=boundary.draining.set,
    )


@asynccontextmanager
async def serving(rpc: RpcServer) -> AsyncIterator[grpc.aio.Channel]:
    address = await rpc.start()
    try:
        async with grpc.aio.insecure_channel(address) as channel:
            yield channel
    finally:
        await rpc.stop(1.0)


async def call(channel: grpc.aio.Channel, data: bytes = b"", path: str = PATH) -> bytes:
    multi: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(path)
    return bytes(await multi(data, timeout=10))


async def test_health_is_serving_for_the_server_and_each_service() -> None:
    async with serving(server()) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        answers = [
            await stub.Check(health_pb2.HealthCheckRequest(service=service))
            for service in ("", "conversation_gateway.v1.MessageService")
        ]

    assert [answer.status for answer in answers] == [health_pb2.HealthCheckResponse.SERVING] * 2


async def test_health_of_all_services_is_one_call() -> None:
    async with serving(server()) as channel:
        states = (await health_pb2_grpc.HealthStub(channel).List(health_pb2.HealthListRequest())).statuses

    assert {"", "conversation_gateway.v1.MessageService"} <= set(states)
    assert {state.status for state in states.values()} == {health_pb2.HealthCheckResponse.SERVING}


async def test_health_of_an_unknown_service_is_not_found() -> None:
    async with serving(server()) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service="nobody"))

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def listed_services(channel: grpc.aio.Channel, version: str) -> set[str]:
    method = channel.stream_stream(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    stream = method(timeout=10)
    await stream.write(reflection_pb2.ServerReflectionRequest(list_services=""))
    answer = await stream.read()
    stream.cancel()
    assert isinstance(answer, reflection_pb2.ServerReflectionResponse)
    return {service.name for service in answer.list_services_response.service}


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
async def test_reflection_lists_the_services_in_both_versions(version: str) -> None:
    async with serving(server()) as channel:
        names = await listed_services(channel, version)

    assert {"conversation_gateway.v1.MessageService", "grpc.health.v1.Health"} <= names


async def test_channelz_is_not_served() -> None:
    async with serving(server()) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(channel, path="/grpc.channelz.v1.Channelz/GetServers")

    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert info(caught.value).reason == "METHOD_UNKNOWN"


async def test_reflection_can_be_switched_off() -> None:
    async with serving(server(reflection=False)) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await listed_services(channel, "v1")

    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_second_server_on_the_same_port_fails() -> None:
    first = server()
    address = await first.start()

    with pytest.raises(OSError, match=address):
        await server(address=address).start()

    await first.stop(0)


async def test_a_unix_socket_is_for_owner_and_group_from_its_first_moment(tmp_path: Path) -> None:
    path = tmp_path / "gateway.sock"

    async with serving(server(address=f"unix:{path}")) as channel:
        mode = stat.S_IMODE(path.stat().st_mode)
        answer = await call(channel)

    assert mode == 0o660
    assert message_pb2.SendMessageResponse.FromString(answer).message_id == "echo"
    assert not path.exists()


async def test_a_second_server_cannot_take_a_live_unix_socket_over(tmp_path: Path) -> None:
    address = f"unix:{tmp_path / 'gateway.sock'}"

    async with serving(server(address=address)) as channel:
        with pytest.raises(OSError, match="another gateway listens"):
            await server(address=address).start()
        answer = await call(channel)

    assert answer


async def test_a_unix_socket_left_behind_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "gateway.sock"
    with socket.socket(socket.AF_UNIX) as abandoned:
        abandoned.bind(str(path))

    async with serving(server(address=f"unix:{path}")) as channel:
        answer = await call(channel)

    assert answer


async def test_the_text_of_an_unexpected_exception_never_reaches_the_caller() -> None:
    async def crash(_request: message_pb2.SendMessageRequest, _call: Call) -> Message:
        raise RuntimeError("canary +46700000001")

    async with serving(server(crash)) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(channel)

    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert info(caught.value).reason == "INTERNAL"
    assert "canary" not in f"{caught.value.details()}{caught.value.trailing_metadata()}"


async def test_a_cancelled_call_cancels_its_handler_and_is_counted_as_cancelled() -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def wait(_request: message_pb2.SendMessageRequest, _call: Call) -> Message:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        raise AssertionError

    metrics = Metrics()
    async with serving(server(wait, metrics=metrics)) as channel:
        multi: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(PATH)
        pending = multi(b"")
        async with asyncio.timeout(PATIENCE_S):
            await started.wait()
            pending.cancel()
            await cancelled.wait()

    labels = {
        "grpc_type": "unary",
        "grpc_service": "conversation_gateway.v1.MessageService",
        "grpc_method": "SendMessage",
    }
    assert metrics.registry.get_sample_value("grpc_server_handled_total", {**labels, "grpc_code": "Canceled"}) == 1
    assert metrics.registry.get_sample_value("grpc_server_handled_total", {**labels, "grpc_code": "OK"}) == 0


async def test_a_request_over_the_size_limit_is_refused() -> None:
    async with serving(server()) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(channel, b"x" * (5 * 1024 * 1024))

    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_stream_that_nobody_reads_any_more_is_cancelled_by_cancelling_it() -> None:
    ended = asyncio.Event()

    async def endless(_request: message_pb2.StreamMessagesRequest, _call: Call) -> AsyncGenerator[bytes, None]:
        try:
            while True:
                yield message_pb2.StreamMessagesResponse(next_page_token="more").SerializeToString()
                await asyncio.sleep(0)
        finally:
            ended.set()

    boundary = Boundary(metrics=Metrics(), clock=Clock(), max_deadline_s=10.0)
    handlers = {STREAM: boundary.server_stream(STREAM, message_pb2.StreamMessagesRequest, endless)}
    rpc = RpcServer(
        handlers,
        door=Door(address="127.0.0.1:0"),
        entrance=boundary.entrance,
        reflection_on=False,
        idle=boundary.idle,
        drain=boundary.draining.set,
    )
    async with serving(rpc) as channel:
        multi: grpc.aio.UnaryStreamMultiCallable[bytes, bytes] = channel.unary_stream(STREAM)
        stream = multi(b"")
        await stream.read()
        stream.cancel()
        async with asyncio.timeout(PATIENCE_S):
            await ended.wait()

    assert ended.is_set()
