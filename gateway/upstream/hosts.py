"""Where calls go: the configured hosts of each region, and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from gateway.upstream.exchange import Origin

REGIONS = ("us", "eu", "br")
HOST_CLASSES = ("conversation", "batch", "template")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A base URL taken apart: the origin to connect to, and the path everything below it starts with."""

    origin: Origin
    prefix: str

    @classmethod
    def of(cls, url: str, *, pool: str) -> "Endpoint":
        """Take a checked base URL apart; `pool` keeps the connections of one host class to themselves."""
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        origin = Origin(scheme=parts.scheme, host=parts.hostname or "", port=port, pool=pool)
        return cls(origin=origin, prefix=parts.path.rstrip("/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """The endpoint of every host class in every region."""

    endpoints: Mapping[tuple[str, str], Endpoint]

    @classmethod
    def of(cls, *, conversation_url: str, batch_url: str, template_url: str) -> "Hosts":
        """Expand `{region}` in the three base URLs."""
        urls = {"conversation": conversation_url, "batch": batch_url, "template": template_url}
        return cls(
            endpoints={
                (host, region): Endpoint.of(url.replace("{region}", region), pool=host)
                for host, url in urls.items()
                for region in REGIONS
            }
        )
