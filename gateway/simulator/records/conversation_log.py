"""Conversations behind the API: one active per app and contact, with the messages and events in them."""

from gateway.simulator.delivery.callbacks import Callbacks
from gateway.simulator.identifiers import new_ulid
from gateway.simulator.problem import Json
from gateway.simulator.records.retention import CLEANUP_INTERVAL_S, expired_conversations, expired_messages
from gateway.simulator.records.state import App, Region, Stored
from gateway.simulator.schedule import Schedule, stamp

NEVER = "1970-01-01T00:00:00Z"
_PAYLOAD_KEYS = {
    "CONVERSATION_START": "conversation_start_notification",
    "CONVERSATION_STOP": "conversation_stop_notification",
    "CONVERSATION_DELETE": "conversation_delete_notification",
}


class ConversationLog:
    """Starts, stops, fills and empties conversations, and tells the app about it."""

    def __init__(self, *, schedule: Schedule, callbacks: Callbacks) -> None:
        """Tell through these callbacks; what was kept for long enough goes once a day of this schedule."""
        self._schedule = schedule
        self._callbacks = callbacks

    def active(self, region: Region, app: App, contact_id: str, channel: str) -> Json:
        """The active conversation of an app with a contact, started now if there is none."""
        conversation_id = region.active_conversations.get((app.app_id, contact_id))
        if conversation_id is not None:
            return region.conversations.find(conversation_id)
        return self.start(region, app, {"contact_id": contact_id, "active_channel": channel})

    def start(self, region: Region, app: App, document: Json) -> Json:
        """Add a conversation; an active one takes the place of the one that was active before."""
        conversation = {
            "id": new_ulid(),
            "app_id": app.app_id,
            "contact_id": document["contact_id"],
            "active": document.get("active") is not False,
            "active_channel": document.get("active_channel") or "",
            "metadata": document.get("metadata") or "",
            "metadata_json": document.get("metadata_json") or {},
            "correlation_id": document.get("correlation_id") or "",
            "last_received": NEVER,
        }
        region.conversations.add(conversation["id"], conversation)
        if conversation["active"]:
            self.activate(region, conversation)
        self._tell(app, "CONVERSATION_START", conversation)
        return conversation

    def activate(self, region: Region, conversation: Json) -> None:
        """Make a conversation the active one of its app and contact; the one before becomes inactive."""
        key = (conversation["app_id"], conversation["contact_id"])
        before = region.active_conversations.get(key)
        if before is not None and before != conversation["id"]:
            region.conversations.find(before)["active"] = False
        conversation["active"] = True
        region.active_conversations[key] = conversation["id"]

    def stop(self, region: Region, conversation: Json) -> None:
        """End a conversation; the next message starts another."""
        if not conversation["active"]:
            return
        conversation["active"] = False
        region.active_conversations.pop((conversation["app_id"], conversation["contact_id"]), None)
        app = region.apps.get(conversation["app_id"])
        if app is not None:
            self._tell(app, "CONVERSATION_STOP", conversation)

    def delete(self, region: Region, conversation_id: str) -> None:
        """Remove a conversation with every message and event in it, or raise the 404."""
        conversation = region.conversations.remove(conversation_id)
        for table in (region.messages, region.events):
            for stored in table:
                if stored.document["conversation_id"] == conversation_id:
                    table.remove(stored.document["id"])
        app = region.apps.get(conversation["app_id"])
        if app is not None:
            self._tell(app, "CONVERSATION_DELETE", conversation)

    def keep_message(self, region: Region, stored: Stored) -> None:
        """Store a message, and note it in its conversation if it has one."""
        region.messages.add(stored.document["id"], stored)
        conversation = region.conversations.get(stored.document["conversation_id"])
        if conversation is not None:
            conversation["last_received"] = stamp(stored.accepted)
            conversation["active_channel"] = stored.document["channel_identity"]["channel"]
        self._plan_cleanup(region)

    def _plan_cleanup(self, region: Region) -> None:
        if not region.is_cleanup_planned:
            region.is_cleanup_planned = True
            self._schedule.after(CLEANUP_INTERVAL_S, lambda: self._clean_up(region))

    def _clean_up(self, region: Region) -> None:
        """Delete what has outlived its app's policy; as long as anything is stored, come back tomorrow."""
        region.is_cleanup_planned = False
        now = self._schedule.now()
        for conversation_id in expired_conversations(region, now):
            self.delete(region, conversation_id)
        for stored in expired_messages(region, now):
            table = region.messages if stored.document["id"] in region.messages else region.events
            table.remove(stored.document["id"])
        if len(region.messages):
            self._plan_cleanup(region)

    def _tell(self, app: App, trigger: str, conversation: Json) -> None:
        self._callbacks.emit(
            app,
            trigger,
            {_PAYLOAD_KEYS[trigger]: {"conversation": conversation}},
            message_metadata=conversation["metadata"],
            correlation_id=conversation["correlation_id"],
        )
