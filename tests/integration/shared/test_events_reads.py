"""The tests of `events/test_reads`, over the shared log."""

import pytest

from tests.unit.events.test_reads import *  # noqa: F403

pytestmark = pytest.mark.usefixtures("shared_log")
