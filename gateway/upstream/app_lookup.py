"""Reads an app from the API on the gateway's own behalf: how full its queue is, how fast that drains, its mode.

Such a read takes a permit and a token like any other call, and is given up rather than made to matter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import grpc

from gateway.deadline import Deadline
from gateway.errors import GatewayError
from gateway.upstream.attempts import Attempts, Unmarked
from gateway.upstream.method import Method
from gateway.upstream.outgoing import Outgoing, RequestWriter
from gateway.upstream.rate_limit import Claim, Priority

METHOD = "/conversation_gateway.v1.AppService/GetApp"
# The default of an app's channels; more can be bought (api/behaviour.md, Rate limits and queues).
DRAIN_PER_S = 20.0
DISPATCH = "DISPATCH"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppFacts:
    """What an app was like when it was read."""

    waiting: int
    """Messages in its queue at the API."""
    limit: int
    """How many may wait; zero when the API did not say."""
    drain_per_s: float
    is_dispatch: bool


class AppUnknown(Exception):
    """The app could not be read; nothing follows from that."""


class AppLookup:
    """Asks the API for apps."""

    def __init__(
        self, *, attempts: Attempts, writer: RequestWriter, methods: Mapping[str, Method], project: str
    ) -> None:
        """`methods` by gRPC path; the one that reads an app is among them."""
        self._attempts = attempts
        self._writer = writer
        self._method = methods[METHOD]
        self._project_id = project

    def regions_besides(self, region: str) -> list[str]:
        """The regions that are called under another address than this one."""
        endpoints = self._writer.hosts.endpoints
        own = endpoints[self._method.host, region]
        return [name for (host, name), other in endpoints.items() if host == self._method.host and other != own]

    async def read(self, app_id: str, region: str, deadline: Deadline, *, priority: Priority) -> AppFacts | None:
        """The app as the region has it, None when it has no such app; `AppUnknown` when nobody can say in time."""
        request = self._method.request_class(project_id=self._project_id, app_id=app_id)
        outgoing = Outgoing(
            host=self._method.host,
            effect=self._method.effect,
            request=self._writer.write(self._method, region=region, target=self._method.write_target(request)),
            claim=Claim(priority=priority, caller="gateway"),
            read=self._method.read,
        )
        try:
            answer = await self._attempts.run(outgoing, deadline, finish=deadline, marker=Unmarked())
        except GatewayError as error:
            if error.code is grpc.StatusCode.NOT_FOUND:
                return None
            raise AppUnknown(error.reason) from None
        except TimeoutError:
            raise AppUnknown("DEADLINE_EXCEEDED") from None
        message: Any = answer.message
        return _facts(message.app)


def _facts(app: Any) -> AppFacts:
    return AppFacts(
        waiting=max(app.queue_stats.outbound_size, 0),
        limit=max(app.queue_stats.outbound_limit, 0),
        drain_per_s=float(app.rate_limits.outbound) if app.rate_limits.outbound > 0 else DRAIN_PER_S,
        is_dispatch=app.processing_mode == DISPATCH,
    )
