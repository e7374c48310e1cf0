"""The settings: `model` lists every knob, `tables` what only the file can hold, `values` what is accepted."""

from gateway.settings.fields import Field, Table, fields_of
from gateway.settings.model import Settings, environment_name, knobs
from gateway.settings.origins import Origins
from gateway.settings.projects import all_projects, all_webhooks
from gateway.settings.reading import Invalid
from gateway.settings.secret import Secret
from gateway.settings.tables import AppSettings, CallerSettings, ProjectSettings, Region, WebhookSettings

__all__ = [
    "AppSettings",
    "CallerSettings",
    "Field",
    "Invalid",
    "Origins",
    "ProjectSettings",
    "Region",
    "Secret",
    "Settings",
    "Table",
    "WebhookSettings",
    "all_projects",
    "all_webhooks",
    "environment_name",
    "fields_of",
    "knobs",
]
