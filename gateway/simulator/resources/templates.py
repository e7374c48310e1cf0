"""Omni-channel templates: a message in several languages, replaced as a whole, guarded by its version."""

from collections.abc import Iterable

from gateway.simulator.identifiers import new_ulid
from gateway.simulator.problem import Json, RefusedError, invalid
from gateway.simulator.router import Call, Route
from gateway.simulator.schedule import Schedule, stamp
from gateway.simulator.shapes.app_message import APP_MESSAGE_BODIES
from gateway.simulator.shapes.shape import integer, items, mapping, record, text

_MAX_VERSION = 2**31 - 1
_TRANSLATION = record(
    {"language_code": text()},
    {
        "version": text(),
        "variables": items(record(optional={"key": text(), "preview_value": text()})),
        "channel_template_overrides": mapping(record(optional={"parameter_mappings": mapping(text())})),
    },
    one_of=APP_MESSAGE_BODIES,
)
_TEMPLATE = record(
    {"default_translation": text(), "translations": items(_TRANSLATION, least=1)},
    {"id": text(), "description": text(), "version": integer(0, _MAX_VERSION)},
)


class Templates:
    """The templates of a region, on a host of their own."""

    def __init__(self, schedule: Schedule) -> None:
        """Date changes by this schedule."""
        self._schedule = schedule

    def routes(self) -> Iterable[Route]:
        """The six operations."""
        yield Route("template", "GET", "templates", self.list)
        yield Route("template", "POST", "templates", self.create)
        yield Route("template", "GET", "templates/{template_id}", self.get)
        yield Route("template", "PUT", "templates/{template_id}", self.update)
        yield Route("template", "DELETE", "templates/{template_id}", self.delete)
        yield Route("template", "GET", "templates/{template_id}/translations", self.translations)

    def list(self, call: Call) -> Json:
        """All templates; not paged."""
        return {"templates": list(call.region.templates)}

    def create(self, call: Call) -> Json:
        """Add a template under an id of the caller's or a new one; 409 when the id is taken."""
        document = _checked(call)
        template_id = document.get("id") or new_ulid()
        if template_id in call.region.templates:
            raise RefusedError(409, "ALREADY_EXISTS", "a template with this id exists")
        now = stamp(self._schedule.now())
        template = _template(document, template_id, version=1, created=now, changed=now)
        return call.region.templates.add(template_id, template)

    def get(self, call: Call) -> Json:
        """One template."""
        return call.region.templates.find(call.parameters["template_id"])

    def update(self, call: Call) -> Json:
        """Replace the whole template; 409 unless the body carries its current version."""
        template = call.region.templates.find(call.parameters["template_id"])
        document = _checked(call)
        if document.get("version") is None:
            raise invalid("version", "is required")
        if int(document["version"]) != template["version"]:
            raise RefusedError(409, "ABORTED", "the template was changed meanwhile")
        template.update(
            _template(
                document,
                template["id"],
                version=template["version"] + 1,
                created=template["create_time"],
                changed=stamp(self._schedule.now()),
            )
        )
        return template

    def delete(self, call: Call) -> None:
        """Remove a template."""
        call.region.templates.remove(call.parameters["template_id"])

    def translations(self, call: Call) -> Json:
        """A template's translations, of one language or version if asked; not paged."""
        template = call.region.templates.find(call.parameters["template_id"])
        language, version = call.query.get("language_code"), call.query.get("translation_version")
        wanted = [
            translation
            for translation in template["translations"]
            if language in (None, translation["language_code"]) and version in (None, "latest", translation["version"])
        ]
        return {"translations": wanted}


def _checked(call: Call) -> Json:
    document = call.document()
    _TEMPLATE(document, "")
    languages = [translation["language_code"] for translation in document["translations"]]
    if document["default_translation"] not in languages:
        raise invalid("default_translation", "has no translation")
    return document


def _template(document: Json, template_id: str, *, version: int, created: str, changed: str) -> Json:
    return {
        "id": template_id,
        "description": document.get("description") or "",
        "version": version,
        "default_translation": document["default_translation"],
        "translations": [
            {
                "variables": [],
                "channel_template_overrides": {},
                **translation,
                "version": translation.get("version") or str(version),
                "create_time": created,
                "update_time": changed,
            }
            for translation in document["translations"]
        ],
        "create_time": created,
        "update_time": changed,
    }
