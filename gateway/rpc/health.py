"""gRPC health (grpc.health.v1): what balancers and probes ask, and follow.

`""` is the process: SERVING until it drains, whatever the API, the token or the disk do, for a restart helps none of
them. A service that cannot do its work without a store is NOT_SERVING while that store takes nothing.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import grpc
from grpc_health.v1 import health_pb2

from gateway.errors import CallerError, GatewayError
from gateway.rpc import status
from gateway.rpc.entrance import Entrance, Kind

CHECK_INTERVAL_S = 0.5
WRITE_TIMEOUT_S = 30.0
SERVICE = "grpc.health.v1.Health"
Request = health_pb2.HealthCheckRequest
Response = health_pb2.HealthCheckResponse


class Health:
    """Health of the process and of each service.

    Anyone may ask about the process, because probes have no credentials; the names of services are for callers. The
    package's own servicer is not used, for one watcher that takes nothing would keep it from telling all the others.
    """

    def __init__(
        self, *, entrance: Entrance, services: Iterable[str], stores: Mapping[str, Callable[[], bool]]
    ) -> None:
        """Say NOT_SERVING until `start`; `stores` tells for a service whether its store can be used."""
        self._entrance = entrance
        self._stores = stores
        self._said = dict.fromkeys(("", *services), int(Response.NOT_SERVING))
        self._changed = asyncio.Event()
        self._following: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Say SERVING, where it is true, and follow the stores from now on."""
        for service in self._said:
            self._say(service, self._state_of(service))
        if self._stores:
            self._following = asyncio.create_task(self._follow(), name="health")

    def drain(self) -> None:
        """Say NOT_SERVING for everything, for good."""
        if self._following is not None:
            self._following.cancel()
        for service in self._said:
            self._say(service, Response.NOT_SERVING)

    def handlers(self) -> Mapping[str, Any]:
        """The methods by name, found on the same way as all others.

        As grpc registers them, the server would wait for a call of each of them beside the next call, all the time.
        """
        check = grpc.unary_unary_rpc_method_handler(self._check, Request.FromString, Response.SerializeToString)
        watch = grpc.unary_stream_rpc_method_handler(self._watch, Request.FromString, Response.SerializeToString)
        every = grpc.unary_unary_rpc_method_handler(
            self._list, health_pb2.HealthListRequest.FromString, health_pb2.HealthListResponse.SerializeToString
        )
        return {"Check": check, "Watch": watch, "List": every}

    async def _check(self, request: health_pb2.HealthCheckRequest, context: Any) -> Any:
        """The state of one service; NOT_FOUND for one that is not served."""
        try:
            self._let_in(request, context)
        except GatewayError as error:
            await status.abort(context, error)
        if request.service not in self._said:
            await context.abort(grpc.StatusCode.NOT_FOUND, "there is no such service")
        return Response(status=self._said[request.service])

    async def _list(self, _request: health_pb2.HealthListRequest, context: Any) -> Any:
        """The state of the process and of every service, for callers."""
        try:
            self._entrance.callers.identify(context, self._entrance.refused)
        except GatewayError as error:
            await status.abort(context, error)
        states = {service: Response(status=state) for service, state in self._said.items()}
        return health_pb2.HealthListResponse(statuses=states)

    async def _watch(self, request: health_pb2.HealthCheckRequest, context: Any) -> None:
        """The state of one service, and each change of it; a watcher that takes nothing for 30 s is let go."""
        try:
            self._let_in(request, context)
            with self._entrance.room(self._room_of(context)):
                await self._tell(request.service, context)
        except GatewayError as error:
            await status.abort(context, error)

    async def _tell(self, service: str, context: Any) -> None:
        told = None
        while True:
            changed = self._changed
            state = self._said.get(service, int(Response.SERVICE_UNKNOWN))
            if state != told:
                async with asyncio.timeout(WRITE_TIMEOUT_S):
                    await context.write(Response(status=state))
                told = state
            await changed.wait()

    def _let_in(self, request: health_pb2.HealthCheckRequest, context: Any) -> None:
        if request.service:
            self._entrance.callers.identify(context, self._entrance.refused)

    def _room_of(self, context: Any) -> Kind:
        """The room that a watcher takes: strangers must not use up that of callers."""
        try:
            self._entrance.callers.identify(context, _unheard)
        except CallerError:
            return "strangers"
        return "side_streams"

    def _state_of(self, service: str) -> int:
        usable = self._stores.get(service)
        return int(Response.SERVING if usable is None or usable() else Response.NOT_SERVING)

    def _say(self, service: str, state: int) -> None:
        self._said[service] = state
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _follow(self) -> None:
        """Look at the stores again and again: what they say may change by a disk that somebody else fills."""
        while True:
            await asyncio.sleep(CHECK_INTERVAL_S)
            for service in self._stores:
                state = self._state_of(service)
                if state != self._said[service]:
                    self._say(service, state)


def _unheard(_reason: str) -> None:
    """Who watches without credentials is not refused, so nothing is counted."""
