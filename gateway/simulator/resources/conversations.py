"""Conversations: what an app and a contact have said to each other, and what is put into it from outside."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from gateway.simulator.delivery.callbacks import Callbacks
from gateway.simulator.identifiers import new_ulid
from gateway.simulator.problem import Json, invalid
from gateway.simulator.records.conversation_log import ConversationLog
from gateway.simulator.records.merging import merge_patch
from gateway.simulator.records.state import Region, Stored
from gateway.simulator.resources.masks import changed_fields
from gateway.simulator.resources.paging import page, slice_page
from gateway.simulator.router import Call, Route
from gateway.simulator.schedule import Schedule, parse_instant, stamp
from gateway.simulator.shapes.app_event import app_event
from gateway.simulator.shapes.app_message import app_message
from gateway.simulator.shapes.sending import channel_identity
from gateway.simulator.shapes.shape import boolean, choice, instant, record, text

_MAX_PAGE = 20
_MAX_RECENT_PAGE = 50
_OLDEST_INJECTION = timedelta(days=30)
_FIELDS = {
    "active": boolean,
    "active_channel": text(),
    "metadata": text(most=1024),
    "metadata_json": record(),
    "correlation_id": text(most=128),
}
_NEW = record({"app_id": text(), "contact_id": text()}, _FIELDS)
_CHANGE = record(optional={**_FIELDS, "contact_id": text()})
_MESSAGE = record(
    {"accept_time": instant, "channel_identity": channel_identity, "contact_id": text()},
    {"metadata": text(most=1024), "sender_id": text(), "processing_mode": text()},
    one_of={"app_message": app_message, "contact_message": record()},
)
_DIRECTION = record({"direction": choice("TO_APP", "TO_CONTACT")})
_EVENT = record({"accept_time": instant, "app_event": app_event}, {"channel_identity": channel_identity})


class Conversations:
    """The conversations of a region."""

    def __init__(
        self, *, schedule: Schedule, callbacks: Callbacks, log: ConversationLog, strict_contacts: bool
    ) -> None:
        """Keep them in the log, and tell of injected messages."""
        self._schedule = schedule
        self._callbacks = callbacks
        self._log = log
        self._strict_contacts = strict_contacts

    def routes(self) -> Iterable[Route]:
        """The operations."""
        yield Route("conversation", "POST", "conversations", self.create)
        yield Route("conversation", "GET", "conversations", self.list)
        yield Route("conversation", "GET", "conversations:recent", self.recent)
        yield Route("conversation", "POST", "conversations/{conversation_id}:stop", self.stop)
        yield Route("conversation", "POST", "conversations/{conversation_id}:inject-message", self.inject_message)
        yield Route("conversation", "POST", "conversations/{conversation_id}:inject-event", self.inject_event)
        yield Route("conversation", "GET", "conversations/{conversation_id}", self.get)
        yield Route("conversation", "PATCH", "conversations/{conversation_id}", self.update)
        yield Route("conversation", "DELETE", "conversations/{conversation_id}", self.delete)

    def create(self, call: Call) -> Json:
        """Start a conversation by hand."""
        document = call.document()
        _NEW(document, "")
        app = call.region.app(document["app_id"])
        if self._strict_contacts:
            call.region.contacts.find(document["contact_id"])
        return self._log.start(call.region, app, document)

    def list(self, call: Call) -> Json:
        """The conversations of an app or of a contact."""
        query = call.query
        if not query.get("app_id") and not query.get("contact_id"):
            raise invalid("app_id", "one of app_id, contact_id is required")
        wanted = {"app_id": query.get("app_id"), "contact_id": query.get("contact_id")}
        wanted["active_channel"] = query.get("active_channel")
        active = _flag(query.get("only_active"))

        def matches(conversation: Json) -> bool:
            return (active is None or conversation["active"] is active) and all(
                value in (None, conversation[name]) for name, value in wanted.items()
            )

        rows, token = page(
            call.region.conversations,
            size=query.get("page_size"),
            token=query.get("page_token"),
            most=_MAX_PAGE,
            wanted=matches,
        )
        total = sum(1 for conversation in call.region.conversations if matches(conversation))
        return {"conversations": rows, "next_page_token": token, "total_size": total}

    def recent(self, call: Call) -> Json:
        """An app's conversations by the time of their last message, each with that message."""
        query = call.query
        app = call.region.app(query.get("app_id"))
        last: dict[str, Stored] = {}
        for stored in call.region.messages:
            before = last.get(stored.document["conversation_id"])
            if before is None or before.accepted <= stored.accepted:
                last[stored.document["conversation_id"]] = stored
        found = [
            conversation
            for conversation in call.region.conversations
            if conversation["app_id"] == app.app_id
            and (conversation["active"] or not _flag(query.get("only_active")))
            and conversation["id"] in last
        ]
        found.sort(
            key=lambda conversation: last[conversation["id"]].accepted,
            reverse=query.get("order", "DESC").upper() != "ASC",
        )
        rows, token = slice_page(
            found, size=query.get("page_size"), token=query.get("page_token"), most=_MAX_RECENT_PAGE
        )
        shown = [{"conversation": row, "last_message": last[row["id"]].document} for row in rows]
        return {"conversations": shown, "next_page_token": token, "total_size": len(found)}

    def get(self, call: Call) -> Json:
        """One conversation."""
        return self._find(call)

    def update(self, call: Call) -> Json:
        """Change what the mask names, or else what the body holds; metadata is replaced or merged."""
        conversation = self._find(call)
        document = call.document()
        _CHANGE(document, "")
        changes = changed_fields(call, document, (*_FIELDS, "contact_id"))
        strategy = call.query.get("metadata_update_strategy", "REPLACE")
        choice("REPLACE", "MERGE_PATCH")(strategy, "metadata_update_strategy")
        if strategy == "MERGE_PATCH" and changes.get("metadata_json") is not None:
            changes["metadata_json"] = merge_patch(conversation["metadata_json"], changes["metadata_json"])
        active = changes.pop("active", None)
        for name, value in changes.items():
            conversation[name] = value if value is not None else type(conversation[name])()
        if active is False:
            self._log.stop(call.region, conversation)
        elif active is True:
            self._log.activate(call.region, conversation)
        return conversation

    def delete(self, call: Call) -> None:
        """Remove a conversation and every message in it."""
        self._log.delete(call.region, call.parameters["conversation_id"])

    def stop(self, call: Call) -> None:
        """End the active conversation."""
        self._log.stop(call.region, self._find(call))

    def inject_message(self, call: Call) -> None:
        """Put a message from elsewhere into the conversation; one to the app is posted as MESSAGE_INBOUND."""
        conversation = self._find(call)
        request = call.document()
        _DIRECTION(request, "")
        _MESSAGE(request, "")
        accepted = self._injection_time(request)
        body = "app_message" if request.get("app_message") is not None else "contact_message"
        message = {
            "id": new_ulid(),
            body: request[body],
            **_place(conversation, request),
            "direction": request["direction"],
            "metadata": request.get("metadata") or "",
            "accept_time": stamp(accepted),
            "injected": True,
            "sender_id": request.get("sender_id") or "",
            "message_status": None,
        }
        stored = Stored(document=message, app_id=conversation["app_id"], accepted=accepted)
        self._log.keep_message(call.region, stored)
        if request["direction"] == "TO_APP":
            self._tell_inbound(call.region, conversation, message)

    def inject_event(self, call: Call) -> Json:
        """Put an event of the app's into the conversation."""
        conversation = self._find(call)
        request = call.document()
        _EVENT(request, "")
        accepted = self._injection_time(request)
        event = {
            "id": new_ulid(),
            "app_event": request["app_event"],
            **_place(conversation, request),
            "direction": "TO_CONTACT",
            "accept_time": stamp(accepted),
        }
        call.region.events.add(event["id"], Stored(document=event, app_id=conversation["app_id"], accepted=accepted))
        return {"event_id": event["id"], "accepted_time": event["accept_time"]}

    def _find(self, call: Call) -> Json:
        return call.region.conversations.find(call.parameters["conversation_id"])

    def _injection_time(self, request: Json) -> Any:
        accepted = parse_instant(request["accept_time"])
        now = self._schedule.now()
        if not now - _OLDEST_INJECTION < accepted <= now:
            raise invalid("accept_time", "must be in the past and newer than 30 days")
        return accepted

    def _tell_inbound(self, region: Region, conversation: Json, message: Json) -> None:
        shown = {name: value for name, value in message.items() if name != "message_status"}
        self._callbacks.emit(
            region.app(conversation["app_id"]),
            "MESSAGE_INBOUND",
            {"message": shown},
            message_metadata=conversation["metadata"],
            correlation_id=conversation["correlation_id"],
        )


def _place(conversation: Json, request: Json) -> Json:
    """Where an injected thing belongs."""
    return {
        "channel_identity": request.get("channel_identity")
        or {"app_id": "", "channel": conversation["active_channel"], "identity": ""},
        "contact_id": conversation["contact_id"],
        "conversation_id": conversation["id"],
        "processing_mode": "CONVERSATION",
    }


def _flag(value: str | None) -> bool | None:
    if value is None:
        return None
    if value.lower() not in {"true", "false"}:
        raise invalid("only_active", "must be true or false")
    return value.lower() == "true"
