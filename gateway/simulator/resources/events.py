"""Events that an app sends: typing, joining, and the like."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.simulator.delivery.callbacks import Callbacks, Destination
from gateway.simulator.delivery.outbound import Outbound, mode_of, override_of
from gateway.simulator.identifiers import new_ulid
from gateway.simulator.identities import channel_identity
from gateway.simulator.problem import Json, invalid
from gateway.simulator.records.state import CONVERSATION, App, Stored
from gateway.simulator.resources.paging import page
from gateway.simulator.router import Call, Route
from gateway.simulator.schedule import Schedule, stamp
from gateway.simulator.shapes.app_event import sent_event
from gateway.simulator.shapes.sending import channels, queue, recipient
from gateway.simulator.shapes.shape import record, text

_MAX_PAGE = 20
_STATES = ("QUEUED_ON_CHANNEL", "DELIVERED")
_SEND = record(
    {"app_id": text(), "event": record(), "recipient": recipient},
    {"callback_url": text(), "channel_priority_order": channels, "event_metadata": text(), "queue": queue},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Receipts:
    """What is told about one event."""

    app: App
    event: Json
    metadata: str
    override: Destination | None


class Events:
    """Sends events over one channel, reports their delivery, and keeps those of conversations."""

    def __init__(self, *, schedule: Schedule, callbacks: Callbacks, outbound: Outbound, receipt_delay_s: float) -> None:
        """Resolve recipients as messages do; wait so long between two receipts."""
        self._schedule = schedule
        self._callbacks = callbacks
        self._outbound = outbound
        self._receipt_delay_s = receipt_delay_s

    def routes(self) -> Iterable[Route]:
        """The operations."""
        yield Route("conversation", "POST", "events:send", self.send)
        yield Route("conversation", "GET", "events", self.list)
        yield Route("conversation", "GET", "events/{event_id}", self.get)
        yield Route("conversation", "DELETE", "events/{event_id}", self.delete)

    def send(self, call: Call) -> Json:
        """Send one event; EVENT_DELIVERY tells how far it got."""
        request = call.document()
        _SEND(request, "")
        event = sent_event(request["event"], "event")
        app = call.region.app(request["app_id"])
        mode = mode_of(app, request)
        to = self._outbound.resolve(call.region, app, request, mode)
        now = self._schedule.now()
        event_id = new_ulid()
        document = {
            "id": event_id,
            "app_event": event,
            "channel_identity": channel_identity(*to.ways[0]),
            "contact_id": to.contact_id,
            "conversation_id": to.conversation_id,
            "direction": "TO_CONTACT",
            "accept_time": stamp(now),
            "processing_mode": mode,
        }
        if mode == CONVERSATION:
            call.region.events.add(event_id, Stored(document=document, app_id=app.app_id, accepted=now))
        receipts = _Receipts(
            app=app,
            event=document,
            metadata=request.get("event_metadata") or "",
            override=override_of(app, request),
        )
        self._schedule.after(0, lambda: self._report(receipts, 0))
        return {"event_id": event_id, "accepted_time": document["accept_time"]}

    def list(self, call: Call) -> Json:
        """The stored events of a conversation or a contact, newest first."""
        query = call.query
        conversation_id, contact_id = query.get("conversation_id"), query.get("contact_id")
        if not conversation_id and not contact_id:
            raise invalid("conversation_id", "one of conversation_id, contact_id is required")
        rows, token = page(
            call.region.events,
            size=query.get("page_size"),
            token=query.get("page_token"),
            most=_MAX_PAGE,
            newest_first=True,
            wanted=lambda stored: (
                conversation_id in (None, stored.document["conversation_id"])
                and contact_id in (None, stored.document["contact_id"])
            ),
        )
        return {"events": [stored.document for stored in rows], "next_page_token": token}

    def get(self, call: Call) -> Json:
        """One stored event."""
        return call.region.events.find(call.parameters["event_id"]).document

    def delete(self, call: Call) -> None:
        """Remove one stored event."""
        call.region.events.remove(call.parameters["event_id"])

    def _report(self, receipts: _Receipts, index: int) -> None:
        if index == len(_STATES):
            return
        event = receipts.event
        report = {
            "event_id": event["id"],
            "status": _STATES[index],
            "channel_identity": event["channel_identity"],
            "contact_id": event["contact_id"],
            "metadata": receipts.metadata,
            "processing_mode": event["processing_mode"],
        }
        self._callbacks.emit(
            receipts.app,
            "EVENT_DELIVERY",
            {"event_delivery_report": report},
            message_metadata=receipts.metadata,
            override=receipts.override,
            then=lambda: self._schedule.after(self._receipt_delay_s, lambda: self._report(receipts, index + 1)),
        )
