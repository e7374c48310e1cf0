"""The tests of `events/test_feed`, over the shared log."""

import pytest

from tests.unit.events.test_feed import *  # noqa: F403

pytestmark = pytest.mark.usefixtures("shared_log")
