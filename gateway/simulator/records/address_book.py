"""Contacts behind the API: found by an identity, made when a message needs one, and told about by callback."""

from collections.abc import Iterable

from gateway.simulator.delivery.callbacks import Callbacks
from gateway.simulator.identifiers import new_ulid
from gateway.simulator.identities import UNIFIED_CHANNELS, channel_identity, normalised
from gateway.simulator.problem import Json
from gateway.simulator.records.state import Region

_PAYLOAD_KEYS = {
    "CONTACT_CREATE": "contact_create_notification",
    "CONTACT_UPDATE": "contact_update_notification",
    "CONTACT_DELETE": "contact_delete_notification",
}


class AddressBook:
    """Keeps contacts and their identities together; contacts belong to the project, so every app hears of them."""

    def __init__(self, callbacks: Callbacks) -> None:
        """Tell through these callbacks."""
        self._callbacks = callbacks

    def create(self, region: Region, document: Json, contact_id: str | None = None) -> Json:
        """Add a contact; its identities are normalised, and a shared one is reported as duplicated."""
        contact: Json = {
            "id": contact_id or new_ulid(),
            "channel_identities": normalised_identities(document.get("channel_identities") or []),
            "channel_priority": document.get("channel_priority") or [],
            "display_name": document.get("display_name") or "Unknown",
            "email": document.get("email") or "",
            "external_id": document.get("external_id") or "",
            "metadata": document.get("metadata") or "",
            "language": document.get("language") or "UNSPECIFIED",
        }
        region.contacts.add(contact["id"], contact)
        self._index(region, contact)
        self._tell(region, "CONTACT_CREATE", contact)
        self._tell_duplicates(region, contact)
        return contact

    def change(self, region: Region, contact: Json, changes: Json) -> Json:
        """Put new values into a contact; cleared ones become empty."""
        self._unindex(region, contact)
        for name, value in changes.items():
            contact[name] = value if value is not None else type(contact[name])()
        contact["channel_identities"] = normalised_identities(contact["channel_identities"])
        contact["display_name"] = contact["display_name"] or "Unknown"
        self._index(region, contact)
        self._tell(region, "CONTACT_UPDATE", contact)
        self._tell_duplicates(region, contact)
        return contact

    def delete(self, region: Region, contact_id: str) -> None:
        """Remove a contact, or raise the 404."""
        contact = region.contacts.remove(contact_id)
        self._tell(region, "CONTACT_DELETE", contact)

    def merge(self, region: Region, preserved: Json, deleted: Json) -> Json:
        """Give one contact the identities of another, which disappears with its conversations handed over."""
        region.contacts.remove(deleted["id"])
        known = {(entry["channel"], entry["identity"]) for entry in preserved["channel_identities"]}
        preserved["channel_identities"] = preserved["channel_identities"] + [
            entry for entry in deleted["channel_identities"] if (entry["channel"], entry["identity"]) not in known
        ]
        self._index(region, preserved)
        for conversation in region.conversations:
            if conversation["contact_id"] == deleted["id"]:
                _hand_over(region, conversation, preserved["id"])
        payload = {"preserved_contact": preserved, "deleted_contact": deleted}
        for app in region.apps:
            self._callbacks.emit(app, "CONTACT_MERGE", {"contact_merge_notification": payload})
        return preserved

    def find(self, region: Region, channel: str, identity: str) -> Json | None:
        """The oldest contact with this identity; one number is one person when the project's settings say so."""
        wanted = {channel}
        if channel in UNIFIED_CHANNELS and is_unified(region):
            wanted |= UNIFIED_CHANNELS
        wanted_identity = normalised(channel, identity)
        for contact_id in region.contact_ids.get(wanted_identity, ()):
            contact = region.contacts.find(contact_id)
            for entry in contact["channel_identities"]:
                if entry["identity"] == wanted_identity and entry["channel"] in wanted:
                    return contact
        return None

    def find_or_create(self, region: Region, identities: Iterable[Json]) -> Json:
        """The contact that has one of these identities, or a new one that has all of them."""
        given = list(identities)
        for entry in given:
            contact = self.find(region, entry["channel"], entry["identity"])
            if contact is not None:
                return contact
        return self.create(region, {"channel_identities": given})

    def _index(self, region: Region, contact: Json) -> None:
        for entry in contact["channel_identities"]:
            ids = region.contact_ids.setdefault(entry["identity"], [])
            if contact["id"] not in ids:
                ids.append(contact["id"])

    def _unindex(self, region: Region, contact: Json) -> None:
        for entry in contact["channel_identities"]:
            ids = region.contact_ids.get(entry["identity"], [])
            if contact["id"] in ids:
                ids.remove(contact["id"])

    def _tell(self, region: Region, trigger: str, contact: Json) -> None:
        for app in region.apps:
            self._callbacks.emit(app, trigger, {_PAYLOAD_KEYS[trigger]: {"contact": contact}})

    def _tell_duplicates(self, region: Region, contact: Json) -> None:
        duplicates = []
        for entry in contact["channel_identities"]:
            sharing = [
                contact_id
                for contact_id in region.contact_ids.get(entry["identity"], ())
                if any(
                    (other["channel"], other["identity"]) == (entry["channel"], entry["identity"])
                    for other in region.contacts.find(contact_id)["channel_identities"]
                )
            ]
            if len(sharing) > 1:
                duplicates.append({"channel": entry["channel"], "contact_ids": sharing})
        if duplicates:
            payload = {"duplicated_contact_identities_notification": {"duplicated_identities": duplicates}}
            for app in region.apps:
                self._callbacks.emit(app, "CONTACT_IDENTITIES_DUPLICATION", payload)


def is_unified(region: Region) -> bool:
    """Whether the project made one phone number one contact."""
    settings = (region.settings or {}).get("contact_settings") or {}
    return bool(settings.get("unified_contact_id_enabled"))


def normalised_identities(entries: Iterable[Json]) -> list[Json]:
    """The identities as they are stored."""
    return [channel_identity(entry["channel"], entry["identity"], entry.get("app_id") or "") for entry in entries]


def _hand_over(region: Region, conversation: Json, contact_id: str) -> None:
    old = (conversation["app_id"], conversation["contact_id"])
    new = (conversation["app_id"], contact_id)
    if region.active_conversations.get(old) == conversation["id"]:
        del region.active_conversations[old]
        region.active_conversations.setdefault(new, conversation["id"])
    conversation["contact_id"] = contact_id
