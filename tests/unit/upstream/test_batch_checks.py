"""What is wrong with a batch before it is sent, by the index of the recipient that it is wrong for."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conversation_gateway.v1 import app_message_pb2, batch_pb2

from gateway.errors import Violation
from gateway.upstream.checks import checker_for

NOW = datetime(2026, 1, 1, tzinfo=UTC)
check = checker_for(batch_pb2.DESCRIPTOR.message_types_by_name["SendBatchRequest"], lambda: NOW)


def batch(text: str, *parameters: dict[str, str]) -> batch_pb2.SendBatchRequest:
    request = batch_pb2.SendBatchRequest(app_id="a", message={"text_message": {"text": text}})
    for given in parameters:
        request.recipient_and_params.add(recipient={"contact_id": "c"}, parameters=given)
    return request


def wrong(request: batch_pb2.SendBatchRequest) -> list[tuple[str, str]]:
    async def main() -> list[Violation]:
        return await check(request)

    return [(violation.field, violation.description) for violation in asyncio.run(main())]


def test_a_batch_whose_placeholders_all_have_values_is_good() -> None:
    request = batch("${a} and ${b}, ${a}", {"a": "1", "b": ""}, {"a": "2", "b": "3"})

    assert wrong(request) == []


def test_a_placeholder_without_a_value_names_the_recipient() -> None:
    request = batch("Dear ${first_name}", {"first_name": "Ada"}, {})

    assert wrong(request) == [
        ("recipient_and_params[1].parameters", "has no value for ${first_name} of the message"),
    ]


def test_a_value_that_the_message_has_no_use_for_names_the_recipient() -> None:
    request = batch("Dear ${name}", {"name": "Ada"}, {"name": "Bob", "nmae": "Bob"})

    assert wrong(request) == [
        ("recipient_and_params[1].parameters", "has a value for ${nmae}, which the message does not hold"),
    ]


@pytest.mark.parametrize(
    "message",
    [
        {"choice_message": {"text_message": {"text": "?"}, "choices": [{"text_message": {"text": "${x}"}}]}},
        {"media_message": {"url": "https://example.com/${x}.png"}},
        {"text_message": {"text": "?"}, "explicit_channel_message": {"SMS": '{"text": "${x}"}'}},
        {
            "text_message": {"text": "?"},
            "channel_specific_message": {"WHATSAPP": {"message_type": "FLOWS", "message": {"a": {"b": ["${x}"]}}}},
        },
    ],
    ids=["list", "url", "map", "free form"],
)
def test_placeholders_are_found_in_whatever_text_of_the_message(message: Any) -> None:
    request = batch("", {"x": "1"}, {})
    request.message.CopyFrom(app_message_pb2.AppMessage(**message))

    assert [field for field, _ in wrong(request)] == ["recipient_and_params[1].parameters"]


@pytest.mark.parametrize("text", ["$x", "${}", "${x", "$ {x}", "{x}"])
def test_what_is_no_placeholder_needs_no_value(text: str) -> None:
    assert wrong(batch(text, {})) == []


def test_a_stored_template_may_be_given_values_for_its_own_text() -> None:
    request = batch("", {"inside": "1"})
    request.message.template_message.omni_template.template_id = "t"
    request.message.template_message.omni_template.version = "1"

    assert wrong(request) == []


@pytest.mark.parametrize("name", ["message_metadata", "conversation_metadata"])
def test_the_key_that_is_the_apis_own_is_refused_in_either_metadata(name: str) -> None:
    request = batch("Hello", {}, {})
    getattr(request, name).update({"_batch_id": "mine"})
    getattr(request.recipient_and_params[1], name).update({"_batch_id": "mine"})

    assert [field for field, _ in wrong(request)] == [name, f"recipient_and_params[1].{name}"]


def test_a_batch_may_wait_seven_days_and_no_longer() -> None:
    in_time, late = batch("Hello", {}), batch("Hello", {})
    in_time.send_after.FromDatetime(NOW + timedelta(days=7))
    late.send_after.FromDatetime(NOW + timedelta(days=7, seconds=1))

    assert wrong(in_time) == []
    assert wrong(late) == [("send_after", "must not be more than 7 days ahead")]


def test_more_than_a_thousand_recipients_are_too_many_and_not_looked_at() -> None:
    request = batch("${x}", *({} for _ in range(1001)))

    assert wrong(request) == [("recipient_and_params", "has 1001 elements; at most 1000 can be taken")]


def test_a_name_that_may_be_a_persons_is_not_repeated() -> None:
    request = batch("${+46700000001} ${Ada Lovelace}", {"46700000002": "x"})

    assert all(text not in str(wrong(request)) for text in ("4670000", "Lovelace"))


def test_a_message_of_placeholders_alone_is_refused_rather_than_looked_up_for_everybody() -> None:
    request = batch("".join(f"${{n{number}}}" for number in range(100_000)), *({} for _ in range(1000)))

    found = wrong(request)

    assert [field for field, _ in found] == ["message"]


def test_the_event_loop_runs_while_a_thousand_recipients_are_checked() -> None:
    names = [f"n{number}" for number in range(20)]
    request = batch("".join(f"${{{name}}}" for name in names), *(dict.fromkeys(names, "x") for _ in range(1000)))
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def main() -> list[Violation]:
        counting = asyncio.create_task(count())
        found = await check(request)
        counting.cancel()
        return found

    # Every recipient is looked at twice, for itself and for its values.
    assert asyncio.run(main()) == []
    assert turns >= 10
