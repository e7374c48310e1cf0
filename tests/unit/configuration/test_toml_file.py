"""The settings file: precedence, every mistake at once by its line, and nothing secret shown."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.configuration import Configuration, ConfigurationError, load
from gateway.settings import all_projects, all_webhooks

TWO_PROJECTS = """\
region = "eu"
rate_limit_per_s = 100

[[projects]]
project_id = "shop"
key_id = "shop-key"
key_secret = "canary-1"

[[projects]]
project_id = "bank"
key_id = "bank-key"
key_secret = "canary-2"
region = "br"
rate_limit_per_s = 5

[[projects.apps]]
app_id = "BANK"
region = "us"
webhook_secret = "canary-3,canary-4"

[[webhooks]]
name = "bank"
project_id = "bank"
"""
OWN = {"SINCH_PROJECT_ID": "own", "SINCH_KEY_ID": "key", "SINCH_KEY_SECRET": "hush", "GATEWAY_WEBHOOK_SECRET": "hook"}


def read(folder: Path, text: str, flags: Mapping[str, str] | None = None, **environment: str) -> Configuration:
    file = folder / "gateway.toml"
    file.write_text(dedent(text))
    return load({"GATEWAY_CONFIG_FILE": str(file), **environment}, flags)


def mistakes(folder: Path, text: str, **environment: str) -> list[str]:
    """What is wrong, with the file's path left out."""
    with pytest.raises(ConfigurationError) as caught:
        read(folder, text, None, **environment)
    return [line.replace(f"{folder}/gateway.toml, ", "").replace(f"{folder}/", "") for line in caught.value.mistakes]


def test_the_first_table_is_the_default_project_and_tables_win_over_the_top_level(tmp_path: Path) -> None:
    settings = read(tmp_path, TWO_PROJECTS).settings

    described = [(p.project_id, p.region, p.rate_limit_per_s, p.app_regions) for p in all_projects(settings)]

    assert described == [("shop", "eu", 100, {}), ("bank", "br", 5, {"BANK": "us"})]
    assert [(webhook.name, webhook.project_id) for webhook in all_webhooks(settings)] == [("bank", "bank")]


def test_the_variables_describe_the_default_project_beside_the_tables(tmp_path: Path) -> None:
    settings = read(tmp_path, TWO_PROJECTS, None, **OWN).settings

    assert [project.project_id for project in all_projects(settings)] == ["own", "shop", "bank"]
    assert [(webhook.name, webhook.project_id) for webhook in all_webhooks(settings)] == [
        ("default", "own"),
        ("bank", "bank"),
    ]


def test_flags_win_over_the_environment_over_the_file_over_defaults(tmp_path: Path) -> None:
    text = 'log_level = "error"\nregion = "br"\nloop = "asyncio"\n'

    configuration = read(tmp_path, text, {"log_level": "debug"}, **OWN, SINCH_REGION="eu", GATEWAY_LOG_LEVEL="info")

    settings, sources = configuration.settings, configuration.sources
    assert (settings.log_level, settings.region, settings.loop, settings.log_format) == (
        "debug",
        "eu",
        "asyncio",
        "auto",
    )
    assert [sources[name] for name in ("log_level", "region", "loop", "log_format")] == [
        "flag",
        "environment",
        f"{tmp_path}/gateway.toml, line 3",
        "default",
    ]


def test_a_file_that_a_variable_names_wins_over_the_settings_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("nearer\n")
    environment = OWN | {"SINCH_KEY_SECRET": "", "SINCH_KEY_SECRET_FILE": str(secret)}

    settings = read(tmp_path, 'key_secret = "farther"', None, **environment).settings

    assert settings.key_secret.get_secret_value() == "nearer"


def test_the_flag_of_the_settings_file_wins_over_its_variable(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('region = "br"')

    configuration = read(tmp_path, 'region = "eu"', {"config_file": str(tmp_path / "other.toml")}, **OWN)

    assert configuration.settings.region == "br"


def test_secrets_come_from_the_files_that_the_settings_file_names(tmp_path: Path) -> None:
    for name in ("key", "hook"):
        (tmp_path / name).write_text(f"secret of the {name}\n")
    text = f"""
        webhook_secret_file = "{tmp_path}/hook"
        [[projects]]
        project_id = "shop"
        key_id = "key"
        key_secret_file = "{tmp_path}/key"
    """

    settings = read(tmp_path, text).settings

    assert settings.origins.files == {"webhook_secret": tmp_path / "hook"}
    assert all_webhooks(settings)[0].secrets_file == f"{tmp_path}/hook"
    project = all_projects(settings)[0]
    assert (project.key_secret.get_secret_value(), project.key_secret_file) == ("secret of the key", f"{tmp_path}/key")


def test_every_mistake_is_told_at_once_with_its_line_and_what_to_do(tmp_path: Path) -> None:
    text = """\
        regoin = "eu"
        rate_limit_per_s = "fast"
        log_level = "loud"
        grpc_reflection = 1
        callback_url_hosts = ["a", 5]
        projects = [
          { project_id = "shop", key_id = "k", key_secret = "canary", apps = [{ app_id = "A", region = "us" }] },
          { project_id = "shop", key_id = "k", key_secret_file = "/nowhere/secret" },
          { project_id = "bank", key_idd = "k", apps = [{ app_id = "A", region = "eu" }, { app_id = "bank" }] },
        ]
        [[webhooks]]
        name = "a/b"
        [[webhooks]]
        name = "c"
        project_id = "stranger"
        secrets = "canary"
        secrets_file = "/nowhere/hook"
        unsigned = 1979-05-27
    """

    found = mistakes(tmp_path, text)

    assert set(found) == {
        "line 1: regoin is no setting; did you mean region?",
        "line 2: rate_limit_per_s must be a number, and is text",
        "line 3: log_level: must be 'debug', 'info', 'warning' or 'error'",
        "line 4: grpc_reflection must be true or false, and is a whole number",
        "line 5: callback_url_hosts[1] must be text",
        "line 8: projects[1].project_id describes a project for the second time; keep one table for each",
        "line 8: projects[1].key_secret_file cannot read /nowhere/secret (FileNotFoundError)",
        "line 9: projects[2].key_idd is no setting; did you mean key_id?",
        "line 9: projects[2].key_id is missing: calls of this project need key_id",
        "line 9: projects[2].key_secret is missing: calls of this project need key_secret",
        (
            "line 9: projects[2].apps[0].region contradicts the app's other table, which says us; an app lives "
            "in one region, so keep the true one"
        ),
        ("line 9: projects[2].apps[1].app_id is the project's id; it must be the id of an app inside the project"),
        ("line 11: webhooks[0].secrets is missing: set it to the webhook's secret, or accept forged events: unsigned"),
        "line 12: webhooks[0].name: String should match pattern '^[A-Za-z0-9._-]{1,64}$'",
        "line 15: webhooks[1].project_id is none of the projects of these settings",
        "line 17: webhooks[1].secrets_file stands beside secrets; keep one of the two",
        "line 18: webhooks[1].unsigned must be true or false, and is a date or time",
    }
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("apps", "mistake"),
    [
        ('{ app_id = "A", region = "us" }, { app_id = "A", region = "us" }', "for the second time"),
        ('{ app_id = "A", region = "us" }, { app_id = "A" }', "contradicts"),
        ('{ app_id = "A", region = "US" }', "'us', 'eu' or 'br'"),
        ('{ app_id = "" }', "app_id is missing"),
        ("5", "must be a table"),
    ],
)
def test_an_app_has_one_table_and_one_region(tmp_path: Path, apps: str, mistake: str) -> None:
    text = f"""
        projects = [{{ project_id = "shop", key_id = "k", key_secret = "s", apps = [{apps}] }}]
        webhook_unsigned = true
    """

    found = mistakes(tmp_path, text)

    assert len(found) == 1
    assert found[0].startswith("line 2: projects[0].apps[")
    assert mistake in found[0]


def test_an_app_belongs_to_one_project(tmp_path: Path) -> None:
    app = '[[projects.apps]]\napp_id = "BANK"\nregion = "us"\n'

    found = mistakes(tmp_path, TWO_PROJECTS + '[[projects]]\nproject_id = "c"\nkey_id = "k"\nkey_secret = "s"\n' + app)

    assert found == [
        ("line 29: projects[2].apps[0].app_id is an app of another project already; an app belongs to one project")
    ]


def test_a_webhook_has_a_name_of_its_own(tmp_path: Path) -> None:
    hooks = '[[webhooks]]\nname = "bank"\nunsigned = true\n[[webhooks]]\nname = "default"\nsecrets = ["x"]\n'

    found = mistakes(tmp_path, TWO_PROJECTS + hooks, **OWN)

    assert found == [
        f"line {line}: webhooks[{index}].name is the name of another webhook already; each needs one of its own"
        for index, line in ((1, 25), (2, 28))
    ]


def test_a_key_that_belongs_to_no_project_is_told(tmp_path: Path) -> None:
    found = mistakes(tmp_path, TWO_PROJECTS, SINCH_KEY_SECRET="canary")

    assert found == ["SINCH_KEY_SECRET belongs to no project: name one in SINCH_PROJECT_ID, or use the tables alone"]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("region = 'eu'\nregion = 'us'", "gateway.toml: Cannot overwrite a value (at line 2, column 14)"),
        ("[[projects]\n", "gateway.toml: Expected ']]' at the end of an array declaration (at line 1, column 11)"),
    ],
)
def test_a_file_that_is_not_toml_is_told_by_its_line_and_nothing_is_called_missing(
    tmp_path: Path, text: str, mistake: str
) -> None:
    assert mistakes(tmp_path, text) == [mistake]


def test_the_file_cannot_name_another_one(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "config_file = 'x'", **OWN) == ["line 1: config_file is no setting"]


@pytest.mark.parametrize(("path", "why"), [("/nowhere/gateway.toml", "FileNotFoundError"), ("/", "IsADirectoryError")])
def test_a_settings_file_that_cannot_be_read_is_the_only_thing_that_is_told(path: str, why: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({"GATEWAY_CONFIG_FILE": path})

    assert caught.value.mistakes == [f"GATEWAY_CONFIG_FILE: cannot read {path} ({why})"]


def test_a_settings_file_without_end_is_not_read_to_its_end() -> None:
    with pytest.raises(ConfigurationError, match="larger than 1 MiB"):
        load({"GATEWAY_CONFIG_FILE": "/dev/zero"})


def test_no_mistake_and_no_form_of_the_configuration_shows_a_secret(tmp_path: Path) -> None:
    configuration = read(tmp_path, TWO_PROJECTS)
    broken = TWO_PROJECTS.replace('"canary-3,canary-4"', "5").replace('key_id = "bank-key"', 'key_id = ["canary-6"]')
    found = mistakes(tmp_path, broken, GATEWAY_WEBHOOK_SECRET="canary-5")

    shown = (
        f"{configuration!r} {configuration.settings} {configuration.effective()} {all_projects(configuration.settings)}"
    )

    assert "canary" not in shown + str(found)


def test_check_config_prints_every_setting_redacted_with_its_source(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    (tmp_path / "hook").write_text("canary-5")
    file.write_text(TWO_PROJECTS + f'secrets_file = "{tmp_path}/hook"\n')
    environment = {**OWN, "SINCH_KEY_SECRET": "canary-6", "GATEWAY_CONFIG_FILE": str(file)}

    result = CliRunner().invoke(main, ["check-config", "--log-level", "debug"], env=environment)

    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in result.output.splitlines()}
    assert result.exit_code == 0
    assert "canary" not in result.output
    assert lines["GATEWAY_LOG_LEVEL"] == "debug (flag)"
    assert lines["SINCH_KEY_SECRET"] == "*** (environment)"
    assert lines["SINCH_REGION"] == f"eu ({file}, line 1)"
    assert lines["GATEWAY_LOOP"] == "auto (default)"
    assert lines["projects[1].key_secret"] == f"*** ({file}, line 12)"
    assert lines["projects[1].rate_limit_per_s"] == f"5.0 ({file}, line 14)"
    assert lines["projects[1].apps[0].webhook_secret"] == f"***,*** ({file}, line 19)"
    assert lines["webhooks[0].secrets"] == f"*** (file {tmp_path}/hook)"
    assert lines["webhooks[0].secrets_file"] == f"{tmp_path}/hook ({file}, line 24)"


def test_check_config_fails_with_every_mistake_where_the_gateway_would_not_start(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text("regoin = 'eu'\nloop = 5\n")

    result = CliRunner().invoke(main, ["check-config", "--config-file", str(file)], env=OWN)

    assert result.exit_code == 2
    assert f"{file}, line 1: regoin is no setting; did you mean region?" in result.stderr
    assert f"{file}, line 2: loop must be text, and is a whole number" in result.stderr
