"""What only the file can hold: several projects with their apps, and several webhooks.

A field `NAME_file` beside a field `NAME` is the path of a file that holds it.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from gateway.settings.values import Digests, Secrets

Region = Literal["us", "eu", "br"]


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
