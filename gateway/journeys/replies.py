"""Waits for what a recipient says next.

A reply is the first message from the recipient that the API accepted after ours: from an address that ours went to, or
of the contact, also on another channel. The answer to a choice of another message is not one.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

import grpc
from conversation_gateway.v1 import event_feed_pb2, event_payload_pb2, message_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.deadline import Deadline
from gateway.errors import CallerError, LimitError
from gateway.events.cursor import Cursor
from gateway.journeys.progress import FAILED
from gateway.journeys.witness import INBOUND, Key, Watch, Witness
from gateway.state.events import StoredEvent

Reply = message_pb2.AskAndAwaitReplyResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked, and whom."""

    project_id: str
    message_id: str
    recipient: tuple[Key, ...]
    """The addresses and the contact that a reply may come from, as far as they are known."""
    accepted: Timestamp
    """When the API accepted the question; a reply is not older."""
    after: Cursor
    """Where on the log to begin."""


class Replies:
    """Waits for any number of replies at once."""

    def __init__(self, *, witness: Witness) -> None:
        """Learn of messages from `witness`."""
        self._witness = witness

    async def reply(self, question: Question, deadline: Deadline) -> Reply:
        """The reply to a question.

        Raises `CallerError` MESSAGE_FAILED as soon as the question has failed, `LimitError` REPLY_MISSING when the
        deadline passes first and SHUTTING_DOWN when the gateway is about to stop.
        """
        sent = Key(question.project_id, "message", question.message_id)
        with self._witness.watching(sent, *question.recipient) as watch:
            async with aclosing(self._events(question, watch, deadline)) as events:
                async for event in events:
                    said = event_feed_pb2.FeedEvent.FromString(event.encoded)
                    if event.trigger != INBOUND:
                        _check_failed(said.message_delivery_report, question)
                        self._learn(watch, Key(question.project_id, "contact", event.contact_id))
                    elif _is_reply(said, question):
                        return _reply(said.message, question, self._witness.position_of(event))
        raise self._missing(question)

    async def _events(self, question: Question, watch: Watch, deadline: Deadline) -> AsyncGenerator[StoredEvent, None]:
        """What concerns the question: from the log's past first, then as it comes, until the deadline."""
        through = self._witness.newest
        async with aclosing(self._witness.history(question.after, through.position, tuple(watch.keys))) as history:
            async for event in history:
                yield event
        while not deadline.passed and not self._witness.draining:
            came = await watch.next(deadline.remaining_s())
            if came is not None and self._witness.is_after(came, through):
                yield came

    def _learn(self, watch: Watch, contact: Key) -> None:
        if contact.value and contact not in watch.keys:
            watch.widen(contact)

    def _missing(self, question: Question) -> LimitError:
        if self._witness.draining:
            return LimitError(
                "the gateway is about to stop; ask again with the same request id to wait on",
                reason="SHUTTING_DOWN",
                code=grpc.StatusCode.UNAVAILABLE,
                retry_after_s=1.0,
                metadata={"message_id": question.message_id},
            )
        return LimitError(
            "the recipient has not replied in time; the message was sent",
            reason="REPLY_MISSING",
            code=grpc.StatusCode.DEADLINE_EXCEEDED,
            metadata={"message_id": question.message_id},
        )


def _check_failed(report: event_payload_pb2.MessageDeliveryReport, question: Question) -> None:
    if report.status == FAILED:
        code = {"code": report.reason.code} if report.reason.code else {}
        raise CallerError(
            "the message has failed, so nobody can reply to it",
            reason="MESSAGE_FAILED",
            code=grpc.StatusCode.FAILED_PRECONDITION,
            metadata={"message_id": question.message_id, **code},
        )


def _is_reply(said: event_feed_pb2.FeedEvent, question: Question) -> bool:
    message = said.message
    choice = message.contact_message.choice_response_message
    if choice.message_id and choice.message_id != question.message_id:
        return False
    if message.HasField("accept_time"):
        came = message.accept_time
    elif said.HasField("accepted_time"):
        came = said.accepted_time
    else:
        return True
    return came.ToNanoseconds() >= question.accepted.ToNanoseconds()


def _reply(message: event_payload_pb2.MessageInboundItem, question: Question, at: Cursor) -> Reply:
    answer = Reply(message_id=question.message_id, cursor=at.encode())
    # An inbound message as it is posted has the fields, under the same names, of one as it is stored.
    answer.reply.MergeFrom(
        message_pb2.ConversationMessage(**{field.name: value for field, value in message.ListFields()})
    )
    words = message.contact_message
    choice = words.choice_response_message
    answer.postback_data = choice.postback_data
    answer.text = words.text_message.text or words.media_card_message.caption
    return answer
