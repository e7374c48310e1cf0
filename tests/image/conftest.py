"""One image for all of its tests."""

import shutil
from collections.abc import Iterator

import pytest

from tests.image.built_image import TOOLS, BuiltImage, built_image
from tests.requirements import require


@pytest.fixture(scope="session")
def image() -> Iterator[BuiltImage]:
    """The image, really built from this checkout."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    require(not missing, f"not installed: {', '.join(missing)}")
    with built_image() as built:
        yield built
