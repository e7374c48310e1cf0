"""What the settings need beside doors: a place for the state, libraries, and the variables of others.

Asked of the raw values like every contradiction, so that one reading finds all there is to correct.
"""

import asyncio
import os
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from gateway.settings.protection import text_of
from gateway.settings.reading import Mistake
from gateway.settings.values import default_state_url, is_true, sqlite_path
from gateway.upstream.trust import verifying_context

_TRACES = "OTEL_"
_TRUSTED = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def missing_ground(values: Mapping[str, Any]) -> Iterator[Mistake]:
    """Where each mistake is, and what to do about it; blocks on the disk, and changes nothing there."""
    url = text_of(values, "state_url") or default_state_url() or ""
    if url.startswith("sqlite:"):
        yield from ((("state_url",), text) for text in _place(sqlite_path(url)))
    elif "://" in url and not _imports("gateway.state.valkey_store", "gateway.state.valkey_tokens"):
        from gateway.shared import NO_LIBRARY  # noqa: PLC0415 - imports the half that calls the API

        yield ("state_url",), NO_LIBRARY
    if values.get("loop") == "uvloop" and not _imports("uvloop"):
        yield ("loop",), "is uvloop, which is not installed: install it, or leave it at auto"
    if is_true(values.get("environment_proxy")) and not _has_proxies():
        yield ("environment_proxy",), "finds in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY what is no http://host:port"


def foreign(environment: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with variables that are not ours, and that a start would fail by all the same."""
    if any(environment.get(name) for name in _TRUSTED) and not _has_authorities():
        yield f"{' or '.join(_TRUSTED)} names no certificates that can be read: correct it, or leave it out"
    if any(name.startswith(_TRACES) for name in environment) and (problem := _no_traces(environment)):
        yield problem


def _place(path: Path) -> Iterator[str]:
    """Why a state file cannot be there; whether the disk is full or another process has it, the start will tell."""
    try:
        there = next(place for place in (path, *path.parents) if place.exists())
        writable = os.access(there, os.W_OK if there == path else os.W_OK | os.X_OK)
        if path.is_dir():
            yield f"names a folder, {path}: name a file in it"
        elif there == path and not path.is_file():
            yield f"names {path}, which is no file: choose another place"
        elif there != path and not there.is_dir():
            yield f"lies below {there}, which is no folder: choose another place"
        elif not writable:
            yield f"needs {there}, which this user cannot write: give the right to, or choose another place"
    except OSError as error:
        yield f"cannot look at {path} ({type(error).__name__}): choose another place"


def _imports(*modules: str) -> bool:
    try:
        for module in modules:
            import_module(module)
    except ImportError:
        return False
    return True


def _has_proxies() -> bool:
    from gateway.upstream.proxy import EnvironmentProxy  # noqa: PLC0415 - imports httpx, which few settings need

    try:
        EnvironmentProxy()
    except Exception:  # noqa: BLE001 - httpx has several ways to refuse a URL; some quote its password
        return False
    return True


def _has_authorities() -> bool:
    try:
        verifying_context()
    except OSError:
        return False
    return True


def _no_traces(environment: Mapping[str, str]) -> str:
    """Why nothing can be traced as the variables ask for, if it cannot; found by setting it up and taking it down."""
    from gateway.telemetry.tracing import from_environment  # noqa: PLC0415 - most environments ask for no traces

    try:
        asyncio.run(from_environment(environment).close(0))
    except ValueError as error:
        return str(error) if str(error).startswith(_TRACES) else f"OTEL_PROPAGATORS: {error}"
    except Exception as error:  # noqa: BLE001 - an exporter is anybody's
        return f"OTEL_TRACES_EXPORTER or what configures it cannot be used ({type(error).__name__})"
    return ""
