"""Whoever has opted out is not written to, whatever told of it; and a refusal costs nothing and names nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from conversation_gateway.v1 import (
    batch_pb2,
    batch_pb2_grpc,
    message_pb2,
    message_pb2_grpc,
    webhook_pb2,
    webhook_pb2_grpc,
)

from gateway.app import Addresses
from gateway.simulator.server import Simulator
from tests.conftest import APP_ID, EU_APP_ID, WEBHOOK_SECRET, Environment, RunningGateway, StartGateway
from tests.integration.test_large_batch import outcomes, rows, start
from tests.integration.test_large_batch import send as send_large
from tests.integration.test_message_stream import until_metric
from tests.integration.test_metrics import scrape
from tests.patience import PATIENCE_S
from tests.processes import Process, gateway_process
from tests.rich_status import info, violations
from tests.simulator_faults import arrived, behave, misbehave, tell

NUMBER = "46700000077"
PASSED = (grpc.StatusCode.OK, "")
OPTED_OUT = (grpc.StatusCode.FAILED_PRECONDITION, "RECIPIENT_OPTED_OUT")
ENFORCE = {"GATEWAY_CONSENT_GATE": "enforce"}
TRIGGERS = ("MESSAGE_INBOUND", "OPT_IN", "OPT_OUT")


@pytest.fixture
async def enforcing(start_gateway: StartGateway) -> AsyncIterator[RunningGateway]:
    """A gateway that refuses, and hears what recipients say."""
    async with start_gateway(**ENFORCE) as gateway:
        await register(gateway)
        yield gateway


async def register(gateway: RunningGateway) -> None:
    target = f"http://{gateway.addresses.webhooks}/webhooks/default"
    webhook = webhook_pb2.NewWebhook(
        app_id=APP_ID, target=target, target_type="HTTP", secret=WEBHOOK_SECRET, triggers=TRIGGERS
    )
    stub = webhook_pb2_grpc.WebhookServiceStub(gateway.channel)
    await stub.CreateWebhook(webhook_pb2.CreateWebhookRequest(webhook=webhook))


def to(*identities: str, channels: tuple[str, ...] = ("SMS", "WHATSAPP"), **fields: Any) -> Any:
    request = message_pb2.SendMessageRequest(message={"text_message": {"text": "Hello"}}, **fields)
    for channel, identity in zip(channels, identities, strict=False):
        request.recipient.identified_by.channel_identities.add(channel=channel, identity=identity)
    return request


async def send(gateway: RunningGateway, request: Any) -> dict[str, str]:
    """Send; the trailers."""
    call = message_pb2_grpc.MessageServiceStub(gateway.channel).SendMessage(request, timeout=10)
    await call
    return {key: str(value) for key, value in await call.trailing_metadata()}


async def refusal(gateway: RunningGateway, request: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await send(gateway, request)
    return caught.value


async def verdict(gateway: RunningGateway, request: Any) -> tuple[grpc.StatusCode, str]:
    try:
        await send(gateway, request)
    except grpc.aio.AioRpcError as error:
        return error.code(), info(error).reason
    return grpc.StatusCode.OK, ""


async def until(gateway: RunningGateway, expected: tuple[grpc.StatusCode, str], request: Any) -> None:
    """Wait until a send that is not carried out would end like this."""
    request.options.validate_only = True
    async with asyncio.timeout(PATIENCE_S):
        while await verdict(gateway, request) != expected:
            pass


async def says(simulator: Simulator, text: str, **fields: str) -> None:
    await tell(simulator, "inbound", {"app_id": APP_ID, "channel": "SMS", "identity": NUMBER, "text": text, **fields})


async def emits(simulator: Simulator, trigger: str, **payload: str) -> None:
    body = {"channel": "VIBERBM", "identity": NUMBER, "status": f"{trigger}_SUCCEEDED", **payload}
    await tell(
        simulator,
        "emit",
        {"app_id": APP_ID, "trigger": trigger, "payload": {f"{trigger.lower()}_notification": body}},
    )


async def list_at_api(gateway: RunningGateway, *identities: str, list_type: str = "OPT_OUT_ALL") -> None:
    request = batch_pb2.InsertConsentsRequest(app_id=APP_ID)
    for identity in identities:
        request.consent_records.add(identification=identity, consent_type=list_type)
    await batch_pb2_grpc.BatchServiceStub(gateway.channel).InsertConsents(request)


def sent(simulator: Simulator) -> int:
    return arrived(simulator, "POST", "/messages:send")


def lose_the_log(folder: Path) -> None:
    for file in folder.glob("state.db*"):
        if not file.name.startswith("state.db.consents"):
            file.unlink()


def kept_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("state.db.consents*"))


async def permits(gateway: RunningGateway) -> float:
    found = await scrape(gateway)
    return sum(value for series, value in found.items() if series.startswith("gateway_rate_limit_permits_total"))


async def connected(process: Process, stack: AsyncExitStack) -> RunningGateway:
    ready = await process.line("ready")
    addresses = Addresses(**{name: ready[name] for name in ("grpc", "webhooks", "admin", "control")})
    return RunningGateway(addresses, await stack.enter_async_context(grpc.aio.insecure_channel(addresses.grpc)))


async def test_whoever_writes_stop_is_written_to_no_more(enforcing: RunningGateway, simulator: Simulator) -> None:
    await says(simulator, "Stop!")
    await until(enforcing, OPTED_OUT, to(NUMBER))

    error = await refusal(enforcing, to(NUMBER))

    assert (error.code(), info(error).reason) == OPTED_OUT
    assert list(violations(error)) == ["recipient.identified_by.channel_identities[0]"]
    assert sent(simulator) == 0


async def test_start_lifts_it(enforcing: RunningGateway, simulator: Simulator) -> None:
    await says(simulator, "stop")
    await until(enforcing, OPTED_OUT, to(NUMBER))
    await says(simulator, "START")
    await until(enforcing, PASSED, to(NUMBER))

    await send(enforcing, to(NUMBER))

    assert sent(simulator) == 1


async def test_the_event_of_a_channel_counts_on_that_channel(enforcing: RunningGateway, simulator: Simulator) -> None:
    viber = to(NUMBER, channels=("VIBERBM",))
    await emits(simulator, "OPT_OUT")
    await until(enforcing, OPTED_OUT, viber)

    by_sms = await verdict(enforcing, to(NUMBER))

    assert by_sms == PASSED
    await emits(simulator, "OPT_IN")
    await until(enforcing, PASSED, viber)


async def test_a_contact_is_known_by_what_it_said(enforcing: RunningGateway, simulator: Simulator) -> None:
    await emits(simulator, "OPT_OUT", contact_id="CONTACT-1", identity="")
    request = to()
    request.recipient.contact_id = "CONTACT-1"

    await until(enforcing, OPTED_OUT, request)


async def test_a_failed_opt_out_changes_nothing(enforcing: RunningGateway, simulator: Simulator) -> None:
    await emits(simulator, "OPT_OUT", status="OPT_OUT_FAILED")
    await emits(simulator, "OPT_OUT", identity="46700000078")
    await until(enforcing, OPTED_OUT, to("46700000078", channels=("VIBERBM",)))

    assert await verdict(enforcing, to(NUMBER, channels=("VIBERBM",))) == PASSED


@pytest.mark.parametrize("spelling", [f"+{NUMBER}", NUMBER, "+46 70 000 00 77"])
async def test_a_number_is_the_same_however_it_is_written(
    enforcing: RunningGateway, simulator: Simulator, spelling: str
) -> None:
    await says(simulator, "STOP")

    await until(enforcing, OPTED_OUT, to(spelling))


async def test_one_address_that_opted_out_stops_a_message_that_could_reach_it(
    enforcing: RunningGateway, simulator: Simulator
) -> None:
    await says(simulator, "STOP")
    await until(enforcing, OPTED_OUT, to(NUMBER))

    both = await refusal(enforcing, to("46700000001", NUMBER, channels=("WHATSAPP", "SMS")))
    other = await verdict(
        enforcing, to("46700000001", NUMBER, channels=("WHATSAPP", "SMS"), channel_priority_order=["WHATSAPP"])
    )

    assert list(violations(both)) == ["recipient.identified_by.channel_identities[1]"]
    assert other == PASSED


async def test_the_lists_of_the_api_are_read_to_their_end_before_the_first_send(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    many = [f"+467001{number:05d}" for number in range(120)]
    async with start_gateway() as gateway:
        await list_at_api(gateway, *many)

    async with start_gateway(**ENFORCE) as gateway:
        verdicts = [await verdict(gateway, to(number.lstrip("+"))) for number in (many[0], many[-1], NUMBER)]

    assert verdicts == [OPTED_OUT, OPTED_OUT, PASSED]
    assert sent(simulator) == 1


async def test_the_lists_of_the_api_are_read_again(start_gateway: StartGateway) -> None:
    async with start_gateway(**ENFORCE, GATEWAY_CONSENT_REFRESH_S="1") as gateway:
        await send(gateway, to(NUMBER))
        await list_at_api(gateway, NUMBER)

        await until(gateway, OPTED_OUT, to(NUMBER))


async def test_a_list_is_for_its_kind_of_content(start_gateway: StartGateway) -> None:
    async with start_gateway() as gateway:
        await list_at_api(gateway, NUMBER, list_type="OPT_OUT_MARKETING")
    kinds = ("CONTENT_MARKETING", "CONTENT_NOTIFICATION", "CONTENT_UNKNOWN")

    async with start_gateway(**ENFORCE) as gateway:
        verdicts = [await verdict(gateway, to(NUMBER, message_content_type=kind)) for kind in kinds]

    assert verdicts == [OPTED_OUT, PASSED, PASSED]


async def test_lists_that_cannot_be_read_close_the_gate_until_they_can(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    await misbehave(simulator, {"path": "*/consents/*"}, {"status": 503})

    async with start_gateway(**ENFORCE, GATEWAY_CONSENT_REFRESH_S="1") as gateway:
        error = await refusal(gateway, to(NUMBER))
        await behave(simulator)
        await until(gateway, PASSED, to(NUMBER))

    assert (error.code(), info(error).reason) == (grpc.StatusCode.UNAVAILABLE, "CONSENTS_UNKNOWN")
    assert "grpc-retry-pushback-ms" in dict(error.trailing_metadata() or ())


async def test_the_settings_may_leave_the_gate_open_meanwhile(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    await misbehave(simulator, {"path": "*/consents/*"}, {"status": 503})

    async with start_gateway(**ENFORCE, GATEWAY_CONSENT_UNKNOWN="send") as gateway:
        assert await verdict(gateway, to(NUMBER)) == PASSED


async def test_an_app_without_lists_goes_by_what_recipients_say(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    await misbehave(simulator, {"path": "*/consents/*"}, {"status": 404})

    async with start_gateway(**ENFORCE) as gateway:
        await register(gateway)
        first = await verdict(gateway, to(NUMBER))
        await emits(simulator, "OPT_OUT", channel="SMS")
        await until(gateway, OPTED_OUT, to(NUMBER))

    assert first == PASSED


async def test_an_opt_out_outlives_the_log_that_told_of_it(
    start_gateway: StartGateway, simulator: Simulator, tmp_path: Path
) -> None:
    async with start_gateway(**ENFORCE) as gateway:
        await register(gateway)
        await emits(simulator, "OPT_OUT", channel="SMS")
        await until(gateway, OPTED_OUT, to(NUMBER))
    lose_the_log(tmp_path)

    async with start_gateway(**ENFORCE) as gateway:
        assert await verdict(gateway, to(NUMBER)) == OPTED_OUT


async def test_an_opt_out_outlives_a_crash_and_no_number_comes_out(
    environment: Environment, simulator: Simulator, tmp_path: Path
) -> None:
    said: list[str] = []
    settings = {**environment, **ENFORCE, "GATEWAY_LOG_LEVEL": "debug"}
    async with gateway_process(settings) as process, AsyncExitStack() as stack:
        gateway = await connected(process, stack)
        await register(gateway)
        await emits(simulator, "OPT_OUT", channel="SMS")
        await until(gateway, OPTED_OUT, to(NUMBER))
        process.child.kill()
        await process.ended()
        said.append(process.text)

    async with gateway_process(settings) as process, AsyncExitStack() as stack:
        gateway = await connected(process, stack)
        error = await refusal(gateway, to(NUMBER))
        said.append(f"{error!r} {error.trailing_metadata()}")
        async with httpx.AsyncClient() as client:
            said.append((await client.get(f"http://{gateway.addresses.admin}/metrics")).text)
        process.child.terminate()
        await process.ended()
        said.append(process.text)

    kept = kept_bytes(tmp_path)
    assert info(error).reason == "RECIPIENT_OPTED_OUT"
    assert NUMBER not in " ".join(said)
    assert NUMBER.encode() not in kept
    assert 'gateway_consent_verdicts_total{verdict="refused"} 1.0' in said[2]


async def test_a_refusal_takes_no_permit(enforcing: RunningGateway, simulator: Simulator) -> None:
    await says(simulator, "STOP")
    await until(enforcing, OPTED_OUT, to(NUMBER))
    before = await permits(enforcing)

    await refusal(enforcing, to(NUMBER))

    assert await permits(enforcing) == before


async def test_a_warning_sends_and_says_so(start_gateway: StartGateway, simulator: Simulator) -> None:
    async with start_gateway(GATEWAY_CONSENT_GATE="warn") as gateway:
        await register(gateway)
        await says(simulator, "STOP")
        await until_metric(gateway, "gateway_consent_entries", 1)

        trailers = await send(gateway, to(NUMBER))
        other = await send(gateway, to("46700000001"))
        found = await scrape(gateway)

    assert trailers["x-gateway-consent"] == "warned"
    assert "x-gateway-consent" not in other
    assert found['gateway_consent_verdicts_total{verdict="warned"}'] == 1


async def test_what_is_urgent_may_pass_unless_it_is_marketing(
    start_gateway: StartGateway, simulator: Simulator
) -> None:
    async with start_gateway(**ENFORCE, GATEWAY_CONSENT_URGENT_EXEMPT="true") as gateway:
        await register(gateway)
        await says(simulator, "STOP")
        await until(gateway, OPTED_OUT, to(NUMBER))
        urgent: dict[str, Any] = {"options": {"priority": "PRIORITY_URGENT"}}

        trailers = await send(gateway, to(NUMBER, **urgent))
        marketing = await verdict(gateway, to(NUMBER, **urgent, message_content_type="CONTENT_MARKETING"))

    assert trailers["x-gateway-consent"] == "exempt"
    assert marketing == OPTED_OUT


async def test_each_app_has_its_own_gate_and_its_own_list(
    start_gateway: StartGateway, simulator: Simulator, tmp_path: Path
) -> None:
    file = tmp_path / "gateway.toml"
    app = '[[projects.apps]]\napp_id = "{}"\nregion = "{}"\nconsent = "{}"\n'
    project = '[[projects]]\nproject_id = "demo-project"\n'
    file.write_text(project + app.format(APP_ID, "us", "enforce") + app.format(EU_APP_ID, "eu", "off"))
    async with start_gateway(GATEWAY_CONFIG_FILE=str(file)) as gateway:
        await register(gateway)
        await says(simulator, "STOP")
        await until(gateway, OPTED_OUT, to(NUMBER))

        assert await verdict(gateway, to(NUMBER, app_id=EU_APP_ID)) == PASSED


async def test_an_answer_that_was_given_is_repeated_whoever_opted_out_since(
    enforcing: RunningGateway, simulator: Simulator
) -> None:
    request = to(NUMBER, options={"request_id": "order-1"})
    await send(enforcing, request)
    await says(simulator, "STOP")
    await until(enforcing, OPTED_OUT, to(NUMBER))

    trailers = await send(enforcing, request)

    assert trailers["x-gateway-replayed"] == "true"


async def test_a_refused_request_id_is_free_again(enforcing: RunningGateway, simulator: Simulator) -> None:
    await says(simulator, "STOP")
    await until(enforcing, OPTED_OUT, to(NUMBER))
    await refusal(enforcing, to(NUMBER, options={"request_id": "order-2"}))
    await says(simulator, "START")
    await until(enforcing, PASSED, to(NUMBER))

    trailers = await send(enforcing, to(NUMBER, options={"request_id": "order-2"}))

    assert "x-gateway-replayed" not in trailers


async def test_a_batch_is_refused_by_the_index_of_whom_to_leave_out(
    enforcing: RunningGateway, simulator: Simulator
) -> None:
    await says(simulator, "STOP", identity="46700000002")
    await until(enforcing, OPTED_OUT, to("46700000002"))
    batch = batch_pb2.SendBatchRequest(message={"text_message": {"text": "Hello"}})
    for number in range(5):
        batch.recipient_and_params.add().recipient.identified_by.channel_identities.add(
            channel="SMS", identity=f"4670000000{number}"
        )

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await batch_pb2_grpc.BatchServiceStub(enforcing.channel).SendBatch(batch)

    path = "recipient_and_params[2].recipient.identified_by.channel_identities[0]"
    assert (caught.value.code(), list(violations(caught.value))) == (OPTED_OUT[0], [path])
    assert arrived(simulator, "POST", "/batches") == 0


async def test_a_large_batch_leaves_out_whoever_opted_out(enforcing: RunningGateway, simulator: Simulator) -> None:
    await says(simulator, "STOP", identity="4670000003", channel="WHATSAPP")
    await until(enforcing, OPTED_OUT, to("4670000003", channels=("WHATSAPP",)))

    got, _ = await send_large(enforcing.channel, [start(), rows(range(10))])

    (outcome,) = outcomes(got)
    refused = [(each.index, each.reason) for each in outcome.refused_recipients]
    assert refused == [(3, "RECIPIENT_OPTED_OUT")]
    assert (got[-1].progress.accepted_count, got[-1].progress.refused_count) == (9, 1)
