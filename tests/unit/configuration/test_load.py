"""Settings: precedence, secrets in files, every mistake at once, nothing secret shown."""

from pathlib import Path

import pytest

from gateway.configuration import ConfigurationError, load
from gateway.settings import environment_name, knobs

COMPLETE = {
    "SINCH_PROJECT_ID": "project",
    "SINCH_KEY_ID": "key",
    "SINCH_KEY_SECRET": "hush",
    "GATEWAY_WEBHOOK_SECRET": "first,second",
}


def mistakes(environment: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(environment)
    return caught.value.mistakes


def test_a_start_without_anything_names_every_missing_setting_at_once() -> None:
    found = mistakes({})

    names = ("SINCH_PROJECT_ID", "SINCH_KEY_ID", "SINCH_KEY_SECRET", "GATEWAY_WEBHOOK_SECRET")
    assert [any(line.startswith(f"{name} is missing") for line in found) for name in names] == [True] * 4


def test_a_closed_webhook_door_needs_no_secret() -> None:
    environment = {**COMPLETE, "GATEWAY_WEBHOOK_SECRET": "", "GATEWAY_WEBHOOK_ADDRESS": ""}

    settings = load(environment).settings

    assert settings.webhook_address == ""


def test_unsigned_webhooks_are_taken_only_when_asked_for() -> None:
    environment = {**COMPLETE, "GATEWAY_WEBHOOK_SECRET": "", "GATEWAY_WEBHOOK_UNSIGNED": "true"}

    settings = load(environment).settings

    assert settings.webhook_unsigned
    assert settings.webhook_secret == ()


def test_flags_win_over_environment_over_files_over_defaults(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from-file\n")
    environment = {**COMPLETE, "SINCH_REGION": "eu", "GATEWAY_LOG_LEVEL": "error", "SINCH_KEY_SECRET_FILE": str(file)}
    del environment["SINCH_KEY_SECRET"]

    configuration = load(environment, {"log_level": "debug"})

    assert configuration.settings.log_level == "debug"
    assert configuration.settings.region == "eu"
    assert configuration.settings.key_secret.get_secret_value() == "from-file"
    sources = configuration.sources
    assert [sources[name] for name in ("log_level", "region", "key_secret", "loop")] == [
        "flag",
        "environment",
        f"file {file}",
        "default",
    ]


def test_the_environment_wins_over_a_file_of_the_same_secret(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from-file")

    configuration = load({**COMPLETE, "SINCH_KEY_SECRET_FILE": str(file)})

    assert configuration.settings.key_secret.get_secret_value() == "hush"


def test_a_secret_file_that_cannot_be_read_is_named() -> None:
    environment = {**COMPLETE, "SINCH_KEY_SECRET_FILE": "/nowhere/secret"}
    del environment["SINCH_KEY_SECRET"]

    found = mistakes(environment)

    assert "SINCH_KEY_SECRET_FILE: cannot read /nowhere/secret (FileNotFoundError)" in found


def test_several_secrets_are_taken_while_one_replaces_another() -> None:
    settings = load(COMPLETE).settings

    assert [secret.get_secret_value() for secret in settings.webhook_secret] == ["first", "second"]


def test_a_list_of_no_secrets_is_no_secret() -> None:
    found = mistakes({**COMPLETE, "GATEWAY_WEBHOOK_SECRET": ","})

    assert [line.partition(" is")[0] for line in found] == ["GATEWAY_WEBHOOK_SECRET"]


def test_a_secret_file_without_end_is_not_read_to_its_end() -> None:
    environment = {**COMPLETE, "SINCH_KEY_SECRET_FILE": "/dev/zero"}
    del environment["SINCH_KEY_SECRET"]

    assert "SINCH_KEY_SECRET_FILE: /dev/zero is larger than any secret" in mistakes(environment)


def test_a_relative_state_folder_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "relative/folder")

    assert "relative" not in load(COMPLETE).settings.state_url


def test_a_user_without_a_home_is_told_to_name_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)

    assert mistakes(COMPLETE) == ["GATEWAY_STATE_URL is missing"]


def test_a_misspelt_name_is_an_error_with_the_name_that_was_meant() -> None:
    found = mistakes({**COMPLETE, "GATEWAY_GRPC_ADRESS": "127.0.0.1:1"})

    assert found == ["GATEWAY_GRPC_ADRESS: no such setting; did you mean GATEWAY_GRPC_ADDRESS?"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAY_GRPC_ADDRESS", "50051"),
        ("GATEWAY_GRPC_ADDRESS", "127.0.0.1:70000"),
        ("GATEWAY_GRPC_ADDRESS", "127.0.0.1:\uff18\uff10"),
        ("GATEWAY_GRPC_MAX_CALLS", "3000000000"),
        ("GATEWAY_GRPC_MAX_STREAMS", "3000000000"),
        ("GATEWAY_GRPC_MAX_CONNECTIONS", "3000000000"),
        ("GATEWAY_GRPC_MAX_CONNECTION_AGE_S", "2592000"),
        ("GATEWAY_GRPC_MAX_CONNECTION_AGE_GRACE_S", "inf"),
        ("GATEWAY_CONVERSATION_URL", "https://{regoin}.example.com"),
        ("GATEWAY_CONVERSATION_URL", "https://user:pw@example.com"),
        ("GATEWAY_CONVERSATION_URL", "https://example.com:port"),
        ("GATEWAY_CONVERSATION_URL", "http://conversation.example.com"),
        ("GATEWAY_AUTH_URL", "auth.sinch.com"),
        ("GATEWAY_STATE_URL", "postgres://db/state"),
        ("GATEWAY_STATE_URL", "valkey://db:6379/0?password=shown"),
        ("SINCH_REGION", "US"),
        ("GATEWAY_MAX_DEADLINE_S", "0"),
        ("GATEWAY_GRPC_SOCKET_MODE", "0888"),
        ("GATEWAY_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(name: str, value: str) -> None:
    found = mistakes({**COMPLETE, name: value})

    assert len(found) == 1
    assert found[0].startswith(f"{name}: ")


def test_plain_http_is_accepted_to_loopback_only() -> None:
    settings = load({**COMPLETE, "GATEWAY_AUTH_URL": "http://127.0.0.1:9/auth/"}).settings

    assert settings.auth_url == "http://127.0.0.1:9/auth"


def test_an_app_id_that_is_the_project_id_is_refused() -> None:
    found = mistakes({**COMPLETE, "SINCH_APP_ID": "project"})

    assert found == ["SINCH_APP_ID is the project's id; it must be the id of an app inside the project"]


def test_no_secret_is_shown_by_any_form_of_the_configuration() -> None:
    configuration = load({**COMPLETE, "SINCH_KEY_SECRET": "canary-1", "GATEWAY_WEBHOOK_SECRET": "canary-2"})

    shown = f"{configuration!r} {configuration.settings} {configuration.effective()}"

    assert "canary" not in shown


def test_a_rejected_value_is_not_quoted_in_its_mistake() -> None:
    found = mistakes({**COMPLETE, "SINCH_KEY_SECRET": "", "SINCH_KEY_ID": "canary", "SINCH_REGION": "canary"})

    assert "canary" not in str(found)


def test_every_setting_has_an_environment_name_and_a_meaning() -> None:
    for name, field in knobs().items():
        assert environment_name(name).startswith(("SINCH_", "GATEWAY_"))
        assert field.description
