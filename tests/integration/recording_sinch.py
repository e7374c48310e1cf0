"""A Sinch that knows any number of keys, accepts every send, and remembers who sent what where."""

import base64
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from gateway.http_server import Receive, Scope, Send
from tests.integration.webhook_door import serving


@dataclass(frozen=True, slots=True)
class Sent:
    region: str
    project: str
    token: str


@dataclass(slots=True)
class RecordingSinch:
    """Paths are those of the simulator: `/auth/…` and `/{region}/conversation/v1/projects/{project}/…`."""

    secrets: MutableMapping[str, str]
    """The secret of each access key; whoever brings another one is refused."""
    url: str = ""
    sends: list[Sent] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    """The access keys that were given a token, in order."""
    refused: set[str] = field(default_factory=set)
    """Tokens that are answered with 401."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        _, credentials = headers[b"authorization"].decode().split(" ")
        while (await receive()).get("more_body"):
            pass
        if scope["path"].startswith("/auth/"):
            status, answer = self._token(credentials)
        else:
            status, answer = self._send(scope["path"], credentials)
        body = orjson.dumps(answer)
        lines = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": lines})
        await send({"type": "http.response.body", "body": body})

    def environment(self) -> dict[str, str]:
        """Settings that point a gateway here."""
        return {
            "GATEWAY_CONVERSATION_URL": self.url + "/{region}/conversation",
            "GATEWAY_AUTH_URL": self.url + "/auth",
        }

    def _token(self, credentials: str) -> tuple[int, dict[str, Any]]:
        key, _, secret = base64.b64decode(credentials).decode().partition(":")
        if self.secrets.get(key) != secret:
            return 401, {}
        self.keys.append(key)
        return 200, {"access_token": f"{key}-{len(self.keys)}", "expires_in": 3600}

    def _send(self, path: str, token: str) -> tuple[int, dict[str, Any]]:
        if token in self.refused:
            return 401, {"error": {"code": 401, "status": "UNAUTHENTICATED", "message": "expired"}}
        _, region, _, _, _, project, *_ = path.split("/")
        self.sends.append(Sent(region, project, token))
        return 200, {"message_id": f"M{len(self.sends)}"}


@asynccontextmanager
async def recording_sinch(**secrets: str) -> AsyncIterator[RecordingSinch]:
    """One on a port of its own, with these access keys."""
    sinch = RecordingSinch(secrets)
    async with serving(sinch) as server:
        sinch.url = f"http://{server.address}"
        yield sinch
