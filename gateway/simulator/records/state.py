"""Everything the simulator remembers about a project: one object per region, a bounded table per resource.

Apps, contacts, conversations and templates of one region are invisible in the others, as with the vendor.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from gateway.simulator.identifiers import is_ulid
from gateway.simulator.options import REGIONS, AppOptions
from gateway.simulator.problem import Json, invalid, not_found
from gateway.simulator.records.table import Table

DISPATCH = "DISPATCH"
CONVERSATION = "CONVERSATION"
_USUAL_PATIENCE_S = 60.0


@dataclass(slots=True)
class App:
    """An app: the document that the API shows, and its webhooks by trigger."""

    document: Json
    webhooks: list[Json] = field(default_factory=list)
    subscribers: dict[str, list[Json]] = field(default_factory=dict)

    @property
    def app_id(self) -> str:
        """Its identifier."""
        return str(self.document["id"])

    @property
    def processing_mode(self) -> str:
        """DISPATCH or CONVERSATION."""
        return str(self.document["processing_mode"])

    @property
    def keeps_dispatched(self) -> bool:
        """Whether what is sent in DISPATCH mode is stored at all."""
        return self.dispatch_retention_days > 0

    @property
    def dispatch_retention_days(self) -> int:
        """How long what is sent in DISPATCH mode is stored."""
        return int((self.document.get("dispatch_retention_policy") or {}).get("ttl_days") or 0)

    @property
    def retention_days(self) -> int:
        """How long what belongs to a conversation is stored, as far as `retention_type` lets it go."""
        return int(self.document["retention_policy"]["ttl_days"])

    @property
    def retention_type(self) -> str:
        """What goes by its age: messages, whole conversations, or nothing."""
        return str(self.document["retention_policy"]["retention_type"])

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels that are configured, best first; none means that every channel is."""
        return tuple(credentials["channel"] for credentials in self.document["channel_credentials"])

    @property
    def override_secret(self) -> str:
        """Signs callbacks to an overridden URL."""
        return str((self.document.get("callback_settings") or {}).get("secret_for_overridden_callback_urls") or "")

    @property
    def persists_status(self) -> bool:
        """Whether a stored message shows how far it got."""
        return bool((self.document.get("persist_message_status") or {}).get("enabled"))

    @property
    def fallback_patience_s(self) -> float | None:
        """How long a channel may take to report DELIVERED before the next one is tried; None is for ever."""
        fallback = self.document.get("delivery_report_based_fallback") or {}
        if not fallback.get("enabled"):
            return None
        return float(fallback.get("delivery_report_waiting_time") or _USUAL_PATIENCE_S)

    def index_webhooks(self) -> None:
        """Rebuild who gets what; to be called after every change of the webhooks."""
        self.subscribers = {}
        for webhook in self.webhooks:
            if webhook["target_type"] != "HTTP":
                continue
            for trigger in webhook["triggers"]:
                self.subscribers.setdefault(trigger, []).append(webhook)


@dataclass(slots=True, kw_only=True)
class Stored:
    """A stored message or event: the document that the API shows, and what it is looked up by."""

    document: Json
    app_id: str
    accepted: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch: the document that the API shows, and the app it is sent by."""

    document: Json
    app: App


@dataclass(slots=True)
class Consents:
    """Who has opted out of what an app sends, and how that came about."""

    lists: dict[str, dict[str, None]] = field(default_factory=dict)
    audit: dict[str, list[Json]] = field(default_factory=dict)


class Region:
    """What one region holds."""

    def __init__(self, name: str) -> None:
        """Hold nothing yet."""
        self.name = name
        self.apps: Table[App] = Table("app")
        self.webhooks: Table[Json] = Table("webhook")
        self.contacts: Table[Json] = Table("contact", dropped=self._contact_dropped)
        self.contact_ids: dict[str, list[str]] = {}
        """Contacts by identity, whatever the channel."""
        self.conversations: Table[Json] = Table("conversation", dropped=self._conversation_dropped)
        self.active_conversations: dict[tuple[str, str], str] = {}
        """Conversations by app and contact."""
        self.messages: Table[Stored] = Table("message")
        self.events: Table[Stored] = Table("event")
        self.templates: Table[Json] = Table("template")
        self.batches: Table[Batch] = Table("batch")
        self.consents: dict[str, Consents] = {}
        self.settings: Json | None = None
        self.is_cleanup_planned = False

    def app(self, app_id: object) -> App:
        """The app a request names: 400 when it names none or gives a malformed id, 404 when there is no such app."""
        if not isinstance(app_id, str) or not app_id:
            raise invalid("app_id", "is required")
        app = self.apps.get(app_id)
        if app is not None:
            return app
        if not is_ulid(app_id):
            raise invalid("app_id", "is not a valid app id")
        raise not_found("app")

    def _contact_dropped(self, contact_id: str, contact: Json) -> None:
        for entry in contact["channel_identities"]:
            ids = self.contact_ids.get(entry["identity"], [])
            if contact_id in ids:
                ids.remove(contact_id)
            if not ids:
                self.contact_ids.pop(entry["identity"], None)

    def _conversation_dropped(self, conversation_id: str, conversation: Json) -> None:
        key = (conversation["app_id"], conversation["contact_id"])
        if self.active_conversations.get(key) == conversation_id:
            del self.active_conversations[key]


class State:
    """All regions of the one project."""

    def __init__(self, apps: Callable[[AppOptions], App], configured: tuple[AppOptions, ...]) -> None:
        """Start with the configured apps, made by `apps`; ValueError for one that cannot be."""
        self._make = apps
        self._configured = tuple(AppOptions(*app) for app in configured)
        for options in self._configured:
            if options.region not in REGIONS or options.processing_mode not in {DISPATCH, CONVERSATION}:
                raise ValueError(f"app {options.app_id}: unknown region or processing mode")
        self.regions: dict[str, Region] = {}
        self.clear()

    def clear(self) -> None:
        """Go back to the configured apps and nothing else."""
        self.regions = {name: Region(name) for name in REGIONS}
        for options in self._configured:
            self.regions[options.region].apps.add(options.app_id, self._make(options))
