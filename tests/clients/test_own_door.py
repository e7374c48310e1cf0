"""Every client comes in by the gateway's own TLS door, with a token or with a certificate, and not without."""

from hashlib import sha256
from pathlib import Path

import grpc
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from tests.clients.programs import PROGRAMS, Ended, programs, run
from tests.clients.test_journeys import STATES
from tests.conftest import RunningGateway, StartGateway
from tests.grpc_door import Authority, chain
from tests.integration.test_receipts import register

TOKEN = "caller-token"
DIGEST = sha256(TOKEN.encode()).hexdigest()

pytestmark = pytest.mark.parametrize("name", PROGRAMS)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def tls(authority: Authority) -> dict[str, str]:
    """Settings of a gateway that speaks TLS."""
    files = authority.files
    return {"GATEWAY_GRPC_TLS_CERT_FILE": str(files.certificate), "GATEWAY_GRPC_TLS_KEY_FILE": str(files.key)}


def pkcs8(key: bytes) -> bytes:
    """The key in the only form that Java reads."""
    return load_pem_private_key(key, None).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


async def track(name: str, gateway: RunningGateway, authority: Authority, **environment: str) -> Ended:
    """A client's program, which trusts the authority."""
    address = f"localhost:{gateway.addresses.grpc.rpartition(':')[2]}"
    ca = str(authority.files.client_authorities)
    command = (*programs(name).track, "+46700000001")
    return await run(command, address=address, on_line=None, CONVERSATION_GATEWAY_CA_FILE=ca, **environment)


async def test_a_caller_with_its_token_comes_in(name: str, start_gateway: StartGateway, authority: Authority) -> None:
    programs(name)
    trusted = grpc.ssl_channel_credentials(authority.ca.cert_pem.bytes())
    credentials = grpc.composite_channel_credentials(trusted, grpc.access_token_call_credentials(TOKEN))

    async with start_gateway(GATEWAY_CALLER_TOKENS_SHA256=DIGEST, **tls(authority)) as gateway:
        port = gateway.addresses.grpc.rpartition(":")[2]
        async with grpc.aio.secure_channel(f"localhost:{port}", credentials) as channel:
            await register(RunningGateway(gateway.addresses, channel))
        ended = await track(name, gateway, authority, CONVERSATION_GATEWAY_TOKEN=TOKEN)

    assert ended.lines == STATES, ended.errors


async def test_a_caller_with_another_token_does_not(
    name: str, start_gateway: StartGateway, authority: Authority
) -> None:
    programs(name)

    async with start_gateway(GATEWAY_CALLER_TOKENS_SHA256=DIGEST, **tls(authority)) as gateway:
        ended = await track(name, gateway, authority, CONVERSATION_GATEWAY_TOKEN="another")

    assert ended.errors.splitlines()[-1].startswith("Refused: CALLER_UNKNOWN: "), ended.errors
    assert ended.code == 1


async def test_a_caller_with_its_certificate_comes_in_and_one_without_does_not(
    name: str, start_gateway: StartGateway, authority: Authority, tmp_path: Path
) -> None:
    programs(name)
    own, certificate, key = authority.ca.issue_cert("billing.example"), tmp_path / "own.crt", tmp_path / "own.key"
    certificate.write_bytes(chain(own))
    key.write_bytes(pkcs8(own.private_key_pem.bytes()))
    authorities = str(authority.files.client_authorities)

    async with start_gateway(GATEWAY_GRPC_CLIENT_CA_FILE=authorities, **tls(authority)) as gateway:
        async with authority.channel(gateway.addresses.grpc, own) as channel:
            await register(RunningGateway(gateway.addresses, channel))
        within = await track(
            name, gateway, authority,
            CONVERSATION_GATEWAY_CERT_FILE=str(certificate), CONVERSATION_GATEWAY_KEY_FILE=str(key),
        )  # fmt: skip
        without = await track(name, gateway, authority)

    assert within.lines == STATES, within.errors
    assert without.errors.splitlines()[-1].startswith("Unavailable: "), without.errors
    assert without.code == 1
