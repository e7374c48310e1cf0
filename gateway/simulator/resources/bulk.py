"""Contacts and consents by the thousand, on the batch host."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from gateway.simulator.problem import RefusedError
from gateway.simulator.records.address_book import AddressBook
from gateway.simulator.records.consent_register import LISTS, ConsentRegister
from gateway.simulator.records.state import Region
from gateway.simulator.resources.contacts import new_contact
from gateway.simulator.router import Call, Route
from gateway.simulator.schedule import Schedule
from gateway.simulator.shapes.shape import choice, items, record, text

_MOST = 1000
_CONTACTS = record({"contacts": items(record(), least=1, most=_MOST)})
_CONTACT_IDS = record({"contact_ids": items(text(), least=1, most=_MOST)})
_CONSENTS = record(
    {
        "app_id": text(),
        "consent_records": items(
            record({"identification": text()}, {"consent_type": choice(*LISTS)}), least=1, most=_MOST
        ),
    }
)


class Bulk:
    """Accepts at once and works afterwards; what fails is told by the callback that does not come."""

    def __init__(self, *, schedule: Schedule, address_book: AddressBook, consents: ConsentRegister) -> None:
        """Work on these."""
        self._schedule = schedule
        self._address_book = address_book
        self._consents = consents

    def routes(self) -> Iterable[Route]:
        """The three operations."""
        yield Route("batch", "POST", "contacts", self.create_contacts)
        yield Route("batch", "DELETE", "contacts", self.delete_contacts)
        yield Route("batch", "POST", "consents", self.insert_consents)

    def create_contacts(self, call: Call) -> None:
        """Add contacts; a malformed one is left out."""
        request = call.document()
        _CONTACTS(request, "")
        region = call.region
        for contact in request["contacts"]:
            self._schedule.after(0, partial(self._create, region, contact))

    def delete_contacts(self, call: Call) -> None:
        """Remove contacts; an unknown one is left out."""
        request = call.document()
        _CONTACT_IDS(request, "")
        region = call.region
        for contact_id in request["contact_ids"]:
            self._schedule.after(0, partial(self._delete, region, contact_id))

    def insert_consents(self, call: Call) -> None:
        """Put identities on lists, on the one for everything where none is named."""
        request = call.document()
        _CONSENTS(request, "")
        app = call.region.app(request["app_id"])
        for entry in request["consent_records"]:
            self._consents.opt_out(
                call.region,
                app.app_id,
                entry["identification"],
                list_type=entry.get("consent_type") or LISTS[0],
                origin="ORIGIN_API",
            )

    def _create(self, region: Region, contact: Any) -> None:
        try:
            new_contact(contact, "")
        except RefusedError:
            return
        self._address_book.create(region, contact)

    def _delete(self, region: Region, contact_id: str) -> None:
        if contact_id in region.contacts:
            self._address_book.delete(region, contact_id)
