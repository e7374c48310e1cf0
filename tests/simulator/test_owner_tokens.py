"""A webhook with client credentials: its owner's server is asked for a token, and callbacks carry it."""

import asyncio
import base64
from urllib.parse import parse_qs

import pytest

from gateway.simulator import Simulator
from gateway.simulator.delivery.owner_tokens import OwnerTokens
from gateway.simulator.delivery.poster import Poster, PostError
from gateway.simulator.schedule import Schedule
from tests.simulator.api_client import ApiClient
from tests.simulator.receiver import Received, Receiver
from tests.simulator.test_callbacks import is_signed

_CREDENTIALS = {"client_id": "an:id", "client_secret": "s e c r e t"}
_TOKEN = {"access_token": "owner-token", "expires_in": 600}


async def subscribe(api: ApiClient, receiver: Receiver, **credentials: object) -> None:
    owner = {**_CREDENTIALS, "endpoint": f"{receiver.url}/token", **credentials}
    await api.subscribe(f"{receiver.url}/hook", "MESSAGE_SUBMIT", client_credentials=owner)


async def hooks(receiver: Receiver, count: int) -> list[Received]:
    await receiver.wait_until(lambda: len(posted(receiver, "/hook")) >= count)
    return posted(receiver, "/hook")


def posted(receiver: Receiver, path: str) -> list[Received]:
    return [received for received in receiver.received if received.path == path]


async def test_the_credentials_go_out_as_basic_authorization(api: ApiClient, receiver: Receiver) -> None:
    receiver.documents["/token"] = _TOKEN
    await subscribe(api, receiver, scope="a b", response_type="token")

    await api.send()
    await hooks(receiver, 1)

    (request,) = posted(receiver, "/token")
    scheme, _, basic = request.headers["authorization"].partition(" ")
    assert (scheme, base64.b64decode(basic)) == ("Basic", b"an%3Aid:s%20e%20c%20r%20e%20t")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(request.body.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["a b"],
        "response_type": ["token"],
    }


async def test_the_credentials_go_out_in_the_form_where_that_is_wanted(api: ApiClient, receiver: Receiver) -> None:
    receiver.documents["/token"] = _TOKEN
    await subscribe(api, receiver, token_request_type="FORM")

    await api.send()
    await hooks(receiver, 1)

    (request,) = posted(receiver, "/token")
    assert "authorization" not in request.headers
    assert parse_qs(request.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["an:id"],
        "client_secret": ["s e c r e t"],
    }


async def test_one_token_serves_all_callbacks_until_it_expires(
    api: ApiClient, receiver: Receiver, simulator: Simulator
) -> None:
    receiver.documents["/token"] = _TOKEN
    await subscribe(api, receiver)

    for count in (1, 2):
        await api.send()
        await hooks(receiver, count)
    fetched_at_first = len(posted(receiver, "/token"))
    simulator.advance(601)
    await api.send()
    events = await hooks(receiver, 3)

    assert [event.headers["authorization"] for event in events] == ["Bearer owner-token"] * 3
    assert all(is_signed(event, "hook-secret") for event in events)
    assert (fetched_at_first, len(posted(receiver, "/token"))) == (1, 2)


async def test_a_refused_token_is_replaced_and_the_callback_repeated(api: ApiClient, receiver: Receiver) -> None:
    receiver.documents["/token"] = _TOKEN
    receiver.statuses.append(401)
    await subscribe(api, receiver)

    await api.send()
    first, second = await hooks(receiver, 2)

    signature = "x-sinch-webhook-signature"
    assert (first.body, first.headers[signature]) == (second.body, second.headers[signature])
    assert len(posted(receiver, "/token")) == 2


async def test_a_server_that_fails_is_asked_once_by_all_who_wait() -> None:
    asked, fail, requests = asyncio.Event(), asyncio.Event(), []

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        asked.set()
        await fail.wait()
        writer.transport.abort()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/token"
        tokens = OwnerTokens(schedule=Schedule(), poster=Poster(), timeout_s=10)
        waiting = [asyncio.create_task(tokens.token({**_CREDENTIALS, "endpoint": endpoint})) for _ in range(3)]
        await asked.wait()
        fail.set()
        failures = await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(failure) for failure in failures] == [PostError] * 3
    assert len(requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"access_token": "t"},
        {"access_token": "t", "expires_in": 29},
        {"access_token": "t", "expires_in": 3601},
        {"access_token": "two\r\nlines", "expires_in": 600},
        ["no object"],
    ],
)
async def test_nothing_is_posted_without_a_usable_token(api: ApiClient, receiver: Receiver, answer: object) -> None:
    receiver.documents["/token"] = answer
    await subscribe(api, receiver)

    await api.send()
    stats = await api.stats_until(lambda stats: stats["callbacks"].get("without_token", 0) >= 2)
    before = len(posted(receiver, "/hook"))
    receiver.documents["/token"] = _TOKEN
    await hooks(receiver, 1)

    assert before == stats["callbacks"].get("attempts", 0) == 0
