"""What single values look like, and what is said of one that does not."""

import os
import re
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from gateway.settings.secret import Secret

IS_MISSING = "is missing"
TRUE = frozenset({"true", "1", "yes", "on", "t", "y"})
FALSE = frozenset({"false", "0", "no", "off", "f", "n"})


def matching(pattern: str) -> Callable[[str], str]:
    """The step of values that have this form from their first character to their last."""
    expression = re.compile(pattern)

    def matched(text: str) -> str:
        if expression.fullmatch(text) is None:
            raise ValueError(f"String should match pattern '{pattern}'")
        return text

    return matched


def _some(text: str) -> str:
    if not text:
        raise ValueError(IS_MISSING)
    return text


def _door(address: str) -> str:
    """Accept `host:port`, `unix:/path`, or nothing at all for a closed door."""
    if not address or (address.startswith("unix:") and len(address) > len("unix:")):
        return address
    host, _, port = address.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:  # noqa: PLR2004 - the largest TCP port
        raise ValueError("must be host:port, unix:/path, or empty to close this door")
    return address


def is_open(address: str) -> bool:
    """Whether an address is one to listen on: neither a closed door's nor malformed."""
    try:
        return bool(_door(address))
    except ValueError:
        return False


def is_dialled(address: str) -> bool:
    """Whether an address is one to connect to: one to listen on, without a port yet to be picked."""
    return is_open(address) and (address.startswith("unix:") or not address.endswith(":0"))


def is_local(address: str) -> bool:
    """Whether only this machine can reach a door; a closed one nobody can."""
    host = "" if address.startswith("unix:") else address.rpartition(":")[0]
    return not host or is_loopback(host)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by an address that cannot lead elsewhere."""
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
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("plain http is accepted only to loopback; use https")
    return url.rstrip("/")


def is_true(value: Any) -> bool:
    """Whether a value that has not been looked at yet says yes."""
    return str(value).lower() in TRUE


_SERVERS = ("valkey", "valkeys", "redis", "rediss")


def _state_url(url: str) -> str:
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and len(rest) > 1 and rest.startswith("/"):
        return url
    if scheme in _SERVERS:
        try:
            parts = urlsplit(url)
            known = bool(parts.hostname) and (parts.port or 1) > 0 and (parts.path.lstrip("/") or "0").isdigit()
            # A password in the query would be shown where the one before the host is masked.
            known = known and not parts.query and not parts.fragment
        except ValueError:
            known = False
        if known:
            return url
    raise ValueError("must be sqlite:///path/of/the/file, or valkey://host:6379/0 (also valkeys, redis, rediss)")


def default_state_url() -> str | None:
    """A file in the user's state folder; a relative XDG_STATE_HOME is to be ignored (XDG Base Directory)."""
    given = Path(os.environ.get("XDG_STATE_HOME", ""))
    try:
        folder = given if given.is_absolute() else Path.home() / ".local" / "state"
    except RuntimeError:
        # A user without a home, as in many containers.
        return None
    return f"sqlite://{folder}/conversation-gateway/state.db"


def sqlite_path(url: str) -> Path:
    """The file of a state URL; three slashes name a path from the root, as in the vendor-neutral URL form."""
    return Path("/" + url.removeprefix("sqlite:///").lstrip("/"))


def split(value: Any) -> Any:
    """Take a comma-separated text as the list it stands for."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _no_empty_one(secrets: tuple[Secret, ...]) -> tuple[Secret, ...]:
    if not all(secret.get_secret_value() for secret in secrets):
        raise ValueError("one of the secrets is empty: give each its text, or leave it out")
    return secrets


# A kind is a type and the steps that its values pass, in their order; with `split` among them a text is a list too.
SomeText = Annotated[str, _some]
Door = Annotated[str, _door]
BaseUrl = Annotated[str, _base_url]
StateUrl = Annotated[str, _state_url]
SocketMode = Annotated[str, matching("^0?[0-7]{3}$")]
Secrets = Annotated[tuple[Secret, ...], split, _no_empty_one]
Digests = Annotated[tuple[Annotated[str, matching("^[0-9a-fA-F]{64}$")], ...], split]
Hosts = Annotated[tuple[Annotated[str, str.lower], ...], split]
Phrases = Annotated[tuple[str, ...], split]
