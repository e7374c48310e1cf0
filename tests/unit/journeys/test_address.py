import pytest

from gateway.journeys.address import same_address


@pytest.mark.parametrize("spelling", ["46700000001", "+46700000001", "+46 70 000 00 01", "+46-70-000-00-01"])
def test_a_phone_number_is_the_same_however_it_is_written(spelling: str) -> None:
    assert same_address(spelling) == "46700000001"


@pytest.mark.parametrize("identity", ["Ab-12:xY", "user@example.org", "1234", ""])
def test_what_is_no_phone_number_is_left_as_it_is(identity: str) -> None:
    assert same_address(identity) == identity
