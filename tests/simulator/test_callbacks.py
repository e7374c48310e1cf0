"""Callbacks: who gets which, how they are signed, and how often they are repeated."""

import base64
import hmac
import os
from hashlib import sha256
from pathlib import Path

import orjson
import pytest

from gateway.simulator import DEFAULT_APP_ID, AppOptions, Simulator, SimulatorOptions
from gateway.simulator.delivery.signature import sign
from tests.requirements import require
from tests.simulator.api_client import ApiClient
from tests.simulator.receiver import NO_ANSWER, Received, Receiver

_VECTORS = Path(os.environ.get("CONVERSATION_API_FACTS") or Path(__file__).parents[2].parent / "shared" / "api")
_RECEIPTS = [f"message_delivery_report:{status}" for status in ("QUEUED_ON_CHANNEL", "DELIVERED", "READ")]


def is_signed(received: Received, secret: str) -> bool:
    """Checked by the rule itself, not by the simulator's own function."""
    headers = received.headers
    nonce, timestamp = (headers[f"x-sinch-webhook-signature-{part}"] for part in ("nonce", "timestamp"))
    data = received.body + f".{nonce}.{timestamp}".encode()
    expected = base64.b64encode(hmac.new(secret.encode(), data, sha256).digest()).decode()
    return (headers["x-sinch-webhook-signature"], headers["x-sinch-webhook-signature-algorithm"]) == (
        expected,
        "HmacSHA256",
    )


async def test_a_message_is_queued_delivered_read_and_answered(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY", "MESSAGE_INBOUND")
    await api.ok("PATCH", f"apps/{DEFAULT_APP_ID}", {"dispatch_retention_policy": {"ttl_days": 1}})

    sent = (await api.send(message_metadata="meta", correlation_id="c-1", conversation_metadata={"a": 1})).json()
    events = await receiver.wait_for(4)

    report = events[1].json
    reply = events[3].json
    assert receiver.kinds == [*_RECEIPTS, "message"]
    assert all(is_signed(event, "hook-secret") for event in events)
    assert (report["app_id"], report["project_id"]) == (DEFAULT_APP_ID, "demo-project")
    assert (report["message_metadata"], report["correlation_id"]) == ("meta", "c-1")
    assert report["message_delivery_report"] == {
        "message_id": sent["message_id"],
        "conversation_id": "",
        "status": "DELIVERED",
        "channel_identity": {"app_id": "", "channel": "SMS", "identity": "46700000001"},
        "contact_id": "",
        "metadata": "meta",
        "processing_mode": "DISPATCH",
    }
    assert reply["message_metadata"] == '{"a":1}'
    assert reply["message"]["direction"] == "TO_APP"
    assert reply["message"]["contact_message"]["reply_to"] == {"message_id": sent["message_id"]}


async def test_only_subscribed_triggers_are_posted(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/inbound", "MESSAGE_INBOUND")
    await api.subscribe(f"{receiver.url}/submit", "MESSAGE_SUBMIT")
    await api.subscribe(f"{receiver.url}/dismissed", "MESSAGE_DELIVERY", target_type="DISMISS")

    await api.send()
    events = await receiver.wait_for(2)

    assert {(event.path, event.kind) for event in events} == {
        ("/inbound", "message"),
        ("/submit", "message_submit_notification"),
    }


async def test_a_recipient_answers_only_the_first_message(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY", "MESSAGE_INBOUND")

    await api.send()
    await receiver.wait_for(4)
    await api.send()
    await receiver.wait_for(7)
    other = {"identified_by": {"channel_identities": [{"channel": "RCS", "identity": "+46700000009"}]}}
    await api.send(recipient=other)
    await receiver.wait_for(11)

    assert receiver.kinds == [*_RECEIPTS, "message", *_RECEIPTS, *_RECEIPTS, "message"]


async def test_a_choice_is_answered_by_choosing(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_INBOUND")
    choices = [{"text_message": {"text": "Yes"}, "postback_data": "yes"}]

    sent = (await api.send(message={"choice_message": {"choices": choices}}, message_metadata="m")).json()
    (event,) = await receiver.wait_for(1)

    message = event.json["message"]
    assert message["contact_message"] == {
        "choice_response_message": {"message_id": sent["message_id"], "postback_data": "yes"}
    }
    assert message["metadata"] == "m"


async def test_a_callback_is_repeated_unchanged_until_it_is_taken(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_INBOUND")
    receiver.statuses.extend([503, 302, 404])

    await api.send()
    attempts = await receiver.wait_for(4)

    assert len({(attempt.body, tuple(sorted(attempt.headers.items()))) for attempt in attempts}) == 1
    assert is_signed(attempts[3], "hook-secret")


async def test_an_answer_that_ends_with_its_connection_counts(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY")
    receiver.speaks_http_1_0 = True

    await api.send()
    stats = await api.stats_until(lambda stats: stats["callbacks"].get("answered_200") == 3)

    assert stats["callbacks"] == {"attempts": 3, "answered_200": 3}


async def test_a_callback_without_an_answer_is_repeated(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_INBOUND")
    receiver.statuses.extend([NO_ANSWER, NO_ANSWER])

    await api.send()
    attempts = await receiver.wait_for(3)

    assert len({attempt.body for attempt in attempts}) == 1


async def test_a_webhook_without_a_secret_is_not_signed(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_INBOUND", secret="")

    await api.send()
    (event,) = await receiver.wait_for(1)

    assert not any("signature" in name for name in event.headers)


class TestOverride:
    @pytest.fixture
    def options(self) -> SimulatorOptions:
        apps = (AppOptions(callback_secret="override-secret"),)
        return SimulatorOptions(apps=apps, receipt_delay_s=0.0, callback_retry_base_s=0.01)

    async def test_a_callback_url_takes_the_receipts_under_the_apps_secret(
        self, api: ApiClient, receiver: Receiver
    ) -> None:
        await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY", "MESSAGE_INBOUND")

        await api.send(callback_url=f"{receiver.url}/mine")
        events = await receiver.wait_for(4)

        assert [(event.path, event.kind) for event in events] == [
            *(("/mine", kind) for kind in _RECEIPTS),
            ("/hook", "message"),
        ]
        assert all(is_signed(event, "override-secret") for event in events[:3])
        assert is_signed(events[3], "hook-secret")


class TestGivingUp:
    @pytest.fixture
    def options(self) -> SimulatorOptions:
        return SimulatorOptions(receipt_delay_s=0.0, callback_retry_base_s=60, callback_attempts=3)

    async def test_repeats_back_off_on_the_simulated_clock_and_end(
        self, api: ApiClient, receiver: Receiver, simulator: Simulator
    ) -> None:
        await api.subscribe(f"{receiver.url}/hook", "MESSAGE_INBOUND")
        receiver.statuses.extend([500] * 4)

        await api.send()
        await api.stats_until(lambda stats: stats["callbacks"].get("answered_500") == 1)
        simulator.advance(61)
        await api.stats_until(lambda stats: stats["callbacks"].get("answered_500") == 2)
        simulator.advance(121)
        stats = await api.stats_until(lambda stats: stats["callbacks"].get("given_up") == 1)

        assert (stats["callbacks"]["attempts"], len(receiver.received)) == (3, 3)


def test_the_published_signature_vectors_are_reproduced() -> None:
    path = _VECTORS / "webhook_signature_vectors.json"
    require(path.is_file(), f"the signature vectors in {path}")
    vectors = orjson.loads(path.read_bytes())["vectors"]

    signatures = [
        sign(vector["body"].encode(), secret=vector["secret"], nonce=vector["nonce"], timestamp=vector["timestamp"])
        for vector in vectors
    ]

    assert signatures == [vector["signature"] for vector in vectors]
