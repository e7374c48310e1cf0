"""Misbehaviour by rule: what matches, on which occasions, and what happens then."""

from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from gateway.simulator import DEFAULT_APP_ID, Simulator, SimulatorOptions
from tests.simulator.api_client import ApiClient, fetch_token
from tests.simulator.receiver import Receiver
from tests.simulator.test_callbacks import is_signed


async def rule(api: ApiClient, given: object) -> None:
    answer = await api.http.post("/_simulator/faults", json=given)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("occasion", "statuses"),
    [
        ({}, [503, 503, 503, 503]),
        ({"nth": [1, 3]}, [503, 200, 503, 200]),
        ({"every": 2}, [200, 503, 200, 503]),
        ({"times": 2}, [503, 503, 200, 200]),
        ({"probability": 0}, [200, 200, 200, 200]),
        ({"probability": 1}, [503, 503, 503, 503]),
    ],
)
async def test_a_rule_applies_on_its_occasions(api: ApiClient, occasion: dict[str, Any], statuses: list[int]) -> None:
    await rule(api, {"match": {"path": "messages:send", **occasion}, "answer": {"status": 503}})

    answers = [(await api.send()).status_code for _ in statuses]

    assert answers == statuses


@pytest.mark.parametrize(
    "match",
    [
        {"method": "GET"},
        {"host": "batch"},
        {"region": "eu"},
        {"path": "messages/*"},
        {"app_id": "01JC0000000000000000000000"},
    ],
)
async def test_what_does_not_match_is_left_alone(api: ApiClient, match: dict[str, str]) -> None:
    await rule(api, {"match": match, "answer": {"status": 503}})

    answer = await api.send()

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("api", "application/json", '"error":{"code":503'),
        ("flat", "application/json", '{"code":503'),
        ("problem", "application/problem+json", '"title":"UNAVAILABLE"'),
        ("proxy", "text/html", "<h1>503</h1>"),
        ("empty", "application/json", ""),
    ],
)
async def test_a_failure_has_the_body_it_was_told(api: ApiClient, body: str, content_type: str, text: str) -> None:
    await rule(api, {"answer": {"status": 503, "body": body, "retry_after": "7"}})

    answer = await api.send()

    assert answer.status_code == 503
    assert (answer.headers["content-type"], answer.headers["retry-after"]) == (content_type, "7")
    assert text in answer.text
    assert bool(answer.text) is bool(text)


async def test_a_draw_is_repeatable(api: ApiClient) -> None:
    await rule(api, {"match": {"probability": 0.5}, "answer": {"status": 500}})
    first = [(await api.send()).status_code for _ in range(20)]
    await api.http.delete("/_simulator/faults")
    await rule(api, {"match": {"probability": 0.5}, "answer": {"status": 500}})

    second = [(await api.send()).status_code for _ in range(20)]

    assert first == second
    assert set(first) == {200, 500}


async def test_a_request_can_be_accepted_and_the_connection_reset(
    api: ApiClient, simulator: Simulator, receiver: Receiver
) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_SUBMIT")
    await rule(api, {"match": {"nth": [1]}, "answer": {"ending": "reset", "processed": True}})
    await rule(api, {"match": {"nth": [1]}, "answer": {"ending": "reset"}})

    with pytest.raises(httpx.ReadError):
        await api.send(message_metadata="accepted")
    with pytest.raises(httpx.ReadError):
        await api.send(message_metadata="not accepted")
    await api.send(message_metadata="proper")
    events = await receiver.wait_for(2)

    assert [event.json["message_submit_notification"]["metadata"] for event in events] == ["accepted", "proper"]
    assert [request.status for request in simulator.requests[-3:]] == [None, None, 200]


async def test_an_answer_can_break_off(api: ApiClient) -> None:
    await rule(api, {"answer": {"ending": "truncated"}})

    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        await api.send()


async def test_an_answer_can_be_missing(api: ApiClient) -> None:
    await rule(api, {"match": {"path": "messages:send"}, "answer": {"ending": "hang"}})
    headers = {"authorization": f"Bearer {api.token}"}

    with pytest.raises(httpx.ReadTimeout):
        await api.http.post(
            "/us/conversation/v1/projects/demo-project/messages:send", json={}, headers=headers, timeout=0.05
        )


async def test_an_answer_can_be_late_in_pieces_oversized_or_no_json(api: ApiClient) -> None:
    await rule(api, {"match": {"nth": [1]}, "answer": {"delay_s": 0.01, "piece_delay_s": 0.001}})
    await rule(api, {"match": {"nth": [1]}, "answer": {"body": "oversized", "size_bytes": 100_000}})
    await rule(api, {"match": {"nth": [1]}, "answer": {"body": "invalid_json"}})

    late, oversized, invalid = [await api.send() for _ in range(3)]

    assert late.json()["message_id"]
    assert len(oversized.content) > 100_000
    assert oversized.json()["message_id"]
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(invalid.content)


@pytest.mark.parametrize(("action", "says_expired"), [("expire", True), ("revoke", False)])
async def test_tokens_can_be_spoilt_once_or_by_admin(api: ApiClient, action: str, *, says_expired: bool) -> None:
    await rule(api, {"match": {"path": "messages:send", "nth": [1]}, "answer": {"tokens": action}})

    refused = await api.send()
    renewed = await ApiClient.connect(api.http)
    accepted = await renewed.send()
    await api.http.post("/_simulator/tokens", json={"action": action})
    refused_again = await renewed.send()

    assert (refused.status_code, accepted.status_code, refused_again.status_code) == (401, 200, 401)
    assert ("expired" in refused.headers["www-authenticate"]) is says_expired


async def test_the_auth_host_can_fail_too(api: ApiClient) -> None:
    await rule(api, {"match": {"host": "auth"}, "answer": {"status": 500}})

    answer = await fetch_token(api.http)

    assert answer.status_code == 500


@pytest.mark.parametrize(
    "slow",
    [
        {"match": {"host": "auth", "nth": [1]}, "answer": {"delay_s": 2}},
        {"match": {"path": "messages:send"}, "answer": {"auth_delay_s": 2}},
    ],
)
async def test_authentication_can_be_slow(api: ApiClient, slow: object) -> None:
    await rule(api, slow)
    await api.send()
    api.http.timeout = httpx.Timeout(0.2)

    with pytest.raises(httpx.ReadTimeout):
        await fetch_token(api.http)
    second = await fetch_token(api.http)

    assert second.status_code == 200


async def test_a_rule_fills_the_queue_of_the_app_that_asks(api: ApiClient) -> None:
    await rule(api, {"match": {"path": "messages:send", "nth": [2]}, "answer": {"queue": "full"}})

    answers = [(await api.send()).status_code for _ in range(3)]
    stats = (await api.ok("GET", f"apps/{DEFAULT_APP_ID}"))["queue_stats"]

    assert answers == [200, 429, 429]
    assert stats["outbound_size"] == stats["outbound_limit"]


@pytest.mark.parametrize("body", ["api", "proxy"])
@pytest.mark.parametrize("status", [500, 501, 502, 503, 504])
async def test_every_5xx_comes_with_the_body_of_the_api_or_of_a_proxy(api: ApiClient, status: int, body: str) -> None:
    await rule(api, {"answer": {"status": status, "body": body}})

    answer = await api.send()

    assert answer.status_code == status
    if body == "api":
        assert answer.json()["error"]["code"] == status
    else:
        assert answer.headers["content-type"] == "text/html"


@pytest.mark.parametrize("retry_after", [None, "7"])
async def test_a_429_comes_with_or_without_retry_after(api: ApiClient, retry_after: str | None) -> None:
    await rule(api, {"answer": {"status": 429, "retry_after": retry_after}})

    answer = await api.send()

    assert answer.status_code == 429
    assert answer.headers.get("retry-after") == retry_after


async def test_deliveries_fail_or_fall_back_by_rule(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY")
    await rule(api, {"match": {"channel": "RCS"}, "delivery": {"code": "RECIPIENT_NOT_REACHABLE"}})
    identities = [{"channel": channel, "identity": "+46700000001"} for channel in ("RCS", "SMS")]

    await api.send(recipient={"identified_by": {"channel_identities": identities}})
    events = await receiver.wait_for(5)

    reports = [event.json["message_delivery_report"] for event in events]
    assert [(report["status"], report["channel_identity"]["channel"]) for report in reports] == [
        ("QUEUED_ON_CHANNEL", "RCS"),
        ("SWITCHING_CHANNEL", "RCS"),
        ("QUEUED_ON_CHANNEL", "SMS"),
        ("DELIVERED", "SMS"),
        ("READ", "SMS"),
    ]
    assert reports[1]["reason"]["code"] == "RECIPIENT_NOT_REACHABLE"


@pytest.mark.parametrize(("waiting_s", "statuses"), [(60, ["SWITCHING_CHANNEL", "QUEUED_ON_CHANNEL"]), (None, [])])
async def test_a_channel_without_delivery_reports_is_left_where_the_app_says_so(
    api: ApiClient, receiver: Receiver, simulator: Simulator, waiting_s: int | None, statuses: list[str]
) -> None:
    await api.subscribe(receiver.url, "MESSAGE_DELIVERY", "MESSAGE_INBOUND")
    if waiting_s is not None:
        fallback = {"enabled": True, "delivery_report_waiting_time": waiting_s}
        await api.ok("PATCH", f"apps/{DEFAULT_APP_ID}", {"delivery_report_based_fallback": fallback})
    await rule(api, {"match": {"channel": "RCS"}, "delivery": {"last": "QUEUED_ON_CHANNEL", "answered": False}})
    identities = [{"channel": channel, "identity": "46700000001"} for channel in ("RCS", "SMS")]

    await api.send(recipient={"identified_by": {"channel_identities": identities}})
    await receiver.wait_for(1)
    await api.stats_until(lambda stats: stats["planned"] == (waiting_s is not None))
    simulator.advance(59)
    await api.stats_until(lambda stats: stats["planned"] == (waiting_s is not None))
    before = list(receiver.kinds)
    simulator.advance(2)
    await receiver.wait_for(1 + (5 if statuses else 0))

    found = [(event.kind.partition(":")[2], _channel(event.json)) for event in receiver.received]
    assert before == ["message_delivery_report:QUEUED_ON_CHANNEL"]
    assert found[:3] == [("QUEUED_ON_CHANNEL", "RCS"), *zip(statuses, ("RCS", "SMS"), strict=False)]


def _channel(event: Any) -> str:
    return str(
        next(event[key] for key in ("message_delivery_report", "message") if key in event)["channel_identity"][
            "channel"
        ]
    )


async def test_callbacks_are_spoilt_by_rule(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY")
    await rule(api, {"match": {"status": "DELIVERED"}, "callback": {"copies": 2}})
    await rule(api, {"match": {"trigger": "MESSAGE_DELIVERY", "status": "READ"}, "callback": {"signature": "wrong"}})

    await api.send()
    events = await receiver.wait_for(4)

    assert [is_signed(event, "hook-secret") for event in events] == [True, True, True, False]
    assert events[1] == events[2]


async def test_a_callback_can_be_overtaken_by_its_successor(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY")
    await rule(api, {"match": {"status": "DELIVERED"}, "callback": {"overtaken": True}})

    await api.send()
    await receiver.wait_for(3)

    assert [kind.partition(":")[2] for kind in receiver.kinds] == ["QUEUED_ON_CHANNEL", "READ", "DELIVERED"]


async def test_an_overtaken_callback_without_successor_goes_out_in_the_end(
    api: ApiClient, receiver: Receiver, simulator: Simulator
) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY")
    await rule(api, {"match": {"status": "READ"}, "callback": {"overtaken": True}})

    await api.send()
    await receiver.wait_for(2)
    await api.stats_until(lambda stats: stats["planned"] > 0)
    simulator.advance(6)
    await receiver.wait_for(3)

    assert receiver.kinds[2] == "message_delivery_report:READ"


async def test_a_late_callback_keeps_nobody_waiting(api: ApiClient, receiver: Receiver, simulator: Simulator) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_DELIVERY")
    await rule(api, {"match": {"status": "QUEUED_ON_CHANNEL"}, "callback": {"delay_s": 600}})

    await api.send()
    await receiver.wait_for(2)
    simulator.advance(601)
    await receiver.wait_for(3)

    assert [kind.partition(":")[2] for kind in receiver.kinds] == ["DELIVERED", "READ", "QUEUED_ON_CHANNEL"]


async def test_a_drifting_callback_is_rightly_signed_at_the_wrong_time(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_INBOUND")
    await rule(api, {"match": {"trigger": "MESSAGE_INBOUND", "nth": [1]}, "callback": {"drift_s": -7200}})

    await api.send()
    await receiver.wait_for(1)
    other = {"identified_by": {"channel_identities": [{"channel": "RCS", "identity": "+46700000009"}]}}
    await api.send(recipient=other)
    drifting, proper = await receiver.wait_for(2)

    times = [int(event.headers["x-sinch-webhook-signature-timestamp"]) for event in (drifting, proper)]
    assert is_signed(drifting, "hook-secret")
    assert 7100 < times[1] - times[0] < 7300


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"answer": {}, "callback": {}},
        {"answer": {"status": "many"}},
        {"answer": {"ending": "explode"}},
        {"match": {"nth": []}, "answer": {}},
        {"match": {"probability": "half"}, "answer": {}},
        {"callback": {"copies": 0}},
        [{"answer": {"status": 503}}, {"nonsense": 1}],
        "nonsense",
    ],
)
async def test_a_malformed_rule_is_refused_and_changes_nothing(api: ApiClient, given: object) -> None:
    answer = await api.http.post("/_simulator/faults", json=given)

    listed = (await api.http.get("/_simulator/faults")).json()
    assert answer.status_code == 400
    assert listed == {"faults": []}


async def test_rules_are_listed_with_how_often_they_applied(api: ApiClient) -> None:
    given = {"match": {"path": "messages:send", "nth": [2]}, "answer": {"status": 503}}
    await rule(api, {"rules": [given]})
    await api.send()
    await api.send()

    listed = (await api.http.get("/_simulator/faults")).json()

    assert listed == {"faults": [{"rule": given, "matched": 2, "applied": 1}]}


async def test_a_rule_file_holds_from_the_start_and_survives_a_reset(tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_bytes(orjson.dumps([{"match": {"times": 1}, "answer": {"status": 418, "message": "short and stout"}}]))

    async with (
        Simulator(SimulatorOptions(rules_file=path)) as simulator,
        httpx.AsyncClient(base_url=simulator.url, trust_env=False) as http,
    ):
        first, second = [(await fetch_token(http)).status_code for _ in range(2)]
        await http.post("/_simulator/reset")
        third = (await fetch_token(http)).status_code

    assert (first, second, third) == (418, 200, 418)


@pytest.mark.parametrize("content", [b"{nonsense", b'[{"answer": {"status": "many"}}]'])
async def test_a_wrong_rule_file_stops_the_start(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rules.json"
    path.write_bytes(content)

    with pytest.raises(ValueError, match=r"rules\.json"):
        async with Simulator(SimulatorOptions(rules_file=path)):
            pass


async def test_any_trigger_can_be_posted_by_admin(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "OPT_OUT")
    payload = {"opt_out_notification": {"channel": "VIBERBM", "identity": "1", "status": "OPT_OUT_SUCCEEDED"}}
    body = {"app_id": DEFAULT_APP_ID, "trigger": "OPT_OUT", "payload": payload, "count": 3}

    await api.http.post("/_simulator/emit", json=body)
    events = await receiver.wait_for(3)
    wrong = await api.http.post("/_simulator/emit", json={**body, "payload": {}})

    assert [event.json["opt_out_notification"] for event in events] == [payload["opt_out_notification"]] * 3
    assert wrong.status_code == 400


async def test_a_recipient_writes_what_admin_tells_it(api: ApiClient, receiver: Receiver) -> None:
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_INBOUND")
    body = {"app_id": DEFAULT_APP_ID, "channel": "SMS", "identity": "+46700000001"}

    said = await api.http.post("/_simulator/inbound", json={**body, "text": "Hi there"})
    (event,) = await receiver.wait_for(1)
    wrong = await api.http.post("/_simulator/inbound", json={**body, "contact_message": {"text_message": "Hi"}})

    assert event.json["message"]["id"] == said.json()["message_id"]
    assert event.json["message"]["contact_message"] == {"text_message": {"text": "Hi there"}}
    assert wrong.status_code == 400


class TestCallbackRate:
    @pytest.fixture
    def options(self) -> SimulatorOptions:
        return SimulatorOptions(receipt_delay_s=0, callbacks_per_s=0.01)

    async def test_callbacks_of_an_app_keep_to_their_rate(
        self, api: ApiClient, receiver: Receiver, simulator: Simulator
    ) -> None:
        await api.subscribe(f"{receiver.url}/hook", "OPT_IN")
        body = {"app_id": DEFAULT_APP_ID, "trigger": "OPT_IN", "payload": {"opt_in_notification": {}}, "count": 3}

        await api.http.post("/_simulator/emit", json=body)
        await receiver.wait_for(1)
        before = len(receiver.received)
        simulator.advance(201)
        await receiver.wait_for(3)

        assert before == 1
