"""Capability lookups: acknowledged at once, answered by one callback per channel."""

from collections.abc import Callable, Iterable

from gateway.simulator.delivery.callbacks import Callbacks
from gateway.simulator.delivery.outbound import Way
from gateway.simulator.identifiers import new_ulid
from gateway.simulator.identities import normalised
from gateway.simulator.problem import Json
from gateway.simulator.records.address_book import AddressBook
from gateway.simulator.records.state import App
from gateway.simulator.router import Call, Route
from gateway.simulator.schedule import Schedule
from gateway.simulator.shapes.sending import recipient
from gateway.simulator.shapes.shape import record, text

_QUERY = record({"app_id": text(), "recipient": recipient}, {"request_id": text()})
_RCS_FEATURES = (
    "ACTION_CREATE_CALENDAR_EVENT",
    "ACTION_DIAL",
    "ACTION_OPEN_URL",
    "ACTION_SHARE_LOCATION",
    "ACTION_VIEW_LOCATION",
    "RICHCARD_CAROUSEL",
    "RICHCARD_STANDALONE",
)


class Capability:
    """Answers what a recipient can receive: everything, where no channel knows better."""

    def __init__(
        self,
        *,
        schedule: Schedule,
        callbacks: Callbacks,
        address_book: AddressBook,
        verdict: Callable[[str], str],
        delay_s: float,
    ) -> None:
        """Ask `verdict` for the status of an identity, "" for none; wait so long before telling."""
        self._schedule = schedule
        self._callbacks = callbacks
        self._address_book = address_book
        self._verdict = verdict
        self._delay_s = delay_s

    def routes(self) -> Iterable[Route]:
        """The one operation."""
        yield Route("conversation", "POST", "capability:query", self.query)

    def query(self, call: Call) -> Json:
        """Acknowledge; the request id is made up when there is none."""
        request = call.document()
        _QUERY(request, "")
        app = call.region.app(request["app_id"])
        request_id = request.get("request_id") or new_ulid()
        contact_id = request["recipient"].get("contact_id")
        if contact_id is None:
            identities = request["recipient"]["identified_by"]["channel_identities"]
            known = self._address_book.find(call.region, identities[0]["channel"], identities[0]["identity"])
            contact_id = known["id"] if known is not None else ""
        else:
            identities = call.region.contacts.find(contact_id)["channel_identities"]
        for entry in identities:
            self._tell_later(app, request_id, contact_id, (entry["channel"], entry["identity"]))
        return {"app_id": app.app_id, "recipient": request["recipient"], "request_id": request_id}

    def _tell_later(self, app: App, request_id: str, contact_id: str, way: Way) -> None:
        channel, identity = way[0], normalised(*way)
        status = self._verdict(identity)
        if not status:
            return
        capable = status in {"CAPABILITY_FULL", "CAPABILITY_PARTIAL"}
        notification = {
            "request_id": request_id,
            "contact_id": contact_id,
            "channel": channel,
            "identity": identity,
            "capability_status": status,
            "channel_capabilities": list(_RCS_FEATURES) if channel == "RCS" and capable else [],
        }
        self._schedule.after(
            self._delay_s,
            lambda: self._callbacks.emit(app, "CAPABILITY", {"capability_notification": notification}),
        )
