"""Combinations that could only fail later or, worse, work.

They are looked for in the raw values, beside every other mistake, so nothing here relies on a value's type.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.settings.model import Settings
from gateway.settings.protection import unprotected
from gateway.settings.reading import KeyPath, Mistake
from gateway.settings.values import is_true, split

_UNPROTECTED = (
    "is missing: set it to the webhook's secret, or close the door with an empty GATEWAY_WEBHOOK_ADDRESS, "
    "or accept forged events with GATEWAY_WEBHOOK_UNSIGNED=true"
)


def contradictions(values: Mapping[str, Any]) -> Iterator[Mistake]:
    """Where each mistake is, and what to do about it; an empty path is the settings as a whole."""
    yield from _default_project(values)
    yield from _projects(values)
    yield from _apps(values)
    yield from _webhooks(values)
    yield from unprotected(values, accepted=is_true(values.get("grpc_unprotected")))


def _default_project(values: Mapping[str, Any]) -> Iterator[Mistake]:
    project_id = values.get("project_id")
    tables = dict(_tables(values, "projects"))
    if not project_id and tables:
        for field in ("key_id", "key_secret", "app_id"):
            if values.get(field):
                yield (field,), "belongs to no project: name one in SINCH_PROJECT_ID, or use the tables alone"
        return
    if not project_id:
        yield ("project_id",), "is missing"
    if not any(table.get("project_id") == project_id for table in tables.values()):
        for field in ("key_id", "key_secret"):
            if not values.get(field):
                yield (field,), "is missing"
    if project_id and values.get("app_id") == project_id:
        yield ("app_id",), "is the project's id; it must be the id of an app inside the project"


def _projects(values: Mapping[str, Any]) -> Iterator[Mistake]:
    seen: dict[Any, KeyPath] = {}
    for path, table in _tables(values, "projects"):
        project_id = table.get("project_id")
        if not project_id:
            # That it is missing is said by its type.
            continue
        if project_id in seen:
            yield (*path, "project_id"), "describes a project for the second time; keep one table for each"
        seen.setdefault(project_id, path)
        own = values if project_id == values.get("project_id") else {}
        for field in ("key_id", "key_secret"):
            if not table.get(field) and not own.get(field):
                yield (*path, field), f"is missing: calls of this project need {field}"
        if table.get("app_id") == project_id:
            yield (*path, "app_id"), "is the project's id; it must be the id of an app inside the project"


def _apps(values: Mapping[str, Any]) -> Iterator[Mistake]:
    """An app lives in one project and one region."""
    seen: dict[Any, tuple[Any, Any]] = {}
    for path, project in _tables(values, "projects"):
        for app_path, app in _tables(project, "apps", path):
            app_id, home = app.get("app_id"), (project.get("project_id"), app.get("region"))
            if not app_id:
                continue
            if app_id == home[0]:
                yield (*app_path, "app_id"), "is the project's id; it must be the id of an app inside the project"
            first = seen.setdefault(app_id, home)
            if first is home:
                continue
            if first[1] != home[1]:
                yield (*app_path, "region"), _contradiction(first[1])
            elif first[0] != home[0]:
                yield (*app_path, "app_id"), "is an app of another project already; an app belongs to one project"
            else:
                yield (*app_path, "app_id"), "describes an app for the second time; keep one table for each"


def _contradiction(region: Any) -> str:
    other = f"says {region}" if region else "names none"
    return f"contradicts the app's other table, which {other}; an app lives in one region, so keep the true one"


def _webhooks(values: Mapping[str, Any]) -> Iterator[Mistake]:
    if not values.get("webhook_address", Settings.webhook_address):
        return
    tables = list(_tables(values, "webhooks"))
    projects = [table for _, table in _tables(values, "projects")]
    first = values.get("project_id") or next((table.get("project_id") for table in projects), "")
    signing = {
        table.get("project_id")
        for table in projects
        if any(_given(app.get("webhook_secret")) for _, app in _tables(table, "apps"))
    }
    default = _given(values.get("webhook_secret")) or is_true(values.get("webhook_unsigned"))
    if not tables and not default and first not in signing:
        yield ("webhook_secret",), _UNPROTECTED
    known = {first, *(table.get("project_id") for table in projects)}
    names: set[Any] = {"default"} if default else set()
    for path, table in tables:
        name, project_id = table.get("name"), table.get("project_id") or first
        if name in names:
            yield (*path, "name"), "is the name of another webhook already; each needs one of its own"
        names.add(name)
        if project_id not in known:
            yield (*path, "project_id"), "is none of the projects of these settings"
        if not _given(table.get("secrets")) and not is_true(table.get("unsigned")) and project_id not in signing:
            yield (*path, "secrets"), "is missing: set it to the webhook's secret, or accept forged events: unsigned"


def _tables(values: Mapping[str, Any], key: str, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    """The tables below a key, as far as they are any."""
    given = values.get(key)
    for index, table in enumerate(given if isinstance(given, list) else ()):
        if isinstance(table, dict):
            yield (*path, key, index), table


def _given(secrets: Any) -> bool:
    return bool(split(secrets))
