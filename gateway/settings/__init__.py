"""The settings: `model` lists every knob, `tables` what only the file can hold, `values` what is accepted."""

from gateway.settings.model import Settings, environment_name, knobs
from gateway.settings.origins import Origins
from gateway.settings.projects import all_projects, all_webhooks
from gateway.settings.tables import AppSettings, CallerSettings, ProjectSettings, Region, Table, WebhookSettings

__all__ = [
    "AppSettings",
    "CallerSettings",
    "Origins",
    "ProjectSettings",
    "Region",
    "Settings",
    "Table",
    "WebhookSettings",
    "all_projects",
    "all_webhooks",
    "environment_name",
    "knobs",
]
