"""From method, host and path to the handler of an operation.

The vendor's hosts share their paths, so here each is a prefix: `/{region}/conversation`, `/{region}/batch`,
`/{region}/template`; only the auth host knows no region.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

from gateway.simulator.options import REGIONS
from gateway.simulator.problem import Json, invalid
from gateway.simulator.records.state import Region
from gateway.simulator.wire import Response

_VERSIONS = {"conversation": "v1", "batch": "v1", "template": "v2"}
_TOKEN_PATH = "/auth/oauth2/token"  # noqa: S105  # a path
_ADMIN_PREFIX = "/_simulator/"
_PATH_DEPTH = 7


class Location(NamedTuple):
    """Where a path leads; `host` is "" when nowhere, `tail` is what follows the project."""

    host: str
    region: str = ""
    project_id: str = ""
    tail: str = ""


@dataclass(slots=True, kw_only=True)
class Call:
    """One API request that passed the door: it is authenticated, its project exists, its body is JSON."""

    region: Region
    parameters: dict[str, str]
    raw_query: str
    body: Any
    _query: dict[str, str] | None = field(default=None, init=False)

    @property
    def query(self) -> dict[str, str]:
        """The query's values, decoded, without the empty ones; the last of several wins."""
        if self._query is None:
            self._query = dict(parse_qsl(self.raw_query))
        return self._query

    def document(self) -> Json:
        """The body, which has to be an object."""
        if not isinstance(self.body, dict):
            raise invalid("body", "a JSON object is required")
        return self.body


Handler = Callable[[Call], Json | list[Json] | Response | None]


class Route(NamedTuple):
    """One operation of one host; `{name}` in the path captures a segment."""

    host: str
    method: str
    path: str
    handler: Handler


class Router:
    """All operations; a path without a captured segment wins over one with."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Take the routes in order of precedence."""
        self._literal: dict[tuple[str, str, str], Handler] = {}
        self._captured: dict[tuple[str, str], list[tuple[re.Pattern[str], Handler]]] = {}
        for route in routes:
            if "{" in route.path:
                pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+?)", route.path))
                self._captured.setdefault((route.host, route.method), []).append((pattern, route.handler))
            else:
                self._literal[route.host, route.method, route.path] = route.handler

    def find(self, location: Location, method: str) -> tuple[Handler, dict[str, str]] | None:
        """The handler and the captured segments, percent-decoded one by one."""
        handler = self._literal.get((location.host, method, location.tail))
        if handler is not None:
            return handler, {}
        for pattern, candidate in self._captured.get((location.host, method), ()):
            match = pattern.fullmatch(location.tail)
            if match is not None:
                return candidate, {name: unquote(value) for name, value in match.groupdict().items()}
        return None


def locate(path: str) -> Location:
    """Which of the vendor's hosts a path belongs to."""
    if path == _TOKEN_PATH:
        return Location("auth")
    if path.startswith(_ADMIN_PREFIX):
        return Location("admin", tail=path.removeprefix(_ADMIN_PREFIX))
    parts = path.split("/", _PATH_DEPTH - 1)
    if len(parts) != _PATH_DEPTH:
        return Location("")
    _, region, host, version, projects, project_id, tail = parts
    if region not in REGIONS or _VERSIONS.get(host) != version or projects != "projects":
        return Location("")
    return Location(host, region, unquote(project_id), tail)
