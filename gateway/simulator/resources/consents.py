"""Consents: who is on which opt-out list of an app, and how they came there."""

from collections.abc import Iterable

from gateway.simulator.problem import Json, invalid
from gateway.simulator.records.consent_register import LISTS
from gateway.simulator.records.state import Consents as ConsentsOfApp
from gateway.simulator.resources.paging import slice_page
from gateway.simulator.router import Call, Route

_MAX_PAGE = 50


class Consents:
    """Reads the lists; they change by a batch call or by a recipient's keyword."""

    def routes(self) -> Iterable[Route]:
        """The two operations."""
        yield Route("conversation", "GET", "apps/{app_id}/consents/identities/{identity}", self.audit)
        yield Route("conversation", "GET", "apps/{app_id}/consents/{list_type}", self.members)

    def members(self, call: Call) -> Json:
        """The identities on one list."""
        list_type = call.parameters["list_type"]
        if list_type not in LISTS:
            raise invalid("list_type", f"must be one of {', '.join(LISTS)}")
        rows, token = slice_page(
            list(_of_app(call).lists.get(list_type, {})),
            size=call.query.get("page_size"),
            token=call.query.get("page_token"),
            most=_MAX_PAGE,
        )
        return {"identities": [{"identity": identity} for identity in rows], "next_page_token": token}

    def audit(self, call: Call) -> Json:
        """Everything that happened to one identity, oldest first."""
        identity = call.parameters["identity"]
        return {"identity": {"identity": identity}, "audit_records": _of_app(call).audit.get(identity, [])}


def _of_app(call: Call) -> ConsentsOfApp:
    app = call.region.app(call.parameters["app_id"])
    return call.region.consents.get(app.app_id) or ConsentsOfApp()
