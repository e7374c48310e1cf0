"""The secrets of webhooks are those of the settings until their file says otherwise."""

from pathlib import Path

import pytest

from gateway.configuration import load
from gateway.settings import Secret
from gateway.settings.webhook_secrets import WebhookSecrets


def secrets_of(folder: Path) -> WebhookSecrets:
    config = folder / "gateway.toml"
    (folder / "hook").write_text("first")
    config.write_text(f"""
        [[projects]]
        project_id = "bank"
        apps = [{{ app_id = "A", webhook_secret_file = "{folder / "hook"}" }}, {{ app_id = "B", webhook_secret = "b" }}]
        [[webhooks]]
        name = "bank"
        project_id = "bank"
        secrets_file = "{folder / "hook"}"
        [[webhooks]]
        name = "open"
        project_id = "bank"
        unsigned = true
    """)
    own = {"SINCH_PROJECT_ID": "bank", "SINCH_KEY_ID": "key", "SINCH_KEY_SECRET": "hush"}
    return WebhookSecrets(load({**own, "GATEWAY_CONFIG_FILE": str(config)}).settings)


def plain(secrets: tuple[Secret, ...]) -> list[str]:
    return [secret.get_secret_value() for secret in secrets]


def test_a_file_serves_everything_that_names_it(tmp_path: Path) -> None:
    secrets, told = secrets_of(tmp_path), list[int]()
    secrets.on_replaced(lambda: told.append(1))
    (path,) = secrets.paths
    before = [plain(secrets.of("bank")), plain(secrets.of_apps("bank")), plain(secrets.of("open"))]

    secrets.replace(path, b"first\n")
    secrets.replace(path, b"second,first\n")

    assert before == [["first"], ["first", "b"], []]
    assert plain(secrets.of("bank")) == ["second", "first"]
    assert plain(secrets.of_apps("bank")) == ["second", "first", "b"]
    assert told == [1]


def test_a_file_without_a_secret_replaces_none(tmp_path: Path) -> None:
    secrets = secrets_of(tmp_path)

    with pytest.raises(ValueError, match="no secret"):
        secrets.replace(secrets.paths[0], b" , ")

    assert plain(secrets.of("bank")) == ["first"]
