"""The tests of `events/test_stream`, over the shared log."""

import pytest

from tests.unit.events.test_stream import *  # noqa: F403

pytestmark = pytest.mark.usefixtures("shared_log")
