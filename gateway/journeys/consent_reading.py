"""Reads the opt-out lists of apps from the API: at the start, and again from time to time.

It costs one call for every 50 addresses on each list, in the lowest priority once there is something to go by.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import cast

import grpc
from conversation_gateway.v1 import call_options_pb2, consent_pb2

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.errors import GatewayError
from gateway.journeys.consents import LISTS, Consents
from gateway.state.consents import Scope
from gateway.telemetry.logs import logger
from gateway.upstream.call import Caller, Operation

MOST_APPS = 1000
_PAGE_SIZE = 50
_PAGE_S = 60.0
_RETRY_S = 5.0
_REFUSED = frozenset({grpc.StatusCode.NOT_FOUND, grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNIMPLEMENTED})

log = logger("consents")


@dataclass(slots=True)
class _App:
    region: str
    due_s: float
    retry_s: float
    known: bool = False
    tried: asyncio.Event = field(default_factory=asyncio.Event)


class ConsentReading:
    """Keeps the lists of every app in use as new as the settings ask for."""

    def __init__(self, *, consents: Consents, clock: Clock, refresh_s: float, changed: Callable[[], None]) -> None:
        """Read nothing before `start`; `changed` is called after each reading."""
        self._consents = consents
        self._clock = clock
        self._refresh_s = refresh_s
        self._retry_s = min(_RETRY_S, refresh_s)
        self._changed = changed
        self._apps: dict[Scope, _App] = {}
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, *, calls: Caller, operation: Operation) -> None:
        """Read by `operation`, which lists a page of addresses."""
        lists = _Lists(calls=calls, operation=operation, clock=self._clock)
        self._task = asyncio.create_task(self._read_on(lists), name="consents-read")

    async def close(self) -> None:
        """Read no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def want(self, scope: Scope, region: str = "") -> None:
        """Have the lists of an app read from now on; `region` is where it lives, as far as that is known."""
        if scope in self._apps or len(self._apps) >= MOST_APPS:
            return
        # Lists that were kept are good enough to go by until they are read again.
        known = self._consents.refreshed_us(scope) is not None
        self._apps[scope] = _App(region=region, due_s=self._clock.monotonic(), retry_s=self._retry_s, known=known)
        self._wanted.set()

    async def known(self, scope: Scope) -> bool:
        """Whether an app's lists are known, now or after the first attempt to read them."""
        app = self._apps.get(scope)
        if app is not None and not app.known:
            await app.tried.wait()
        return app is not None and app.known

    def oldest_s(self) -> float:
        """Age of the least recent lists; zero while none are known."""
        known = (at_us for scope in self._apps if (at_us := self._consents.refreshed_us(scope)) is not None)
        return max((self._clock.now().timestamp() - at_us / 1e6 for at_us in known), default=0.0)

    async def _read_on(self, lists: "_Lists") -> None:
        while True:
            self._wanted.clear()
            now_s = self._clock.monotonic()
            for scope, app in [(scope, app) for scope, app in self._apps.items() if app.due_s <= now_s]:
                await self._refresh(scope, app, lists)
            next_s = min((app.due_s for app in self._apps.values()), default=now_s + self._refresh_s)
            try:
                async with asyncio.timeout(max(next_s - self._clock.monotonic(), 0.0)):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def _refresh(self, scope: Scope, app: _App, lists: "_Lists") -> None:
        began_us = self._clock.now_us()
        self._consents.begin_refresh(scope)
        found: dict[bytes, int] = {}
        try:
            for list_type in LISTS:
                async with aclosing(lists.pages(scope, list_type, app)) as pages:
                    async for addresses in pages:
                        self._consents.found(scope, found, list_type, addresses)
        except (GatewayError, TimeoutError) as error:
            reason = error.reason if isinstance(error, GatewayError) else "DEADLINE_EXCEEDED"
            # An app without consent management has no lists, and never will: what recipients say themselves is all.
            app.known = app.known or (isinstance(error, GatewayError) and error.code in _REFUSED)
            log.warning("consents_not_read", app_id=scope.app_id, reason=reason, known=app.known)
            app.due_s = self._clock.monotonic() + app.retry_s
            app.retry_s = min(app.retry_s * 2, self._refresh_s)
        else:
            self._consents.finish_refresh(scope, found, began_us=began_us)
            self._changed()
            app.known = True
            app.retry_s = self._retry_s
            app.due_s = self._clock.monotonic() + self._refresh_s
        app.tried.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lists:
    """The lists at the API."""

    calls: Caller
    operation: Operation
    clock: Clock

    async def pages(self, scope: Scope, list_type: str, app: _App) -> AsyncGenerator[list[str], None]:
        """The addresses on one list, page by page; raises `GatewayError` and `TimeoutError`."""
        request = consent_pb2.ListIdentitiesFromConsentRequest(
            project_id=scope.project_id, app_id=scope.app_id, list_type=list_type, page_size=_PAGE_SIZE
        )
        request.options.region = app.region
        if app.known:
            request.options.priority = call_options_pb2.PRIORITY_BULK
        while True:
            deadline = Deadline.after(_PAGE_S, self.clock)
            answer = await self.calls.call(self.operation, request, deadline, caller="consents")
            page = cast("consent_pb2.ListIdentitiesFromConsentResponse", answer.message)
            yield [each.identity for each in page.identities]
            # A page that leads to itself would never end.
            if page.next_page_token in {"", request.page_token}:
                return
            request.page_token = page.next_page_token
