"""Which events say something about consent."""

from typing import Any

import pytest
from conversation_gateway.v1 import event_feed_pb2

from gateway.journeys.consent_words import Words
from gateway.state.events import StoredEvent

WORDS = Words(stop=["STOP", "OPT OUT"], start=["START"])


def event(trigger: str, **payload: Any) -> StoredEvent:
    said = event_feed_pb2.FeedEvent(trigger=trigger, **payload)
    said.accepted_time.FromMicroseconds(5)
    return StoredEvent(1, 9, 0, 0, "project", trigger, "app", "", "", "", "", "", "", said.SerializeToString(), b"", 0)


def inbound(text: str) -> StoredEvent:
    message = {
        "channel_identity": {"channel": "SMS", "identity": "46700000001"},
        "contact_id": "C",
        "contact_message": {"text_message": {"text": text}},
    }
    return event("MESSAGE_INBOUND", message=message)


@pytest.mark.parametrize("text", ["STOP", "stop", " Stop. ", "“STOP!”", "opt  out"])
def test_a_stop_word_opts_out_however_it_is_written(text: str) -> None:
    word = WORDS.heard(inbound(text))

    assert word is not None
    assert (word.out, word.channel, word.address, word.contact_id) == (True, "SMS", "46700000001", "C")
    assert (word.scope, word.at_us) == (("project", "app"), 5)


@pytest.mark.parametrize("text", ["", "stop by at noon", "don't stop", "STOPP", "!", "STOP" * 100])
def test_other_messages_say_nothing(text: str) -> None:
    assert WORDS.heard(inbound(text)) is None


def test_a_start_word_opts_in() -> None:
    word = WORDS.heard(inbound("start"))

    assert word is not None
    assert not word.out


@pytest.mark.parametrize(
    ("trigger", "status", "out"),
    [
        ("OPT_OUT", "OPT_OUT_SUCCEEDED", True),
        ("OPT_OUT", "", True),
        ("OPT_OUT", "OPT_OUT_FAILED", None),
        ("OPT_IN", "OPT_IN_SUCCEEDED", False),
        ("OPT_IN", "OPT_IN_FAILED", None),
        ("OPT_IN", "", None),
    ],
)
def test_in_doubt_nobody_is_written_to(trigger: str, status: str, out: bool | None) -> None:
    payload = {"channel": "VIBERBM", "identity": "46700000001", "status": status}

    word = WORDS.heard(event(trigger, **{f"{trigger.lower()}_notification": payload}))

    assert (word.out if word else None) is out


def test_other_events_are_not_even_read() -> None:
    assert WORDS.heard(event("MESSAGE_DELIVERY")._replace(encoded=b"\xff")) is None
