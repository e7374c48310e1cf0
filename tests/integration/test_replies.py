"""A question and its answer are one call, on every channel."""

import asyncio
from typing import Any

import grpc
import pytest
from conversation_gateway.v1 import message_pb2, message_pb2_grpc

from gateway.simulator.server import Simulator
from tests.conftest import APP_ID, RunningGateway
from tests.integration.test_receipts import register
from tests.integration.test_send import text
from tests.rich_status import info
from tests.simulator_faults import arrived, tell

NEVER_ANSWERS, ALWAYS_ANSWERS, FAILS = "99950020001", "99950010001", "99930010001"


@pytest.fixture
async def fed(gateway: RunningGateway) -> RunningGateway:
    """A gateway that gets the replies to what it sends."""
    await register(gateway)
    return gateway


def question(identity: str, timeout_s: int = 10, request_id: str = "") -> message_pb2.AskAndAwaitReplyRequest:
    request = message_pb2.AskAndAwaitReplyRequest(send=text())
    (address,) = request.send.recipient.identified_by.channel_identities
    address.identity = identity
    request.reply_timeout.seconds = timeout_s
    if request_id:
        request.send.options.request_id = request_id
    return request


async def ask(gateway: RunningGateway, request: Any, timeout_s: float = 20) -> message_pb2.AskAndAwaitReplyResponse:
    answer: message_pb2.AskAndAwaitReplyResponse = await message_pb2_grpc.MessageServiceStub(
        gateway.channel
    ).AskAndAwaitReply(request, timeout=timeout_s)
    return answer


async def test_the_reply_to_a_message_answers_the_call(fed: RunningGateway) -> None:
    answer = await ask(fed, question(ALWAYS_ANSWERS))

    assert answer.text
    assert answer.reply.contact_message.text_message.text == answer.text
    assert answer.reply.channel_identity.identity == ALWAYS_ANSWERS
    assert answer.message_id
    assert answer.cursor


async def test_the_answer_to_a_choice_is_its_postback(fed: RunningGateway) -> None:
    request = question(ALWAYS_ANSWERS)
    request.send.message.Clear()
    choice = request.send.message.choice_message
    choice.text_message.text = "Tea or coffee?"
    choice.choices.add(text_message={"text": "Tea"}, postback_data="tea")
    choice.choices.add(text_message={"text": "Coffee"}, postback_data="coffee")

    answer = await ask(fed, request)

    assert answer.postback_data in {"tea", "coffee"}
    assert answer.reply.contact_message.choice_response_message.message_id == answer.message_id


async def test_what_the_recipient_wrote_before_is_not_the_reply(fed: RunningGateway, simulator: Simulator) -> None:
    await tell(
        simulator, "inbound", {"app_id": APP_ID, "channel": "WHATSAPP", "identity": NEVER_ANSWERS, "text": "before"}
    )
    asking = asyncio.create_task(ask(fed, question(NEVER_ANSWERS)))
    await simulator.wait_until(lambda seen: any(r.path.endswith("messages:send") for r in seen))
    await tell(
        simulator, "inbound", {"app_id": APP_ID, "channel": "WHATSAPP", "identity": NEVER_ANSWERS, "text": "after"}
    )

    answer = await asking

    assert answer.text == "after"


async def test_what_somebody_else_writes_is_not_the_reply(fed: RunningGateway, simulator: Simulator) -> None:
    asking = asyncio.create_task(ask(fed, question(NEVER_ANSWERS)))
    await simulator.wait_until(lambda seen: any(r.path.endswith("messages:send") for r in seen))
    for identity, words in (("46700009999", "stranger"), (NEVER_ANSWERS, "recipient")):
        await tell(simulator, "inbound", {"app_id": APP_ID, "channel": "WHATSAPP", "identity": identity, "text": words})

    answer = await asking

    assert answer.text == "recipient"


async def test_a_question_that_fails_fails_the_call_at_once(fed: RunningGateway) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await ask(fed, question(FAILS, timeout_s=600))

    assert failed.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert info(failed.value).reason == "MESSAGE_FAILED"
    assert info(failed.value).metadata["code"] == "RECIPIENT_NOT_REACHABLE"


async def test_a_reply_that_stays_away_names_the_message_and_can_be_waited_for_again(
    fed: RunningGateway, simulator: Simulator
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as missing:
        await ask(fed, question(NEVER_ANSWERS, timeout_s=1, request_id="ask-1"))
    message_id = info(missing.value).metadata["message_id"]
    await tell(
        simulator, "inbound", {"app_id": APP_ID, "channel": "WHATSAPP", "identity": NEVER_ANSWERS, "text": "late"}
    )
    answer = await ask(fed, question(NEVER_ANSWERS, request_id="ask-1"))

    assert missing.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert info(missing.value).reason == "REPLY_MISSING"
    assert answer.text == "late"
    assert answer.message_id == message_id
    assert arrived(simulator, "POST", "/messages:send") == 1
