"""Keeps a test, and every Python that it starts, on this machine: whatever looks elsewhere fails, and is written down.

Imported by each interpreter that finds this folder on its path. What is native (gRPC, uvloop) raises no audit events;
`tests/integration/test_outbound.py` watches that from outside.
"""

import os
import sys
from ipaddress import ip_address
from typing import Any

LOG = "TESTS_OUTSIDE_LOG"
_AF_UNIX_OR_NONE = (str, bytes, type(None))


def _is_here(host: Any) -> bool:
    if isinstance(host, bytes):
        host = host.decode(errors="replace")
    # `.invalid` is never anywhere (RFC 6761): a test that needs a name that leads nowhere asks for one of those.
    if host in {None, "", "localhost"} or host.endswith(".invalid"):
        return True
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"}:
        address = args[1]
        # Unix sockets have a path, netlink and the like a number.
        if not isinstance(address, tuple) or not isinstance(address[0], _AF_UNIX_OR_NONE):
            return
        host = address[0]
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = args[0]
    else:
        return
    if _is_here(host):
        return
    with open(os.environ[LOG], "a", encoding="utf-8") as log:  # noqa: PTH123 - as little as can be imported
        log.write(f"{event} {host!r}\n")
    raise PermissionError(f"tests stay on this machine: {event} {host!r}")


if os.environ.get(LOG):
    sys.addaudithook(_hook)
