"""Which omni-channel template a message names, and why it cannot be sent from it."""

from typing import Any

from gateway.simulator.problem import Json
from gateway.simulator.records.state import Region

LATEST = "latest"


def template_hindrance(region: Region, message: Json, channel: str, *, strict: bool) -> str:
    """The reason code for which a channel cannot carry the message, or "".

    Templates of a channel are the channel's own and are not looked up. An omni-channel one that nobody created is taken
    as it comes unless `strict`; one that exists has to have the version, the language and every parameter.
    """
    reference = _reference(message, channel)
    if reference is None:
        return ""
    template = region.templates.get(reference["template_id"])
    if template is None:
        return "TEMPLATE_NOT_FOUND" if strict else ""
    translation = _translation(template, reference)
    if translation is None:
        return "TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION"
    parameters = reference.get("parameters") or {}
    missing = [variable for variable in translation["variables"] if variable.get("key") not in parameters]
    return "TEMPLATE_INSUFFICIENT_PARAMETERS" if missing else ""


def _reference(message: Json, channel: str) -> Json | None:
    override = (message.get("explicit_channel_omni_message") or {}).get(channel)
    if override is not None:
        reference: Json | None = override.get("template_reference")
        return reference
    template = message.get("template_message") or {}
    if channel in (template.get("channel_template") or {}):
        return None
    return template.get("omni_template")


def _translation(template: Json, reference: Json) -> Any:
    language = reference.get("language_code") or template["default_translation"]
    for translation in template["translations"]:
        if translation["language_code"] == language and reference["version"] in {LATEST, translation["version"]}:
            return translation
    return None
