"""What is deployed names settings that exist, and gives the gateway the time it asks for."""

import re

from gateway.settings import Settings, environment_name, knobs
from tests.conftest import REPOSITORY

UNIT = (REPOSITORY / "deploy" / "conversation-gateway.service").read_text(encoding="utf-8")


def test_the_unit_sets_only_settings_that_exist() -> None:
    known = {environment_name(field) for field in knobs()}
    named = {name.removesuffix("_FILE") for name in re.findall(r"^Environment=(\w+)=", UNIT, re.MULTILINE)}

    assert named
    assert named <= known


def test_the_unit_gives_more_time_than_the_drain_takes() -> None:
    given = re.search(r"^TimeoutStopSec=(\d+)$", UNIT, re.MULTILINE)

    assert given is not None
    assert int(given[1]) > Settings.drain_timeout_s


def test_no_secret_is_in_the_units_environment() -> None:
    assert not re.search(r"^Environment=\w*SECRET=", UNIT, re.MULTILINE)
