import pytest
from conversation_gateway.v1 import event_feed_pb2 as pb
from conversation_gateway.v1.event_feed_pb2 import EventFilter

from gateway.errors import CallerError
from gateway.events.filters import predicate
from gateway.state.events import StoredEvent
from tests.unit.events.test_frame import stored

COLUMNS = {
    "triggers": "trigger",
    "app_ids": "app_id",
    "channels": "channel",
    "contact_ids": "contact_id",
    "conversation_ids": "conversation_id",
    "message_ids": "message_id",
    "correlation_ids": "correlation_id",
    "message_metadata": "metadata",
}


def event(**columns: str) -> StoredEvent:
    return stored(pb.FeedEvent())._replace(**columns)  # type: ignore[arg-type]  # only text columns are given


def test_an_empty_filter_passes_everything_of_its_project() -> None:
    passes = predicate(EventFilter(), project_id="p")

    assert passes(event())
    assert not passes(event(project_id="q"))


@pytest.mark.parametrize(("field", "column"), COLUMNS.items())
def test_one_of_a_fields_values_is_enough(field: str, column: str) -> None:
    passes = predicate(EventFilter(**{field: ["one", "two"]}), project_id="p")

    assert passes(event(**{column: "one"}))
    assert passes(event(**{column: "two"}))
    assert not passes(event(**{column: "three"}))
    assert not passes(event(**{column: "ONE"}))
    assert not passes(event())


def test_every_field_has_to_pass() -> None:
    passes = predicate(EventFilter(triggers=["A", "B"], app_ids=["a"]), project_id="p")

    assert passes(event(trigger="B", app_id="a"))
    assert not passes(event(trigger="B", app_id="b"))
    assert not passes(event(trigger="C", app_id="a"))


def test_every_field_of_the_contract_is_filtered_by() -> None:
    assert {field.name for field in EventFilter.DESCRIPTOR.fields} == COLUMNS.keys()


def test_everything_that_exceeds_a_limit_is_named_at_once() -> None:
    excessive = EventFilter(triggers=["T"] * 257, app_ids=["fine", "ü" * 513], contact_ids=[""])

    with pytest.raises(CallerError) as refusal:
        predicate(excessive, project_id="p")

    assert refusal.value.reason == "INVALID_REQUEST"
    assert [violation.field for violation in refusal.value.violations] == [
        "filter.triggers",
        "filter.app_ids[1]",
        "filter.contact_ids[0]",
    ]


@pytest.mark.parametrize(
    "encoded",
    [b"\x08\x01", b"\x0d1234", b"\x7a\x01x", b"\x0a\x01T\xf8\x07\x01"],
    ids=["a number for a text", "four bytes for a text", "an expression", "one that is known beside another"],
)
def test_a_wish_that_is_not_understood_is_never_passed_over(encoded: bytes) -> None:
    with pytest.raises(CallerError) as refusal:
        predicate(EventFilter.FromString(encoded), project_id="p")

    assert refusal.value.reason == "INVALID_REQUEST"
    assert [violation.field for violation in refusal.value.violations] == ["filter"]


def test_the_limits_themselves_are_allowed() -> None:
    values = [f"{number:04}".ljust(1024, "x") for number in range(256)]

    passes = predicate(EventFilter(message_metadata=values), project_id="p")

    assert passes(event(metadata=values[255]))
