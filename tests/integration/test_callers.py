"""Who may call: by token or by certificate, which methods, and what a stranger hears."""

import asyncio
import os
import ssl
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme
from conversation_gateway.v1 import call_options_pb2, message_pb2
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2

from gateway.callers import of_tokens
from gateway.rpc.boundary import Call
from gateway.rpc.entrance import MAX_STRANGERS
from gateway.rpc.tls import ReloadingTls, TlsFiles
from gateway.settings import CallerSettings, Invalid
from gateway.settings.reading import read_table
from gateway.settings.tables import clashes
from tests.grpc_door import GET, SEND, STREAM, Authority, call, open_door
from tests.requirements import require
from tests.rich_status import info

REFLECTION = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"


def hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


APP = CallerSettings(name="app", token_sha256=(hashed("app-1"), hashed("app-2")))
READER = CallerSettings(name="reader", token_sha256=(hashed("reader"),), methods=("MessageService/Get*",))


def send(channel: grpc.aio.Channel) -> Any:
    return channel.unary_unary(SEND)


def follow(channel: grpc.aio.Channel) -> Any:
    return channel.unary_stream(STREAM)


async def refusal(channel: grpc.aio.Channel, path: str = SEND, **how: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(channel, path, **how)
    return caught.value


@pytest.mark.parametrize("token", ["app-1", "app-2"])
async def test_each_of_a_callers_tokens_is_good(token: str) -> None:
    async with open_door(entries=[APP]) as door, grpc.aio.insecure_channel(door.address) as channel:
        answer = await call(channel, token=token)

    assert answer.message_id == "app"


async def test_a_token_without_a_table_may_do_everything_under_a_name_of_its_own() -> None:
    async with (
        open_door(entries=of_tokens([hashed("simple")])) as door,
        grpc.aio.insecure_channel(door.address) as channel,
    ):
        answer = await call(channel, token="simple")

    assert answer.message_id == f"token-{hashed('simple')[:8]}"


STRANGERS = {
    "nothing": ((), "no_credentials"),
    "a wrong token": ((("authorization", "Bearer nobody"),), "unknown_token"),
    "an empty token": ((("authorization", "Bearer "),), "unknown_token"),
    "another scheme": ((("authorization", "Basic app-1"),), "unknown_token"),
    "the hash instead of the token": ((("authorization", f"Bearer {hashed('app-1')}"),), "unknown_token"),
    "two tokens, one of them good": (
        (("authorization", "Bearer nobody"), ("authorization", "Bearer app-1")),
        "unknown_token",
    ),
}


@pytest.mark.parametrize("brought", STRANGERS)
async def test_a_stranger_is_turned_away_and_counted(brought: str) -> None:
    metadata, reason = STRANGERS[brought]
    async with open_door(entries=[APP]) as door, grpc.aio.insecure_channel(door.address) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await send(channel)(b"", timeout=10, metadata=metadata)

    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert info(caught.value).reason == "CALLER_UNKNOWN"
    assert door.refusals == [reason]


async def test_strangers_cannot_tell_what_exists_nor_what_was_wrong_with_what_they_brought() -> None:
    expired = CallerSettings(name="old", token_sha256=(hashed("old"),), expires=datetime(2020, 1, 1, tzinfo=UTC))
    async with open_door(entries=[APP, expired]) as door, grpc.aio.insecure_channel(door.address) as channel:
        heard = {
            (error.code(), error.details(), str(dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")))
            for error in [
                await refusal(channel, "/conversation_gateway.v1.MessageService/NoSuchMethod"),
                await refusal(channel, "/nobody.Knows/It"),
                await refusal(channel, REFLECTION),
                await refusal(channel, "/grpc.health.v1.Health/Check", data=health("nobody.Knows")),
                await refusal(channel, "/grpc.health.v1.Health/Check", data=health("conversation_gateway.v1.X")),
                await refusal(channel, "/grpc.health.v1.Health/List"),
                await refusal(channel, "/nobody.Knows/It", token="old"),
                await refusal(channel, "/nobody.Knows/It", token="nobody"),
            ]
        }

    [(code, _, _)] = heard
    assert code is grpc.StatusCode.UNAUTHENTICATED


def health(service: str) -> bytes:
    return bytes(health_pb2.HealthCheckRequest(service=service).SerializeToString())


async def test_a_caller_whose_time_is_over_is_a_stranger() -> None:
    gone = CallerSettings(name="gone", token_sha256=(hashed("gone"),), expires=datetime(2020, 1, 1, tzinfo=UTC))
    async with open_door(entries=[gone]) as door, grpc.aio.insecure_channel(door.address) as channel:
        error = await refusal(channel, token="gone")

    assert error.code() is grpc.StatusCode.UNAUTHENTICATED
    assert door.refusals == ["expired"]


async def test_a_caller_may_call_what_its_list_allows_and_nothing_else() -> None:
    async with open_door(entries=[READER]) as door, grpc.aio.insecure_channel(door.address) as channel:
        allowed = await call(channel, GET, token="reader")
        error = await refusal(channel, SEND, token="reader")

    assert allowed.message_id == "reader"
    assert error.code() is grpc.StatusCode.PERMISSION_DENIED
    assert info(error).reason == "METHOD_NOT_ALLOWED"
    assert door.refusals == ["method"]


async def test_a_method_list_that_matches_nothing_is_a_mistake() -> None:
    entry = CallerSettings(name="typo", token_sha256=(hashed("x"),), methods=("MesageService/*",))

    with pytest.raises(ValueError, match=r"typo: MesageService/\* matches no method"):
        async with open_door(entries=[entry]):
            pass


async def test_callers_that_are_known_may_use_reflection() -> None:
    async with open_door(entries=[READER]) as door, grpc.aio.insecure_channel(door.address) as channel:
        method: Any = channel.stream_stream(REFLECTION)
        stream = method(timeout=10, metadata=(("authorization", "Bearer reader"),))
        await stream.write(reflection_pb2.ServerReflectionRequest(list_services="").SerializeToString())
        answer = await stream.read()
        stream.cancel()

    assert b"conversation_gateway.v1.MessageService" in answer


async def test_strangers_who_watch_the_health_leave_room_for_callers() -> None:
    request = health_pb2.HealthCheckRequest()
    async with open_door(entries=[READER]) as door, grpc.aio.insecure_channel(door.address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        strangers = [stub.Watch(request) for _ in range(MAX_STRANGERS)]
        for watch in strangers:
            await watch.read()
        refused = await stub.Watch(request).code()
        known = stub.Watch(request, metadata=(("authorization", "Bearer reader"),))
        told = await known.read()
        for watch in (*strangers, known):
            watch.cancel()

    assert refused is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert told.status == health_pb2.HealthCheckResponse.SERVING


async def test_the_health_of_the_process_is_told_to_anyone() -> None:
    async with open_door(entries=[APP]) as door, grpc.aio.insecure_channel(door.address) as channel:
        answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())

    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_a_caller_gets_no_more_urgent_priority_than_its_cap_and_is_told() -> None:
    async def priority(request: message_pb2.SendMessageRequest, _call: Call) -> Message:
        return message_pb2.SendMessageResponse(message_id=str(request.options.priority))

    capped = CallerSettings(name="campaign", token_sha256=(hashed("campaign"),), priority_cap="BULK")
    urgent = message_pb2.SendMessageRequest(
        options=call_options_pb2.CallOptions(priority=call_options_pb2.PRIORITY_URGENT)
    ).SerializeToString()
    async with (
        open_door(behaviour=priority, entries=[capped, APP]) as door,
        grpc.aio.insecure_channel(door.address) as channel,
    ):
        lowered = send(channel)(urgent, metadata=(("authorization", "Bearer campaign"),), timeout=10)
        given = message_pb2.SendMessageResponse.FromString(await lowered).message_id
        trailers = dict(await lowered.trailing_metadata())
        unsaid = await call(channel, token="campaign")
        uncapped = await call(channel, data=urgent, token="app-1")

    assert given == str(call_options_pb2.PRIORITY_BULK)
    assert trailers["x-gateway-priority"] == "BULK"
    assert unsaid.message_id == str(call_options_pb2.PRIORITY_BULK)
    assert uncapped.message_id == str(call_options_pb2.PRIORITY_URGENT)


async def test_callers_change_without_a_restart_and_streams_go_on() -> None:
    successor = CallerSettings(name="successor", token_sha256=(hashed("new"),))
    async with open_door(entries=[APP]) as door, grpc.aio.insecure_channel(door.address) as channel:
        stream = follow(channel)(b"", metadata=(("authorization", "Bearer app-1"),))
        await stream.read()

        door.callers.replace([successor], paths=(SEND, GET, STREAM))
        after = await stream.read()
        stream.cancel()
        new = await call(channel, token="new")
        old = await refusal(channel, token="app-1")

    assert after
    assert new.message_id == "successor"
    assert old.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_taking_the_last_caller_away_lets_nobody_in() -> None:
    async with open_door(entries=[APP]) as door, grpc.aio.insecure_channel(door.address) as channel:
        with pytest.raises(ValueError, match="let everyone in"):
            door.callers.replace([], paths=(SEND, GET, STREAM))
        error = await refusal(channel)

    assert error.code() is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize(
    ("name", "names"),
    [("billing", ("billing.example",)), ("certificate:billing.example", ())],
    ids=["named by a table", "without a table"],
)
async def test_a_client_certificate_says_who_calls(tmp_path: Path, name: str, names: tuple[str, ...]) -> None:
    authority = Authority(tmp_path)
    entries = [CallerSettings(name="billing", certificate_names=names)] if names else []
    certificate = authority.ca.issue_cert("billing.example", common_name="ignored")
    async with (
        open_door(entries=entries, tls=authority.files) as door,
        authority.channel(door.address, certificate) as channel,
    ):
        answer = await call(channel)

    assert answer.message_id == name


async def test_a_certificate_that_no_table_names_is_a_strangers(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    entries = [CallerSettings(name="billing", certificate_names=("billing.example",))]
    certificate = authority.ca.issue_cert("other.example", common_name="billing.example")
    async with (
        open_door(entries=entries, tls=authority.files) as door,
        authority.channel(door.address, certificate) as channel,
    ):
        error = await refusal(channel)

    assert error.code() is grpc.StatusCode.UNAUTHENTICATED
    assert door.refusals == ["unknown_certificate"]


async def test_a_wrong_token_is_not_made_good_by_a_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate = authority.ca.issue_cert("billing.example")
    entries = [CallerSettings(name="billing", certificate_names=("billing.example",))]
    async with (
        open_door(entries=entries, tls=authority.files) as door,
        authority.channel(door.address, certificate) as channel,
    ):
        error = await refusal(channel, token="wrong")

    assert error.code() is grpc.StatusCode.UNAUTHENTICATED


@pytest.fixture
async def mutual_tls(tmp_path: Path) -> AsyncIterator[tuple[Authority, str]]:
    authority = Authority(tmp_path)
    async with open_door(tls=authority.files) as door:
        yield authority, door.address


@pytest.mark.parametrize("shown", ["none", "of another authority"])
async def test_a_wrong_client_certificate_gets_no_connection(
    mutual_tls: tuple[Authority, str], shown: str, tmp_path: Path
) -> None:
    authority, address = mutual_tls
    (tmp_path / "other").mkdir()
    wrong = Authority(tmp_path / "other").ca.issue_cert("billing.example") if shown != "none" else None
    async with authority.channel(address, wrong) as channel:
        error = await refusal(channel)

    assert error.code() is grpc.StatusCode.UNAVAILABLE


async def test_a_new_certificate_is_served_and_streams_on_the_old_one_go_on(mutual_tls: tuple[Authority, str]) -> None:
    authority, address = mutual_tls
    client = authority.ca.issue_cert("billing.example")
    async with authority.channel(address, client) as channel:
        stream = follow(channel)(b"")
        await stream.read()
        before = await served_certificate(address, authority, client)

        renewed = authority.renew()
        after = await served_certificate(address, authority, client)
        still = await stream.read()
        stream.cancel()

    assert before != after
    assert after in renewed.cert_chain_pems[0].bytes().decode()
    assert still


async def served_certificate(address: str, authority: Authority, client: trustme.LeafCert) -> str:
    context = ssl.create_default_context()
    authority.ca.configure_trust(context)
    client.configure_cert(context)
    context.set_alpn_protocols(["h2"])
    port = int(address.rpartition(":")[2])
    _, writer = await asyncio.open_connection("localhost", port, ssl=context)
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()
    return ssl.DER_cert_to_PEM_cert(der).replace("-----END CERTIFICATE-----\n", "").strip()


async def test_a_half_replaced_certificate_changes_nothing(mutual_tls: tuple[Authority, str]) -> None:
    authority, address = mutual_tls
    client = authority.ca.issue_cert("billing.example")
    # The new certificate without its key.
    new = authority.ca.issue_cert("localhost")
    authority.files.certificate.write_bytes(new.cert_chain_pems[0].bytes())
    async with authority.channel(address, client) as channel:
        answer = await call(channel)

    assert answer.message_id == "certificate:billing.example"


@pytest.mark.parametrize("wrong", ["certificate", "key", "client_authorities"])
def test_certificates_that_cannot_be_used_stop_the_start(tmp_path: Path, wrong: str) -> None:
    files: TlsFiles = Authority(tmp_path).files
    path: Path = getattr(files, wrong)
    path.write_text("nonsense")

    with pytest.raises(ValueError, match=str(path)):
        ReloadingTls(files)


@pytest.fixture
def passable_folder() -> Iterator[Path]:
    """A folder that every user may pass through, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.parametrize("member", [True, False], ids=["of the group", "of another group"])
async def test_a_unix_socket_is_for_its_group(passable_folder: Path, *, member: bool) -> None:
    require(os.geteuid() == 0, "only root can become another user")
    path = passable_folder / "gateway.sock"
    connect = f"import socket; socket.socket(socket.AF_UNIX).connect({str(path)!r})"
    async with open_door(address=f"unix:{path}", socket_group=4242):
        process = await asyncio.create_subprocess_exec(
            "/usr/bin/python3", "-c", connect,
            user=4141, group=4242 if member else 4343, extra_groups=[], stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, said = await process.communicate()

    assert (process.returncode == 0) is member
    assert member or b"PermissionError" in said


@pytest.mark.parametrize(
    "wrong", [{"quota_share": 1.5}, {"quota_share": 0}, {"token_sha256": ("abc",)}, {"name": "a:b"}]
)
def test_a_caller_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        read_table(CallerSettings, {"name": "a", "token_sha256": (hashed("a"),)} | wrong)


def test_a_caller_that_nobody_could_ever_be_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody could ever be this caller"):
        CallerSettings(name="a")


def test_two_callers_share_neither_name_nor_token_nor_certificate() -> None:
    twin = CallerSettings(name="app", token_sha256=(hashed("app-1"),), certificate_names=("x",))
    other = CallerSettings(name="other", certificate_names=("x",))

    assert [len(lines) for lines in clashes([APP, twin, other]).values()] == [2, 1]
