"""Who has opted out of what: three lists per app, and a record of every change."""

from gateway.simulator.problem import Json
from gateway.simulator.records.state import Consents, Region
from gateway.simulator.schedule import Schedule, stamp

OPT_OUT_ALL = "OPT_OUT_ALL"
LISTS = (OPT_OUT_ALL, "OPT_OUT_MARKETING", "OPT_OUT_NOTIFICATION")
_BLOCKED_BY = {"CONTENT_MARKETING": "OPT_OUT_MARKETING", "CONTENT_NOTIFICATION": "OPT_OUT_NOTIFICATION"}
_STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
_START_WORDS = frozenset({"START", "UNSTOP", "YES"})


class ConsentRegister:
    """Changes the lists and answers whether a message may be sent."""

    def __init__(self, *, schedule: Schedule, project_id: str) -> None:
        """Date the records by this schedule."""
        self._schedule = schedule
        self._project_id = project_id

    def opt_out(self, region: Region, app_id: str, identity: str, *, list_type: str, origin: str) -> None:
        """Put an identity on a list; a second time is recorded as an update."""
        consents = region.consents.setdefault(app_id, Consents())
        members = consents.lists.setdefault(list_type, {})
        operation = "OPERATION_UPDATE" if identity in members else "OPERATION_INSERT"
        members[identity] = None
        self._record(
            consents, app_id=app_id, identity=identity, list_type=list_type, origin=origin, operation=operation
        )

    def listen(self, region: Region, app_id: str, identity: str, text: str) -> None:
        """Take a recipient's keyword for what it means; anything else means nothing."""
        word = text.strip().upper()
        if word in _STOP_WORDS:
            self.opt_out(region, app_id, identity, list_type=OPT_OUT_ALL, origin="ORIGIN_MO")
        elif word in _START_WORDS:
            consents = region.consents.get(app_id)
            if consents is not None and identity in consents.lists.get(OPT_OUT_ALL, {}):
                del consents.lists[OPT_OUT_ALL][identity]
                self._record(
                    consents,
                    app_id=app_id,
                    identity=identity,
                    list_type=OPT_OUT_ALL,
                    origin="ORIGIN_MO",
                    operation="OPERATION_DELETE",
                )

    def forbids(self, region: Region, app_id: str, identity: str, content_type: str) -> bool:
        """Whether the identity opted out of everything, or of this kind of content."""
        consents = region.consents.get(app_id)
        if consents is None:
            return False
        lists = (OPT_OUT_ALL, _BLOCKED_BY.get(content_type, OPT_OUT_ALL))
        return any(
            spelling in consents.lists.get(name, {}) for name in lists for spelling in (identity, f"+{identity}")
        )

    def _record(
        self, consents: Consents, *, app_id: str, identity: str, list_type: str, origin: str, operation: str
    ) -> None:
        record: Json = {
            "origin": origin,
            "operation": operation,
            "list_type": list_type,
            "project_id": self._project_id,
            "app_id": app_id,
            "datetime": stamp(self._schedule.now()),
        }
        consents.audit.setdefault(identity, []).append(record)
