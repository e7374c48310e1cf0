"""What the gateway is made of is listed, licensed for everybody's use, and holds nothing that is known to break it."""

import importlib.metadata
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?!package)([a-z0-9][a-z0-9.-]*) \| ([^|]+?) \|", re.MULTILINE)
# Permissive ones, and the Mozilla licence, which asks for its own files only.
ALLOWED = {"MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "MPL-2.0", "PSF-2.0"}
# How packages without a licence expression name what they have.
OLDER_NAMES = {
    "3-Clause BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


def locked(name: str) -> set[str]:
    text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE))


def listed() -> dict[str, str]:
    return dict(ROW.findall((ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")))


def declared(package: str) -> str:
    """The licence that an installed package says it has."""
    metadata = importlib.metadata.metadata(package)
    classifiers = [c.rpartition(" :: ")[2] for c in metadata.get_all("Classifier") or [] if c.startswith("License ::")]
    told: list[str] = [
        *(metadata.get_all("License-Expression") or []),
        *(metadata.get_all("License") or []),
        *classifiers,
        "unknown",
    ]
    return OLDER_NAMES.get(told[0], told[0])


def test_every_package_of_the_image_is_listed_and_nothing_else_is() -> None:
    assert set(listed()) == locked("runtime")


def test_every_licence_is_the_one_that_the_package_declares() -> None:
    here = {dist.name.lower().replace("_", "-") for dist in importlib.metadata.distributions()}
    wrong = {
        package: declared(package)
        for package, licence in listed().items()
        if package in here and declared(package) != licence
    }

    assert wrong == {}


def test_every_licence_allows_everybody_to_use_the_whole() -> None:
    words = {word for licence in listed().values() for word in re.split(r" AND | OR |[()]", licence) if word.strip()}

    assert words <= ALLOWED


def test_nothing_that_breaks_the_exporter_of_spans_comes_in() -> None:
    assert "xds-protos" not in locked("runtime") | locked("dev")


def test_what_is_chosen_is_what_the_project_asks_for() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").partition("What those bring along")[0]
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[project.scripts]")[0]

    chosen = {name for name, _ in ROW.findall(text)}
    assert chosen == set(re.findall(r'"([a-z-]+)>=', project))
