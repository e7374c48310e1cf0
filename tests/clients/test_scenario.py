"""One scenario, every language, one gateway: each client prints the same lines."""

import pytest

from tests.clients.cut import way_to
from tests.clients.programs import DATA, GOLDEN, PROGRAMS, Programs, programs, run
from tests.conftest import RunningGateway
from tests.integration.test_receipts import register

EXPECTED = GOLDEN.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_client_is_built(name: str) -> None:
    assert programs(name)


async def test_every_client_prints_the_same_lines_against_one_gateway(gateway: RunningGateway) -> None:
    await register(gateway)
    built = {name: client for name, client in PROGRAMS.items() if client.needs is None or client.needs.exists()}

    printed = {name: await lines_of(client, gateway.addresses.grpc) for name, client in built.items()}

    assert printed == dict.fromkeys(built, EXPECTED)


async def lines_of(client: Programs, address: str) -> list[str]:
    """What a client prints when its connection is cut in the middle."""
    async with way_to(address) as way:
        ended = await run(
            (*client.scenario, DATA),
            address=way.address,
            on_line=lambda line: way.cut() if line == "disconnect" else None,
        )
    assert ended.code == 0, ended.errors
    assert way.cut_count > 0
    return ended.lines
