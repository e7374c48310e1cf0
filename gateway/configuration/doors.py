"""What the doors need that the settings name: addresses to listen on, certificates, a group, and methods to call.

Asked of the raw values like every contradiction. What only a closed door would need is not looked at.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from ipaddress import ip_address
from itertools import combinations
from pathlib import Path
from typing import Any

from gateway.callers import matching, of_tokens, served
from gateway.listener import MOST_PATH_BYTES, group_id
from gateway.settings import CallerSettings, Invalid, environment_name
from gateway.settings.protection import text_of
from gateway.settings.reading import KeyPath, Mistake, read_table
from gateway.settings.tables import clashes
from gateway.settings.values import is_open, split

DOORS = ("grpc_address", "webhook_address", "admin_address", "control_address")
_TLS = {"certificate": "grpc_tls_cert_file", "key": "grpc_tls_key_file", "client_authorities": "grpc_client_ca_file"}


def closed_to_all(values: Mapping[str, Any]) -> Iterator[Mistake]:
    """Why a door could not be opened, or not for whom it is meant; blocks on the disk, and changes nothing there."""
    addresses = {field: address for field in DOORS if is_open(address := text_of(values, field))}
    yield from _shared(addresses)
    for field, address in addresses.items():
        if address.startswith("unix:"):
            yield from (((field,), text) for text in _socket(address.removeprefix("unix:")))
    if grpc := text_of(values, "grpc_address"):
        yield from _spelling(grpc)
        yield from _certificates(values)
        yield from _group(text_of(values, "grpc_socket_group"))
    yield from _callers(values)


def _shared(addresses: Mapping[str, str]) -> Iterator[Mistake]:
    for (first, one), (second, other) in combinations(addresses.items(), 2):
        if _is_same(one, other):
            text = f"is where {environment_name(first)} listens already: give each door an address of its own"
            yield (second,), text


def _is_same(one: str, other: str) -> bool:
    if one.startswith("unix:") or other.startswith("unix:"):
        return os.path.normpath(one) == os.path.normpath(other)
    (host, _, port), (other_host, _, other_port) = one.rpartition(":"), other.rpartition(":")
    if int(port) != int(other_port) or not int(port):
        return False
    hosts = {_numbers(host), _numbers(other_host)}
    # What listens on every IPv6 address has those of IPv4 too; the other way round it has not.
    return len(hosts) == 1 or "::" in hosts or ("0.0.0.0" in hosts and not any(":" in each for each in hosts))


def _numbers(host: str) -> str:
    """A host as its address, as far as that can be told without asking anybody."""
    known = {"localhost": "127.0.0.1", "*": "0.0.0.0"}.get(host, host.strip("[]"))
    try:
        return str(ip_address(known))
    except ValueError:
        return known


def _spelling(address: str) -> Iterator[Mistake]:
    """What gRPC does not read as every other door does."""
    host = "" if address.startswith("unix:") else address.rpartition(":")[0]
    if host == "*":
        yield ("grpc_address",), "must name every address as 0.0.0.0 or [::]"
    elif ":" in host and not host.startswith("["):
        yield ("grpc_address",), "must have its IPv6 address in brackets, as in [::1]:50051"


def _socket(path: str) -> Iterator[str]:
    folder = Path(path).parent
    if len(os.fsencode(path)) > MOST_PATH_BYTES:
        yield f"has a path of more than {MOST_PATH_BYTES} bytes, which no socket can have: choose a shorter one"
    elif not os.access(folder, os.F_OK):
        yield f"needs the folder {folder}, which is not there: make it, or choose another path"
    elif not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        yield f"needs {folder} to be a folder that this user can write: give the right to, or choose another path"
    elif Path(path).exists() and not Path(path).is_socket():
        yield f"names {path}, which is there and is no socket: choose another path"


def _certificates(values: Mapping[str, Any]) -> Iterator[Mistake]:
    files = {part: Path(name) for part, field in _TLS.items() if (name := text_of(values, field))}
    if files:
        from gateway.rpc.tls import faults  # noqa: PLC0415 - imports gRPC's server

        yield from (((_TLS[part],), text) for part, text in faults(**files))


def _group(name: str) -> Iterator[Mistake]:
    try:
        _ = group_id(name) if name else None
    except ValueError as error:
        yield ("grpc_socket_group",), f"cannot be used: {error}"


def _callers(values: Mapping[str, Any]) -> Iterator[Mistake]:
    """Callers that could not be told apart, and lists of methods that let nobody do anything."""
    paths, callers = zip(*known, strict=True) if (known := list(_known(values))) else ((), ())
    for index, lines in clashes(callers).items():
        yield paths[index], f"clashes with another caller: {'; '.join(lines)}"
    for path, caller in known:
        for index, glob in enumerate(caller.methods):
            # The default costs no look at the contract.
            if glob != "*" and not matching(glob, served()):
                yield (*path, "methods", index), f"is {glob}, which matches no method: write Service/Method"


def _known(values: Mapping[str, Any]) -> Iterator[tuple[KeyPath, CallerSettings]]:
    """The callers that are well described, with where they are; what is wrong with the others is said by their type."""
    for digest in (each for each in split(values.get("caller_tokens_sha256") or ()) if isinstance(each, str)):
        with suppress(Invalid):
            yield from ((("caller_tokens_sha256",), caller) for caller in of_tokens([digest]))
    tables = values.get("callers")
    for index, table in enumerate(tables if isinstance(tables, list) else ()):
        with suppress(Invalid):
            yield ("callers", index), read_table(CallerSettings, table)
