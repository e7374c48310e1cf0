"""The tests of `events/test_retention`, over the shared log."""

import pytest

from tests.unit.events.test_retention import *  # noqa: F403

pytestmark = pytest.mark.usefixtures("shared_log")
