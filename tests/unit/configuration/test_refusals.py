"""`check-config` and `serve` refuse the same settings, in the same words, all at once."""

import os
import socket
import sys
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from gateway import app
from gateway.cli import main
from gateway.settings import Settings
from tests.grpc_door import Authority
from tests.unit.configuration.wrong_settings import CERTIFICATE, COMPLETE, KEY, TLS, WRONG


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with certificates, and files that are of no use."""
    Authority(tmp_path)
    (tmp_path / "other").mkdir()
    Authority(tmp_path / "other")
    (tmp_path / "nonsense").write_text("canary-6")
    (tmp_path / "empty").touch()
    (tmp_path / "zero").write_bytes(b"\0")
    return tmp_path


@pytest.fixture(autouse=True)
def _no_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `serve` end where the gateway would begin."""

    def started(_settings: Settings) -> None:
        raise app.StartError("it starts")

    monkeypatch.setattr(app, "run", started)


def refused(command: str, folder: Path, environment: dict[str, str], file: str = "") -> list[str]:
    """The lines of a command that refuses; empty for one that goes on."""
    given = {name: value.replace("{folder}", str(folder)) for name, value in {**COMPLETE, **environment}.items()}
    if file:
        (folder / "gateway.toml").write_text(file)
        given["GATEWAY_CONFIG_FILE"] = f"{folder}/gateway.toml"
    result = CliRunner().invoke(main, [command], env=given)
    assert result.exit_code in ({2, 0} if command == "check-config" else {2, 1}), result.output
    return [line.removeprefix("  ") for line in result.stderr.splitlines()[1:]]


@pytest.mark.parametrize("case", WRONG)
def test_both_refuse_in_the_same_words_and_show_no_secret(
    folder: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    wrong = WRONG[case]
    for module in wrong.without:
        monkeypatch.setitem(sys.modules, module, None)

    checked = refused("check-config", folder, wrong.environment, wrong.file)
    started = refused("serve", folder, wrong.environment, wrong.file)

    said = wrong.said.replace("{folder}", str(folder))
    assert [line[: len(said)] for line in checked] == [said]
    assert started == checked
    assert "canary" not in str(checked)
    assert not (folder / "state").exists()


RIGHT = {
    "nothing special": {},
    "certificates": {**TLS, "GATEWAY_GRPC_CLIENT_CA_FILE": "{folder}/ca.crt"},
    "wrong certificates of a closed door": {CERTIFICATE: "/nowhere", KEY: "/nowhere", "GATEWAY_GRPC_ADDRESS": ""},
    "a group by number": {"GATEWAY_GRPC_SOCKET_GROUP": "4242"},
    "a socket that is left over": {"GATEWAY_GRPC_ADDRESS": "unix:{folder}/left.sock"},
    "free ports": {"GATEWAY_ADMIN_ADDRESS": "127.0.0.1:0", "GATEWAY_WEBHOOK_ADDRESS": "127.0.0.1:0"},
    "one port of two families": {
        "GATEWAY_ADMIN_ADDRESS": "127.0.0.1:8081", "GATEWAY_WEBHOOK_ADDRESS": "[::1]:8081",
    },
    "a shared store": {"GATEWAY_STATE_URL": "valkey://127.0.0.1:6379/0"},
    "a proxy": {"GATEWAY_ENVIRONMENT_PROXY": "true", "HTTPS_PROXY": "proxy.example:3128"},
    "traces": {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"},
}  # fmt: skip


@pytest.mark.parametrize("case", RIGHT)
def test_what_can_be_started_is_refused_by_neither(folder: Path, case: str) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(f"{folder}/left.sock")

    assert refused("check-config", folder, RIGHT[case]) == []
    assert refused("serve", folder, RIGHT[case]) == []


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "GATEWAY_STATE_URL needs {folder}, which this user cannot write"),
        ({"GATEWAY_ADMIN_ADDRESS": "unix:{folder}/a.sock"}, "GATEWAY_ADMIN_ADDRESS needs {folder} to be a folder that"),
    ],
)
def test_a_folder_that_this_user_cannot_write_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], said: str
) -> None:
    # What root may is no matter of permission bits.
    monkeypatch.setattr(os, "access", lambda _path, mode: not mode & os.W_OK)

    lines = refused("check-config", folder, environment)

    assert any(line.startswith(said.replace("{folder}", str(folder))) for line in lines)


def test_a_file_that_is_no_toml_hides_no_mistake_of_a_variable(folder: Path) -> None:
    lines = refused("check-config", folder, {**TLS, KEY: "/nowhere", "GATEWAY_LOG_LEVEL": "loud"}, "loop =\n")

    assert len(lines) == 3
    assert [
        name for name in (KEY, "GATEWAY_LOG_LEVEL", "{folder}/gateway.toml") if not _begins(lines, name, folder)
    ] == []


def test_the_doctor_says_the_same(folder: Path) -> None:
    environment = {**TLS, KEY: "{folder}/nonsense", "GATEWAY_GRPC_SOCKET_GROUP": "nobody-has-this"}

    checked = refused("check-config", folder, environment)
    given = {name: value.replace("{folder}", str(folder)) for name, value in {**COMPLETE, **environment}.items()}
    result = CliRunner().invoke(main, ["doctor", "--output", "json"], env=given)

    assert [orjson.loads(line)["found"] for line in result.stdout.splitlines()] == checked
    assert (len(checked), result.exit_code) == (2, 1)


def _begins(lines: list[str], name: str, folder: Path) -> bool:
    return any(line.startswith(name.replace("{folder}", str(folder))) for line in lines)
