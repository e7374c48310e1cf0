import asyncio
import json
from typing import Any

import pytest

from bench import message, upstream

BODY = json.dumps(message.BODY).encode()
BEARER = f"Bearer {upstream.TOKEN}"


def request(path: str, authorization: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nAuthorization: {authorization}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Written:
    """A transport that keeps what is written to it."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.aborted = False

    def write(self, data: bytes) -> None:
        self.answers.append(data)

    def abort(self) -> None:
        self.aborted = True

    @property
    def documents(self) -> list[Any]:
        return [json.loads(answer.partition(b"\r\n\r\n")[2]) for answer in self.answers]

    @property
    def statuses(self) -> list[int]:
        return [int(answer.split()[1]) for answer in self.answers]


@pytest.fixture
def transport() -> Written:
    return Written()


@pytest.fixture
def connection(transport: Written) -> upstream.Connection:
    made = upstream.Connection()
    made.connection_made(transport)  # type: ignore[arg-type]  # the part of a transport that is used
    return made


def test_every_send_is_answered_with_a_new_message_id(connection: upstream.Connection, transport: Written) -> None:
    connection.data_received(request(message.SEND_PATH, BEARER, BODY) * 2)

    ids = [document["message_id"] for document in transport.documents]
    assert len(set(ids)) == 2
    assert transport.statuses == [200, 200]


def test_a_request_may_come_in_pieces(connection: upstream.Connection, transport: Written) -> None:
    whole = request(message.SEND_PATH, BEARER, BODY)

    for piece in (whole[:10], whole[10:-5], whole[-5:]):
        assert not transport.answers
        connection.data_received(piece)

    assert transport.statuses == [200]


@pytest.mark.parametrize(
    ("path", "authorization", "body", "status"),
    [
        (message.SEND_PATH, "Bearer other", BODY, 401),
        (message.SEND_PATH, BEARER, b'{"app_id":"01DEM0APP00000000000000000"}', 400),
        ("/us/conversation/v1/projects/other/messages:send", BEARER, BODY, 404),
        (message.TOKEN_PATH, BEARER, b"grant_type=client_credentials", 401),
        (message.TOKEN_PATH, "Basic eDp5", b"grant_type=client_credentials", 200),
        (message.APP_PATH, BEARER, b"", 200),
    ],
)
def test_only_the_send_in_question_is_accepted(
    connection: upstream.Connection, transport: Written, path: str, authorization: str, body: bytes, status: int
) -> None:
    connection.data_received(request(path, authorization, body))

    assert transport.statuses == [status]


async def test_an_upstream_may_take_its_time() -> None:
    answered = asyncio.Event()

    class Awaited(Written):
        def write(self, data: bytes) -> None:
            super().write(data)
            if len(self.answers) == 2:
                answered.set()

    transport = Awaited()
    slow = upstream.Connection(0.01)
    slow.connection_made(transport)  # type: ignore[arg-type]  # the part of a transport that is used

    slow.data_received(request(message.SEND_PATH, BEARER, BODY) * 2)

    assert transport.statuses == []
    await answered.wait()
    ids = [document["message_id"] for document in transport.documents]
    assert ids == sorted(ids), "in order"


def test_a_request_without_end_is_cut_off(connection: upstream.Connection, transport: Written) -> None:
    connection.data_received(b"x" * (upstream.MAX_REQUEST_BYTES + 1))

    assert transport.aborted
