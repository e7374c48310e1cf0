from typing import Any

import pytest
from conversation_gateway.v1 import event_feed_pb2 as pb
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.errors import CallerError
from gateway.events.cursor import Cursor
from gateway.events.plan import AtTime, Earliest, Heartbeats, Latest, Named, Plan, StopAtNewest, at_time, subscribe_plan

CURSOR = Cursor(b"epoch-00", 7, 1)


def plan(**request: Any) -> Plan:
    return subscribe_plan(pb.SubscribeRequest(**request), project_id="own", heartbeats=Heartbeats())


def test_an_empty_request_means_what_comes_of_the_gateways_own_project() -> None:
    found = plan()

    assert (found.project_id, found.start, found.stop) == ("own", Latest(), None)
    assert (found.raw, found.skip_gaps, found.heartbeat_s) == (False, False, 10.0)


@pytest.mark.parametrize(
    ("request_field", "start"),
    [
        ({"after_cursor": CURSOR.encode()}, CURSOR),
        ({"earliest": {}}, Earliest()),
        ({"latest": {}}, Latest()),
        ({"at_time": Timestamp(seconds=5, nanos=1001)}, AtTime(5_000_002)),
        ({"subscription": "my.sub_1-x"}, Named("my.sub_1-x", "earliest")),
        ({"subscription": "s", "new_subscription": pb.NEW_SUBSCRIPTION_LATEST}, Named("s", "latest")),
        ({"subscription": "s", "new_subscription": pb.NEW_SUBSCRIPTION_FAIL}, Named("s", "fail")),
    ],
)
def test_every_start_is_understood(request_field: dict[str, Any], start: object) -> None:
    assert plan(**request_field).start == start


def test_every_stop_is_understood() -> None:
    assert plan(stop_at_cursor=CURSOR.encode()).stop == CURSOR
    assert plan(stop_at_newest={}).stop == StopAtNewest()


@pytest.mark.parametrize(
    ("interval", "heartbeat_s"),
    [
        (Duration(), 10.0),
        (Duration(nanos=1), 1.0),
        (Duration(seconds=2, nanos=500_000_000), 2.5),
        (Duration(seconds=3600), 60.0),
        (Duration(seconds=(1 << 63) - 1), 60.0),
    ],
)
def test_a_heartbeat_interval_is_kept_within_its_bounds(interval: Duration, heartbeat_s: float) -> None:
    assert plan(heartbeat_interval=interval).heartbeat_s == heartbeat_s


@pytest.mark.parametrize("encoded", [b"", b"x", CURSOR.encode()[1:]])
@pytest.mark.parametrize("field", ["after_cursor", "stop_at_cursor"])
def test_what_is_no_cursor_has_a_reason_of_its_own(field: str, encoded: bytes) -> None:
    with pytest.raises(CallerError) as refusal:
        plan(**{field: encoded})

    assert refusal.value.reason == "INVALID_CURSOR"


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(CallerError) as refusal:
        plan(on_gap=9, view=9, new_subscription=9, heartbeat_interval=Duration(seconds=-1), subscription="not a name")

    assert refusal.value.reason == "INVALID_REQUEST"
    assert {violation.field for violation in refusal.value.violations} == {
        "on_gap",
        "view",
        "new_subscription",
        "heartbeat_interval",
        "subscription",
    }


@pytest.mark.parametrize("name", ["", "a" * 65, "ü", "a b", "a\n"])
def test_a_name_is_of_few_characters(name: str) -> None:
    with pytest.raises(CallerError):
        plan(subscription=name)


@pytest.mark.parametrize("time", [Timestamp(seconds=-(1 << 63)), Timestamp(seconds=(1 << 63) - 1, nanos=-5)])
def test_no_instant_is_too_far_away(time: Timestamp) -> None:
    assert isinstance(at_time(time).time_us, int)
