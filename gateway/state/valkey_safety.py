"""What a server must promise before it may hold what others rely on.

Under any policy but `appendfsync always` the server answers before its disk has the event, `WAITAOF` included; with
eviction on it forgets when it is full; without an append-only file it forgets when it restarts.
"""

from collections.abc import Mapping
from typing import Any

LEAST_VERSION = (7, 2)


def dangers(info: Mapping[str, Any], config: Mapping[str, str] | None) -> list[str]:
    """What is unsafe about a server, by its INFO and, where it lets us ask, its CONFIG; one phrase each."""
    found = []
    policy = str(info.get("maxmemory_policy", "noeviction"))
    if policy != "noeviction":
        found.append(f"maxmemory-policy is {policy}, which forgets when memory is full; it must be noeviction")
    if not int(info.get("aof_enabled", 0)):
        found.append("appendonly is no, so a restart forgets; it must be yes")
    if config is None or "appendfsync" not in config:
        found.append("appendfsync cannot be asked for, as CONFIG is not allowed here; it must be always")
    elif config["appendfsync"] != "always":
        found.append(f"appendfsync is {config['appendfsync']}, which answers before the disk has it; it must be always")
    if config is not None and config.get("no-appendfsync-on-rewrite", "no") != "no":
        found.append("no-appendfsync-on-rewrite is yes, which does not sync while the file is rewritten; it must be no")
    return found


def is_too_old(info: Mapping[str, Any]) -> bool:
    """Whether a server is older than this needs; Valkey tells the Redis version that it continues."""
    parts = str(info.get("redis_version", "0")).split(".")[:2]
    return tuple(int(part) for part in parts if part.isdigit()) < LEAST_VERSION
