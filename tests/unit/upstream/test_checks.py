"""What is known to be wrong before anything is sent: everything at once, each by its proto path."""

import asyncio

import pytest
from conversation_gateway.v1 import app_message_pb2, batch_pb2, identity_pb2, message_pb2
from google.protobuf import descriptor_pool

from gateway.clock import Clock
from gateway.errors import Violation
from gateway.upstream import checks, contract, limits
from gateway.upstream.checks import checker_for

Send = message_pb2.SendMessageRequest
# The whole contract, so that the pool knows every message.
assert contract.FILES
run = checker_for(message_pb2.DESCRIPTOR.message_types_by_name["SendMessageRequest"], Clock().now)


def send() -> message_pb2.SendMessageRequest:
    request = Send(message={"text_message": {"text": "Hello"}})
    request.recipient.identified_by.channel_identities.add(channel="SMS", identity="46700000001")
    return request


def check(request: message_pb2.SendMessageRequest) -> list[Violation]:
    async def main() -> list[Violation]:
        return await run(request)

    return asyncio.run(main())


def wrong(request: message_pb2.SendMessageRequest) -> set[str]:
    return {violation.field for violation in check(request)}


def test_a_good_request_has_no_violation() -> None:
    assert check(send()) == []


def test_everything_wrong_is_said_at_once() -> None:
    request = Send(message={"location_message": {"title": "", "coordinates": {}}})
    request.recipient.identified_by.channel_identities.add(channel="SMS")

    assert wrong(request) == {
        "recipient.identified_by.channel_identities[0].identity",
        "message.location_message.title",
        "message.location_message.coordinates.latitude",
        "message.location_message.coordinates.longitude",
    }


def test_zero_is_a_coordinate_and_not_a_missing_one() -> None:
    request = send()
    request.message.location_message.title = "Null Island"
    request.message.location_message.coordinates.latitude = 0.0
    request.message.location_message.coordinates.longitude = 0.0

    assert wrong(request) == set()


def test_a_recipient_has_to_be_of_one_kind() -> None:
    request = send()
    request.recipient.Clear()
    request.recipient.SetInParent()

    assert wrong(request) == {"recipient.recipient"}


def test_a_required_field_below_a_map_is_named_by_its_key() -> None:
    request = send()
    request.message.template_message.channel_template["WHATSAPP"].language_code = "en_US"

    assert wrong(request) == {'message.template_message.channel_template["WHATSAPP"].template_id'}


@pytest.mark.parametrize(("length", "refused"), [(1024, False), (1025, True)])
def test_a_text_may_be_as_long_as_the_api_takes(length: int, refused: bool) -> None:
    request = send()
    request.message_metadata = "x" * length

    assert ("message_metadata" in wrong(request)) is refused


@pytest.mark.parametrize(("count", "refused"), [(10, False), (11, True)])
def test_a_list_may_hold_as_many_as_the_api_takes(count: int, refused: bool) -> None:
    request = send()
    for _ in range(count):
        request.message.choice_message.choices.add().text_message.text = "Yes"

    assert ("message.choice_message.choices" in wrong(request)) is refused


def test_a_property_value_may_be_as_long_as_the_api_takes() -> None:
    request = send()
    request.channel_properties["SMS_SENDER"] = "x" * 1025

    assert wrong(request) == {'channel_properties["SMS_SENDER"]'}


def test_a_channel_to_be_tried_needs_an_identity() -> None:
    request = send()
    request.channel_priority_order.extend(["WHATSAPP", "SMS"])

    assert wrong(request) == {"channel_priority_order[0]"}


def test_the_channels_of_a_contact_are_not_known_here() -> None:
    request = send()
    request.recipient.contact_id = "01CONTACT"
    request.channel_priority_order.append("WHATSAPP")

    assert wrong(request) == set()


async def test_the_event_loop_runs_while_a_thousand_recipients_are_checked() -> None:
    request = batch_pb2.SendBatchRequest(app_id="a", message={"text_message": {"text": "Hello"}})
    for number in range(1000):
        request.recipient_and_params.add().recipient.contact_id = str(number)
    request.recipient_and_params[900].recipient.Clear()
    check_batch = checker_for(batch_pb2.DESCRIPTOR.message_types_by_name["SendBatchRequest"], Clock().now)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    found = await check_batch(request)
    counting.cancel()

    assert [violation.field for violation in found] == ["recipient_and_params[900].recipient.recipient"]
    assert turns >= 5


@pytest.mark.parametrize("field", ["channel_identities", "cards", "channel_priority_order"])
def test_a_list_of_absurd_length_is_refused_without_being_walked_through(field: str) -> None:
    request = send()
    if field == "channel_identities":
        request.recipient.identified_by.channel_identities.extend([identity_pb2.ChannelRecipientIdentity()] * 100_000)
    elif field == "cards":
        request.message.carousel_message.cards.extend([app_message_pb2.CardMessage()] * 100_000)
    else:
        request.channel_priority_order.extend(["SMS"] * 100_000)

    found = check(request)

    assert len(found) == 1
    assert found[0].field.endswith(field)


def test_the_list_of_what_is_wrong_has_an_end() -> None:
    request = batch_pb2.SendBatchRequest(app_id="a", message={"text_message": {"text": "Hello"}})
    for _ in range(1000):
        request.recipient_and_params.add().recipient.SetInParent()
    check_batch = checker_for(batch_pb2.DESCRIPTOR.message_types_by_name["SendBatchRequest"], Clock().now)

    async def main() -> list[Violation]:
        return await check_batch(request)

    assert len(asyncio.run(main())) == 32


def test_no_value_is_quoted_in_a_description() -> None:
    request = send()
    request.message_metadata = "canary" * 1000
    request.channel_properties["SMS_SENDER"] = "canary" * 1000

    assert "canary" not in str(check(request))


def test_every_limit_is_about_a_field_of_the_contract() -> None:
    pool = descriptor_pool.Default()
    for name in (*limits.CHARACTERS, *limits.ELEMENTS, *limits.VALUE_CHARACTERS, *limits.RANGES):
        pool.FindFieldByName(f"conversation_gateway.v1.{name}")
    for message, oneof in limits.NEEDED_ONEOFS.items():
        assert oneof in pool.FindMessageTypeByName(f"conversation_gateway.v1.{message}").oneofs_by_name


def test_a_type_is_compiled_once_for_all_requests_that_hold_it(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    monkeypatch.setattr(checks, "_Checker", lambda descriptor: compiled.append(descriptor.name))

    checker_for(message_pb2.DESCRIPTOR.message_types_by_name["SendMessageRequest"], Clock().now)

    assert compiled == []
