"""`conversation-gateway wait`: return when a gateway on this machine is ready, for scripts and for start hooks."""

import time
from urllib.parse import quote

import httpx

READY, NOT_READY = 0, 1
PAUSE_S = 0.1
# Of one question: a gateway that answers no faster is not ready.
ASK_TIMEOUT_S = 2.0


def wait(admin_address: str, *, timeout_s: float) -> tuple[int, str]:
    """Ask the admin address until it says ready, or `timeout_s` seconds are over.

    Answers the exit code, and for 1 the last thing that was in the way.
    """
    deadline_s = time.monotonic() + timeout_s
    path = admin_address.removeprefix("unix:") if admin_address.startswith("unix:") else None
    url = f"http://{'localhost' if path else _dialled(admin_address)}/readiness"
    with httpx.Client(transport=httpx.HTTPTransport(uds=path), trust_env=False) as client:
        while True:
            problem = _ask(client, url, min(ASK_TIMEOUT_S, max(deadline_s - time.monotonic(), PAUSE_S)))
            if not problem:
                return READY, ""
            if time.monotonic() + PAUSE_S > deadline_s:
                return NOT_READY, f"{quote(admin_address, safe=':/[].')} is not ready after {timeout_s:g} s: {problem}"
            time.sleep(PAUSE_S)


def _ask(client: httpx.Client, url: str, timeout_s: float) -> str:
    try:
        answer = client.get(url, timeout=timeout_s)
    except httpx.HTTPError as error:
        return type(error).__name__
    if answer.status_code == httpx.codes.OK:
        return ""
    try:
        return str(answer.json()["reason"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {answer.status_code}"


def _dialled(address: str) -> str:
    """The address to connect to for one to listen on: an unspecified host is every host of this machine."""
    host, _, port = address.rpartition(":")
    return f"{ {'0.0.0.0': '127.0.0.1', '[::]': '[::1]'}.get(host, host) }:{port}"
