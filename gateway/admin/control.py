"""What only the operator of this machine may do to the process: end it, and change how much it logs.

The door is a Unix socket or a loopback port and asks for nothing else. A web page in a browser on the same machine can
reach a loopback port too, so whatever a browser says of itself is refused.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import get_args

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.telemetry import logs

MAX_BODY_BYTES = 1024
LEVELS = get_args(logs.Level)
_BROWSER = ("origin", "referer", "sec-fetch-site")

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """What the door moves."""

    quit: Callable[[], None]
    """Begin to drain, as SIGTERM does."""
    log_level: Callable[[], logs.Level]
    set_log_level: Callable[[logs.Level], None]


def control_app(controls: Controls) -> Starlette:
    """The ASGI application of the control address: `POST /quit`, `GET` and `POST /log-level`."""

    async def leave(_request: Request) -> Response:
        controls.quit()
        return JSONResponse({"status": "draining"}, status_code=202)

    async def log_level(request: Request) -> Response:
        if request.method == "POST":
            level = await _level(request)
            if level is None:
                return JSONResponse({"error": f'send {{"level": …}}, one of {", ".join(LEVELS)}'}, status_code=400)
            controls.set_log_level(level)
        return JSONResponse({"level": controls.log_level()})

    return Starlette(
        routes=[
            Route("/quit", _local(leave), methods=["POST"]),
            Route("/log-level", _local(log_level), methods=["GET", "POST"]),
        ]
    )


def _local(handler: Handler) -> Handler:
    """Refuse what a web page could have sent: by its own headers, or by a name that was made to lead here."""

    async def guarded(request: Request) -> Response:
        host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
        if any(name in request.headers for name in _BROWSER) or not _is_plain(host):
            return JSONResponse({"error": "this door is not for web pages"}, status_code=403)
        return await handler(request)

    return guarded


def _is_plain(host: str) -> bool:
    """Whether a host is none that somebody else's name server could lead here."""
    try:
        return host in {"", "localhost"} or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


async def _level(request: Request) -> logs.Level | None:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY_BYTES:
            return None
    try:
        level = orjson.loads(body)["level"]
    except (ValueError, KeyError, TypeError):
        return None
    return level if level in LEVELS else None
