"""Every knob of the gateway: its environment name, its meaning, its unit and its default.

This list is the reference: `docs/settings.md` and the command line's options are made from it. In the file a knob has
the name of its field. Reading the environment, files and flags is `gateway/configuration`; nothing else does.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self

from gateway.settings.fields import Field, Table, declare, fields_of
from gateway.settings.origins import Origins
from gateway.settings.reading import read_table
from gateway.settings.secret import Secret
from gateway.settings.tables import CallerSettings, ConsentMode, ProjectSettings, Region, WebhookSettings
from gateway.settings.values import (
    BaseUrl,
    Digests,
    Door,
    Hosts,
    Phrases,
    Secrets,
    SocketMode,
    StateUrl,
    default_state_url,
    sqlite_path,
)


def _knob(env: str, description: str, default: Any = MISSING, **limits: float) -> Any:
    """Declare one setting: where it comes from and what it means."""
    return declare(description, default, environment_name=env, **limits)


def _table(description: str) -> Any:
    """Declare a table that may be repeated, and that only the file can hold; its fields describe themselves."""
    return declare(description, ())


@dataclass(frozen=True, kw_only=True)
class Settings(Table):
    """The whole configuration, validated; `app.py` hands each room its own part of it."""

    config_file: str = _knob("GATEWAY_CONFIG_FILE", "TOML file that holds settings, and the tables below.", "")

    project_id: str = _knob(
        "SINCH_PROJECT_ID", "The Sinch project of calls that name none; else the first of `[[projects]]`.", ""
    )
    key_id: str = _knob("SINCH_KEY_ID", "Access key of the project, the user name of the token request.", "")
    key_secret: Secret = _knob("SINCH_KEY_SECRET", "Secret of the access key.", Secret(""))
    app_id: str = _knob("SINCH_APP_ID", "App that is filled in where a request needs one and names none.", "")
    region: Region = _knob("SINCH_REGION", "Region the app was created in; another region answers 404.", "us")
    sms_sender_id: str = _knob(
        "SINCH_SMS_SENDER_ID", "Sender that is filled in as `SMS_SENDER` where SMS may be tried and none is named.", ""
    )

    grpc_address: Door = _knob(
        "GATEWAY_GRPC_ADDRESS", "Where gRPC listens: `host:port` or `unix:/path`; port 0 picks one.", "127.0.0.1:50051"
    )
    grpc_socket_mode: SocketMode = _knob(
        "GATEWAY_GRPC_SOCKET_MODE", "Permission bits of a Unix gRPC socket, in octal.", "0660"
    )
    grpc_socket_group: str = _knob(
        "GATEWAY_GRPC_SOCKET_GROUP", "Group of a Unix gRPC socket, by name or number; none is the process's own.", ""
    )
    grpc_tls_cert_file: str = _knob(
        "GATEWAY_GRPC_TLS_CERT_FILE", "PEM file with the certificate chain of the gRPC door; a new one is taken up.", ""
    )
    grpc_tls_key_file: str = _knob("GATEWAY_GRPC_TLS_KEY_FILE", "PEM file with its private key.", "")
    grpc_client_ca_file: str = _knob(
        "GATEWAY_GRPC_CLIENT_CA_FILE",
        "PEM file with the authorities of client certificates; with one, every connection needs a certificate.",
        "",
    )
    caller_tokens_sha256: Digests = _knob(
        "GATEWAY_CALLER_TOKENS_SHA256",
        "SHA-256, in hex, of each bearer token that may call everything; `[[callers]]` can say more.",
        (),
    )
    grpc_unprotected: bool = _knob(
        "GATEWAY_GRPC_UNPROTECTED",
        "Open the gRPC door beyond this machine without TLS or callers. Whoever reaches it sends in your name.",
        default=False,
    )
    grpc_max_calls: int = _knob(
        "GATEWAY_GRPC_MAX_CALLS",
        "Unary calls that may be under way at once, those that wait included.",
        10_000,
        ge=1,
        le=10_000_000,
    )
    grpc_max_streams: int = _knob(
        "GATEWAY_GRPC_MAX_STREAMS", "Streams that may be open at once.", 1024, ge=1, le=10_000_000
    )
    grpc_max_request_bytes: int = _knob(
        "GATEWAY_GRPC_MAX_REQUEST_BYTES", "Bytes of all requests that are under way at once.", 64 * 1024**2, ge=1024
    )
    grpc_max_connections: int = _knob(
        "GATEWAY_GRPC_MAX_CONNECTIONS", "gRPC connections that may be open at once.", 1024, ge=1, le=10_000_000
    )
    grpc_max_connection_age_s: float = _knob(
        "GATEWAY_GRPC_MAX_CONNECTION_AGE_S",
        "Seconds after which a gRPC connection takes no new calls, so that clients spread over replicas; 0 is never.",
        0.0,
        ge=0,
        le=14 * 86_400,
    )
    grpc_max_connection_age_grace_s: float = _knob(
        "GATEWAY_GRPC_MAX_CONNECTION_AGE_GRACE_S",
        "Seconds that what is under way on such a connection may still take.",
        60.0,
        gt=0,
        le=14 * 86_400,
    )
    grpc_reflection: bool = _knob(
        "GATEWAY_GRPC_REFLECTION", "Serve gRPC reflection, so that tools need no proto files.", default=True
    )
    webhook_address: Door = _knob(
        "GATEWAY_WEBHOOK_ADDRESS", "Where webhooks are taken; empty closes the door.", "127.0.0.1:8080"
    )
    admin_address: Door = _knob(
        "GATEWAY_ADMIN_ADDRESS", "Where probes and metrics are served; empty closes the door.", "127.0.0.1:9090"
    )
    control_address: Door = _knob(
        "GATEWAY_CONTROL_ADDRESS",
        "Where the process is told to quit or to log more: `unix:/path` or loopback; empty closes the door.",
        "",
    )

    webhook_secret: Secrets = _knob(
        "GATEWAY_WEBHOOK_SECRET",
        "Secrets of the webhook named `default`, comma separated while one replaces another.",
        (),
    )
    webhook_unsigned: bool = _knob(
        "GATEWAY_WEBHOOK_UNSIGNED", "Take webhooks without a signature. Anyone can then forge events.", default=False
    )

    webhook_memory_s: int = _knob(
        "GATEWAY_WEBHOOK_MEMORY_S",
        "Seconds a repeated webhook is recognised as such; a signature older than that is refused.",
        3 * 86_400,
        ge=3600,
    )
    webhook_bearer_sha256: Digests = _knob(
        "GATEWAY_WEBHOOK_BEARER_SHA256",
        "SHA-256, in hex, of each bearer token that webhooks may bring; none means that no token is asked for.",
        (),
    )

    state_url: StateUrl = _knob(
        "GATEWAY_STATE_URL",
        "Where the state is kept: `sqlite:///` and the path of a file for one process, or "
        "`valkey://:password@host:6379/0` (`valkeys://` over TLS) for replicas that share it.",
    )
    state_accept_unsafe: bool = _knob(
        "GATEWAY_STATE_ACCEPT_UNSAFE",
        "Use a Valkey server that may forget what it has acknowledged: eviction, no append-only file, a weaker fsync.",
        default=False,
    )
    state_replica_count: int = _knob(
        "GATEWAY_STATE_REPLICA_COUNT",
        "Replicas of Valkey that must have an event on disk before its 200.",
        0,
        ge=0,
        le=5,
    )
    state_wait_s: float = _knob(
        "GATEWAY_STATE_WAIT_S",
        "Longest time in seconds that a send waits for Valkey, each time it does.",
        0.05,
        gt=0,
        le=5,
    )
    state_local_share: float = _knob(
        "GATEWAY_STATE_LOCAL_SHARE",
        "Part of the rate limit that each replica uses by itself while Valkey is away; 0 refuses sends instead.",
        0.25,
        ge=0,
        le=1,
    )
    state_away_request_ids: Literal["refuse", "local"] = _knob(
        "GATEWAY_STATE_AWAY_REQUEST_IDS",
        "While Valkey is away `refuse` writes with a request id, or let each replica remember them (`local`).",
        "refuse",
    )
    feed_retention_s: int = _knob(
        "GATEWAY_FEED_RETENTION_S", "Seconds an event stays readable on the feed.", 7 * 86_400, ge=60
    )
    feed_retention_bytes: int = _knob(
        "GATEWAY_FEED_RETENTION_BYTES", "Size of the stored events above which the oldest go.", 4 * 1024**3, ge=1024**2
    )
    feed_retention_count: int = _knob(
        "GATEWAY_FEED_RETENTION_COUNT", "Number of stored events above which the oldest go.", 10_000_000, ge=1000
    )
    feed_hold_factor: float = _knob(
        "GATEWAY_FEED_HOLD_FACTOR",
        "How many times longer, larger and more a named subscription may hold events back before it loses them.",
        2.0,
        ge=1,
        le=100,
    )
    # GetFeed lists them all, 142 bytes each at most, in an answer of 4 MiB; each step of retention reads them all.
    feed_max_subscriptions: int = _knob(
        "GATEWAY_FEED_MAX_SUBSCRIPTIONS",
        "Named subscriptions that a project may have; those that are there stay usable when it is lowered.",
        1000,
        ge=1,
        le=10_000,
    )

    conversation_url: BaseUrl = _knob(
        "GATEWAY_CONVERSATION_URL", "Base URL of the Conversation API.", "https://{region}.conversation.api.sinch.com"
    )
    batch_url: BaseUrl = _knob(
        "GATEWAY_BATCH_URL", "Base URL of the Batch API.", "https://{region}.conversationbatch.api.sinch.com"
    )
    template_url: BaseUrl = _knob(
        "GATEWAY_TEMPLATE_URL", "Base URL of the Template API.", "https://{region}.template.api.sinch.com"
    )
    auth_url: BaseUrl = _knob("GATEWAY_AUTH_URL", "Base URL of the token endpoint.", "https://auth.sinch.com")
    rate_limit_per_s: float = _knob(
        "GATEWAY_RATE_LIMIT_PER_S", "Calls per second that Sinch grants the project.", 800.0, gt=0, le=100_000
    )
    rate_limit_burst: int = _knob(
        "GATEWAY_RATE_LIMIT_BURST", "Calls that may go out at once after a quiet time.", 40, ge=1, le=10_000
    )
    rate_limit_margin: float = _knob(
        "GATEWAY_RATE_LIMIT_MARGIN", "Part of the rate that is left unused, as clocks differ.", 0.01, ge=0, lt=1
    )
    strict_sends: bool = _knob(
        "GATEWAY_STRICT_SENDS",
        "Never repeat a send after a 5xx, not even where Sinch documents that one may.",
        default=False,
    )
    urgent_high_priority: bool = _knob(
        "GATEWAY_URGENT_HIGH_PRIORITY",
        "Put urgent calls that choose no queue into the app's `HIGH_PRIORITY` queue at the API.",
        default=False,
    )
    queue_guard: Literal["report", "refuse"] = _knob(
        "GATEWAY_QUEUE_GUARD",
        "`report` when an app's queue at the API gets to a message; `refuse` one that could not join or would expire.",
        "report",
    )
    queue_poll_s: float = _knob(
        "GATEWAY_QUEUE_POLL_S", "Seconds between two looks at the queue of an app in use.", 30.0, gt=0, le=3600
    )
    callback_url_hosts: Hosts = _knob(
        "GATEWAY_CALLBACK_URL_HOSTS",
        "Hosts a request's `callback_url` may name, comma separated; `*` is any, nothing is none.",
        ("*",),
    )
    capability_memory_s: float = _knob(
        "GATEWAY_CAPABILITY_MEMORY_S",
        "Seconds that `AwaitCapability` remembers a recipient who can be reached; 0 asks every time.",
        3600.0,
        ge=0,
        le=7 * 86_400,
    )
    capability_negative_memory_s: float = _knob(
        "GATEWAY_CAPABILITY_NEGATIVE_MEMORY_S",
        "Seconds that it remembers one who cannot; an unknown answer is remembered for a minute.",
        600.0,
        ge=0,
        le=7 * 86_400,
    )
    consent_gate: ConsentMode = _knob(
        "GATEWAY_CONSENT_GATE",
        "What becomes of sends to those who opted out: `off` looks at nobody, `warn` sends and says so, `enforce` "
        "refuses. An app's table may say otherwise.",
        "off",
    )
    consent_unknown: Literal["refuse", "send"] = _knob(
        "GATEWAY_CONSENT_UNKNOWN",
        "What `enforce` does with a send while it is not known who opted out of its app.",
        "refuse",
    )
    consent_urgent_exempt: bool = _knob(
        "GATEWAY_CONSENT_URGENT_EXEMPT",
        "Let sends with priority URGENT pass that are not CONTENT_MARKETING, such as one-time passwords.",
        default=False,
    )
    consent_refresh_s: float = _knob(
        "GATEWAY_CONSENT_REFRESH_S", "Seconds between two readings of an app's opt-out lists.", 3600.0, ge=1, le=86_400
    )
    consent_stop_words: Phrases = _knob(
        "GATEWAY_CONSENT_STOP_WORDS",
        "What an inbound message has to consist of to opt out, comma separated, in upper or lower case.",
        ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "OPT OUT"),
    )
    consent_start_words: Phrases = _knob(
        "GATEWAY_CONSENT_START_WORDS", "The same to opt in again.", ("START", "UNSTOP", "OPTIN", "OPT IN")
    )
    raw_calls: bool = _knob(
        "GATEWAY_RAW_CALLS", "Serve `RawService`, which reaches operations the contract lacks.", default=False
    )

    reread_s: float = _knob(
        "GATEWAY_REREAD_S", "Seconds between two looks at files that hold secrets.", 2.0, gt=0, le=3600
    )
    max_deadline_s: float = _knob(
        "GATEWAY_MAX_DEADLINE_S", "Seconds a unary call may take when its caller set no deadline.", 60.0, gt=0, le=600
    )
    drain_timeout_s: float = _knob(
        "GATEWAY_DRAIN_TIMEOUT_S", "Seconds that calls in flight are given to finish on SIGTERM.", 20.0, gt=0, le=600
    )
    environment_proxy: bool = _knob(
        "GATEWAY_ENVIRONMENT_PROXY",
        "Reach the API through the proxy that `HTTPS_PROXY` names, unless `NO_PROXY` names the host.",
        default=False,
    )
    max_response_bytes: int = _knob(
        "GATEWAY_MAX_RESPONSE_BYTES", "Largest answer taken from the API, in bytes.", 16 * 1024**2, ge=1024
    )
    upstream_max_connections: int = _knob(
        "GATEWAY_UPSTREAM_MAX_CONNECTIONS",
        "Most connections to each host of the API in each region: so many calls are under way there at once. Through a "
        "proxy it is 64.",
        512,
        ge=1,
        le=65_535,
    )
    loop: Literal["auto", "asyncio", "uvloop"] = _knob(
        "GATEWAY_LOOP", "Event loop; `auto` is uvloop where it is installed.", "auto"
    )
    log_level: Literal["debug", "info", "warning", "error"] = _knob(
        "GATEWAY_LOG_LEVEL", "Least severe log lines that are written.", "info"
    )
    log_format: Literal["auto", "json", "console"] = _knob(
        "GATEWAY_LOG_FORMAT", "`json` lines, readable `console` lines, or by whether a terminal is there.", "auto"
    )

    projects: tuple[ProjectSettings, ...] = _table(
        "The Sinch projects that calls are made for, beside the one of `SINCH_PROJECT_ID`. That may name one of these: "
        "it is the default project then, and the other `SINCH_` variables win over its table."
    )
    webhooks: tuple[WebhookSettings, ...] = _table("Webhooks beside `default`, each at a path of its own.")
    callers: tuple[CallerSettings, ...] = _table(
        "Who may call over gRPC. Without any table or token, and without client certificates, whoever can connect may."
    )

    origins: Origins = field(default_factory=Origins)
    """Where the single values come from, as far as it matters later."""

    @classmethod
    def of(cls, values: Mapping[str, Any], origins: Origins) -> Self:
        """The settings of these values; `Invalid` with all that is wrong with them."""
        state_url = values.get("state_url") or default_state_url()
        return replace(read_table(cls, {**values, "state_url": state_url}), origins=origins)

    @property
    def embedded(self) -> bool:
        """Whether the state is a file of this process."""
        return self.state_url.startswith("sqlite:")

    @property
    def state_path(self) -> Path:
        """File behind `state_url`."""
        return sqlite_path(self.state_url)


def knobs() -> Mapping[str, Field]:
    """The settings that are single values, by field name: each has an environment variable."""
    return {name: knob for name, knob in fields_of(Settings).items() if knob.environment_name}


def environment_name(name: str) -> str:
    """The environment variable of a setting that is a single value."""
    return knobs()[name].environment_name
