"""Webhooks are what was declared, however often and by however many that is said, and whatever fails in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from conversation_gateway.v1 import webhook_pb2 as pb
from conversation_gateway.v1 import webhook_pb2_grpc

from gateway.simulator.options import AppOptions, SimulatorOptions
from gateway.simulator.server import Simulator
from gateway.webhooks.spellings import TRIGGERS
from tests.conftest import APP_ID, EU_APP_ID, WEBHOOK_SECRET, Environment, RunningGateway, StartGateway
from tests.processes import Process, gateway_process
from tests.rich_status import info, violations
from tests.simulator_faults import arrived, behave, misbehave
from tests.unit.test_watched_file import mounted, swap

OTHER_APP_ID = "01DEM0APP00000000000000002"
TARGET = "https://gateway.example.com/webhooks/default"
CREATED, UPDATED, UNCHANGED = pb.WEBHOOK_CHANGE_CREATED, pb.WEBHOOK_CHANGE_UPDATED, pb.WEBHOOK_CHANGE_UNCHANGED


@pytest.fixture
def simulator_options() -> SimulatorOptions:
    return SimulatorOptions(apps=(AppOptions(APP_ID), AppOptions(OTHER_APP_ID), AppOptions(EU_APP_ID, "eu")))


def desired(target: str = TARGET, **fields: Any) -> pb.DesiredWebhook:
    return pb.DesiredWebhook(target=target, **fields)


async def ensure(channel: grpc.aio.Channel, *webhooks: pb.DesiredWebhook, **fields: Any) -> list[pb.EnsuredWebhook]:
    request = pb.EnsureWebhooksRequest(webhooks=webhooks or [desired()], **fields)
    answer = await webhook_pb2_grpc.WebhookServiceStub(channel).EnsureWebhooks(request, timeout=10)
    return list(answer.webhooks)


async def refused(channel: grpc.aio.Channel, *webhooks: pb.DesiredWebhook, **fields: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await ensure(channel, *webhooks, **fields)
    return caught.value


async def register(channel: grpc.aio.Channel, target: str, **fields: Any) -> pb.Webhook:
    webhook = pb.NewWebhook(app_id=APP_ID, target=target, **fields)
    stub = webhook_pb2_grpc.WebhookServiceStub(channel)
    return (await stub.CreateWebhook(pb.CreateWebhookRequest(webhook=webhook))).webhook


async def registered(channel: grpc.aio.Channel, app_id: str = APP_ID, region: str = "us") -> list[pb.Webhook]:
    request = pb.ListWebhooksRequest(app_id=app_id, options={"region": region})
    return list((await webhook_pb2_grpc.WebhookServiceStub(channel).ListWebhooks(request)).webhooks)


@asynccontextmanager
async def channel_to(process: Process) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel((await process.line("ready"))["grpc"]) as channel:
        yield channel


def writes(simulator: Simulator) -> int:
    return sum(1 for each in simulator.requests if each.method in {"POST", "PATCH"} and "/webhooks" in each.path)


async def test_a_missing_webhook_is_created_with_the_gateways_secret_and_every_trigger(gateway: RunningGateway) -> None:
    (ensured,) = await ensure(gateway.channel)

    (webhook,) = await registered(gateway.channel)
    assert (ensured.app_id, ensured.target, ensured.change) == (APP_ID, TARGET, CREATED)
    assert ensured.webhook_id == webhook.id
    assert (webhook.target, webhook.target_type, webhook.secret) == (TARGET, "HTTP", WEBHOOK_SECRET)
    assert set(webhook.triggers) == set(TRIGGERS)


async def test_a_second_time_nothing_is_changed(gateway: RunningGateway, simulator: Simulator) -> None:
    (first,) = await ensure(gateway.channel)
    before = writes(simulator)

    (second,) = await ensure(gateway.channel)

    assert (second.change, second.webhook_id, list(second.changed_fields)) == (UNCHANGED, first.webhook_id, [])
    assert writes(simulator) == before


@pytest.mark.parametrize(
    ("drift", "changed"),
    [
        ({"target_type": "DISMISS", "secret": WEBHOOK_SECRET, "triggers": ["OPT_IN", "OPT_OUT"]}, ["target_type"]),
        ({"target_type": "HTTP", "secret": "another", "triggers": ["OPT_OUT", "OPT_IN"]}, ["secret"]),
        ({"target_type": "HTTP", "triggers": ["OPT_OUT", "OPT_IN"]}, ["secret"]),
        ({"target_type": "HTTP", "secret": WEBHOOK_SECRET, "triggers": ["OPT_IN"]}, ["triggers"]),
        ({"triggers": ["CAPABILITY"]}, ["target_type", "triggers", "secret"]),
    ],
)
async def test_what_differs_is_corrected_and_named(
    gateway: RunningGateway, drift: dict[str, Any], changed: list[str]
) -> None:
    there = await register(gateway.channel, TARGET, **drift)

    (ensured,) = await ensure(gateway.channel, desired(triggers=["OPT_IN", "OPT_OUT"]))

    (webhook,) = await registered(gateway.channel)
    assert (ensured.change, ensured.webhook_id, list(ensured.changed_fields)) == (UPDATED, there.id, changed)
    assert (webhook.target_type, webhook.secret) == ("HTTP", WEBHOOK_SECRET)
    assert set(webhook.triggers) == {"OPT_IN", "OPT_OUT"}


async def test_the_webhooks_of_others_stay_as_they_are(gateway: RunningGateway) -> None:
    elsewhere = [
        await register(gateway.channel, target, target_type="DISMISS", secret="theirs")
        for target in ("https://crm.example.com/webhooks/default", TARGET + "/", TARGET + "?a=b")
    ]

    await ensure(gateway.channel)

    there = await registered(gateway.channel)
    assert there[:3] == elsewhere
    assert [each.target for each in there[3:]] == [TARGET]


async def test_a_sixth_webhook_is_refused_before_anything_is_changed(
    gateway: RunningGateway, simulator: Simulator
) -> None:
    for number in range(4):
        await register(gateway.channel, f"https://{number}.example.com/")
    before = writes(simulator)

    wanted = [desired(app_id=OTHER_APP_ID), desired(), desired("https://b.example.com/webhooks/default")]
    error = await refused(gateway.channel, *wanted)

    assert (error.code(), info(error).reason) == (grpc.StatusCode.FAILED_PRECONDITION, "WEBHOOK_LIMIT_REACHED")
    told = {name: info(error).metadata[name] for name in ("app_id", "registered_count", "missing_count", "limit")}
    assert told == {"app_id": APP_ID, "registered_count": "4", "missing_count": "2", "limit": "5"}
    assert writes(simulator) == before


async def test_an_app_that_is_full_can_still_be_corrected(gateway: RunningGateway) -> None:
    for number in range(4):
        await register(gateway.channel, f"https://{number}.example.com/")
    await register(gateway.channel, TARGET)

    (ensured,) = await ensure(gateway.channel)

    assert ensured.change == UPDATED


async def test_any_number_of_runs_at_the_same_time_make_one_webhook(gateway: RunningGateway) -> None:
    answers = await asyncio.gather(*(ensure(gateway.channel) for _ in range(10)))

    (webhook,) = await registered(gateway.channel)
    assert {each.webhook_id for (each,) in answers} == {webhook.id}
    assert sorted(each.change for (each,) in answers) == [CREATED] + [UNCHANGED] * 9


async def test_a_create_whose_answer_is_lost_is_found_again(gateway: RunningGateway, simulator: Simulator) -> None:
    lost = {"processed": True, "ending": "reset"}
    await misbehave(simulator, {"method": "POST", "path": "webhooks", "nth": [1]}, lost)

    (ensured,) = await ensure(gateway.channel)

    (webhook,) = await registered(gateway.channel)
    assert ensured.webhook_id == webhook.id
    assert arrived(simulator, "POST", "/webhooks") == 2


async def test_a_create_that_the_api_refuses_says_so(gateway: RunningGateway, simulator: Simulator) -> None:
    await misbehave(simulator, {"method": "POST", "path": "webhooks"}, {"status": 400})

    error = await refused(gateway.channel)

    assert (error.code(), info(error).reason) == (grpc.StatusCode.INVALID_ARGUMENT, "UPSTREAM_INVALID_ARGUMENT")


async def test_a_repeat_completes_what_failed_in_the_middle(gateway: RunningGateway, simulator: Simulator) -> None:
    wanted = [desired(), desired(app_id=OTHER_APP_ID)]
    await misbehave(simulator, {"path": "webhooks", "app_id": OTHER_APP_ID}, {"status": 501})
    error = await refused(gateway.channel, *wanted)
    await behave(simulator)

    again = await ensure(gateway.channel, *wanted)

    assert error.code() is grpc.StatusCode.INTERNAL
    assert [each.change for each in again] == [UNCHANGED, CREATED]


async def test_a_restart_completes_what_a_kill_has_interrupted(environment: Environment, simulator: Simulator) -> None:
    wanted = [desired(), desired(app_id=OTHER_APP_ID)]
    await misbehave(simulator, {"path": "webhooks", "app_id": OTHER_APP_ID}, {"ending": "hang"})
    async with gateway_process(environment) as process, channel_to(process) as channel:
        first = asyncio.ensure_future(ensure(channel, *wanted))
        await simulator.wait_until(lambda _: arrived(simulator, "POST", "/webhooks") == 2)
        process.child.kill()
        with pytest.raises(grpc.aio.AioRpcError):
            await first
    await behave(simulator)

    async with gateway_process(environment) as process, channel_to(process) as channel:
        again = await ensure(channel, *wanted)

    assert [each.change for each in again] == [UNCHANGED, CREATED]


async def test_a_dry_run_says_what_it_would_do_and_does_nothing(gateway: RunningGateway, simulator: Simulator) -> None:
    there = await register(gateway.channel, TARGET, target_type="HTTP", secret=WEBHOOK_SECRET)
    before = writes(simulator)

    told = await ensure(gateway.channel, desired(), desired("https://b.example.com/webhooks/default"), dry_run=True)

    assert [(each.change, each.webhook_id) for each in told] == [(UPDATED, there.id), (CREATED, "")]
    assert list(told[0].changed_fields) == ["triggers"]
    assert writes(simulator) == before


async def test_only_checking_asks_nobody(gateway: RunningGateway, simulator: Simulator) -> None:
    before = len(simulator.requests)

    answer = await ensure(gateway.channel, options={"validate_only": True})
    error = await refused(gateway.channel, options={"validate_only": True, "region": "mars"})

    assert answer == []
    assert violations(error).keys() == {"options.region"}
    assert len(simulator.requests) == before


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("https://gateway.example.com/webhooks/unheard-of", "WEBHOOK_UNKNOWN"),
        ("https://gateway.example.com/elsewhere", "WEBHOOK_UNKNOWN"),
        ("https://gateway.example.com/webhooks/default/", "WEBHOOK_UNKNOWN"),
        ("http://gateway.example.com/webhooks/default", "INVALID_REQUEST"),
        ("https://me:secret@gateway.example.com/webhooks/default", "INVALID_REQUEST"),
        ("https://gateway.example.com/webhooks/default#part", "INVALID_REQUEST"),
        ("https://gateway.example.com:port/webhooks/default", "INVALID_REQUEST"),
        ("/webhooks/default", "INVALID_REQUEST"),
        ("https://gateway.example.com/" + "x" * 800 + "/webhooks/default", "INVALID_REQUEST"),
        ("", "REQUIRED_FIELD_MISSING"),
    ],
)
async def test_a_target_that_cannot_lead_here_is_refused_at_once(
    gateway: RunningGateway, simulator: Simulator, target: str, reason: str
) -> None:
    error = await refused(gateway.channel, desired(), desired(target))

    assert (error.code(), info(error).reason) == (grpc.StatusCode.INVALID_ARGUMENT, reason)
    assert violations(error).keys() == {"webhooks[1].target"}
    assert simulator.requests == []
    assert "secret" not in (error.details() or "")


async def test_everything_else_that_is_wrong_is_named_at_once(start_gateway: StartGateway) -> None:
    wanted = [desired(app_id=APP_ID), desired(app_id=APP_ID), desired(webhook="unheard-of", triggers=["OPT_IN", ""])]
    async with start_gateway(SINCH_APP_ID="") as gateway:
        error = await refused(gateway.channel, *wanted, prove=True, dry_run=True)
        foreign = await refused(gateway.channel, project_id="somebody-else")
        none = await refused(gateway.channel, *[desired()] * 101)

    assert violations(error).keys() == {
        "webhooks[1].target",
        "webhooks[2].app_id",
        "webhooks[2].webhook",
        "webhooks[2].triggers",
        "prove",
    }
    assert info(foreign).reason == "PROJECT_UNKNOWN"
    assert violations(none).keys() == {"webhooks"}


async def test_a_named_webhook_may_be_behind_any_path(gateway: RunningGateway) -> None:
    await ensure(gateway.channel, desired("https://api.example.com/sinch/in", webhook="default"))

    (webhook,) = await registered(gateway.channel)
    assert (webhook.target, webhook.secret) == ("https://api.example.com/sinch/in", WEBHOOK_SECRET)


async def test_an_app_of_another_region_is_corrected_where_it_lives(
    start_gateway: StartGateway, tmp_path: Path
) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text(f"""
        [[projects]]
        project_id = "demo-project"
        apps = [{{ app_id = "{EU_APP_ID}", region = "eu" }}]
    """)
    wanted = desired(app_id=EU_APP_ID, triggers=["OPT_IN"])
    async with start_gateway(GATEWAY_CONFIG_FILE=str(file)) as gateway:
        await ensure(gateway.channel, wanted)
        (ensured,) = await ensure(gateway.channel, desired(app_id=EU_APP_ID, triggers=["OPT_OUT"]))
        (webhook,) = await registered(gateway.channel, EU_APP_ID, "eu")

    assert (ensured.change, list(webhook.triggers)) == (UPDATED, ["OPT_OUT"])


async def test_a_webhook_that_needs_no_signature_keeps_whatever_secret_it_has(start_gateway: StartGateway) -> None:
    async with start_gateway(GATEWAY_WEBHOOK_SECRET="", GATEWAY_WEBHOOK_UNSIGNED="true") as gateway:
        await register(gateway.channel, TARGET, target_type="HTTP", secret="theirs", triggers=TRIGGERS)
        ensured = await ensure(gateway.channel, desired(), desired("https://b.example.com/webhooks/default"))
        there = await registered(gateway.channel)

    assert [each.change for each in ensured] == [UNCHANGED, CREATED]
    assert [each.secret for each in there] == ["theirs", ""]


async def test_a_gateway_that_has_not_got_the_secret_registers_nothing(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    async with start_gateway(GATEWAY_WEBHOOK_SECRET="", GATEWAY_WEBHOOK_ADDRESS="") as gateway:
        error = await refused(gateway.channel)

    assert info(error).reason == "WEBHOOK_UNKNOWN"
    assert "no secret" in violations(error)["webhooks[0].target"]
    assert simulator.requests == []


async def test_a_rotation_is_completed_with_the_secret_of_now(
    environment: Environment, simulator: Simulator, tmp_path: Path
) -> None:
    file = mounted(tmp_path, "planted-old")
    settings = {**environment, "GATEWAY_WEBHOOK_SECRET_FILE": str(file), "GATEWAY_REREAD_S": "0.02"}
    del settings["GATEWAY_WEBHOOK_SECRET"]

    async with gateway_process({**settings, "GATEWAY_LOG_LEVEL": "debug"}) as process, channel_to(process) as channel:
        (before,) = await ensure(channel)
        swap(tmp_path, "planted-new,planted-old")
        await process.line("webhook_secrets_replaced")
        (after,) = await ensure(channel)
        (webhook,) = await registered(channel)
        await misbehave(simulator, {"method": "POST"}, {"status": 403, "message": "not with 'planted-new'"})
        error = await refused(channel, desired("https://b.example.com/webhooks/default"))

    assert (before.change, after.change, list(after.changed_fields)) == (CREATED, UPDATED, ["secret"])
    assert webhook.secret == "planted-new"
    assert "planted" not in f"{before} {after} {error!r} {error.trailing_metadata()} {process.text}"
