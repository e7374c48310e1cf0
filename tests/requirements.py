"""What a test needs from outside: it skips by name where that is missing, unless everything is required."""

import os

import pytest


def require(present: object, reason: str) -> None:
    """Skip the running test with `reason` unless `present`; with `REQUIRE_ALL=1` fail it instead."""
    if present:
        return
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"required here, but missing: {reason}")
    pytest.skip(reason)
