"""The doctor finds what is wrong and says what to do; each check is seen failing."""

import asyncio
import os
import sqlite3
import ssl
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest
import trustme
from conversation_gateway.v1 import webhook_pb2, webhook_pb2_grpc

from gateway.cli.report import exit_code, lines
from gateway.clock import Clock
from gateway.configuration import load
from gateway.doctor import Finding, Grade, examine
from gateway.doctor.store import look_at_store
from gateway.simulator.server import Simulator
from gateway.state.sqlite_log import SqliteEventLog
from tests.conftest import APP_ID, EU_APP_ID, WEBHOOK_SECRET, Environment, RunningGateway
from tests.integration.recording_sinch import recording_sinch
from tests.patience import PATIENCE_S
from tests.simulator_faults import misbehave

HERE = "https://gateway.example.com/webhooks/default"


async def findings(environment: Environment, clock: Clock | None = None, **changes: str) -> dict[str, Finding]:
    """What the doctor finds, by check; the worst of each."""
    order = (Grade.OK, Grade.SKIPPED, Grade.WARNING, Grade.FAILED)
    worst: dict[str, Finding] = {}
    for finding in await examine(load({**environment, **changes}).settings, clock=clock):
        known = worst.setdefault(finding.check, finding)
        if order.index(finding.grade) > order.index(known.grade):
            worst[finding.check] = finding
    return worst


async def register(gateway: RunningGateway, **changes: object) -> None:
    webhook = webhook_pb2.NewWebhook(app_id=APP_ID, target=HERE, target_type="HTTP", secret=WEBHOOK_SECRET)
    webhook.triggers.append("MESSAGE_DELIVERY")
    for name, value in changes.items():
        setattr(webhook, name, value)
    request = webhook_pb2.CreateWebhookRequest(webhook=webhook)
    await webhook_pb2_grpc.WebhookServiceStub(gateway.channel).CreateWebhook(request)


async def test_a_healthy_configuration_needs_nothing_done_also_while_its_gateway_runs(
    gateway: RunningGateway, environment: Environment
) -> None:
    await register(gateway)

    found = await findings(environment)

    # The simulator does not say what time it has.
    assert found.pop("clock").grade is Grade.SKIPPED
    assert {check: finding.grade for check, finding in found.items()} == dict.fromkeys(
        ("store", "reachability", "credentials", "app", "webhooks"), Grade.OK
    )
    assert "a running gateway holds it" in found["store"].found
    assert "in region us" in found["app"].found
    assert "MESSAGE_DELIVERY" in found["webhooks"].found
    assert not any(finding.todo for finding in found.values())


async def test_a_refused_key_is_found_and_what_needs_it_is_skipped(environment: Environment) -> None:
    found = await findings(environment, SINCH_KEY_SECRET="canary")

    assert (found["credentials"].grade, found["credentials"].found) == (Grade.FAILED, "the key is refused (HTTP 401)")
    assert [found[check].grade for check in ("app", "webhooks")] == [Grade.SKIPPED] * 2
    assert found["reachability"].grade is Grade.OK
    assert "canary" not in str(found)


@pytest.mark.parametrize("body", [{"status": 503}, {"status": 200, "body": "invalid_json"}])
async def test_an_auth_host_that_gives_no_token_is_found(
    simulator: Simulator, environment: Environment, body: dict[str, object]
) -> None:
    await misbehave(simulator, {"host": "auth"}, body)

    found = await findings(environment)

    assert found["credentials"].grade is Grade.FAILED
    assert "no token" in found["credentials"].found
    assert "GATEWAY_AUTH_URL" in found["credentials"].todo


class Shifted(Clock):
    """A machine whose clock is wrong."""

    def __init__(self, shift_s: float) -> None:
        self._shift = timedelta(seconds=shift_s)

    def now(self) -> datetime:
        return super().now() + self._shift


@pytest.mark.parametrize(
    ("shift_s", "grade", "what"),
    [
        (0, Grade.OK, "agrees with the auth host's"),
        (3600, Grade.FAILED, "s ahead of the auth host's"),
        (-3600, Grade.FAILED, "s behind the auth host's"),
    ],
)
async def test_a_wrong_clock_is_found_by_the_auth_hosts_date(
    environment: Environment, shift_s: float, grade: Grade, what: str
) -> None:
    async with recording_sinch(**{"demo-key": "demo-secret"}) as sinch:
        changes = {"GATEWAY_AUTH_URL": sinch.url + "/auth", "SINCH_APP_ID": ""}
        found = (await findings(environment, Shifted(shift_s), **changes))["clock"]

    assert found.grade is grade
    assert what in found.found
    assert ("NTP" in found.todo) is (grade is Grade.FAILED)


async def test_an_app_of_another_region_is_found_with_that_region(environment: Environment) -> None:
    found = (await findings(environment, SINCH_APP_ID=EU_APP_ID))["app"]

    assert (found.grade, found.found) == (Grade.FAILED, "lives in region eu, not in us")
    assert "SINCH_REGION=eu" in found.todo


async def test_an_app_that_is_nowhere_is_found(environment: Environment) -> None:
    found = (await findings(environment, SINCH_APP_ID="N0WHERE"))["app"]

    assert (found.grade, found.found) == (Grade.FAILED, "no region has it")


async def test_an_app_that_may_not_be_read_is_found(simulator: Simulator, environment: Environment) -> None:
    await misbehave(simulator, {"method": "GET", "path": f"apps/{APP_ID}"}, {"status": 403})

    found = (await findings(environment))["app"]

    assert (found.grade, found.found) == (Grade.FAILED, "region us answers 403")


async def test_a_configuration_without_an_app_is_told_to_name_one(environment: Environment) -> None:
    found = (await findings(environment, SINCH_APP_ID=""))["app"]

    assert (found.grade, found.found) == (Grade.WARNING, "none is named")


async def test_an_app_without_webhooks_is_found(environment: Environment) -> None:
    found = (await findings(environment))["webhooks"]

    assert (found.grade, found.found) == (Grade.WARNING, "none is registered")
    assert "/webhooks/default" in found.todo


@pytest.mark.parametrize(
    ("change", "grade", "what"),
    [
        ({"target": "https://gateway.example.com/elsewhere"}, Grade.WARNING, "none of them leads to this gateway"),
        ({"secret": "canary"}, Grade.FAILED, "its secret is none that this gateway has"),
        ({"target": "http://gateway.example.com/webhooks/default"}, Grade.WARNING, "HTTP to http://"),
    ],
)
async def test_a_webhook_that_cannot_work_is_found(
    gateway: RunningGateway, environment: Environment, change: dict[str, str], grade: Grade, what: str
) -> None:
    await register(gateway, **change)

    found = (await findings(environment))["webhooks"]

    assert found.grade is grade
    assert what in found.found
    assert found.todo
    assert "canary" not in str(found)


async def test_webhooks_that_may_not_be_read_are_found(simulator: Simulator, environment: Environment) -> None:
    await misbehave(simulator, {"path": "*/webhooks"}, {"status": 403})

    found = (await findings(environment))["webhooks"]

    assert (found.grade, found.found) == (Grade.FAILED, "the API answers 403")


async def test_a_host_that_accepts_no_connection_is_found(environment: Environment) -> None:
    found = await findings(environment, GATEWAY_AUTH_URL="http://127.0.0.1:1")

    assert (found["reachability"].grade, found["reachability"].about) == (Grade.FAILED, "127.0.0.1:1")
    assert "firewalls" in found["reachability"].todo
    assert found["credentials"].grade is Grade.FAILED


@pytest.mark.parametrize("host", ["nobody.invalid", "a" * 64 + ".invalid"])
async def test_a_name_that_does_not_resolve_is_found(environment: Environment, host: str) -> None:
    found = (await findings(environment, GATEWAY_AUTH_URL=f"https://{host}"))["reachability"]

    assert (found.grade, found.about) == (Grade.FAILED, host)
    assert "DNS" in found.todo


@asynccontextmanager
async def listening(context: ssl.SSLContext | None) -> AsyncIterator[int]:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


async def test_a_certificate_that_nobody_vouches_for_is_found(environment: Environment) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("localhost").configure_cert(context)

    async with listening(context) as port:
        found = (await findings(environment, GATEWAY_AUTH_URL=f"https://localhost:{port}"))["reachability"]

    assert found.grade is Grade.FAILED
    assert "certificate is not trusted" in found.found
    assert "SSL_CERT_FILE" in found.todo


async def test_a_host_that_speaks_no_tls_is_found(environment: Environment) -> None:
    async with listening(None) as port:
        found = (await findings(environment, GATEWAY_AUTH_URL=f"https://localhost:{port}"))["reachability"]

    assert (found.grade, found.found) == (Grade.FAILED, "the connection was accepted, and TLS failed")


async def test_a_host_of_a_region_that_nobody_uses_is_a_warning_only(environment: Environment) -> None:
    urls = {f"GATEWAY_{name}_URL": "https://{region}.invalid" for name in ("CONVERSATION", "BATCH", "TEMPLATE")}

    found = await examine(load({**environment, **urls}).settings)

    grades = {finding.about: finding.grade for finding in found if finding.check == "reachability"}
    assert [grades[f"{region}.invalid"] for region in ("us", "eu", "br")] == [
        Grade.FAILED,
        Grade.WARNING,
        Grade.WARNING,
    ]


async def test_hosts_that_never_answer_hold_up_nothing_but_their_own_check(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.doctor.examination.CHECK_TIMEOUT_S", 2.0)
    silent = asyncio.Event()

    async def hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silent.wait()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    found = await findings(environment, GATEWAY_AUTH_URL=f"https://127.0.0.1:{port}")

    silent.set()
    server.close()
    await server.wait_closed()
    assert [found[check].grade for check in ("reachability", "credentials")] == [Grade.FAILED] * 2
    assert "no result within" in found["reachability"].found
    assert found["store"].grade is Grade.OK


async def a_log(folder: Path) -> Path:
    path = folder / "state.db"
    log = await SqliteEventLog.open(path, clock=Clock())
    await log.close()
    return path


def test_a_store_that_is_not_there_yet_will_be_created(tmp_path: Path) -> None:
    found = look_at_store(tmp_path / "below" / "state.db")

    assert found.grade is Grade.OK
    assert "it will be created" in found.found
    assert list(tmp_path.iterdir()) == []


async def test_a_store_that_nobody_holds_is_fine_and_left_as_it_is(tmp_path: Path) -> None:
    path = await a_log(tmp_path)
    before = path.read_bytes()

    found = look_at_store(path)

    assert found.grade is Grade.OK
    assert "nobody holds it" in found.found
    assert path.read_bytes() == before


def test_a_folder_that_is_none_is_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    found = look_at_store(tmp_path / "file" / "state.db")

    assert (found.grade, found.found) == (Grade.FAILED, f"{tmp_path}/file is no folder")
    assert "GATEWAY_STATE_URL" in found.todo


@contextmanager
def unprivileged() -> Iterator[None]:
    """Root may write everywhere, so for a moment this is somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def test_a_folder_that_may_not_be_written_is_found(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with unprivileged():
        found = look_at_store(tmp_path / "state.db")

    tmp_path.chmod(0o700)
    assert found.grade is Grade.FAILED
    assert "cannot be" in found.found


async def test_a_disk_with_too_little_room_is_found(tmp_path: Path) -> None:
    found = look_at_store(await a_log(tmp_path), floor_bytes=2**62)

    assert found.grade is Grade.FAILED
    assert "MiB left" in found.found
    assert "GATEWAY_FEED_RETENTION_BYTES" in found.todo


async def test_a_store_of_a_newer_version_is_found(tmp_path: Path) -> None:
    path = await a_log(tmp_path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()

    found = look_at_store(path)

    assert found.grade is Grade.FAILED
    assert "newer version (schema 99)" in found.found


def test_a_database_of_something_else_is_found(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (id)")
    connection.close()

    found = look_at_store(path)

    assert found.grade is Grade.FAILED
    assert "a database of something else" in found.found


def test_a_damaged_store_is_found(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(b"nothing like a database" * 100)

    found = look_at_store(path)

    assert found.grade is Grade.FAILED
    assert "damaged" in found.found


async def run(environment: Environment, *arguments: str) -> tuple[int, list[str]]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SINCH_", "GATEWAY_"))}
    command = (sys.executable, "-P", "-m", "gateway.cli", "doctor", *arguments)
    child = await asyncio.create_subprocess_exec(
        *command, env={**inherited, **environment}, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(PATIENCE_S):
        output, _ = await child.communicate()
    return child.returncode or 0, output.decode().splitlines()


async def test_the_command_prints_json_and_fails_only_where_something_has_to_be_done(environment: Environment) -> None:
    code, printed = await run(environment, "--output", "json")
    failing_code, failing = await run({**environment, "SINCH_KEY_SECRET": "canary"}, "--output", "json")

    found = [orjson.loads(line) for line in printed]
    assert (code, failing_code) == (0, 1)
    assert {line["check"] for line in found} == {
        "settings", "store", "reachability", "credentials", "clock", "app", "webhooks",
    }  # fmt: skip
    assert set(found[0]) == {"check", "about", "grade", "found", "todo"}
    assert "canary" not in "".join(failing)


async def test_wrong_settings_are_findings_too(environment: Environment) -> None:
    code, printed = await run({**environment, "SINCH_REGION": "mars", "GATEWAY_LOOP": "x"})

    assert code == 1
    assert [line.split()[:2] for line in printed if not line.startswith(" ")] == [["FAIL", "settings"]] * 2


def test_people_are_told_what_to_do_on_a_line_of_its_own() -> None:
    found = [
        Finding(check="clock", about="project p", grade=Grade.OK, found="agrees"),
        Finding(check="app", about="app a", grade=Grade.WARNING, found="none", todo="name one"),
    ]

    printed = list(lines(found, json=False))

    assert [line.split() for line in printed] == [
        ["ok", "clock", "project", "p:", "agrees"],
        ["warn", "app", "app", "a:", "none"],
        ["->", "name", "one"],
    ]
    assert exit_code(found) == 0
