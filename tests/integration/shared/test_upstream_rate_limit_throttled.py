"""The tests of `upstream/test_rate_limit_throttled`, over the shared state."""

import pytest

from tests.unit.upstream.test_rate_limit_throttled import *  # noqa: F403

pytestmark = pytest.mark.usefixtures("shared_rate")
