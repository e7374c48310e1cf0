"""A send together with what becomes of it: the RPCs that track a message, and the one that awaits a reply."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Any, cast

import grpc
from conversation_gateway.v1 import call_options_pb2, message_pb2

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.errors import CallerError, UpstreamError, Violation
from gateway.events.cursor import Cursor, decode_cursor
from gateway.journeys.asker import Asker, before_receipts, in_time, span_s
from gateway.journeys.progress import ACCEPTED, DELIVERED, READ
from gateway.journeys.replies import Question, Replies
from gateway.journeys.tracking import End, State, Tracker, Wish
from gateway.journeys.witness import Key, Witness, address_key
from gateway.upstream.call import Caller, Operation

_DEFAULT_HORIZON_S = 600.0
_MOST_HORIZON_S = 3 * 86_400.0
_DEFAULT_REPLY_S = 300.0
MOST_REPLY_S = 3600.0
_DISPATCH = "DISPATCH_SOURCE"


class MessageJourneys:
    """Sends, and follows."""

    def __init__(
        self,
        *,
        calls: Caller,
        send: Operation,
        get: Operation,
        witness: Witness,
        clock: Clock,
        project_id: str,
    ) -> None:
        """A request without a project means `project_id`."""
        self._calls = calls
        self._send = send
        self._get = get
        self._witness = witness
        self._clock = clock
        self._project_id = project_id
        self._tracker = Tracker(witness=witness, clock=clock)
        self._replies = Replies(witness=witness)

    async def track(self, request: message_pb2.TrackMessageRequest, asker: Asker) -> AsyncGenerator[State | End, None]:
        """What `TrackMessage` promises, state by state; nothing happens before the first is asked for."""
        violations = _tracking_violations(request.tracking, "tracking")
        if not request.message_id:
            violations.append(Violation(field="message_id", description="is required", reason="REQUIRED_FIELD_MISSING"))
        if violations:
            raise CallerError.invalid(violations)
        wish = Wish(
            project_id=request.project_id or self._project_id,
            message_id=request.message_id,
            until=request.tracking.until_status or READ,
            horizon=self._horizon(request.tracking),
            after=decode_cursor(request.after_cursor) if request.after_cursor else None,
        )
        ask = partial(self._ask, request, asker)
        async with aclosing(self._tracker.track(wish, ask)) as states:
            async for state in states:
                yield state

    async def send_and_track(
        self, request: message_pb2.SendAndTrackRequest, asker: Asker
    ) -> AsyncGenerator[State | End, None]:
        """What `SendAndTrack` promises, state by state; nothing happens before the first is asked for."""
        violations = _tracking_violations(request.tracking, "tracking")
        if violations:
            raise CallerError.invalid(violations)
        horizon = self._horizon(request.tracking)
        sent, after = await self._sent(request, asker)
        if request.send.options.validate_only:
            return
        wish = Wish(
            project_id=request.send.project_id or self._project_id,
            message_id=sent.message_id,
            until=request.tracking.until_status or READ,
            horizon=horizon,
            after=after,
            accepted=State(
                message_id=sent.message_id,
                status=ACCEPTED,
                source=message_pb2.STATE_SOURCE_SEND,
                state_time=sent.accepted_time,
            ),
        )
        look_up = message_pb2.TrackMessageRequest(project_id=request.send.project_id, message_id=sent.message_id)
        look_up.options.region = request.send.options.region
        async with aclosing(self._tracker.track(wish, partial(self._ask, look_up, asker))) as states:
            async for state in states:
                yield state

    async def ask_and_await_reply(
        self, request: message_pb2.AskAndAwaitReplyRequest, asker: Asker
    ) -> message_pb2.AskAndAwaitReplyResponse:
        """What `AskAndAwaitReply` promises."""
        timeout_s = span_s(request.reply_timeout) or _DEFAULT_REPLY_S
        if timeout_s < 1:
            raise CallerError.invalid([Violation(field="reply_timeout", description="is less than 1 s")])
        sent, after = await self._sent(request, asker)
        if request.send.options.validate_only:
            return message_pb2.AskAndAwaitReplyResponse()
        project_id = request.send.project_id or self._project_id
        question = Question(
            project_id=project_id,
            message_id=sent.message_id,
            recipient=_recipient_keys(request.send, project_id),
            accepted=sent.accepted_time,
            after=after,
        )
        return await self._replies.reply(question, in_time(asker.deadline.within(min(timeout_s, MOST_REPLY_S))))

    async def _sent(
        self, request: message_pb2.SendAndTrackRequest | message_pb2.AskAndAwaitReplyRequest, asker: Asker
    ) -> tuple[message_pb2.SendMessageResponse, Cursor]:
        """The answer to the send, and the position on the log before its first receipt."""
        if not request.HasField("send"):
            description = "is required"
            raise CallerError.invalid(
                [Violation(field="send", description=description, reason="REQUIRED_FIELD_MISSING")]
            )
        before = self._witness.newest
        deadline = asker.deadline.within(asker.call_timeout_s)
        try:
            answer = await self._calls.call(self._send, request.send, deadline, caller=asker.caller)
        except CallerError as error:
            raise error.below("send") from None
        sent = cast("message_pb2.SendMessageResponse", answer.message)
        if not sent.HasField("accepted_time"):
            sent.accepted_time.FromDatetime(self._clock.now())
        if answer.replayed:
            before = await self._witness.begin(before_receipts(sent.accepted_time))
        return sent, before

    async def _ask(
        self, request: message_pb2.TrackMessageRequest, asker: Asker
    ) -> message_pb2.ConversationMessage | None:
        """The message as the API has it, from either store unless one is named; None when it has not."""
        sources = [request.messages_source] if request.messages_source else ["", _DISPATCH]
        for source in sources:
            look_up: Any = message_pb2.GetMessageRequest(
                project_id=request.project_id, message_id=request.message_id, options=request.options
            )
            if source:
                look_up.messages_source = source
            if not look_up.options.priority:
                look_up.options.priority = call_options_pb2.PRIORITY_BULK
            deadline = asker.deadline.within(asker.call_timeout_s)
            try:
                answer = await self._calls.call(self._get, look_up, deadline, caller=asker.caller)
            except UpstreamError as error:
                if error.code is not grpc.StatusCode.NOT_FOUND:
                    raise
            else:
                return cast("message_pb2.GetMessageResponse", answer.message).message
        return None

    def _horizon(self, tracking: message_pb2.Tracking) -> Deadline:
        horizon_s = min(span_s(tracking.horizon) or _DEFAULT_HORIZON_S, _MOST_HORIZON_S)
        return Deadline.after(horizon_s, self._clock)


def _tracking_violations(tracking: message_pb2.Tracking, field: str) -> list[Violation]:
    violations = []
    if (span_s(tracking.horizon) or 1) < 1:
        violations.append(Violation(field=f"{field}.horizon", description="is less than 1 s"))
    if tracking.until_status not in {"", DELIVERED, READ}:
        violations.append(Violation(field=f"{field}.until_status", description=f"is neither {DELIVERED} nor {READ}"))
    return violations


def _recipient_keys(request: message_pb2.SendMessageRequest, project_id: str) -> tuple[Key, ...]:
    if request.recipient.contact_id:
        return (Key(project_id, "contact", request.recipient.contact_id),)
    identities = request.recipient.identified_by.channel_identities
    return tuple(dict.fromkeys(address_key(project_id, each.channel, each.identity) for each in identities))
