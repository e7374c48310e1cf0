"""What the environment says: TLS to the gateway, the caller's token with every call, and a name of its own."""

from pathlib import Path

import grpc
import pytest
import trustme
from conversation_gateway.v1 import event_feed_pb2 as pb

from tests.clients.programs import PROGRAMS, programs, run
from tests.integration.scripted_gateway import ScriptedGateway, opened, says, scripted_gateway

READ = pb.FeedEvent(event_id="1", cursor=b"1")
READ.message_delivery_report.status = "READ"
ACT = says(opened(), pb.SubscribeResponse(batch=pb.EventBatch(events=[READ])), silent=True)


@pytest.mark.parametrize("name", PROGRAMS)
async def test_tls_and_the_token_come_from_the_environment(name: str, tmp_path: Path) -> None:
    client = programs(name)
    authority, ca, token = trustme.CA(), tmp_path / "ca.pem", tmp_path / "token"
    authority.cert_pem.write_to_path(ca)
    token.write_text("caller-token\n", encoding="ascii")

    async with scripted_gateway(ACT, tls=server_credentials(authority)) as gateway:
        ended = await run(
            (*client.example, "+46700000001"),
            address=gateway.address,
            CONVERSATION_GATEWAY_CA_FILE=str(ca),
            CONVERSATION_GATEWAY_TOKEN_FILE=str(token),
        )

    assert ended.code == 0, ended.errors
    assert ended.lines == ["READ"]
    assert gateway.authorizations == ["Bearer caller-token"] * 3


@pytest.mark.parametrize("name", PROGRAMS)
async def test_a_token_without_tls_is_refused_before_anything_is_sent(name: str) -> None:
    client = programs(name)

    async with scripted_gateway(ACT) as gateway:
        ended = await run(
            (*client.example, "+46700000001"), address=gateway.address, CONVERSATION_GATEWAY_TOKEN="caller-token"
        )

    assert ended.code == 1
    assert "only sent over TLS" in ended.errors
    assert gateway.authorizations == []
    assert "caller-token" not in ended.errors


@pytest.mark.parametrize("name", PROGRAMS)
async def test_a_client_says_who_it_is_and_sets_a_deadline(name: str) -> None:
    client = programs(name)

    async with scripted_gateway(ACT) as gateway:
        await run((*client.example, "+46700000001"), address=gateway.address)

    assert_named_and_bounded(gateway)


def assert_named_and_bounded(gateway: ScriptedGateway) -> None:
    assert all(agent.startswith("conversation-gateway-") for agent in gateway.user_agents)
    assert len(gateway.remaining_s) == 2
    assert all(0 < remaining_s < 31 for remaining_s in gateway.remaining_s)


@pytest.mark.parametrize("name", PROGRAMS)
async def test_what_is_safe_to_repeat_is_repeated(name: str) -> None:
    client = programs(name)

    async with scripted_gateway(ACT, refusals=2) as gateway:
        ended = await run((*client.example, "+46700000001"), address=gateway.address)

    assert ended.lines == ["READ"], ended.errors
    assert len(gateway.remaining_s) == 4


def server_credentials(authority: trustme.CA) -> grpc.ServerCredentials:
    own = authority.issue_cert("localhost")
    chain = b"".join(pem.bytes() for pem in own.cert_chain_pems)
    return grpc.ssl_server_credentials([(own.private_key_pem.bytes(), chain)])
