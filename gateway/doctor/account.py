"""What the account says: the key is good, the clocks agree, the apps are where the settings look for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.doctor.finding import Finding, Grade
from gateway.settings import ProjectSettings
from gateway.upstream.exchange import ExchangeError, InboundResponse, OutboundRequest, Transport
from gateway.upstream.hosts import REGIONS, Endpoint
from gateway.upstream.method import Method
from gateway.upstream.outgoing import RequestWriter
from gateway.upstream.tokens import basic, token_request

GET_APP = "/conversation_gateway.v1.AppService/GetApp"
TIMEOUT_S = 5.0
# The seconds of a `Date` header are whole, and an answer takes a while.
MOST_SKEW_S = 30.0
_OK = 200
_REFUSED = {400, 401, 403}
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One project as the API has it. Every request is made once and given `TIMEOUT_S`."""

    project: ProjectSettings
    region: str
    """The region of calls whose app has none."""
    auth: Endpoint
    transport: Transport
    writer: RequestWriter
    methods: Mapping[str, Method]
    clock: Clock
    token: list[str] = field(default_factory=list, repr=False)
    """What the credentials gave; empty until `check_key` has had one."""

    async def check_key(self) -> list[Finding]:
        """Fetch a token; its answer also tells the time."""
        request = token_request(self.auth, basic(self.project.key_id, self.project.key_secret.get_secret_value()))
        try:
            answer = await self._exchange(request)
        except ExchangeError as error:
            todo = "see what reachability says of this host"
            return [self._finding("credentials", Grade.FAILED, f"no answer of the auth host: {error}", todo)]
        return [self._key(answer), self._skew(answer)]

    async def ask(self, path: str, request: Any, region: str) -> InboundResponse:
        """The answer to one call of the contract; raises `ExchangeError`."""
        method = self.methods[path]
        written = self.writer.write(method, region=region, target=method.write_target(request))
        bearer = (b"Authorization", b"Bearer " + self.token[0].encode())
        return await self._exchange(
            OutboundRequest(
                method=written.method,
                origin=written.origin,
                target=written.target,
                template=written.template,
                headers=(bearer, *written.headers),
            )
        )

    async def check_app(self, app_id: str) -> Finding:
        """Whether an app is in the region that its calls go to, and what it is like."""
        region = self.home(app_id)
        request = self.methods[GET_APP].request_class(project_id=self.project.project_id, app_id=app_id)
        try:
            answer = await self.ask(GET_APP, request, region)
            if answer.status == _NOT_FOUND:
                return await self._elsewhere(app_id, region, request)
        except ExchangeError as error:
            return self._finding("app", Grade.FAILED, f"no answer of region {region}: {error}", _REACH, app_id)
        if answer.status != _OK:
            return self._finding("app", Grade.FAILED, f"region {region} answers {answer.status}", _ACCESS, app_id)
        app: Any = self.methods[GET_APP].read(answer)
        mode = app.app.processing_mode or "an unknown"
        return self._finding("app", Grade.OK, f"in region {region}, in {mode} mode", "", app_id)

    def home(self, app_id: str) -> str:
        """The region that the app's calls go to."""
        return self.project.app_regions.get(app_id, self.region)

    def apps(self) -> list[str]:
        """Every app that the settings name."""
        named = (self.project.app_id, *(app.app_id for app in self.project.apps))
        return [app_id for app_id in dict.fromkeys(named) if app_id]

    async def _elsewhere(self, app_id: str, region: str, request: Any) -> Finding:
        """Look for an app in the other regions."""
        for other in (name for name in REGIONS if name != region):
            try:
                answer = await self.ask(GET_APP, request, other)
            except ExchangeError:
                continue
            if answer.status == _OK:
                todo = (
                    f'set region = "{other}" for this app in [[projects.apps]], or SINCH_REGION={other} for all of them'
                )
                return self._finding("app", Grade.FAILED, f"lives in region {other}, not in {region}", todo, app_id)
        todo = "check the app's id, and that it belongs to this project"
        return self._finding("app", Grade.FAILED, "no region has it", todo, app_id)

    def _key(self, answer: InboundResponse) -> Finding:
        try:
            token = orjson.loads(answer.body)["access_token"] if answer.status == _OK else ""
        except (orjson.JSONDecodeError, KeyError, TypeError):
            token = ""
        if token and isinstance(token, str):
            self.token.append(token)
            return self._finding("credentials", Grade.OK, f"access key {self.project.key_id} is given a token")
        if answer.status in _REFUSED:
            todo = "check key id and secret, and that the key belongs to this project and was not revoked"
            return self._finding("credentials", Grade.FAILED, f"the key is refused (HTTP {answer.status})", todo)
        todo = "try again; if it stays, check GATEWAY_AUTH_URL"
        return self._finding("credentials", Grade.FAILED, f"no token in the answer (HTTP {answer.status})", todo)

    def _skew(self, answer: InboundResponse) -> Finding:
        try:
            theirs = parsedate_to_datetime((answer.header(b"date") or b"").decode("latin-1"))
            skew_s = (self.clock.now() - theirs).total_seconds()
        except (TypeError, ValueError):
            return self._finding("clock", Grade.SKIPPED, "the auth host did not say what time it has")
        if abs(skew_s) <= MOST_SKEW_S:
            return self._finding("clock", Grade.OK, "agrees with the auth host's")
        relation = "ahead of" if skew_s > 0 else "behind"
        found = f"this machine's clock is {abs(skew_s):.0f} s {relation} the auth host's"
        todo = "set it, by NTP: tokens expire and the signatures of webhooks age by it"
        return self._finding("clock", Grade.FAILED, found, todo)

    async def _exchange(self, request: OutboundRequest) -> InboundResponse:
        return await self.transport.exchange(request, Deadline.after(TIMEOUT_S, self.clock))

    def _finding(self, check: str, grade: Grade, found: str, todo: str = "", app_id: str = "") -> Finding:
        about = f"project {self.project.project_id}" + (f", app {app_id}" if app_id else "")
        return Finding(check=check, about=about, grade=grade, found=found, todo=todo)


_REACH = "see what reachability says of its host"
_ACCESS = "check that the access key may read this project's apps"
