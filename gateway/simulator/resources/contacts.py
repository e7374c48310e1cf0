"""Contacts: people of the project, with the identities under which channels know them."""

from collections.abc import Iterable

from gateway.simulator.identities import UNIFIED_CHANNELS, normalised
from gateway.simulator.problem import Json, invalid, not_found
from gateway.simulator.records.address_book import AddressBook
from gateway.simulator.records.state import Region
from gateway.simulator.resources.masks import changed_fields
from gateway.simulator.resources.paging import page, slice_page
from gateway.simulator.router import Call, Route
from gateway.simulator.shapes.sending import channel_identity, recipient
from gateway.simulator.shapes.shape import choice, items, record, text

_MAX_PAGE = 20
_FIELDS = {
    "channel_identities": items(channel_identity),
    "channel_priority": items(text()),
    "display_name": text(),
    "email": text(),
    "external_id": text(),
    "metadata": text(most=1024),
    "language": text(),
}
new_contact = record({"channel_identities": items(channel_identity, least=1), "language": text()}, _FIELDS)
_CHANGE = record(optional=_FIELDS)
_MERGE = record({"source_id": text()}, {"strategy": choice("MERGE")})
_PROFILE = record(
    {"app_id": text(), "recipient": recipient, "channel": choice("MESSENGER", "INSTAGRAM", "VIBER", "LINE")}
)


class Contacts:
    """The contacts of a region."""

    def __init__(self, address_book: AddressBook) -> None:
        """Keep them in this."""
        self._address_book = address_book

    def routes(self) -> Iterable[Route]:
        """The operations."""
        yield Route("conversation", "POST", "contacts", self.create)
        yield Route("conversation", "GET", "contacts", self.list)
        yield Route("conversation", "GET", "contacts:identityConflicts", self.conflicts)
        yield Route("conversation", "POST", "contacts:getChannelProfile", self.profile)
        yield Route("conversation", "POST", "contacts/{destination_id}:merge", self.merge)
        yield Route("conversation", "GET", "contacts/{contact_id}", self.get)
        yield Route("conversation", "PATCH", "contacts/{contact_id}", self.update)
        yield Route("conversation", "DELETE", "contacts/{contact_id}", self.delete)

    def create(self, call: Call) -> Json:
        """Add a contact."""
        document = call.document()
        new_contact(document, "")
        return self._address_book.create(call.region, document)

    def list(self, call: Call) -> Json:
        """Contacts in the order of their creation, filtered by external id or by identity."""
        query = call.query
        external_id, channel, identity = (query.get(name) or "" for name in ("external_id", "channel", "identity"))

        def wanted(contact: Json) -> bool:
            if external_id and contact["external_id"] != external_id:
                return False
            return not (channel or identity) or any(
                channel in ("", entry["channel"])
                and (not identity or entry["identity"] == normalised(entry["channel"], identity))
                for entry in contact["channel_identities"]
            )

        rows, token = page(
            call.region.contacts,
            size=query.get("page_size"),
            token=query.get("page_token"),
            most=_MAX_PAGE,
            wanted=wanted,
        )
        return {"contacts": rows, "next_page_token": token}

    def get(self, call: Call) -> Json:
        """One contact."""
        return call.region.contacts.find(call.parameters["contact_id"])

    def update(self, call: Call) -> Json:
        """Change what the mask names, or else what the body holds."""
        contact = call.region.contacts.find(call.parameters["contact_id"])
        document = call.document()
        _CHANGE(document, "")
        return self._address_book.change(call.region, contact, changed_fields(call, document, tuple(_FIELDS)))

    def delete(self, call: Call) -> None:
        """Remove a contact."""
        self._address_book.delete(call.region, call.parameters["contact_id"])

    def merge(self, call: Call) -> Json:
        """Let the contact of the body disappear into the one of the path."""
        document = call.document()
        _MERGE(document, "")
        preserved = call.region.contacts.find(call.parameters["destination_id"])
        deleted = call.region.contacts.find(document["source_id"])
        if preserved is deleted:
            raise invalid("source_id", "is the destination itself")
        return self._address_book.merge(call.region, preserved, deleted)

    def profile(self, call: Call) -> Json:
        """What a channel knows about a recipient: the display name of a known contact, else the usual 404."""
        request = call.document()
        _PROFILE(request, "")
        call.region.app(request["app_id"])
        contact_id = request["recipient"].get("contact_id")
        if contact_id is not None:
            return {"profile_name": call.region.contacts.find(contact_id)["display_name"]}
        for entry in request["recipient"]["identified_by"]["channel_identities"]:
            contact = self._address_book.find(call.region, entry["channel"], entry["identity"])
            if contact is not None:
                return {"profile_name": contact["display_name"]}
        raise not_found("profile")

    def conflicts(self, call: Call) -> Json:
        """Phone numbers that several contacts hold, on channels where one number is one person."""
        rows, token = slice_page(
            identity_conflicts(call.region),
            size=call.query.get("page_size"),
            token=call.query.get("page_token"),
            most=_MAX_PAGE,
        )
        return {"conflicts": rows, "next_page_token": token}


def identity_conflicts(region: Region) -> list[Json]:
    """What stands against one contact per phone number."""
    conflicts = []
    for identity, contact_ids in region.contact_ids.items():
        holders: dict[str, None] = {}
        channels: dict[str, None] = {}
        for contact_id in contact_ids:
            for entry in region.contacts.find(contact_id)["channel_identities"]:
                if entry["identity"] == identity and entry["channel"] in UNIFIED_CHANNELS:
                    holders[contact_id] = None
                    channels[entry["channel"]] = None
        if len(holders) > 1:
            conflicts.append({"identity": identity, "channels": sorted(channels), "contact_ids": list(holders)})
    return conflicts
