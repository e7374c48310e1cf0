"""Every render passes the strict schemas of three Kubernetes versions, our own of the operator's kinds, and checkov."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.cluster.renders import TOOLS, Render
from tests.conftest import REPOSITORY

VERSIONS = ("1.29", "1.33", "1.37")
OPERATOR = REPOSITORY / "tests" / "cluster" / "operator.schema.json"
OPERATOR_KINDS = {"ServiceMonitor", "PodMonitor", "PrometheusRule"}
# What checkov asks and is not done: the check, the resources it is about, and why.
EXCEPTIONS = {
    ("CKV_K8S_43", r".*"): "no image is published, so there is no digest to name; `image.digest` takes one",
    ("CKV_K8S_8", r"Pod\.messaging\.gateway-test"): "a test pod runs once and ends",
    ("CKV_K8S_9", r"Pod\.messaging\.gateway-test"): "a test pod runs once and ends",
    ("CKV2_K8S_6", r"Pod\.messaging\.gateway-test"): "a test pod lives for a second and listens on nothing",
    ("CKV2_K8S_6", r"Pod\..*order-service.*"): "who may reach an app is the app's own to say",
}


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_passes_the_strict_schema(version: str, renders: dict[str, Render], tmp_path: Path) -> None:
    objects = [item for render in renders.values() for item in render.objects if item["kind"] not in OPERATOR_KINDS]
    manifests = tmp_path / "all.yaml"
    manifests.write_text(yaml.safe_dump_all(objects), encoding="utf-8")

    done = run(TOOLS / "kubernetes-validate", "-k", version, "--strict", manifests)

    assert len(objects) > 50
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_strict_schema_notices_a_misspelt_field(renders: dict[str, Render], tmp_path: Path) -> None:
    [workload] = renders["standalone"].of("StatefulSet")
    workload["spec"]["template"]["spec"]["terminationGraceSeconds"] = 30
    (tmp_path / "one.yaml").write_text(yaml.safe_dump(workload), encoding="utf-8")

    done = run(TOOLS / "kubernetes-validate", "-k", VERSIONS[0], "--strict", tmp_path / "one.yaml")

    assert done.returncode != 0


def test_objects_of_the_operator_pass_our_schema_of_them(renders: dict[str, Render], tmp_path: Path) -> None:
    objects = [item for render in renders.values() for item in render.objects if item["kind"] in OPERATOR_KINDS]
    files = []
    for number, item in enumerate(objects):
        files.append(tmp_path / f"{number}.json")
        files[-1].write_text(json.dumps(item), encoding="utf-8")

    done = run(TOOLS / "check-jsonschema", "--schemafile", OPERATOR, *files)

    assert {item["kind"] for item in objects} == OPERATOR_KINDS
    assert done.returncode == 0, done.stdout


def test_checkov_has_nothing_to_say_beyond_the_exceptions(rendered_folder: Path) -> None:
    done = run(
        TOOLS / "checkov", "--directory", rendered_folder, "--framework", "kubernetes", "--compact", "--quiet",
        "--skip-download", "--output", "json",
    )  # fmt: skip

    report = json.loads(done.stdout)
    failed = {(check["check_id"], check["resource"]) for check in report["results"]["failed_checks"]}
    used = {
        (check, pattern)
        for check, pattern in EXCEPTIONS
        for failed_check, resource in failed
        if check == failed_check and re.fullmatch(pattern, resource)
    }
    unexcused = {
        (check, resource)
        for check, resource in failed
        if not any(check == known and re.fullmatch(pattern, resource) for known, pattern in EXCEPTIONS)
    }
    assert unexcused == set()
    assert used == EXCEPTIONS.keys()
    assert report["summary"]["passed"] > 500


def test_the_compose_file_passes_the_schema_of_compose() -> None:
    done = run(
        TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec",
        REPOSITORY / "deploy" / "compose" / "compose.yaml",
    )  # fmt: skip

    assert done.returncode == 0, done.stdout
