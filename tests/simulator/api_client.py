"""A client of the fake API: it fetches a token once and knows how the hosts are spelled."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx

from gateway.simulator import DEFAULT_APP_ID
from tests.patience import PATIENCE_S

CREDENTIALS = ("demo-key", "demo-secret")
RECIPIENT = {"identified_by": {"channel_identities": [{"channel": "SMS", "identity": "+46700000001"}]}}


class ApiClient:
    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self.http = http
        self.token = token

    @classmethod
    async def connect(cls, http: httpx.AsyncClient) -> "ApiClient":
        answer = await fetch_token(http)
        return cls(http, answer.json()["access_token"])

    async def call(
        self,
        method: str,
        path: str,
        json: object = None,
        *,
        host: str = "conversation",
        region: str = "us",
        project: str = "demo-project",
        query: dict[str, str] | None = None,
    ) -> httpx.Response:
        version = "v2" if host == "template" else "v1"
        return await self.http.request(
            method,
            f"/{region}/{host}/{version}/projects/{project}/{path}",
            json=json,
            params=query,
            headers={"authorization": f"Bearer {self.token}"},
        )

    async def ok(self, method: str, path: str, json: object = None, **options: Any) -> Any:
        """Call, require a 200 and return the JSON."""
        answer = await self.call(method, path, json, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def send(self, **changes: object) -> httpx.Response:
        return await self.call("POST", "messages:send", send_body(**changes))

    async def stats_until(self, enough: Callable[[Any], bool]) -> Any:
        """Ask for the statistics until they are as wanted."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                stats = (await self.http.get("/_simulator/stats")).json()
                if enough(stats):
                    return stats

    async def subscribe(self, target: str, *triggers: str, secret: str = "hook-secret", **fields: object) -> Any:
        body = {"app_id": DEFAULT_APP_ID, "target": target, "target_type": "HTTP", "secret": secret, **fields}
        return await self.ok("POST", "webhooks", {**body, "triggers": list(triggers)})


def send_body(**changes: object) -> dict[str, object]:
    """A small valid send; a change to None takes the field away."""
    body = {"app_id": DEFAULT_APP_ID, "recipient": RECIPIENT, "message": {"text_message": {"text": "Hello"}}, **changes}
    return {name: value for name, value in body.items() if value is not None}


async def fetch_token(http: httpx.AsyncClient, auth: tuple[str, str] = CREDENTIALS) -> httpx.Response:
    return await http.post("/auth/oauth2/token", auth=auth, data={"grant_type": "client_credentials"})
