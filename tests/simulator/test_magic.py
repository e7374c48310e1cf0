"""Misbehaviour by number: recipients that mean trouble, one row of the table after the other."""

import asyncio
import json

import httpx
import pytest

from gateway.simulator import DEFAULT_APP_ID, Simulator
from tests.simulator.api_client import CREDENTIALS, ApiClient, fetch_token
from tests.simulator.receiver import Receiver
from tests.simulator.test_callbacks import is_signed


def to(number: str, *more: str) -> dict[str, object]:
    numbers = (number, *more)
    identities = [
        {"channel": channel, "identity": f"+{n}42"} for channel, n in zip(("SMS", "RCS"), numbers, strict=False)
    ]
    return {"identified_by": {"channel_identities": identities}}


@pytest.mark.parametrize(
    ("number", "status", "has_json", "retry_after"),
    [
        ("9990400", 400, True, None),
        ("9990401", 401, True, None),
        ("9991401", 401, True, None),
        ("9992401", 401, True, None),
        ("9990403", 403, True, None),
        ("9990404", 404, True, None),
        ("9990429", 429, True, "1"),
        ("9991429", 429, True, None),
        ("9992429", 429, True, None),
        ("9990500", 500, True, None),
        ("9991500", 500, False, None),
        ("9992500", 500, True, None),
        ("9990501", 501, True, None),
        ("9990502", 502, False, None),
        ("9990503", 503, True, None),
        ("9991503", 503, False, None),
        ("9990504", 504, False, None),
    ],
)
async def test_the_number_is_answered_with_its_status(
    api: ApiClient, number: str, status: int, *, has_json: bool, retry_after: str | None
) -> None:
    answer = await api.send(recipient=to(number))

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/json") is has_json
    assert answer.headers.get("retry-after") == retry_after


async def test_the_number_fills_the_queue_of_the_app(api: ApiClient) -> None:
    await api.send(recipient=to("9992429"))

    stats = (await api.ok("GET", f"apps/{DEFAULT_APP_ID}"))["queue_stats"]
    ordinary = await api.send()
    await api.http.post("/_simulator/queue", json={"app_id": DEFAULT_APP_ID, "outbound_size": 0})
    afterwards = await api.send()

    assert stats == {"outbound_size": 500_000, "outbound_limit": 500_000}
    assert (ordinary.status_code, afterwards.status_code) == (429, 200)


async def test_the_number_makes_the_next_token_late(api: ApiClient, http: httpx.AsyncClient) -> None:
    await api.send(recipient=to("9992401"))

    with pytest.raises(httpx.ReadTimeout):
        await http.post("/auth/oauth2/token", auth=CREDENTIALS, data={"grant_type": "client_credentials"}, timeout=0.2)
    second = await fetch_token(http)

    assert second.status_code == 200


@pytest.mark.parametrize(
    ("number", "accepted"),
    [("9992002", False), ("9992003", True), ("9992004", True), ("9992001", False), ("9992009", True)],
)
async def test_the_number_ends_the_answer_and_the_message_was_accepted_or_not(
    api: ApiClient, receiver: Receiver, number: str, *, accepted: bool
) -> None:
    await api.subscribe(receiver.url, "MESSAGE_SUBMIT")
    api.http.timeout = httpx.Timeout(0.5)

    with pytest.raises(httpx.TransportError):
        await api.send(recipient=to(number), message_metadata="in trouble")
    await api.send(message_metadata="proper")
    submitted = [
        event.json["message_submit_notification"]["metadata"] for event in await receiver.wait_for(1 + accepted)
    ]

    assert sorted(submitted) == (["in trouble", "proper"] if accepted else ["proper"])


async def test_the_number_gets_an_answer_that_is_no_json(api: ApiClient) -> None:
    answer = await api.send(recipient=to("9992006"))

    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


async def test_the_number_is_answered_slowly(api: ApiClient) -> None:
    slow = ("9992007", "9992008")
    api.http.timeout = httpx.Timeout(0.1)
    impatient = await asyncio.gather(*(api.send(recipient=to(number)) for number in slow), return_exceptions=True)
    api.http.timeout = httpx.Timeout(10)

    patient = await asyncio.gather(*(api.send(recipient=to(number)) for number in slow))

    assert [type(failure) for failure in impatient] == [httpx.ReadTimeout, httpx.ReadTimeout]
    assert all(answer.json()["message_id"] for answer in patient)


async def test_the_number_gets_an_oversized_answer(api: ApiClient) -> None:
    answer = await api.send(recipient=to("9992005"))

    assert len(answer.content) > 32 * 1024 * 1024


@pytest.mark.parametrize(
    ("numbers", "statuses", "code"),
    [
        (("9993001",), ["QUEUED_ON_CHANNEL", "FAILED"], "RECIPIENT_NOT_REACHABLE"),
        (("9993002",), ["QUEUED_ON_CHANNEL", "FAILED"], "OUTSIDE_ALLOWED_SENDING_WINDOW"),
        (("9993003",), ["QUEUED_ON_CHANNEL", "FAILED"], "RATE_LIMITED"),
        (("9993004",), ["FAILED"], "BAD_REQUEST"),
        (("9993005",), ["QUEUED_ON_CHANNEL", "FAILED"], "DELIVERY_TIMED_OUT"),
        (("9993006",), ["QUEUED_ON_CHANNEL"], None),
        (("9993007",), ["QUEUED_ON_CHANNEL", "DELIVERED"], None),
        (
            ("9993001", "4670000"),
            ["QUEUED_ON_CHANNEL", "SWITCHING_CHANNEL", "QUEUED_ON_CHANNEL", "DELIVERED", "READ"],
            "RECIPIENT_NOT_REACHABLE",
        ),
        (
            ("9993001", "9993004"),
            ["QUEUED_ON_CHANNEL", "SWITCHING_CHANNEL", "FAILED"],
            "RECIPIENT_NOT_REACHABLE",
        ),
    ],
)
async def test_the_number_has_its_receipts(
    api: ApiClient, receiver: Receiver, numbers: tuple[str, ...], statuses: list[str], code: str | None
) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY")

    await api.send(recipient=to(*numbers))
    await receiver.wait_for(len(statuses))

    reports = [event.json["message_delivery_report"] for event in receiver.received]
    assert [report["status"] for report in reports] == statuses
    assert next((report["reason"]["code"] for report in reports if "reason" in report), None) == code


async def test_a_number_is_posted_twice(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY")

    await api.send(recipient=to("9994001"))
    events = await receiver.wait_for(6)

    assert len({event.body for event in events}) == 3


@pytest.mark.parametrize(("number", "is_right"), [("9994004", False), ("9994006", True), ("9994007", True)])
async def test_a_number_is_signed_in_its_manner(
    api: ApiClient, receiver: Receiver, number: str, *, is_right: bool
) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_INBOUND")

    await api.send(recipient=to(number))
    (event,) = await receiver.wait_for(1)

    assert is_signed(event, "hook-secret") is is_right


async def test_a_number_is_posted_late(api: ApiClient, receiver: Receiver, simulator: Simulator) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_SUBMIT")

    await api.send(recipient=to("9994002"))
    await api.send()
    before = [event.json["message_submit_notification"] for event in await receiver.wait_for(1)]
    simulator.advance(30)
    late = (await receiver.wait_for(2))[1].json["message_submit_notification"]

    assert [notification["channel_identity"]["identity"] for notification in before] == ["46700000001"]
    assert late["channel_identity"]["identity"] == "999400242"


async def test_a_number_is_posted_after_its_successor(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_SUBMIT")

    await api.send(recipient=to("9994003"))
    await api.send()
    events = await receiver.wait_for(2)

    identities = [event.json["message_submit_notification"]["channel_identity"]["identity"] for event in events]
    assert identities == ["46700000001", "999400342"]


async def test_a_number_is_not_signed(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_INBOUND")

    await api.send(recipient=to("9994005"))
    (event,) = await receiver.wait_for(1)

    assert "x-sinch-webhook-signature" not in event.headers


async def test_a_number_answers_always_or_never(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_INBOUND")

    await api.send(recipient=to("9995002"))
    await api.send(recipient=to("9995001"))
    await receiver.wait_for(1)
    await api.send(recipient=to("9995001"))
    events = await receiver.wait_for(2)

    assert {event.json["message"]["channel_identity"]["identity"] for event in events} == {"999500142"}


@pytest.mark.parametrize(
    ("number", "status"),
    [("9996001", "NO_CAPABILITY"), ("9996002", "CAPABILITY_PARTIAL"), ("9996003", "CAPABILITY_UNKNOWN")],
)
async def test_a_number_has_its_capability(api: ApiClient, receiver: Receiver, number: str, status: str) -> None:
    await api.subscribe(f"{receiver.url}/hook", "CAPABILITY")

    await api.ok("POST", "capability:query", {"app_id": DEFAULT_APP_ID, "recipient": to("9996004")})
    await api.ok("POST", "capability:query", {"app_id": DEFAULT_APP_ID, "recipient": to(number)})
    (event,) = await receiver.wait_for(1)

    assert event.json["capability_notification"]["capability_status"] == status
