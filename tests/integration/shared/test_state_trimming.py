"""The tests of `state/test_trimming`, over the shared log."""

import pytest

from tests.unit.state.test_trimming import *  # noqa: F403

pytestmark = pytest.mark.usefixtures("shared_log")
