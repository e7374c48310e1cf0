"""Tokens of the owners of webhooks: fetched from their servers, by client credentials, before a callback is posted."""

import asyncio
import base64
from collections import OrderedDict
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import orjson

from gateway.simulator.delivery.poster import Poster, PostError
from gateway.simulator.problem import Json
from gateway.simulator.schedule import Schedule

_OK = 200
_MAX_KEPT = 1000
_LIFE_S = range(30, 3601)
_FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class _Kept:
    """One token, and whoever fetches the next."""

    value: str = ""
    good_until_s: float = 0.0
    ended_count: int = 0
    """Fetches that are over, whatever came of them."""
    fetching: asyncio.Lock = field(default_factory=asyncio.Lock)


class OwnerTokens:
    """Keeps each token for as long as its server says, which the vendor wants to be from 30 to 3,600 seconds."""

    def __init__(self, *, schedule: Schedule, poster: Poster, timeout_s: float) -> None:
        """Fetch with this poster; tokens age on this schedule."""
        self._schedule = schedule
        self._poster = poster
        self._timeout_s = timeout_s
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()

    async def token(self, credentials: Json) -> str:
        """A token that is good now, or PostError when the server gives none; all who wait share one fetch."""
        kept = self._entry(credentials)
        ended_count = kept.ended_count
        async with kept.fetching:
            if kept.good_until_s <= self._schedule.epoch_s():
                # Another fetch would keep all callbacks waiting for a server that has just failed.
                if kept.ended_count != ended_count:
                    raise PostError("the owner's server gave no token to another callback")
                try:
                    kept.value, life_s = await self._fetch(credentials)
                finally:
                    kept.ended_count += 1
                kept.good_until_s = self._schedule.epoch_s() + life_s
            return kept.value

    def discard(self, credentials: Json, token: str) -> None:
        """Fetch another next time: this one was refused."""
        kept = self._entry(credentials)
        if kept.value == token:
            kept.good_until_s = 0.0

    def _entry(self, credentials: Json) -> _Kept:
        key = orjson.dumps(credentials, option=orjson.OPT_SORT_KEYS)
        kept = self._kept.setdefault(key, _Kept())
        if len(self._kept) > _MAX_KEPT:
            self._kept.popitem(last=False)
        return kept

    async def _fetch(self, credentials: Json) -> tuple[str, int]:
        headers, body = token_request(credentials)
        status, answer = await self._poster.post(credentials["endpoint"], headers, body, timeout_s=self._timeout_s)
        try:
            document = orjson.loads(answer)
            token, life_s = document["access_token"], int(document["expires_in"])
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            raise PostError("the owner's server gave no token") from None
        if status != _OK or life_s not in _LIFE_S or not _is_token(token):
            raise PostError("the owner's server gave no usable token")
        return token, life_s


def _is_token(value: object) -> bool:
    """Whether it can stand in a header, on one line."""
    return isinstance(value, str) and value.isascii() and value.isprintable()


def token_request(credentials: Json) -> tuple[dict[str, str], bytes]:
    """Headers and body; the credentials are in the body if FORM says so, else Basic authorization (RFC 6749, 2.3.1)."""
    form = {"grant_type": "client_credentials"}
    form |= {name: credentials[name] for name in ("scope", "response_type") if credentials.get(name)}
    headers = {"content-type": _FORM}
    identity = (credentials["client_id"], credentials["client_secret"])
    if credentials.get("token_request_type") == "FORM":
        form |= dict(zip(("client_id", "client_secret"), identity, strict=True))
    else:
        basic = ":".join(quote(part, safe="") for part in identity)
        headers["authorization"] = f"Basic {base64.b64encode(basic.encode()).decode()}"
    return headers, urlencode(form).encode()
