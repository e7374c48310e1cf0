"""`/startup`, `/readiness`, `/liveness` and `/metrics`.

Trouble with the token or the API never makes the process dead or unready: a restart would not help, and the feed
works without them. A store that cannot be used makes it unready, because nothing can be taken then.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


@dataclass(slots=True)
class Readiness:
    """What the probes answer from."""

    started: bool = False
    draining: bool = False

    def drain(self) -> None:
        """Answer unready from now on."""
        self.draining = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrape:
    """What a scrape does: look at what takes looking at, then write everything down."""

    refresh: Callable[[], Awaitable[None]]
    exposition: Callable[[str], Awaitable[tuple[bytes, str]]]
    """Given the `Accept` header; answers the page and its content type."""


def admin_app(*, metrics: Scrape, readiness: Readiness, store_usable: Callable[[], bool]) -> Starlette:
    """The ASGI application of the admin address."""

    async def startup(_request: Request) -> Response:
        return _answer(ok=readiness.started, why="starting")

    async def ready(_request: Request) -> Response:
        if readiness.draining or not readiness.started:
            return _answer(ok=False, why="draining" if readiness.draining else "starting")
        return _answer(ok=store_usable(), why="the store cannot be used")

    async def live(_request: Request) -> Response:
        return _answer(ok=True, why="")

    async def scrape(request: Request) -> Response:
        await metrics.refresh()
        page, content_type = await metrics.exposition(request.headers.get("accept", ""))
        return Response(page, media_type=None, headers={"content-type": content_type})

    return Starlette(
        routes=[
            Route("/startup", startup),
            Route("/readiness", ready),
            Route("/liveness", live),
            Route("/metrics", scrape),
        ]
    )


def _answer(*, ok: bool, why: str) -> Response:
    return JSONResponse(
        {"status": "ok"} if ok else {"status": "unavailable", "reason": why}, status_code=200 if ok else 503
    )
