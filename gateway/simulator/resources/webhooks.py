"""Webhooks: up to five per app, each with a target of its own and the triggers it wants."""

import re
from collections.abc import Iterable
from typing import Any

from gateway.simulator.identifiers import new_ulid
from gateway.simulator.problem import Json, invalid
from gateway.simulator.records.state import App
from gateway.simulator.resources.masks import changed_fields
from gateway.simulator.router import Call, Route
from gateway.simulator.shapes.shape import choice, items, record, text

MAX_WEBHOOKS_PER_APP = 5
TRIGGERS = frozenset(
    {
        "BATCH_STATUS_UPDATE",
        "CAPABILITY",
        "CHANNEL_EVENT",
        "CONTACT_CREATE",
        "CONTACT_DELETE",
        "CONTACT_IDENTITIES_DUPLICATION",
        "CONTACT_MERGE",
        "CONTACT_UPDATE",
        "CONVERSATION_DELETE",
        "CONVERSATION_START",
        "CONVERSATION_STOP",
        "EVENT_DELIVERY",
        "EVENT_INBOUND",
        "MESSAGE_DELIVERY",
        "MESSAGE_INBOUND",
        "MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION",
        "MESSAGE_SUBMIT",
        "OPT_IN",
        "OPT_OUT",
        "RECORD_NOTIFICATION",
        "SMART_CONVERSATION",
        "UNSUPPORTED",
    }
)
_MAX_TARGET = 742
_VENDOR_HOST = re.compile(r"https?://conversation-api\.[^/]*sinch\.com\b", re.IGNORECASE)
_CHANGEABLE = ("target", "target_type", "secret", "triggers", "client_credentials")


def _target(value: Any, place: str) -> None:
    """A URL that is not too long, nor the vendor's own."""
    text(most=_MAX_TARGET)(value, place)
    if _VENDOR_HOST.match(value):
        raise invalid(place, "must not be a host of the Conversation API")


def _trigger(value: Any, place: str) -> None:
    text()(value, place)
    if value not in TRIGGERS:
        raise invalid(place, "is not a trigger")


_FIELDS = {
    "target_type": choice("DISMISS", "HTTP"),
    "secret": text(),
    "triggers": items(_trigger),
    "client_credentials": record(
        {"client_id": text(), "client_secret": text(), "endpoint": text()},
        {
            "scope": text(most=1024),
            "response_type": text(most=64),
            "token_request_type": choice("BASIC", "FORM"),
        },
    ),
}
_NEW = record({"app_id": text(), "target": _target}, _FIELDS)
_CHANGE = record(optional={"target": _target, **_FIELDS})


class Webhooks:
    """The webhooks of every app of a region."""

    def routes(self) -> Iterable[Route]:
        """The five operations."""
        yield Route("conversation", "POST", "webhooks", self.create)
        yield Route("conversation", "GET", "apps/{app_id}/webhooks", self.list)
        yield Route("conversation", "GET", "webhooks/{webhook_id}", self.get)
        yield Route("conversation", "PATCH", "webhooks/{webhook_id}", self.update)
        yield Route("conversation", "DELETE", "webhooks/{webhook_id}", self.delete)

    def create(self, call: Call) -> Json:
        """Register a target; 400 for a sixth webhook or a target that the app already has."""
        document = call.document()
        _NEW(document, "")
        app = call.region.app(document["app_id"])
        if len(app.webhooks) >= MAX_WEBHOOKS_PER_APP:
            raise invalid("app_id", f"an app has at most {MAX_WEBHOOKS_PER_APP} webhooks")
        _refuse_taken(app, document["target"])
        webhook = {
            "id": new_ulid(),
            "app_id": app.app_id,
            "target": document["target"],
            "target_type": document.get("target_type") or "DISMISS",
            "secret": document.get("secret") or "",
            "triggers": list(dict.fromkeys(document.get("triggers") or ())),
            "client_credentials": document.get("client_credentials"),
        }
        app.webhooks.append(webhook)
        app.index_webhooks()
        return call.region.webhooks.add(webhook["id"], webhook)

    def list(self, call: Call) -> Json:
        """All webhooks of an app; not paged."""
        return {"webhooks": call.region.app(call.parameters["app_id"]).webhooks}

    def get(self, call: Call) -> Json:
        """One webhook."""
        return call.region.webhooks.find(call.parameters["webhook_id"])

    def update(self, call: Call) -> Json:
        """Change what the mask names, or else what the body holds."""
        webhook = call.region.webhooks.find(call.parameters["webhook_id"])
        document = call.document()
        _CHANGE(document, "")
        app = call.region.app(webhook["app_id"])
        changes = changed_fields(call, document, _CHANGEABLE)
        target = changes.get("target", webhook["target"])
        if not target:
            raise invalid("target", "is required")
        if target != webhook["target"]:
            _refuse_taken(app, target)
        webhook.update(changes)
        webhook["triggers"] = list(dict.fromkeys(webhook["triggers"] or ()))
        webhook["secret"] = webhook["secret"] or ""
        webhook["target_type"] = webhook["target_type"] or "DISMISS"
        app.index_webhooks()
        return webhook

    def delete(self, call: Call) -> None:
        """Remove one webhook; what is on its way still goes out."""
        webhook = call.region.webhooks.remove(call.parameters["webhook_id"])
        app = call.region.app(webhook["app_id"])
        app.webhooks.remove(webhook)
        app.index_webhooks()


def _refuse_taken(app: App, target: str) -> None:
    if any(webhook["target"] == target for webhook in app.webhooks):
        raise invalid("target", "the app already has a webhook with this target")
