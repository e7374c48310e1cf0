"""What the Python client's unary calls do when things go wrong: every one ends in bounded time, with a typed error."""

import asyncio

import grpc
import pytest
import trustme
from conversation_gateway import connect
from conversation_gateway.errors import OutOfTime, Unavailable
from conversation_gateway.v1 import event_feed_pb2 as pb
from conversation_gateway.v1.message_pb2 import SendMessageRequest

from tests.integration.scripted_gateway import batch, opened, says, scripted_gateway
from tests.patience import PATIENCE_S, until


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def server_credentials(authority: trustme.CA) -> grpc.ServerCredentials:
    issued = authority.issue_cert("localhost")
    chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
    return grpc.ssl_server_credentials([(issued.private_key_pem.bytes(), chain)])


def client_credentials(authority: trustme.CA) -> grpc.ChannelCredentials:
    return grpc.ssl_channel_credentials(authority.cert_pem.bytes())


async def test_a_gateway_that_is_down_is_an_error_in_bounded_time() -> None:
    async with connect("127.0.0.1:1") as client, asyncio.timeout(PATIENCE_S):
        with pytest.raises(Unavailable, match="Connection refused"):
            await client.feed.GetFeed(pb.GetFeedRequest())


async def test_a_gateway_with_tls_is_reached_with_credentials(authority: trustme.CA) -> None:
    play = says(opened(), batch(1), silent=True)
    async with (
        scripted_gateway(play, tls=server_credentials(authority)) as gateway,
        connect(gateway.address, credentials=client_credentials(authority)) as client,
        asyncio.timeout(PATIENCE_S),
    ):
        await client.feed.GetFeed(pb.GetFeedRequest())
        event = await anext(client.events())

    assert event.event_id == "1"


async def test_plaintext_to_a_gateway_with_tls_is_an_error_in_bounded_time(authority: trustme.CA) -> None:
    async with (
        scripted_gateway(says(), tls=server_credentials(authority)) as gateway,
        connect(gateway.address, timeout_s=5) as client,
        asyncio.timeout(PATIENCE_S),
    ):
        with pytest.raises(Unavailable):
            await client.feed.GetFeed(pb.GetFeedRequest())
        with pytest.raises(Unavailable):
            await anext(client.events(give_up_after_s=1))


async def test_tls_to_a_gateway_without_it_is_an_error_in_bounded_time(authority: trustme.CA) -> None:
    async with (
        scripted_gateway(says()) as gateway,
        connect(gateway.address, credentials=client_credentials(authority), timeout_s=5) as client,
        asyncio.timeout(PATIENCE_S),
    ):
        with pytest.raises(Unavailable, match=r"(?i)handshake|ssl"):
            await client.feed.GetFeed(pb.GetFeedRequest())
        with pytest.raises(Unavailable):
            await anext(client.events(give_up_after_s=1))


async def test_a_call_without_a_deadline_gets_the_clients() -> None:
    async with scripted_gateway(hangs=True) as gateway, connect(gateway.address, timeout_s=0.2) as client:
        with pytest.raises(OutOfTime):
            await client.messages.SendMessage(SendMessageRequest())


async def test_a_deadline_of_its_own_wins() -> None:
    async with scripted_gateway() as gateway, connect(gateway.address, timeout_s=5) as client:
        await client.messages.SendMessage(SendMessageRequest(), timeout=500)

        assert gateway.remaining_s[0] > 400


async def test_a_call_that_is_safe_to_repeat_is_repeated_while_the_gateway_is_unavailable() -> None:
    async with scripted_gateway(refusals=2) as gateway, connect(gateway.address) as client:
        await client.feed.GetFeed(pb.GetFeedRequest())

        assert len(gateway.remaining_s) == 3


async def test_a_call_that_is_safe_to_repeat_is_given_up_after_four_attempts() -> None:
    async with scripted_gateway(refusals=100) as gateway, connect(gateway.address) as client:
        with pytest.raises(Unavailable):
            await client.feed.GetFeed(pb.GetFeedRequest())

        assert len(gateway.remaining_s) == 4


async def test_a_send_is_never_repeated_by_the_client() -> None:
    async with scripted_gateway(refusals=1) as gateway, connect(gateway.address) as client:
        with pytest.raises(Unavailable):
            await client.messages.SendMessage(SendMessageRequest())

        assert len(gateway.remaining_s) == 1


async def test_cancelling_whoever_waits_cancels_the_call() -> None:
    async with scripted_gateway(hangs=True) as gateway, connect(gateway.address) as client:

        async def wait() -> None:
            await client.messages.SendMessage(SendMessageRequest())

        waiting = asyncio.create_task(wait())
        await until(lambda: bool(gateway.remaining_s))
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

        async with asyncio.timeout(PATIENCE_S):
            await gateway.left.wait()


async def test_the_client_names_itself() -> None:
    async with scripted_gateway() as gateway, connect(gateway.address) as client:
        await client.messages.SendMessage(SendMessageRequest())

        assert gateway.user_agents[0].startswith("conversation-gateway-client/0.1.0 ")
