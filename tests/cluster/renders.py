"""Everything that is applied to a cluster, rendered by the tools that users have: Helm's own engine, and kustomize."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.cases import Values
from tests.conftest import REPOSITORY

TOOLS = REPOSITORY / ".venv-deploy" / "bin"
CHART = REPOSITORY / "deploy" / "helm" / "conversation-gateway"
EXAMPLE_CHART = REPOSITORY / "deploy" / "helm" / "example"
OVERLAYS = REPOSITORY / "deploy" / "kubernetes" / "overlays"
NOTES = "NOTES.txt"
Object = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Render:
    """What one chart or overlay comes to."""

    name: str
    text: str
    """The manifests, as applied."""
    notes: str = ""

    @property
    def objects(self) -> list[Object]:
        """Every object, in order."""
        return [document for document in yaml.safe_load_all(self.text) if document]

    def of(self, kind: str) -> list[Object]:
        """The objects of a kind."""
        return [document for document in self.objects if document["kind"] == kind]


def pods(render: Render) -> list[Object]:
    """The specification of every pod, of workloads and bare ones."""
    return [
        document["spec"] if document["kind"] == "Pod" else document["spec"]["template"]["spec"]
        for document in render.objects
        if document["kind"] in {"Pod", "Deployment", "StatefulSet"}
    ]


def containers(pod: Object) -> list[Object]:
    """Every container of a pod, those of a native sidecar first."""
    return [*pod.get("initContainers", ()), *pod["containers"]]


def gateways(render: Render) -> list[Object]:
    """Every container that runs the gateway."""
    return [container for pod in pods(render) for container in containers(pod) if container["name"] == CHART.name]


def helm(chart: Path, cases: list[Values], *, lint: bool = False) -> list[dict[str, Any]]:
    """What Helm makes of a chart with each of these values: `files`, or its `error`."""
    jobs = [{"chart": str(chart), "values": values, "lint": lint} for values in cases]
    done = subprocess.run(
        [TOOLS / "python", Path(__file__).with_name("helm_engine.py")],
        input=json.dumps(jobs), capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def of_files(name: str, files: dict[str, str]) -> Render:
    """The manifests of a chart, its notes apart."""
    manifests = [text for path, text in sorted(files.items()) if not path.endswith(NOTES) and text.strip()]
    notes = next((text for path, text in files.items() if path == f"{CHART.name}/templates/{NOTES}"), "")
    return Render(name=name, text="\n---\n".join(manifests), notes=notes)


def example_with_its_dependency(folder: Path) -> Path:
    """The example chart as `helm dependency build` leaves it."""
    chart = folder / "order-service"
    shutil.copytree(EXAMPLE_CHART, chart)
    shutil.copytree(CHART, chart / "charts" / CHART.name)
    return chart


def kustomize(overlay: Path) -> Render:
    """What kubectl would apply of an overlay."""
    done = subprocess.run(
        ["kubectl", "kustomize", overlay], capture_output=True, text=True, check=True, timeout=60
    )  # fmt: skip
    return Render(name=f"kustomize-{overlay.name}", text=done.stdout)
