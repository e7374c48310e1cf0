"""Apps: their channels, their mode, and the settings of everything that belongs to them."""

from collections.abc import Iterable

from gateway.simulator.delivery.queue import AppQueues
from gateway.simulator.identifiers import new_ulid
from gateway.simulator.options import AppOptions
from gateway.simulator.problem import Json
from gateway.simulator.records.state import DISPATCH, App
from gateway.simulator.resources.masks import changed_fields
from gateway.simulator.router import Call, Route
from gateway.simulator.shapes.shape import boolean, choice, integer, items, record, text

_RATE = 25
_CREDENTIALS = record(
    {"channel": text()},
    {"callback_secret": text(most=256), "credential_ordinal_number": integer(0, 255)},
)
_SETTINGS = {
    "conversation_metadata_report_view": choice("NONE", "FULL"),
    "retention_policy": record(
        optional={
            "retention_type": choice("MESSAGE_EXPIRE_POLICY", "CONVERSATION_EXPIRE_POLICY", "PERSIST_RETENTION_POLICY"),
            "ttl_days": integer(1, 3650),
        }
    ),
    "dispatch_retention_policy": record(
        optional={"retention_type": choice("MESSAGE_EXPIRE_POLICY"), "ttl_days": integer(0, 7)}
    ),
    "processing_mode": choice("DISPATCH", "CONVERSATION"),
    "smart_conversation": record(optional={"enabled": boolean}),
    "callback_settings": record(optional={"secret_for_overridden_callback_urls": text()}),
    "message_retry_settings": record(optional={"retry_duration": integer(30, 3600)}),
    "delivery_report_based_fallback": record(
        optional={"enabled": boolean, "delivery_report_waiting_time": integer(10, 259_200)}
    ),
    "persist_message_status": record(optional={"enabled": boolean}),
    "message_search": record(optional={"enabled": boolean}),
}
_CHANNELS = items(_CREDENTIALS)
_NEW = record({"display_name": text(), "channel_credentials": _CHANNELS}, _SETTINGS)
_CHANGE = record(optional={"display_name": text(), "channel_credentials": _CHANNELS, **_SETTINGS})
_CHANGEABLE = ("display_name", "channel_credentials", *_SETTINGS)


class Apps:
    """The apps of a region."""

    def __init__(self, queues: AppQueues) -> None:
        """Show how full these queues are."""
        self._queues = queues

    def routes(self) -> Iterable[Route]:
        """The five operations."""
        yield Route("conversation", "POST", "apps", self.create)
        yield Route("conversation", "GET", "apps", self.list)
        yield Route("conversation", "GET", "apps/{app_id}", self.get)
        yield Route("conversation", "PATCH", "apps/{app_id}", self.update)
        yield Route("conversation", "DELETE", "apps/{app_id}", self.delete)

    def create(self, call: Call) -> Json:
        """Add an app; the order of its credentials is the order in which its channels are tried."""
        document = call.document()
        _NEW(document, "")
        app = App(_document(new_ulid(), document))
        call.region.apps.add(app.app_id, app)
        return self._shown(app)

    def list(self, call: Call) -> Json:
        """All apps; not paged."""
        return {"apps": [self._shown(app) for app in call.region.apps]}

    def get(self, call: Call) -> Json:
        """One app."""
        return self._shown(call.region.apps.find(call.parameters["app_id"]))

    def update(self, call: Call) -> Json:
        """Change what the mask names, or else what the body holds."""
        app = call.region.apps.find(call.parameters["app_id"])
        document = call.document()
        _CHANGE(document, "")
        changes = changed_fields(call, document, _CHANGEABLE)
        app.document = _document(app.app_id, {**app.document, **changes})
        return self._shown(app)

    def delete(self, call: Call) -> None:
        """Remove an app with its webhooks."""
        app = call.region.apps.remove(call.parameters["app_id"])
        for webhook in app.webhooks:
            call.region.webhooks.remove(webhook["id"])

    def _shown(self, app: App) -> Json:
        return {**app.document, "queue_stats": self._queues.stats(app.app_id)}


def configured_app(options: AppOptions) -> App:
    """An app that exists from the start: every channel works."""
    settings = {
        "display_name": f"App {options.app_id}",
        "processing_mode": options.processing_mode,
        "callback_settings": {"secret_for_overridden_callback_urls": options.callback_secret},
    }
    return App(_document(options.app_id, settings))


def _document(app_id: str, given: Json) -> Json:
    """The whole document: what was given, and the defaults for the rest."""
    return {
        "id": app_id,
        "display_name": given.get("display_name") or "",
        "channel_credentials": [_credentials(entry) for entry in given.get("channel_credentials") or []],
        "conversation_metadata_report_view": given.get("conversation_metadata_report_view") or "NONE",
        "rate_limits": {"inbound": _RATE, "outbound": _RATE, "webhooks": _RATE},
        "retention_policy": {
            "retention_type": "MESSAGE_EXPIRE_POLICY",
            "ttl_days": 180,
            **(given.get("retention_policy") or {}),
        },
        "dispatch_retention_policy": {
            "retention_type": "MESSAGE_EXPIRE_POLICY",
            "ttl_days": 0,
            **(given.get("dispatch_retention_policy") or {}),
        },
        "processing_mode": given.get("processing_mode") or DISPATCH,
        "smart_conversation": given.get("smart_conversation") or {"enabled": False},
        "callback_settings": given.get("callback_settings") or {"secret_for_overridden_callback_urls": ""},
        "message_retry_settings": given.get("message_retry_settings"),
        "delivery_report_based_fallback": given.get("delivery_report_based_fallback") or {"enabled": False},
        "persist_message_status": given.get("persist_message_status") or {"enabled": False},
        "message_search": given.get("message_search") or {"enabled": False},
    }


def _credentials(entry: Json) -> Json:
    """One channel of an app; every integration works at once."""
    return {
        "credential_ordinal_number": 0,
        **entry,
        "callback_secret": entry.get("callback_secret") or "",
        "state": {"status": "ACTIVE", "description": ""},
        "channel_known_id": entry.get("channel_known_id") or "",
    }
