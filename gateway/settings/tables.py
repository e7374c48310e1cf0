"""What only the file can hold: several projects with their apps, and several webhooks.

A field `NAME_file` beside a field `NAME` is the path of a file that holds it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from gateway.settings.values import Digests, Secrets

Region = Literal["us", "eu", "br"]
ConsentMode = Literal["off", "warn", "enforce"]


class Table(BaseModel):
    """A table of the file; what it does not know is a mistake, and no mistake quotes a value."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class AppSettings(Table):
    """An app of a project: where it lives, and what signs the callbacks that requests have redirected."""

    app_id: str = Field(min_length=1, description="The app.")
    region: Region | None = Field(
        default=None,
        description="Region the app was created in, whose host its calls go to whatever they ask for; else the "
        "project's.",
    )
    webhook_secret: Secrets = Field(
        default=(),
        description="Secrets of the app, which sign callbacks to a `callback_url`; every webhook of the project "
        "takes them.",
    )
    webhook_secret_file: str = Field(default="", description="File that holds `webhook_secret`.")
    consent: ConsentMode | None = Field(
        default=None, description="What becomes of its sends to those who opted out; else as at the top level."
    )


class ProjectSettings(Table):
    """A Sinch project that calls are made for."""

    project_id: str = Field(min_length=1, description="The project.")
    key_id: str = Field(default="", description="Access key of the project; it needs one.")
    key_secret: SecretStr = Field(default=SecretStr(""), description="Secret of the access key; it needs one.")
    key_secret_file: str = Field(default="", description="File that holds `key_secret`.")
    app_id: str = Field(default="", description="App that is filled in where a request needs one and names none.")
    region: Region | None = Field(
        default=None, description="Region of its calls, unless their app has one; else as at the top level."
    )
    sms_sender_id: str = Field(default="", description="Sender that is filled in as `SMS_SENDER` where none is named.")
    rate_limit_per_s: float | None = Field(
        default=None,
        gt=0,
        le=100_000,
        description="Calls per second that Sinch grants the project; else as at the top level.",
    )
    apps: tuple[AppSettings, ...] = Field(default=(), description="Apps whose region or secret is to be known.")

    @property
    def app_regions(self) -> dict[str, str]:
        """The region of every app that the settings name with one."""
        return {app.app_id: app.region for app in self.apps if app.region is not None}


class WebhookSettings(Table):
    """A webhook beside `default`."""

    name: str = Field(
        pattern="^[A-Za-z0-9._-]{1,64}$", description="Its name in the path: it is served at `/webhooks/NAME`."
    )
    project_id: str = Field(default="", description="Project whose feed its events go to; else the first one.")
    secrets: Secrets = Field(default=(), description="Its secrets: several while one replaces another.")
    secrets_file: str = Field(default="", description="File that holds `secrets`, comma separated.")
    unsigned: bool = Field(default=False, description="Take its posts without a signature. Anyone can forge them.")
    bearer_sha256: Digests = Field(
        default=(),
        description="SHA-256, in hex, of each bearer token that its posts may bring; none means none is asked for.",
    )


Glob = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._*?/]{1,200}$")]
PriorityName = Literal["URGENT", "NORMAL", "BULK"]


class CallerSettings(Table):
    """One caller of the gRPC door: how it is recognised, and what it may do."""

    # A colon would let a name pass for the address of a caller without one.
    name: str = Field(
        pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
        description="What it is called in logs, and what fairness and caps count it by.",
    )
    token_sha256: Digests = Field(
        default=(), description="SHA-256, in hex, of each of its bearer tokens: several while one replaces another."
    )
    token_sha256_file: str = Field(
        default="", description="File that holds `token_sha256`, comma separated; read again."
    )
    certificate_names: tuple[str, ...] = Field(
        default=(),
        description="Subject alternative names of its client certificates; the common name counts where one has none.",
    )
    methods: tuple[Glob, ...] = Field(
        default=("*",), description="Globs over `Service/Method` (`MessageService/Get*`); it may call nothing else."
    )
    quota_share: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="Largest part of a project's rate that it may use, on each replica; else all.",
    )
    priority_cap: PriorityName = Field(
        default="URGENT",
        description="Most urgent priority it gets: a call that asks for more gets this one, and `x-gateway-priority` "
        "says so.",
    )
    expires: datetime | None = Field(default=None, description="Instant from which on it is a stranger; else never.")

    @model_validator(mode="after")
    def _recognisable(self) -> Self:
        if not self.token_sha256 and not self.certificate_names:
            raise ValueError("needs token_sha256 or certificate_names: otherwise nobody could ever be this caller")
        if self.expires is not None and self.expires.tzinfo is None:
            raise ValueError("expires needs an offset from UTC: write 2027-01-31T00:00:00Z")
        return self


def clashes(callers: Iterable[CallerSettings]) -> dict[int, list[str]]:
    """What no two callers may share (a name, a token, the name of a certificate), by the index of the later one."""
    found, owners = dict[int, list[str]](), dict[str, str]()
    for index, caller in enumerate(callers):
        claims = [f"the name {caller.name}", *(f"the certificate name {name}" for name in caller.certificate_names)]
        # Tokens are told apart by a few digits of their digests: enough to find them in the settings.
        claims += [f"the token {digest[:8].lower()}…" for digest in caller.token_sha256]
        for claim in claims:
            if claim in owners:
                line = f"{claim} belongs to two callers, {owners[claim]} and {caller.name}"
                found.setdefault(index, []).append(line)
            owners[claim] = caller.name
    return found
