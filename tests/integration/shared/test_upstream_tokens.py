"""The tests of `upstream/test_tokens`, over the shared state."""

import pytest

from tests.unit.upstream.test_tokens import *  # noqa: F403

pytestmark = pytest.mark.usefixtures("shared_token")
