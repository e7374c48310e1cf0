"""Start and stop, seen from outside: one clear line when it cannot start, exit 0 when it was asked to go."""

import signal
from pathlib import Path

import grpc
import httpx
import pytest
from conversation_gateway.v1 import event_feed_pb2, event_feed_pb2_grpc, message_pb2, message_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from gateway.listener import SocketPath
from tests.conftest import Environment, SilentHost
from tests.integration.test_send import text
from tests.processes import gateway_process


async def test_sigterm_ends_an_idle_gateway_with_0(environment: Environment) -> None:
    async with gateway_process(environment) as process:
        await process.line("ready")
        process.child.send_signal(signal.SIGTERM)

        code = await process.ended()

    assert code == 0
    assert process.lines[-1]["event"] == "stopped"


async def test_ready_names_every_open_door(environment: Environment) -> None:
    async with gateway_process(environment) as process:
        ready = await process.line("ready")

        async with httpx.AsyncClient() as client:
            probe = await client.get(f"http://{ready['admin']}/readiness")
            hook = await client.get(f"http://{ready['webhooks']}/webhooks/default")

    assert probe.status_code == 200
    assert hook.status_code == 405
    assert not ready["grpc"].endswith(":0")


def behind(host: SilentHost, environment: Environment, **more: str) -> Environment:
    return {**environment, "GATEWAY_CONVERSATION_URL": f"http://{host.address}/{{region}}", **more}


async def test_a_call_in_flight_is_answered_before_the_gateway_goes(
    environment: Environment, silent_host: SilentHost
) -> None:
    slow = behind(silent_host, environment, GATEWAY_MAX_DEADLINE_S="1")
    async with gateway_process(slow) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            call = message_pb2_grpc.MessageServiceStub(channel).SendMessage(text())
            await silent_host.asked.wait()
            process.child.send_signal(signal.SIGTERM)

            code = await call.code()

        assert code is grpc.StatusCode.UNKNOWN
        assert await process.ended() == 0


async def test_a_stream_is_told_its_cursor_before_the_gateway_goes(environment: Environment) -> None:
    async with gateway_process(environment) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            stream = event_feed_pb2_grpc.EventFeedServiceStub(channel).Subscribe(event_feed_pb2.SubscribeRequest())
            opened = await stream.read()
            assert isinstance(opened, event_feed_pb2.SubscribeResponse)
            process.child.send_signal(signal.SIGTERM)

            answers = []
            while isinstance(answer := await stream.read(), event_feed_pb2.SubscribeResponse):
                answers.append(answer)

        assert await stream.code() is grpc.StatusCode.OK
        assert answers[-1].draining.cursor == opened.opened.cursor
        assert await process.ended() == 0


async def test_health_says_not_serving_while_the_gateway_drains(
    environment: Environment, silent_host: SilentHost
) -> None:
    async with gateway_process(behind(silent_host, environment)) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
            before = await watch.read()
            call = message_pb2_grpc.MessageServiceStub(channel).SendMessage(text())
            await silent_host.asked.wait()
            process.child.send_signal(signal.SIGTERM)

            during = await watch.read()
            call.cancel()
            watch.cancel()

    assert before.status == health_pb2.HealthCheckResponse.SERVING
    assert during.status == health_pb2.HealthCheckResponse.NOT_SERVING


async def test_a_watcher_of_health_does_not_use_up_the_grace_of_the_stop(environment: Environment) -> None:
    async with gateway_process({**environment, "GATEWAY_DRAIN_TIMEOUT_S": "600"}) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
            await watch.read()
            process.child.send_signal(signal.SIGTERM)

            code = await process.ended()
            watch.cancel()

    assert code == 0


async def test_ready_is_said_whatever_the_log_level(environment: Environment) -> None:
    async with gateway_process({**environment, "GATEWAY_LOG_LEVEL": "error"}) as process:
        ready = await process.line("ready")

    assert ready["level"] == "info"


async def test_a_file_in_the_place_of_the_socket_is_never_removed(environment: Environment, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    async with gateway_process({**environment, "GATEWAY_GRPC_ADDRESS": f"unix:{precious}"}) as process:
        code = await process.ended()

    assert code == 2
    assert precious.read_text() == "mine"
    assert str(precious) in process.text


def test_a_file_that_came_to_the_sockets_place_later_is_not_removed_either(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")

    with pytest.raises(OSError, match="a file that is no socket"):
        SocketPath.hold(precious)

    assert precious.read_text() == "mine"


async def test_a_state_path_that_cannot_be_used_is_named(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with gateway_process({**environment, "GATEWAY_STATE_URL": f"sqlite://{tmp_path}/file/state.db"}) as process:
        code = await process.ended()

    assert code == 2
    [_, line] = plain_lines(process.text)
    assert line.strip().startswith(f"GATEWAY_STATE_URL lies below {tmp_path}/file, which is no folder")


async def test_a_second_sigterm_does_not_wait(environment: Environment, silent_host: SilentHost) -> None:
    async with gateway_process(behind(silent_host, environment)) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            call = message_pb2_grpc.MessageServiceStub(channel).SendMessage(text())
            await silent_host.asked.wait()
            process.child.send_signal(signal.SIGTERM)
            await process.line("stopping")
            process.child.send_signal(signal.SIGTERM)

            code = await process.ended()
            call.cancel()

    assert code == 1


async def test_a_second_gateway_on_the_same_port_fails_with_one_line(environment: Environment) -> None:
    async with gateway_process(environment) as first:
        address = (await first.line("ready"))["grpc"]
        state = environment["GATEWAY_STATE_URL"] + "2"
        again = {**environment, "GATEWAY_GRPC_ADDRESS": address, "GATEWAY_STATE_URL": state}
        async with gateway_process(again) as second:
            code = await second.ended()

    assert code == 1
    assert plain_lines(second.text) == [f"conversation-gateway: cannot listen on {address}: Address already in use"]


async def test_a_second_gateway_on_the_same_state_file_fails_with_one_line(environment: Environment) -> None:
    async with gateway_process(environment) as first:
        await first.line("ready")
        async with gateway_process(environment) as second:
            code = await second.ended()

    path = environment["GATEWAY_STATE_URL"].removeprefix("sqlite://")
    assert code == 1
    assert plain_lines(second.text) == [f"conversation-gateway: the state file {path} is in use by another process"]


@pytest.mark.parametrize("door", ["WEBHOOK", "ADMIN"])
async def test_a_taken_http_port_fails_with_one_line(
    environment: Environment, silent_host: SilentHost, door: str
) -> None:
    async with gateway_process({**environment, f"GATEWAY_{door}_ADDRESS": silent_host.address}) as process:
        code = await process.ended()

    assert code == 1
    assert len(plain_lines(process.text)) == 1
    assert silent_host.address in process.text


async def test_missing_secrets_stop_the_start_and_are_all_named() -> None:
    async with gateway_process({}) as process:
        code = await process.ended()

    assert code == 2
    for name in ("SINCH_PROJECT_ID", "SINCH_KEY_ID", "SINCH_KEY_SECRET", "GATEWAY_WEBHOOK_SECRET"):
        assert f"{name} is missing" in process.text


async def test_closed_doors_stay_closed(environment: Environment) -> None:
    closed = dict.fromkeys(("GATEWAY_WEBHOOK_ADDRESS", "GATEWAY_ADMIN_ADDRESS", "GATEWAY_WEBHOOK_SECRET"), "")
    async with gateway_process({**environment, **closed}) as process:
        ready = await process.line("ready")

    assert (ready["webhooks"], ready["admin"]) == ("", "")


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
async def test_both_event_loops_serve(environment: Environment, loop: str) -> None:
    async with gateway_process({**environment, "GATEWAY_LOOP": loop}) as process:
        ready = await process.line("ready")
        async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
            response = await message_pb2_grpc.MessageServiceStub(channel).SendMessage(text(), timeout=10)

    assert isinstance(response, message_pb2.SendMessageResponse)
    assert response.message_id


async def test_a_killed_gateway_leaves_nothing_in_the_way_of_the_next(environment: Environment) -> None:
    async with gateway_process(environment) as first:
        await first.line("ready")
        first.child.kill()
        await first.ended()
    async with gateway_process(environment) as second:
        ready = await second.line("ready")

    assert ready["grpc"]


def plain_lines(text: str) -> list[str]:
    """Lines meant for a person, without the log."""
    return [line for line in text.splitlines() if line and not line.startswith("{")]
