"""Batches and bulk calls, from the RPC through the API's own time to the event feed."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import grpc
import pytest
from conversation_gateway.v1 import (
    batch_pb2,
    batch_pb2_grpc,
    consent_pb2,
    consent_pb2_grpc,
    contact_pb2,
    contact_pb2_grpc,
    webhook_pb2,
    webhook_pb2_grpc,
)
from conversation_gateway.v1 import event_feed_pb2 as feed_pb

from gateway.simulator.options import AppOptions, SimulatorOptions
from gateway.simulator.server import Simulator
from tests.conftest import APP_ID, WEBHOOK_SECRET, RunningGateway
from tests.integration.test_receipts import follow
from tests.patience import PATIENCE_S
from tests.rich_status import violations

# Quoted, because only type checkers tell the two kinds of stub apart.
Batches: TypeAlias = "batch_pb2_grpc.BatchServiceAsyncStub"


@pytest.fixture
def simulator_options() -> SimulatorOptions:
    """An app that has contacts."""
    return SimulatorOptions(apps=(AppOptions(APP_ID, processing_mode="CONVERSATION"),), receipt_delay_s=0.01)


@pytest.fixture
def batches(gateway: RunningGateway) -> Batches:
    return batch_pb2_grpc.BatchServiceStub(gateway.channel)


def greeting(*names: str) -> batch_pb2.SendBatchRequest:
    request = batch_pb2.SendBatchRequest(message={"text_message": {"text": "Dear ${name}"}})
    request.batch_metadata.update({"campaign": "spring"})
    for index, name in enumerate(names):
        row = request.recipient_and_params.add(parameters={"name": name})
        identity = f"4670000{index:04d}"
        row.recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity=identity)
    return request


def tomorrow(request: batch_pb2.SendBatchRequest) -> batch_pb2.SendBatchRequest:
    request.send_after.FromDatetime(datetime.now(UTC) + timedelta(days=1))
    return request


async def register(gateway: RunningGateway, *triggers: str) -> None:
    target = f"http://{gateway.addresses.webhooks}/webhooks/default"
    webhook = webhook_pb2.NewWebhook(
        app_id=APP_ID, target=target, target_type="HTTP", secret=WEBHOOK_SECRET, triggers=triggers
    )
    stub = webhook_pb2_grpc.WebhookServiceStub(gateway.channel)
    await stub.CreateWebhook(webhook_pb2.CreateWebhookRequest(webhook=webhook), timeout=10)


async def first_events(gateway: RunningGateway, count: int) -> list[feed_pb.FeedEvent]:
    events: list[feed_pb.FeedEvent] = []
    async with asyncio.timeout(PATIENCE_S):
        async for event in follow(gateway, feed_pb.SubscribeRequest(earliest={})):
            events.append(event)
            if len(events) == count:
                break
    return events


async def test_a_batch_is_sent_and_its_end_comes_as_an_event(gateway: RunningGateway, batches: Batches) -> None:
    await register(gateway, "BATCH_STATUS_UPDATE")

    sent = await batches.SendBatch(greeting("Ada", "Bob"), timeout=10)
    (event,) = await first_events(gateway, 1)
    status = await batches.GetBatchStatus(batch_pb2.GetBatchStatusRequest(batch_id=sent.batch_id), timeout=10)

    told = event.batch_status_update_notification
    assert (told.batch_id, told.batch_status) == (sent.batch_id, "BATCH_STATUS_PROCESSED")
    assert told.additional_data.message_batch_data.batch_metadata["campaign"] == "spring"
    assert status.batch.status == "PROCESSED"


async def test_a_scheduled_batch_can_be_cancelled_and_says_so(
    gateway: RunningGateway, batches: Batches, simulator: Simulator
) -> None:
    await register(gateway, "BATCH_STATUS_UPDATE", "MESSAGE_DELIVERY")
    sent = await batches.SendBatch(tomorrow(greeting("Ada")), timeout=10)
    wanted = batch_pb2.GetBatchStatusRequest(batch_id=sent.batch_id)
    before = await batches.GetBatchStatus(wanted, timeout=10)

    await batches.CancelBatch(batch_pb2.CancelBatchRequest(batch_id=sent.batch_id), timeout=10)
    simulator.advance(2 * 24 * 3600)
    (event,) = await first_events(gateway, 1)
    after = await batches.GetBatchStatus(wanted, timeout=10)

    assert (before.batch.status, after.batch.status) == ("SCHEDULED", "CANCELLED")
    assert event.batch_status_update_notification.batch_status == "BATCH_STATUS_CANCELLED"


async def test_a_batch_goes_out_at_its_time(gateway: RunningGateway, batches: Batches, simulator: Simulator) -> None:
    await register(gateway, "BATCH_STATUS_UPDATE")
    sent = await batches.SendBatch(tomorrow(greeting("Ada")), timeout=10)

    simulator.advance(24 * 3600 + 301)
    (event,) = await first_events(gateway, 1)

    assert event.batch_status_update_notification.batch_id == sent.batch_id
    assert event.batch_status_update_notification.batch_status == "BATCH_STATUS_PROCESSED"


async def test_batches_are_found_by_an_entry_of_their_metadata(
    batches: Batches,
) -> None:
    spring = await batches.SendBatch(tomorrow(greeting("Ada")), timeout=10)
    autumn = tomorrow(greeting("Ada"))
    autumn.batch_metadata.update({"campaign": "autumn"})
    await batches.SendBatch(autumn, timeout=10)

    found = await batches.GetBatchStatusByMetadata(
        batch_pb2.GetBatchStatusByMetadataRequest(metadataKey="campaign", metadataValue="spring"), timeout=10
    )

    assert [batch.batch_id for batch in found.batches] == [spring.batch_id]


async def test_contacts_are_created_and_deleted_in_bulk(gateway: RunningGateway, batches: Batches) -> None:
    await register(gateway, "CONTACT_CREATE", "CONTACT_DELETE")
    request = batch_pb2.CreateContactsRequest()
    for number in range(3):
        contact = request.contacts.add(display_name=f"c{number}", language="EN")
        contact.channel_identities.add(channel="SMS", identity=f"4670000{number:04d}")

    await batches.CreateContacts(request, timeout=10)
    created = [event.contact_create_notification.contact.id for event in await first_events(gateway, 3)]
    await batches.DeleteContacts(batch_pb2.DeleteContactsRequest(contact_ids=created[:2]), timeout=10)
    deleted = [event.contact_delete_notification.contact.id for event in (await first_events(gateway, 5))[3:]]

    left = await contact_pb2_grpc.ContactServiceStub(gateway.channel).ListContacts(contact_pb2.ListContactsRequest())
    assert sorted(deleted) == sorted(created[:2])
    assert [contact.id for contact in left.contacts] == created[2:]


async def test_consents_are_inserted_in_bulk(gateway: RunningGateway, batches: Batches) -> None:
    request = batch_pb2.InsertConsentsRequest()
    for number in range(3):
        request.consent_records.add(identification=f"4670000{number:04d}", consent_type="OPT_OUT_ALL")

    await batches.InsertConsents(request, timeout=10)

    listed = await consent_pb2_grpc.ConsentServiceStub(gateway.channel).ListIdentitiesFromConsent(
        consent_pb2.ListIdentitiesFromConsentRequest(list_type="OPT_OUT_ALL"), timeout=10
    )
    assert [entry.identity for entry in listed.identities] == [r.identification for r in request.consent_records]


async def test_a_batch_that_is_wrong_is_refused_before_it_is_sent(batches: Batches, simulator: Simulator) -> None:
    request = greeting("Ada", "Bob", "Eve")
    request.recipient_and_params[2].parameters.clear()
    request.send_after.FromDatetime(datetime.now(UTC) + timedelta(days=8))

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await batches.SendBatch(request, timeout=10)

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert set(violations(caught.value)) == {"send_after", "recipient_and_params[2].parameters"}
    assert [recorded for recorded in simulator.requests if recorded.host == "batch"] == []
