"""The projects that calls are made for: what the calls of one share, and which one a request means."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gateway.errors import Violation
from gateway.upstream.app_queue import AppQueues
from gateway.upstream.attempts import Attempts
from gateway.upstream.complaint import app_of
from gateway.upstream.defaults import Defaults
from gateway.upstream.regions import AppRegions


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """One project: its token and rate limit are behind `attempts`, its apps behind `queues` and `regions`."""

    defaults: Defaults
    attempts: Attempts
    queues: AppQueues
    regions: AppRegions

    def home(self, request: Any) -> str:
        """The region that the settings name for the request's app; empty when they name none."""
        apps = self.defaults.app_regions
        return apps.get(app_of(request), "") if apps else ""


class Projects:
    """Every configured project. A request that names none means the first."""

    def __init__(self, projects: Iterable[Project]) -> None:
        """Keep at least one."""
        self._projects = {project.defaults.project_id: project for project in projects}
        self._default = next(iter(self._projects))

    def of(self, request: Any) -> Project | None:
        """The project of a request; None for one that this gateway has no key of."""
        return self._projects.get(getattr(request, "project_id", "") or self._default)


def unknown_project() -> Violation:
    """What is wrong with a request for somebody else's project."""
    hint = "is not a project of this gateway; leave it empty or add it to the settings"
    return Violation(field="project_id", description=hint, reason="PROJECT_UNKNOWN")
