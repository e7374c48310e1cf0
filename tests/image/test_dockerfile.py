"""What a reviewer asks of a Dockerfile, and the lint that asks the rest."""

import re
import subprocess

from gateway import __version__
from tests.conftest import REPOSITORY
from tests.requirements import require

DOCKERFILE = REPOSITORY / "deploy" / "Dockerfile"
HADOLINT = REPOSITORY / ".venv-deploy" / "bin" / "hadolint"


def test_hadolint_has_nothing_to_say() -> None:
    require(HADOLINT.exists(), "hadolint is not installed in .venv-deploy")

    done = subprocess.run([HADOLINT, DOCKERFILE], capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 0, done.stdout


def test_third_parties_come_by_hash_and_ours_from_no_index() -> None:
    text = DOCKERFILE.read_text(encoding="utf-8").replace("\\\n", " ")

    installs = re.findall(r"\bpip\b[^&\n]*? (?:install|wheel) [^&\n]*", text)

    assert len(installs) == 4
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)


def test_both_stages_stand_on_one_base_that_a_builder_chooses() -> None:
    text = DOCKERFILE.read_text(encoding="utf-8")

    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["${BASE}", "${BASE}"]
    assert re.search(r"^ARG BASE=\S+:\S+$", text, re.MULTILINE)


def test_make_tells_the_version_that_an_image_is_built_with() -> None:
    told = subprocess.run(
        ["make", "-s", "version"], cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=60
    )

    assert told.stdout.strip() == __version__
