"""What a simulator can be told at its start; every knob with its unit and its default."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

REGIONS = ("us", "eu", "br")
DEFAULT_APP_ID = "01DEM0APP00000000000000000"


class AppOptions(NamedTuple):
    """An app that exists from the start; a plain tuple of the same order does as well.

    `callback_secret` signs the receipts of messages that carry a `callback_url` of their own.
    """

    app_id: str = DEFAULT_APP_ID
    region: str = "us"
    processing_mode: str = "DISPATCH"
    callback_secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorOptions:
    """The whole configuration of one simulator.

    Where the vendor documents a number it is the default, except for the limits that would only slow a laptop
    down: the project's rate, the drain of an app's queue and the callbacks per app are unlimited (0) unless set.
    """

    host: str = "127.0.0.1"
    port: int = 0
    tls_cert: Path | None = None
    tls_key: Path | None = None

    project_id: str = "demo-project"
    key_id: str = "demo-key"
    key_secret: str = "demo-secret"  # noqa: S105  # what every copy of the simulator accepts is no secret
    apps: tuple[AppOptions, ...] = (AppOptions(),)

    receipt_delay_s: float = 0.05
    """Between two delivery states of one message, and between the last of them and the recipient's reply."""
    read_receipts: bool = True
    replies: Literal["first", "all", "none"] = "first"
    """Which messages a recipient answers: the first one that reaches an identity, all of them, or none."""
    strict_contacts: bool = False
    """Refuse an unknown `contact_id`, and any `contact_id` in DISPATCH mode; otherwise it is taken as it comes."""
    strict_templates: bool = False
    """Let a message fail whose omni-channel template nobody created; otherwise it is taken as it comes."""

    token_life_s: int = 3600
    token_burst: int = 30
    token_refill_per_s: float = 10.0
    project_rate_per_s: float = 0.0
    """Requests per second and project; the vendor's documented limit is 800."""
    app_drain_per_s: float = 0.0
    """Messages per second that leave an app's queue; the vendor's documented default is 20."""
    app_queue_limit: int = 500_000
    callbacks_per_s: float = 0.0
    """Callbacks per second and app; the vendor's documented default is 25."""

    callback_timeout_s: float = 10.0
    callback_retry_base_s: float = 5.0
    callback_retry_cap_s: float = 81_920.0
    callback_attempts: int = 16
    callback_backlog: int = 100_000
    """Callbacks waiting for their turn; when full, a new one is dropped and counted."""
    callbacks_in_flight: int = 16

    recorded_requests: int = 10_000
    recorded_bytes: int = 64 * 1024 * 1024
    max_body_bytes: int = 10 * 1024 * 1024
    idle_timeout_s: float = 75.0
    rules_file: Path | None = None
    """Rules of misbehaviour from the start: a JSON list, or an object that holds one as `rules`."""
    seed: int = 0
    """Of every draw that a fault rule makes, so that a run can be repeated."""
