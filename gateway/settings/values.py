"""What single values look like, and what is said of one that does not."""

import re
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr, StringConstraints


def _door(address: str) -> str:
    """Accept `host:port`, `unix:/path`, or nothing at all for a closed door."""
    if not address or (address.startswith("unix:") and len(address) > len("unix:")):
        return address
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:  # noqa: PLR2004 - the largest TCP port
        raise ValueError("must be host:port, unix:/path, or empty to close this door")
    return address


def _grpc_door(address: str) -> str:
    """As any door, but never wider than this machine: gRPC has neither TLS nor callers' credentials yet."""
    if address and not address.startswith("unix:") and not _is_loopback(_door(address).rpartition(":")[0]):
        raise ValueError("must be loopback or unix:/path; whoever reaches this door sends in your name")
    return _door(address)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _base_url(url: str) -> str:
    """Accept https anywhere and plain http only to this machine."""
    expanded = url.replace("{region}", "us")
    if re.search(r"[{}@\\\s]", expanded) or not expanded.isascii():
        raise ValueError("must be a plain URL; {region} is the only placeholder, and there is no user name")
    try:
        parts = urlsplit(expanded)
        _ = parts.port
    except ValueError:
        raise ValueError("must be an http(s) URL whose port is a number") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an http(s) URL without query or fragment")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("plain http is accepted only to loopback; use https")
    return url.rstrip("/")


def _state_url(url: str) -> str:
    if not url.startswith("sqlite:///") or len(url) == len("sqlite:///"):
        raise ValueError("must be sqlite:///path/of/the/file")
    return url


def split(value: Any) -> Any:
    """Take a comma-separated text as the list it stands for."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Door = Annotated[str, AfterValidator(_door)]
GrpcDoor = Annotated[str, AfterValidator(_grpc_door)]
BaseUrl = Annotated[str, AfterValidator(_base_url)]
StateUrl = Annotated[str, AfterValidator(_state_url)]
Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(split)]
Digests = Annotated[tuple[Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{64}$")], ...], BeforeValidator(split)]
Hosts = Annotated[tuple[Annotated[str, StringConstraints(to_lower=True)], ...], BeforeValidator(split)]
