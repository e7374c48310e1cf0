"""Every test here runs under both event loops, and must leave nothing behind: no socket, no task."""

import asyncio
import gc
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import trustme
import uvloop

from gateway.upstream.exchange import Limits
from gateway.upstream.httpx_seam import HttpxTransport
from gateway.upstream.transport import PooledTransport
from tests.integration.transport.misbehaving import AnyTransport

SMALL = Limits(max_head_bytes=8 * 1024, max_body_bytes=32 * 1024)


def pytest_asyncio_loop_factories(
    config: pytest.Config,  # noqa: ARG001 - the hook's signature
    item: pytest.Item,  # noqa: ARG001 - likewise
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"asyncio": asyncio.SelectorEventLoop, "uvloop": uvloop.new_event_loop}


def _open_sockets() -> int:
    links = []
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            links.append(str(entry.readlink()))
    return sum(link.startswith("socket:") for link in links)


@pytest.fixture(autouse=True)
async def nothing_left_behind() -> AsyncIterator[None]:
    """Count sockets and tasks before and after. A socket closed by the garbage collector alone warns: an error."""
    before = _open_sockets()

    yield

    others = asyncio.all_tasks() - {asyncio.current_task()}
    gc.collect()
    assert not others
    assert _open_sockets() <= before


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """What a client needs to trust the servers here."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture(scope="session")
def serving(authority: trustme.CA) -> ssl.SSLContext:
    """A server that is `localhost` and 127.0.0.1, and says so."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


@pytest.fixture
async def pooled(trusting: ssl.SSLContext) -> AsyncIterator[PooledTransport]:
    """Ours alone, for what only it promises."""
    made = PooledTransport(ssl_context=trusting, limits=SMALL)
    yield made
    await made.aclose()


@pytest.fixture(params=["pooled", "stock"])
async def transport(request: pytest.FixtureRequest, trusting: ssl.SSLContext) -> AsyncIterator[AnyTransport]:
    """Ours, and httpx's own in its place: both pass what asks for this fixture."""
    made: AnyTransport
    if request.param == "pooled":
        made = PooledTransport(ssl_context=trusting, limits=SMALL)
    else:
        made = HttpxTransport(transport=httpx.AsyncHTTPTransport(verify=trusting, trust_env=False), limits=SMALL)
    yield made
    await made.aclose()
