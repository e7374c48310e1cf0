"""The auth host: client credentials in, a bearer token out, and the check of every token that comes back."""

import base64
import hmac
import secrets
from hashlib import sha256
from urllib.parse import parse_qs

import orjson

from gateway.simulator.bucket import Bucket
from gateway.simulator.identifiers import new_ulid
from gateway.simulator.problem import exhausted, unauthenticated
from gateway.simulator.schedule import Schedule
from gateway.simulator.wire import Request, Response

_MAX_TOKENS = 10_000
_REALM = "Sinch"
_INVALID = f'Bearer realm="{_REALM}", error="invalid_token"'
_EXPIRED = f'Bearer realm="{_REALM}", error="invalid_token", error_description="The access token expired"'


class Tokens:
    """Issues JSON Web Tokens and remembers until when each is good; only its own are accepted."""

    def __init__(
        self, *, schedule: Schedule, key_id: str, key_secret: str, project_id: str, life_s: int, bucket: Bucket
    ) -> None:
        """Issue tokens for one key of one project, `life_s` simulated seconds long, as fast as the bucket allows."""
        self._schedule = schedule
        self._basic = f"{key_id}:{key_secret}".encode()
        self._project_id = project_id
        self._life_s = life_s
        self._bucket = bucket
        self._signing_key = secrets.token_bytes(32)
        self._expiry: dict[str, float] = {}
        self.issued_count = 0

    def issue(self, request: Request) -> Response:
        """Answer `POST /oauth2/token`; RefusedError (429) when asked too often, an OAuth error body when refused."""
        if not self._bucket.take():
            raise exhausted("too many token requests")
        if not self._is_key(request.headers.get("authorization", "")):
            challenge = (("www-authenticate", f'Basic realm="{_REALM}"'),)
            return _oauth_error(401, "invalid_client", "client authentication failed", challenge)
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type != "application/x-www-form-urlencoded":
            return _oauth_error(400, "invalid_request", "the body must be application/x-www-form-urlencoded")
        if parse_qs(request.body.decode("latin-1")).get("grant_type") != ["client_credentials"]:
            return _oauth_error(400, "unsupported_grant_type", "grant_type must be client_credentials")
        answer = {
            "access_token": self._new_token(),
            "expires_in": self._life_s,
            "scope": "",
            "token_type": "bearer",
        }
        return Response(body=orjson.dumps(answer))

    def check(self, authorization: str, *, basic_allowed: bool) -> None:
        """Let a request pass, or raise the 401 whose challenge says `expired` when that is the reason."""
        scheme, _, credentials = authorization.partition(" ")
        if scheme.lower() == "basic" and basic_allowed and self._is_key(authorization):
            return
        expiry = self._expiry.get(credentials) if scheme.lower() == "bearer" else None
        if expiry is None:
            raise unauthenticated("the request has no valid credentials", _INVALID)
        if expiry <= self._schedule.epoch_s():
            raise unauthenticated("the access token expired", _EXPIRED)

    def spoil(self, action: str) -> None:
        """Make every token that was issued so far an expired one ("expire") or an unknown one ("revoke")."""
        if action == "expire":
            self._expiry = dict.fromkeys(self._expiry, 0.0)
        else:
            self._expiry.clear()

    def _is_key(self, authorization: str) -> bool:
        scheme, _, credentials = authorization.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = base64.b64decode(credentials, validate=True)
        except ValueError:
            return False
        return hmac.compare_digest(given, self._basic)

    def _new_token(self) -> str:
        now_s = int(self._schedule.epoch_s())
        header = _segment({"alg": "HS256", "typ": "JWT", "kid": "simulator"})
        claims = {
            "aud": ["https://api.sinch.com"],
            "iss": "https://auth.sinch.com",
            "iat": now_s,
            "exp": now_s + self._life_s,
            "jti": new_ulid(),
            "project_id": self._project_id,
        }
        signed = f"{header}.{_segment(claims)}"
        mac = hmac.new(self._signing_key, signed.encode(), sha256).digest()
        token = f"{signed}.{_unpadded(mac)}"
        self._expiry[token] = float(now_s + self._life_s)
        self.issued_count += 1
        if len(self._expiry) > _MAX_TOKENS:
            del self._expiry[next(iter(self._expiry))]
        return token


def _segment(claims: dict[str, object]) -> str:
    return _unpadded(orjson.dumps(claims))


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _oauth_error(status: int, error: str, description: str, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    body = orjson.dumps({"error": error, "error_description": description})
    return Response(status=status, body=body, headers=headers)
