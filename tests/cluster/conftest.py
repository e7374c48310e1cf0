"""All renders, made once."""

import shutil
from pathlib import Path

import pytest

from tests.cluster.cases import EXAMPLE, RENDERED
from tests.cluster.renders import CHART, OVERLAYS, TOOLS, Render, example_with_its_dependency, helm, kustomize, of_files
from tests.requirements import require


@pytest.fixture(scope="session", autouse=True)
def tools() -> None:
    """Skip all of this where the tools are not installed."""
    require((TOOLS / "python").exists(), "not installed: .venv-deploy (make test-deploy makes it)")
    require(shutil.which("kubectl"), "not installed: kubectl, which brings kustomize")


@pytest.fixture(scope="session")
def renders(tools: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Render]:  # noqa: ARG001
    """Every render by its name: the matrix of values, the example chart, the overlays."""
    example = example_with_its_dependency(tmp_path_factory.mktemp("charts"))
    answers = dict(zip(RENDERED, helm(CHART, list(RENDERED.values()), lint=True), strict=True))
    answers |= dict(zip(EXAMPLE, helm(example, list(EXAMPLE.values())), strict=True))
    assert {name: answer["error"] for name, answer in answers.items() if "error" in answer} == {}
    made = [of_files(name, answer["files"]) for name, answer in answers.items()]
    made += [kustomize(folder) for folder in sorted(OVERLAYS.iterdir())]
    return {render.name: render for render in made}


@pytest.fixture(scope="session")
def rendered_folder(renders: dict[str, Render], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every render as a file, for tools that read files."""
    folder = tmp_path_factory.mktemp("rendered")
    for render in renders.values():
        (folder / f"{render.name}.yaml").write_text(render.text, encoding="utf-8")
    return folder
