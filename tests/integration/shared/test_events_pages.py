"""The tests of `events/test_pages`, over the shared log."""

import pytest

from tests.unit.events.test_pages import *  # noqa: F403

pytestmark = pytest.mark.usefixtures("shared_log")
