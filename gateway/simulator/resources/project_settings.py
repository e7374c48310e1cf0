"""The settings of the project: one document per region, which has to be created first."""

from collections.abc import Iterable

from gateway.simulator.problem import Json, RefusedError, not_found
from gateway.simulator.records.state import Region
from gateway.simulator.resources.contacts import identity_conflicts
from gateway.simulator.router import Call, Route
from gateway.simulator.shapes.shape import boolean, record

_SETTINGS = record(optional={"contact_settings": record(optional={"unified_contact_id_enabled": boolean})})


class ProjectSettings:
    """The settings; one contact per phone number is the only one so far."""

    def __init__(self, project_id: str) -> None:
        """Show the settings of this project."""
        self._project_id = project_id

    def routes(self) -> Iterable[Route]:
        """The four operations."""
        yield Route("conversation", "GET", "settings", self.get)
        yield Route("conversation", "POST", "settings", self.create)
        yield Route("conversation", "PATCH", "settings", self.update)
        yield Route("conversation", "DELETE", "settings", self.delete)

    def get(self, call: Call) -> Json:
        """The settings, or 404 before they were created."""
        return self._shown(_existing(call.region))

    def create(self, call: Call) -> Json:
        """Create the settings; 409 when there are some."""
        if call.region.settings is not None:
            raise RefusedError(409, "ALREADY_EXISTS", "the project has settings already")
        return self._change(call, {})

    def update(self, call: Call) -> Json:
        """Change the settings; unifying contacts is refused while identities conflict."""
        return self._change(call, _existing(call.region))

    def delete(self, call: Call) -> None:
        """Go back to no settings."""
        _existing(call.region)
        call.region.settings = None

    def _change(self, call: Call, current: Json) -> Json:
        document = call.document()
        _SETTINGS(document, "")
        contact_settings = {**current.get("contact_settings", {}), **(document.get("contact_settings") or {})}
        if contact_settings.get("unified_contact_id_enabled") and identity_conflicts(call.region):
            raise RefusedError(400, "FAILED_PRECONDITION", "identity conflicts have to be resolved first")
        contact_settings.setdefault("unified_contact_id_enabled", False)
        call.region.settings = {"contact_settings": contact_settings}
        return self._shown(call.region.settings)

    def _shown(self, settings: Json) -> Json:
        return {"project_id": self._project_id, "settings": settings}


def _existing(region: Region) -> Json:
    if region.settings is None:
        raise not_found("project settings")
    return region.settings
