"""The tests of `events/test_subscriptions`, over the shared log."""

import pytest

from tests.unit.events.test_subscriptions import *  # noqa: F403

pytestmark = pytest.mark.usefixtures("shared_log")
