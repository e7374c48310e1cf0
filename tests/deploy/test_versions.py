"""One version: package, chart, manifests and compose file agree."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from gateway import __version__
from tests.conftest import REPOSITORY

DEPLOY = REPOSITORY / "deploy"
CHART = DEPLOY / "helm" / "conversation-gateway"


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_chart_runs_the_version_of_the_package() -> None:
    assert load(CHART / "Chart.yaml")["appVersion"] == __version__


def test_the_example_includes_the_chart_that_is_here() -> None:
    [dependency] = load(DEPLOY / "helm" / "example" / "Chart.yaml")["dependencies"]

    assert dependency["version"] == load(CHART / "Chart.yaml")["version"]
    assert (DEPLOY / "helm" / "example" / dependency["repository"].removeprefix("file://")).resolve() == CHART


def test_every_manifest_names_the_image_of_this_version() -> None:
    files = [*DEPLOY.glob("kubernetes/**/*.yaml"), DEPLOY / "compose" / "compose.yaml"]

    tags = [tag for path in files for tag in re.findall(r"image: conversation-gateway:(\S+)", path.read_text("utf-8"))]

    assert len(tags) == 4
    assert set(tags) == {__version__}


def test_compose_builds_the_version_it_runs() -> None:
    compose = load(DEPLOY / "compose" / "compose.yaml")

    assert compose["services"]["gateway"]["build"]["args"]["VERSION"] == __version__


def test_the_schema_knows_every_value_and_refuses_any_other() -> None:
    def unknown(values: Any, schema: Any, path: str) -> list[str]:
        if not isinstance(values, dict) or "properties" not in schema:
            return []
        assert schema["additionalProperties"] is False, path
        return [
            where
            for key, value in values.items()
            for where in ([f"{path}.{key}"] if key not in schema["properties"] else [])
            or unknown(value, schema["properties"][key], f"{path}.{key}")
        ]

    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))

    assert unknown(load(CHART / "values.yaml"), schema, "") == []
