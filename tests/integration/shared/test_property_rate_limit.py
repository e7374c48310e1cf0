"""The tests of `property/test_rate_limit`, over the shared state."""

import pytest

from tests.property.test_rate_limit import *  # noqa: F403

pytestmark = pytest.mark.usefixtures("shared_rate")
