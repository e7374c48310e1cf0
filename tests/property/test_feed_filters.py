# A filter passes an event exactly when, for every field that has values, the event's fact is one of them.

from conversation_gateway.v1 import event_feed_pb2 as pb
from hypothesis import given
from hypothesis import strategies as st

from gateway.events.filters import predicate
from gateway.events.frame import batch_answer, event_element, is_typed_whole
from gateway.state.events import StoredEvent

FACTS = {
    "triggers": "trigger",
    "app_ids": "app_id",
    "channels": "channel",
    "contact_ids": "contact_id",
    "conversation_ids": "conversation_id",
    "message_ids": "message_id",
    "correlation_ids": "correlation_id",
    "message_metadata": "metadata",
}
words = st.sampled_from(["a", "b", "B", "ü"])
stored_events = st.builds(
    StoredEvent,
    position=st.integers(1, 2**63 - 1),
    stored_us=st.just(0),
    end_bytes=st.just(0),
    possible_duplicate=st.integers(0, 1),
    project_id=st.sampled_from(["p", "q"]),
    **dict.fromkeys(FACTS.values(), st.just("") | words),
    encoded=st.builds(
        lambda name, known, partial: pb.FeedEvent(
            event_id=name, message={} if known else None, partially_typed=partial
        ).SerializeToString(),
        st.text(max_size=20),
        st.booleans(),
        st.booleans(),
    ),
    raw=st.binary(max_size=300),
    checksum=st.integers(0, 2**32 - 1),
)
filters = st.fixed_dictionaries({}, optional={field: st.lists(words, max_size=3) for field in FACTS})


@given(filters, stored_events)
def test_a_filter_is_what_the_contract_says(wanted: dict[str, list[str]], event: StoredEvent) -> None:
    passes = predicate(pb.EventFilter(**wanted), project_id="p")

    expected = event.project_id == "p" and all(
        not values or getattr(event, FACTS[field]) in values for field, values in wanted.items()
    )
    assert passes(event) == expected


@given(st.lists(stored_events, min_size=1, max_size=5), st.booleans())
def test_a_joined_answer_is_the_message_that_would_have_been_built(events: list[StoredEvent], raw: bool) -> None:
    answer = pb.SubscribeResponse.FromString(
        batch_answer(event_element(event, b"epoch-00", raw=raw) for event in events)
    )

    assert len(answer.batch.events) == len(events)
    for event, delivered in zip(events, answer.batch.events, strict=True):
        typed = pb.FeedEvent.FromString(event.encoded)
        assert (delivered.event_id, delivered.message) == (typed.event_id, typed.message)
        assert delivered.possible_duplicate == bool(event.possible_duplicate)
        whole = typed.HasField("message") and not typed.partially_typed
        assert delivered.raw == (event.raw if raw or not whole else b"")


@given(st.binary(max_size=200))
def test_any_bytes_have_a_payload_or_not(encoded: bytes) -> None:
    assert is_typed_whole(encoded) in (True, False)
