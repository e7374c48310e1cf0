import pytest
from conversation_gateway.v1 import event_feed_pb2 as pb

from gateway.events.cursor import Cursor
from gateway.events.frame import batch_answer, event_element, event_message, is_typed_whole, varint
from gateway.state.events import StoredEvent

EPOCH = b"epoch-00"
PAYLOADS = [field.name for field in pb.FeedEvent.DESCRIPTOR.oneofs_by_name["payload"].fields]


def stored(typed: pb.FeedEvent, *, raw: bytes = b"{}", possible_duplicate: int = 0) -> StoredEvent:
    return StoredEvent(
        position=7, stored_us=1, end_bytes=1, possible_duplicate=possible_duplicate, project_id="p", trigger="",
        app_id="", channel="", contact_id="", conversation_id="", message_id="", correlation_id="", metadata="",
        encoded=typed.SerializeToString(), raw=raw, checksum=99,
    )  # fmt: skip


@pytest.fixture
def typed() -> pb.FeedEvent:
    event = pb.FeedEvent(event_id="ab", trigger="MESSAGE_DELIVERY", webhook="default")
    event.received_time.FromSeconds(1_800_000_000)
    event.message_delivery_report.message_id = "m" * 300
    return event


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("possible_duplicate", [0, 1])
def test_joined_bytes_are_the_message(typed: pb.FeedEvent, raw: bool, possible_duplicate: int) -> None:
    event = stored(typed, raw=b"body" * 100, possible_duplicate=possible_duplicate)
    expected = pb.FeedEvent.FromString(typed.SerializeToString())
    expected.cursor = Cursor(EPOCH, 7, 99).encode()
    expected.possible_duplicate = bool(possible_duplicate)
    expected.raw = event.raw if raw else b""

    element = event_element(event, EPOCH, raw=raw)
    answer = pb.SubscribeResponse.FromString(batch_answer([element, element]))

    assert pb.FeedEvent.FromString(event_message(element)) == expected
    assert answer == pb.SubscribeResponse(batch=pb.EventBatch(events=[expected, expected]))


def test_elements_are_pieces_of_a_page_too(typed: pb.FeedEvent) -> None:
    element = event_element(stored(typed), EPOCH, raw=False)

    page = pb.ListFeedEventsResponse.FromString(element * 3)

    assert [event.event_id for event in page.events] == ["ab"] * 3


def test_an_event_without_a_payload_has_its_raw_bytes_in_any_view() -> None:
    untyped = pb.FeedEvent(event_id="ab", trigger="NEW_KIND", partially_typed=True)

    element = event_element(stored(untyped, raw=b"posted"), EPOCH, raw=False)

    assert pb.FeedEvent.FromString(event_message(element)).raw == b"posted"


@pytest.mark.parametrize("name", PAYLOADS)
def test_an_event_of_which_something_could_not_be_typed_has_its_raw_bytes_in_any_view(name: str) -> None:
    partial = pb.FeedEvent(event_id="ab", trigger="T", partially_typed=True)
    getattr(partial, name).SetInParent()

    element = event_element(stored(partial, raw=b"posted"), EPOCH, raw=False)

    assert pb.FeedEvent.FromString(event_message(element)).raw == b"posted"


@pytest.mark.parametrize("name", PAYLOADS)
def test_every_payload_is_seen(name: str) -> None:
    event = pb.FeedEvent(event_id="ab", app_id="a" * 200)
    event.accepted_time.FromSeconds(1)
    getattr(event, name).SetInParent()

    assert is_typed_whole(event.SerializeToString())


def test_no_other_field_is_taken_for_a_payload() -> None:
    event = pb.FeedEvent()
    for field in pb.FeedEvent.DESCRIPTOR.fields:
        if field.name in PAYLOADS:
            continue
        if field.message_type is not None:
            getattr(event, field.name).FromSeconds(1_700_000_000)
        elif field.type == field.TYPE_BOOL:
            setattr(event, field.name, True)
        else:
            setattr(event, field.name, b"\xa2\x01" * 90 if field.type == field.TYPE_BYTES else "x" * 180)

    assert not is_typed_whole(event.SerializeToString())


@pytest.mark.parametrize(
    "encoded", [b"", b"\xff", b"\x0a\xff\xff\xff\xff\x0f", b"\x0b", b"\x0d\x01", b"\x09" + b"1" * 8]
)
def test_bytes_that_are_no_message_have_no_payload(encoded: bytes) -> None:
    assert not is_typed_whole(encoded)


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 16_383, 16_384, 1 << 31])
def test_a_varint_is_what_protobuf_writes(value: int) -> None:
    assert b"\x20" + varint(value) == pb.Heartbeat(lag_event_count=value).SerializeToString() or value == 0
