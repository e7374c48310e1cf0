"""The tests of `state/test_subscriptions`, over the shared log."""

import pytest

from tests.unit.state.test_subscriptions import *  # noqa: F403

pytestmark = pytest.mark.usefixtures("shared_log")
