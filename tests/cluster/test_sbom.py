"""The list of parts that goes with a release names every one of them."""

import json
import re
import subprocess

from tests.conftest import REPOSITORY


def test_the_sbom_lists_every_locked_dependency_with_its_version() -> None:
    lock = (REPOSITORY / "requirements" / "runtime.lock").read_text(encoding="utf-8")

    subprocess.run(["make", "-s", "sbom"], cwd=REPOSITORY, capture_output=True, check=True, timeout=100)

    parts = json.loads((REPOSITORY / "build" / "sbom.json").read_text(encoding="utf-8"))["components"]
    assert {(part["name"], part["version"]) for part in parts} == set(
        re.findall(r"^([\w.-]+)==([^ ]+)", lock, re.MULTILINE)
    )
