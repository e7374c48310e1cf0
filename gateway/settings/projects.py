"""The projects and webhooks that the variables and the file describe together, the default ones first."""

from dataclasses import replace
from typing import Any

from gateway.settings.model import Settings
from gateway.settings.tables import ProjectSettings, WebhookSettings

DEFAULT_WEBHOOK = "default"


def all_projects(settings: Settings) -> tuple[ProjectSettings, ...]:
    """Every project, with what it takes from the top level filled in; the first is that of calls that name none."""
    tables = {project.project_id: project for project in settings.projects}
    if settings.project_id:
        own = tables.pop(settings.project_id, ProjectSettings(project_id=settings.project_id))
        tables = {own.project_id: replace(own, **_own_values(settings)), **tables}
    shared: dict[str, Any] = {"region": settings.region, "rate_limit_per_s": settings.rate_limit_per_s}
    return tuple(
        replace(project, **{name: value for name, value in shared.items() if getattr(project, name) is None})
        for project in tables.values()
    )


def all_webhooks(settings: Settings) -> tuple[WebhookSettings, ...]:
    """Every webhook with its project; `default` is there when it has a secret, needs none, or is the only one."""
    first = all_projects(settings)[0].project_id
    tables = tuple(
        webhook if webhook.project_id else replace(webhook, project_id=first) for webhook in settings.webhooks
    )
    if tables and not settings.webhook_secret and not settings.webhook_unsigned:
        return tables
    default = WebhookSettings(
        name=DEFAULT_WEBHOOK,
        project_id=first,
        secrets=settings.webhook_secret,
        secrets_file=_file(settings, "webhook_secret"),
        unsigned=settings.webhook_unsigned,
        bearer_sha256=settings.webhook_bearer_sha256,
    )
    return (default, *tables)


def _own_values(settings: Settings) -> dict[str, Any]:
    """What the variables say of the default project, where they say anything."""
    names = ("key_id", "app_id", "sms_sender_id")
    given: dict[str, Any] = {name: value for name in names if (value := getattr(settings, name))}
    if "region" in settings.origins.nearer:
        given["region"] = settings.region
    if settings.key_secret.get_secret_value():
        given |= {"key_secret": settings.key_secret, "key_secret_file": _file(settings, "key_secret")}
    return given


def _file(settings: Settings, field: str) -> str:
    return str(settings.origins.files.get(field, ""))
