"""Settings that would open a door unprotected stop the start, and say what to do."""

from pathlib import Path

import pytest

from gateway.configuration import ConfigurationError, load
from tests.grpc_door import Authority

COMPLETE = {
    "SINCH_PROJECT_ID": "project",
    "SINCH_KEY_ID": "key",
    "SINCH_KEY_SECRET": "secret",
    "GATEWAY_WEBHOOK_SECRET": "hook",
}
CERTIFICATE, KEY = {"GATEWAY_GRPC_TLS_CERT_FILE": "tls.crt"}, {"GATEWAY_GRPC_TLS_KEY_FILE": "tls.key"}
TLS = {**CERTIFICATE, **KEY}
TOKENS = {"GATEWAY_CALLER_TOKENS_SHA256": "ab" * 32}
AUTHORITY = {"GATEWAY_GRPC_CLIENT_CA_FILE": "ca.crt"}
WIDE = {"GATEWAY_GRPC_ADDRESS": "0.0.0.0:50051"}


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand where the files of `TLS` and `AUTHORITY` are."""
    Authority(tmp_path)
    monkeypatch.chdir(tmp_path)


def mistakes(environment: dict[str, str]) -> list[str]:
    try:
        load({**COMPLETE, **environment})
    except ConfigurationError as error:
        return error.mistakes
    return []


@pytest.mark.parametrize("address", ["0.0.0.0:1", "[::]:1", "10.0.0.1:1", "gateway.internal:1", "*:1"])
@pytest.mark.parametrize("some", [{}, TLS, TOKENS], ids=["nothing", "TLS alone", "tokens alone"])
def test_a_wide_grpc_door_needs_tls_and_callers(address: str, some: dict[str, str]) -> None:
    [mistake] = mistakes({"GATEWAY_GRPC_ADDRESS": address, **some})

    assert mistake.startswith("GATEWAY_GRPC_ADDRESS lies beyond this machine")
    assert "GATEWAY_GRPC_UNPROTECTED=true" in mistake


@pytest.mark.parametrize(
    "enough",
    [{**TLS, **TOKENS}, {**TLS, **AUTHORITY}, {"GATEWAY_GRPC_UNPROTECTED": "true"}],
    ids=["TLS and tokens", "TLS and client certificates", "accepted"],
)
def test_a_wide_grpc_door_may_be_opened_with_both_or_by_who_accepts_the_danger(enough: dict[str, str]) -> None:
    assert mistakes({**WIDE, **enough}) == []


@pytest.mark.parametrize("address", ["127.0.0.1:1", "[::1]:1", "localhost:1", "unix:/run/gateway.sock", ""])
def test_a_grpc_door_of_this_machine_needs_nothing(address: str) -> None:
    assert mistakes({"GATEWAY_GRPC_ADDRESS": address}) == []


@pytest.mark.parametrize(
    ("some", "about"),
    [
        (CERTIFICATE, "GATEWAY_GRPC_TLS_KEY_FILE is missing"),
        (KEY, "GATEWAY_GRPC_TLS_CERT_FILE is missing"),
        (AUTHORITY, "GATEWAY_GRPC_CLIENT_CA_FILE needs TLS"),
    ],
    ids=["no key", "no certificate", "authority without TLS"],
)
def test_half_of_tls_is_a_mistake(some: dict[str, str], about: str) -> None:
    [mistake] = mistakes(some)

    assert mistake.startswith(about)


@pytest.mark.parametrize("address", ["0.0.0.0:1", "10.0.0.1:1", "gateway.internal:1"])
def test_the_control_door_is_never_wide(address: str) -> None:
    [mistake] = mistakes({"GATEWAY_CONTROL_ADDRESS": address, "GATEWAY_GRPC_UNPROTECTED": "true"})

    assert mistake.startswith("GATEWAY_CONTROL_ADDRESS must be loopback or unix:/path")


@pytest.mark.parametrize("nothing", [",", " ", " , "])
@pytest.mark.parametrize("door", [{**WIDE, **TLS}, {}], ids=["wide", "of this machine"])
def test_tokens_that_are_set_and_hold_none_let_nobody_in_by_mistake(door: dict[str, str], nothing: str) -> None:
    found = mistakes({**door, "GATEWAY_CALLER_TOKENS_SHA256": nothing})

    assert any(mistake.startswith("GATEWAY_CALLER_TOKENS_SHA256 holds no digest") for mistake in found)
