"""What is deployed names settings that exist and files that are there, and is YAML that nobody misreads."""

import re
import subprocess
import sys
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.settings import environment_name, knobs
from tests.conftest import REPOSITORY

DEPLOY = REPOSITORY / "deploy"
CHART = DEPLOY / "helm" / "conversation-gateway"
PLAIN = [path for path in sorted(DEPLOY.glob("**/*.yaml")) if "templates" not in path.parts]
# The file of settings is none itself, and where the gateway is to be found is for its clients to know.
BESIDE_THE_SETTINGS = {"GATEWAY_CONFIG_FILE", "GATEWAY_TARGET"}


def unknown_settings(text: str) -> set[str]:
    """Names in the style of settings that are none, nor the file of one."""
    known = {environment_name(field) for field in knobs()} | BESIDE_THE_SETTINGS
    named = set(re.findall(r"\b(?:GATEWAY|SINCH)_[A-Z0-9_]*[A-Z0-9]\b", text))
    return {name for name in named if name not in known and name.removesuffix("_FILE") not in known}


class StrictLoader(yaml.SafeLoader):
    """Refuses what other readers of YAML silently drop: a key that is there twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value if key.value != "<<"]
        assert len(keys) == len(set(keys)), f"a key is there twice: {node.start_mark}"
        return super().construct_mapping(node, deep)


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_file_is_yaml_without_a_key_twice(path: Path) -> None:
    documents = list(yaml.load_all(path.read_text(encoding="utf-8"), StrictLoader))

    assert documents


def test_every_setting_that_is_named_exists() -> None:
    files = [path for path in DEPLOY.glob("**/*") if path.suffix in {".yaml", ".tpl", ".env", ".json", ".txt"}]

    named = "\n".join(path.read_text(encoding="utf-8") for path in [*files, DEPLOY / "Dockerfile"])

    assert "GATEWAY_STATE_URL" in named
    assert unknown_settings(named) == set()


@pytest.mark.parametrize("name", ["runbook", "sizing", "deploying"])
def test_every_setting_and_file_that_a_page_names_exists(name: str) -> None:
    text = (REPOSITORY / "docs" / f"{name}.md").read_text(encoding="utf-8")

    files = re.findall(r"\b((?:deploy|docs|bench|tests)/[\w./-]*\w)", text)

    assert unknown_settings(text) == set()
    assert [path for path in files if not (REPOSITORY / path).exists()] == []


def test_the_readme_of_the_chart_follows_its_values() -> None:
    made = subprocess.run(
        [sys.executable, DEPLOY / "helm" / "readme.py"], capture_output=True, text=True, check=True, timeout=60
    ).stdout

    assert (CHART / "README.md").read_text(encoding="utf-8") == made, "run `make proto`"


def test_every_value_has_its_meaning_in_the_readme() -> None:
    readme = (CHART / "README.md").read_text(encoding="utf-8")

    def leaves(values: Any, path: str) -> list[str]:
        if not isinstance(values, dict) or not values or path.endswith(("Namespace", ".labels")):
            return [path.removeprefix(".")]
        return [leaf for key, value in values.items() for leaf in leaves(value, f"{path}.{key}")]

    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))

    assert [leaf for leaf in leaves(values, "") if f"| `{leaf}` |" not in readme] == []


def test_everything_on_the_laptop_listens_on_its_loopback_only() -> None:
    compose = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8"))
    wired = "".join(path.read_text(encoding="utf-8") for path in sorted((DEPLOY / "compose").glob("**/*.yaml")))

    assert compose["services"].keys() == {"simulator", "gateway", "valkey", "prometheus", "grafana", "collector"}
    assert {service["network_mode"] for service in compose["services"].values()} == {"host"}
    assert not any("ports" in service for service in compose["services"].values())
    assert "0.0.0.0" not in wired
