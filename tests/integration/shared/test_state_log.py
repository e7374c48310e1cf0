"""The tests of `state/test_log`, over the shared log."""

import pytest

from tests.unit.state.test_log import *  # noqa: F403

pytestmark = pytest.mark.usefixtures("shared_log")
