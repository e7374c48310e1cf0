"""The way of one message: out of the app's queue, onto a channel, to the recipient, and perhaps an answer back.

    QUEUED_ON_CHANNEL -> DELIVERED -> READ -> a reply

Each step waits `receipt_delay_s` after the receipt of the one before was first posted, so that a receiver that
keeps up sees one message's receipts in order, and one that does not slows only itself.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gateway.simulator.delivery.callbacks import Callbacks, Destination
from gateway.simulator.delivery.inbound import Inbound
from gateway.simulator.delivery.plan import (
    DELIVERED,
    FAILED,
    QUEUED_ON_CHANNEL,
    READ,
    USUAL,
    Outcome,
    Step,
    reason,
    steps_on,
)
from gateway.simulator.delivery.queue import AppQueues
from gateway.simulator.delivery.template_lookup import template_hindrance
from gateway.simulator.identities import channel_identity
from gateway.simulator.problem import Json
from gateway.simulator.records.consent_register import ConsentRegister
from gateway.simulator.records.state import DISPATCH, App, Region, Stored
from gateway.simulator.schedule import Schedule

_MAX_KNOWN_IDENTITIES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What has to be known about a message on its way; ids are "" in DISPATCH mode."""

    region: Region
    app: App
    message_id: str
    message: Json
    ways: tuple[tuple[str, str], ...]
    """Channel and identity of every way to the recipient, best first; never empty."""
    contact_id: str = ""
    conversation_id: str = ""
    processing_mode: str = DISPATCH
    metadata: str = ""
    conversation_metadata: str = ""
    correlation_id: str = ""
    content_type: str = ""
    expires_s: float | None = None
    """When the message is not worth sending any more, on the schedule's clock."""
    urgent: bool = False
    override: Destination | None = None
    stored: Stored | None = None


class Journeys:
    """Takes messages and lets them travel; all their time is simulated."""

    def __init__(
        self,
        *,
        schedule: Schedule,
        callbacks: Callbacks,
        queues: AppQueues,
        inbound: Inbound,
        consents: ConsentRegister,
        outcome: Callable[[str, str, str], Outcome],
        receipt_delay_s: float,
        read_receipts: bool,
        replies: Literal["first", "all", "none"],
        strict_templates: bool,
    ) -> None:
        """Take what the journeys need; `outcome` says what becomes of an app's message on a channel to an identity."""
        self._schedule = schedule
        self._callbacks = callbacks
        self._queues = queues
        self._inbound = inbound
        self._consents = consents
        self._outcome = outcome
        self._receipt_delay_s = receipt_delay_s
        self._read_receipts = read_receipts
        self._replies = replies
        self._strict_templates = strict_templates
        self._answered: OrderedDict[tuple[str, str], None] = OrderedDict()

    def begin(self, passage: Passage) -> None:
        """Put a message into its app's queue; nothing happens to it inside this call."""
        if self._unseen(passage):
            return
        self._queues.put(passage.app.app_id, lambda: self._depart(passage), urgent=passage.urgent)

    def clear(self) -> None:
        """Forget who has answered."""
        self._answered.clear()

    def _unseen(self, passage: Passage) -> bool:
        """Whether nobody could ever notice the journey: a bench that only sends should not pay for it."""
        return (
            passage.stored is None
            and passage.override is None
            and not passage.app.subscribers
            and self._queues.is_immediate(passage.app.app_id)
        )

    def _depart(self, passage: Passage) -> None:
        hindrance = self._hindrance(passage)
        if hindrance is not None:
            self._follow(passage, (Step(status=FAILED, reason=hindrance),), USUAL, 0)
            return
        outcomes = tuple(self._outcome_on(passage, channel, identity) for channel, identity in passage.ways)
        steps = steps_on(outcomes, read_receipts=self._read_receipts, patience_s=passage.app.fallback_patience_s)
        self._follow(passage, steps, outcomes[steps[-1].way], 0)

    def _outcome_on(self, passage: Passage, channel: str, identity: str) -> Outcome:
        """What becomes of the message on one way, if its template lets it go there at all."""
        code = template_hindrance(passage.region, passage.message, channel, strict=self._strict_templates)
        if code:
            return Outcome(code=code, queued_first=False, why="the message cannot be made from its template")
        return self._outcome(passage.app.app_id, channel, identity)

    def _hindrance(self, passage: Passage) -> Json | None:
        """Why a message never reaches any channel."""
        if passage.expires_s is not None and passage.expires_s < self._schedule.epoch_s():
            return reason("DELIVERY_TIMED_OUT", "the message expired in the queue")
        address = channel_identity(*passage.ways[0])["identity"]
        if self._consents.forbids(passage.region, passage.app.app_id, address, passage.content_type):
            return reason("RECIPIENT_NOT_OPTED_IN", "the recipient has opted out")
        return None

    def _follow(self, passage: Passage, steps: tuple[Step, ...], outcome: Outcome, index: int) -> None:
        """Report one step and come back for the next; at the end of a good way the recipient may answer."""
        if index == len(steps):
            if steps[-1].status in {DELIVERED, READ}:
                self._reply(passage, steps[-1].way, outcome)
            return
        step = steps[index]
        if step.status == QUEUED_ON_CHANNEL:
            self._tell_submitted(passage, step.way)
        if passage.stored is not None and passage.app.persists_status:
            passage.stored.document["message_status"] = step.status
        report = {**_whereabouts(passage, step.way), "status": step.status, "metadata": passage.metadata}
        if step.reason is not None:
            report["reason"] = step.reason
        self._callbacks.emit(
            passage.app,
            "MESSAGE_DELIVERY",
            {"message_delivery_report": report},
            message_metadata=passage.metadata,
            correlation_id=passage.correlation_id,
            override=passage.override,
            then=lambda: self._schedule.after(
                self._delay_s(steps, index + 1), lambda: self._follow(passage, steps, outcome, index + 1)
            ),
        )

    def _delay_s(self, steps: tuple[Step, ...], index: int) -> float:
        after_s = steps[index].after_s if index < len(steps) else None
        return self._receipt_delay_s if after_s is None else after_s

    def _tell_submitted(self, passage: Passage, way: int) -> None:
        submitted = {**_whereabouts(passage, way), "submitted_message": passage.message, "metadata": passage.metadata}
        self._callbacks.emit(
            passage.app,
            "MESSAGE_SUBMIT",
            {"message_submit_notification": submitted},
            message_metadata=passage.metadata,
            correlation_id=passage.correlation_id,
        )

    def _reply(self, passage: Passage, way: int, outcome: Outcome) -> None:
        channel, identity = passage.ways[way]
        usual = self._wants_to_answer(passage.app.app_id, identity)
        if not (usual if outcome.answered is None else outcome.answered):
            return
        remembered = passage.processing_mode != DISPATCH or passage.app.keeps_dispatched
        self._inbound.receive(
            passage.region,
            passage.app,
            channel,
            identity,
            _answer_to(passage),
            metadata=passage.metadata if passage.message.get("choice_message") else "",
            conversation_metadata=passage.conversation_metadata if remembered else "",
            correlation_id=passage.correlation_id if remembered else "",
        )

    def _wants_to_answer(self, app_id: str, identity: str) -> bool:
        if self._replies != "first":
            return self._replies == "all"
        key = (app_id, identity)
        if key in self._answered:
            return False
        self._answered[key] = None
        if len(self._answered) > _MAX_KNOWN_IDENTITIES:
            self._answered.popitem(last=False)
        return True


def _whereabouts(passage: Passage, way: int) -> Json:
    channel, identity = passage.ways[way]
    return {
        "message_id": passage.message_id,
        "conversation_id": passage.conversation_id,
        "channel_identity": channel_identity(channel, identity),
        "contact_id": passage.contact_id,
        "processing_mode": passage.processing_mode,
    }


def _answer_to(passage: Passage) -> Json:
    """What the recipient says: the first choice where there is one, else a few words."""
    choices = (passage.message.get("choice_message") or {}).get("choices")
    if choices:
        postback = choices[0].get("postback_data") or f"{passage.message_id}_choice"
        return {"choice_response_message": {"message_id": passage.message_id, "postback_data": str(postback)}}
    return {
        "text_message": {"text": "Thank you, this arrived."},
        "reply_to": {"message_id": passage.message_id},
    }
