"""Accepting a message: who it goes to, over which channels, what is remembered about it, and off it goes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from gateway.simulator.delivery.callbacks import Destination
from gateway.simulator.delivery.journey import Journeys, Passage
from gateway.simulator.delivery.poster import is_target
from gateway.simulator.delivery.queue import AppQueues
from gateway.simulator.identifiers import new_ulid
from gateway.simulator.identities import channel_identity
from gateway.simulator.problem import Json, invalid
from gateway.simulator.records.address_book import AddressBook
from gateway.simulator.records.conversation_log import ConversationLog
from gateway.simulator.records.merging import merge_patch
from gateway.simulator.records.state import CONVERSATION, DISPATCH, App, Region, Stored
from gateway.simulator.schedule import Schedule, stamp

_FIRST_CHANNEL = "SMS"

Way = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who a message or an event goes to; ids are "" where no contact or conversation exists."""

    ways: tuple[Way, ...]
    contact_id: str = ""
    conversation: Json | None = None

    @property
    def conversation_id(self) -> str:
        """The conversation's id, or ""."""
        return str(self.conversation["id"]) if self.conversation is not None else ""


class Outbound:
    """What `messages:send`, batches and `events:send` share."""

    def __init__(
        self,
        *,
        schedule: Schedule,
        journeys: Journeys,
        queues: AppQueues,
        address_book: AddressBook,
        conversation_log: ConversationLog,
        strict_contacts: bool,
    ) -> None:
        """Take what an accepted message touches."""
        self._schedule = schedule
        self._journeys = journeys
        self._queues = queues
        self._address_book = address_book
        self._conversation_log = conversation_log
        self._strict_contacts = strict_contacts

    def accept(self, region: Region, request: Json) -> tuple[str, datetime]:
        """Queue one checked send request; its id and when it was accepted. 400, 404 or 429 change nothing."""
        app = region.app(request["app_id"])
        self._queues.require_room(app.app_id)
        mode = mode_of(app, request)
        recipient = self.resolve(region, app, request, mode)
        now = self._schedule.now()
        message_id = new_ulid()
        metadata = request.get("message_metadata") or ""
        stored = None
        if mode == CONVERSATION or app.keeps_dispatched:
            stored = _stored(app, request, recipient, message_id=message_id, mode=mode, now=now)
            self._conversation_log.keep_message(region, stored)
        ttl = request.get("ttl")
        self._journeys.begin(
            Passage(
                region=region,
                app=app,
                message_id=message_id,
                message=request["message"],
                ways=recipient.ways,
                contact_id=recipient.contact_id,
                conversation_id=recipient.conversation_id,
                processing_mode=mode,
                metadata=metadata,
                conversation_metadata=_conversation_metadata(request, recipient),
                correlation_id=request.get("correlation_id") or "",
                content_type=request.get("message_content_type") or "",
                expires_s=now.timestamp() + int(ttl[:-1]) if ttl else None,
                urgent=request.get("queue") == "HIGH_PRIORITY",
                override=override_of(app, request),
                stored=stored,
            )
        )
        return message_id, now

    def resolve(self, region: Region, app: App, request: Json, mode: str) -> Recipient:
        """Find who is meant, and make the contact and the conversation that CONVERSATION mode needs."""
        order = request.get("channel_priority_order") or []
        configured = app.channels
        for channel in order:
            if configured and channel not in configured:
                raise invalid("channel_priority_order", f"{channel[:32]} is not configured in the app")
        recipient = request["recipient"]
        contact_id = recipient.get("contact_id")
        if contact_id is None:
            given = recipient["identified_by"]["channel_identities"]
            ways = _ordered([(entry["channel"], entry["identity"]) for entry in given], order)
            if not ways:
                raise invalid("channel_priority_order", "no identity is given for any of these channels")
            if mode == DISPATCH:
                return Recipient(ways=ways)
            contact = self._address_book.find_or_create(region, given)
        else:
            if self._strict_contacts and mode == DISPATCH:
                raise invalid("recipient", "identified_by is required in DISPATCH mode")
            known = region.contacts.find(contact_id) if self._strict_contacts else region.contacts.get(contact_id)
            ways = _ways_to_contact(app, known, contact_id, order)
            if mode == DISPATCH:
                return Recipient(ways=ways)
            contact = known or self._address_book.create(region, {}, contact_id)
        conversation = self._conversation_log.active(region, app, contact["id"], ways[0][0])
        _remember(conversation, request)
        return Recipient(ways=ways, contact_id=contact["id"], conversation=conversation)


def mode_of(app: App, request: Json) -> str:
    """How a send is processed: as its app is set, unless it asks for dispatch only."""
    return DISPATCH if request.get("processing_strategy") == "DISPATCH_ONLY" else app.processing_mode


def override_of(app: App, request: Json) -> Destination | None:
    """Where the receipts go instead; what is no URL is ignored, as the vendor's own examples need it."""
    target = request.get("callback_url")
    if not target or not is_target(target):
        return None
    return Destination(target=target, secret=app.override_secret)


def metadata_text(value: Any) -> str:
    """Metadata as callbacks carry it: JSON text, or the string it already was."""
    if not value:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _ordered(ways: list[Way], order: list[str]) -> tuple[Way, ...]:
    if not order:
        return tuple(ways)
    return tuple(way for channel in order for way in ways if way[0] == channel)


def _ways_to_contact(app: App, contact: Json | None, contact_id: str, order: list[str]) -> tuple[Way, ...]:
    """The contact's identities in the order asked for, else its own, else the app's; an unknown one gets a way too."""
    known = [(entry["channel"], entry["identity"]) for entry in (contact or {}).get("channel_identities", ())]
    preferred = order or (contact or {}).get("channel_priority") or list(app.channels)
    ways = _ordered(known, preferred) or (() if order else tuple(known))
    return ways or (((preferred or [_FIRST_CHANNEL])[0], contact_id),)


def _remember(conversation: Json, request: Json) -> None:
    """Keep a send's metadata and correlation id in its conversation."""
    given = request.get("conversation_metadata")
    if isinstance(given, dict):
        merging = request.get("conversation_metadata_update_strategy") == "MERGE_PATCH"
        conversation["metadata_json"] = merge_patch(conversation["metadata_json"], given) if merging else given
    elif given is not None:
        conversation["metadata"] = given
    if request.get("correlation_id"):
        conversation["correlation_id"] = request["correlation_id"]


def _conversation_metadata(request: Json, recipient: Recipient) -> str:
    conversation = recipient.conversation
    if conversation is None:
        return metadata_text(request.get("conversation_metadata"))
    return metadata_text(conversation["metadata_json"] or conversation["metadata"])


def _stored(app: App, request: Json, recipient: Recipient, *, message_id: str, mode: str, now: datetime) -> Stored:
    channel, identity = recipient.ways[0]
    document = {
        "id": message_id,
        "app_message": request["message"],
        "channel_identity": channel_identity(channel, identity),
        "contact_id": recipient.contact_id,
        "conversation_id": recipient.conversation_id,
        "direction": "TO_CONTACT",
        "metadata": request.get("message_metadata") or "",
        "accept_time": stamp(now),
        "injected": False,
        "sender_id": (request.get("channel_properties") or {}).get("SMS_SENDER", ""),
        "processing_mode": mode,
        "message_status": None,
    }
    return Stored(document=document, app_id=app.app_id, accepted=now)
