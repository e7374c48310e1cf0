"""What only the file can hold: several projects with their apps, and several webhooks.

A field `NAME_file` beside a field `NAME` is the path of a file that holds it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from gateway.settings.fields import Table, declare
from gateway.settings.secret import Secret
from gateway.settings.values import Digests, Secrets, SomeText, matching

Region = Literal["us", "eu", "br"]
ConsentMode = Literal["off", "warn", "enforce"]
PriorityName = Literal["URGENT", "NORMAL", "BULK"]
WebhookName = Annotated[str, matching("^[A-Za-z0-9._-]{1,64}$")]
# A colon would let a name pass for the address of a caller without one.
CallerName = Annotated[str, matching("^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
Glob = Annotated[str, matching("^[A-Za-z0-9._*?/]{1,200}$")]


@dataclass(frozen=True, kw_only=True)
class AppSettings(Table):
    """An app of a project: where it lives, and what signs the callbacks that requests have redirected."""

    app_id: SomeText = declare("The app.")
    region: Region | None = declare(
        "Region the app was created in, whose host its calls go to whatever they ask for; else the project's.", None
    )
    webhook_secret: Secrets = declare(
        "Secrets of the app, which sign callbacks to a `callback_url`; every webhook of the project takes them.", ()
    )
    webhook_secret_file: str = declare("File that holds `webhook_secret`.", "")
    consent: ConsentMode | None = declare(
        "What becomes of its sends to those who opted out; else as at the top level.", None
    )


@dataclass(frozen=True, kw_only=True)
class ProjectSettings(Table):
    """A Sinch project that calls are made for."""

    project_id: SomeText = declare("The project.")
    key_id: str = declare("Access key of the project; it needs one.", "")
    key_secret: Secret = declare("Secret of the access key; it needs one.", Secret(""))
    key_secret_file: str = declare("File that holds `key_secret`.", "")
    app_id: str = declare("App that is filled in where a request needs one and names none.", "")
    region: Region | None = declare("Region of its calls, unless their app has one; else as at the top level.", None)
    sms_sender_id: str = declare("Sender that is filled in as `SMS_SENDER` where none is named.", "")
    rate_limit_per_s: float | None = declare(
        "Calls per second that Sinch grants the project; else as at the top level.", None, gt=0, le=100_000
    )
    apps: tuple[AppSettings, ...] = declare("Apps whose region or secret is to be known.", ())

    @property
    def app_regions(self) -> dict[str, str]:
        """The region of every app that the settings name with one."""
        return {app.app_id: app.region for app in self.apps if app.region is not None}


@dataclass(frozen=True, kw_only=True)
class WebhookSettings(Table):
    """A webhook beside `default`."""

    name: WebhookName = declare("Its name in the path: it is served at `/webhooks/NAME`.")
    project_id: str = declare("Project whose feed its events go to; else the first one.", "")
    secrets: Secrets = declare("Its secrets: several while one replaces another.", ())
    secrets_file: str = declare("File that holds `secrets`, comma separated.", "")
    unsigned: bool = declare("Take its posts without a signature. Anyone can forge them.", default=False)
    bearer_sha256: Digests = declare(
        "SHA-256, in hex, of each bearer token that its posts may bring; none means none is asked for.", ()
    )


@dataclass(frozen=True, kw_only=True)
class CallerSettings(Table):
    """One caller of the gRPC door: how it is recognised, and what it may do."""

    name: CallerName = declare("What it is called in logs, and what fairness and caps count it by.")
    token_sha256: Digests = declare(
        "SHA-256, in hex, of each of its bearer tokens: several while one replaces another.", ()
    )
    token_sha256_file: str = declare("File that holds `token_sha256`, comma separated; read again.", "")
    certificate_names: tuple[str, ...] = declare(
        "Subject alternative names of its client certificates; the common name counts where one has none.", ()
    )
    methods: tuple[Glob, ...] = declare(
        "Globs over `Service/Method` (`MessageService/Get*`); it may call nothing else.", ("*",)
    )
    quota_share: float | None = declare(
        "Largest part of a project's rate that it may use, on each replica; else all.", None, gt=0, le=1
    )
    priority_cap: PriorityName = declare(
        "Most urgent priority it gets: a call that asks for more gets this one, and `x-gateway-priority` says so.",
        "URGENT",
    )
    expires: datetime | None = declare("Instant from which on it is a stranger; else never.", None)

    def __post_init__(self) -> None:
        """Refuse one that could never be recognised, or until nobody knows when."""
        if not self.token_sha256 and not self.certificate_names:
            raise ValueError("needs token_sha256 or certificate_names: otherwise nobody could ever be this caller")
        if self.expires is not None and self.expires.tzinfo is None:
            raise ValueError("expires needs an offset from UTC: write 2027-01-31T00:00:00Z")


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
