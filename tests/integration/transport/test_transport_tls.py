"""No byte of a request goes to a host that has not proven its name."""

import asyncio
import ssl

import httpx
import pytest
import trustme

from gateway.upstream.exchange import Fault, NothingSent, Origin
from gateway.upstream.httpx_seam import HttpxTransport
from gateway.upstream.transport import PooledTransport
from tests.integration.transport.misbehaving import OK, Act, AnyTransport, RawServer, ask


async def test_calls_share_a_connection_whose_certificate_is_trusted(
    transport: AnyTransport, serving: ssl.SSLContext
) -> None:
    async with RawServer(tls=serving) as server:
        for host in ("localhost", "localhost", "127.0.0.1"):
            response = await ask(transport, server.origin(host))

        assert response.body == b"again"
        assert (server.connections, len(server.requests)) == (2, 3)


async def test_an_authority_that_is_not_trusted_sees_no_request(serving: ssl.SSLContext) -> None:
    default = httpx.create_ssl_context()
    transports: list[AnyTransport] = [
        PooledTransport(ssl_context=default),
        HttpxTransport(transport=httpx.AsyncHTTPTransport(verify=default, trust_env=False)),
    ]
    async with RawServer(tls=serving) as server:
        for transport in transports:
            with pytest.raises(NothingSent):
                await ask(transport, server.origin("localhost"))
            await transport.aclose()

        assert not server.requests


async def test_a_certificate_for_another_name_sees_no_request(transport: AnyTransport, authority: trustme.CA) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("elsewhere.example").configure_cert(context)
    async with RawServer(tls=context) as server:
        with pytest.raises(NothingSent) as caught:
            await ask(transport, server.origin("localhost"))

        assert caught.value.kind is (Fault.TLS if isinstance(transport, PooledTransport) else Fault.CONNECT)
        assert not server.requests


async def test_a_host_that_speaks_no_tls_sees_no_request(transport: AnyTransport) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.read(100))
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()
        await writer.wait_closed()

    seen: list[bytes] = []
    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]

        with pytest.raises(NothingSent):
            await ask(transport, Origin(scheme="https", host="localhost", port=port), target="/canary")

        assert b"canary" not in seen[0]


async def test_a_handshake_that_never_ends_is_ended_by_the_deadline(pooled: PooledTransport) -> None:
    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        gone.set()

    gone = asyncio.Event()
    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]

        with pytest.raises(NothingSent) as caught:
            await ask(pooled, Origin(scheme="https", host="localhost", port=port), timeout_s=0.5)
        await gone.wait()

        assert caught.value.kind is Fault.CONNECT_TIMEOUT


async def test_the_server_is_told_its_name_and_only_http_1_1_is_offered(
    authority: trustme.CA,
) -> None:
    named: list[str | None] = []
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    context.set_alpn_protocols(["h2", "http/1.1"])
    context.sni_callback = lambda _socket, name, _context: named.append(name)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    transport = PooledTransport(ssl_context=trusting)
    async with RawServer(tls=context) as server:
        await ask(transport, server.origin("localhost"))
        (connection,) = transport._pools[server.origin("localhost")]._open
        chosen = connection._transport.get_extra_info("ssl_object").selected_alpn_protocol()
        await transport.aclose()

        assert named == ["localhost"]
        assert chosen == "http/1.1"


async def test_an_answer_ended_by_the_connection_is_whole_under_tls_too(
    transport: AnyTransport, serving: ssl.SSLContext
) -> None:
    async with RawServer([b"HTTP/1.1 200 OK\r\n\r\n{", b"}", Act.CLOSE], tls=serving) as server:
        response = await ask(transport, server.origin("localhost"))

        assert response.body == b"{}"


async def test_a_kept_connection_found_closed_is_replaced_under_tls_too(
    transport: AnyTransport, serving: ssl.SSLContext
) -> None:
    async with RawServer([OK, Act.CLOSE], tls=serving) as server:
        await ask(transport, server.origin("localhost"))
        await server.until(open=0)

        response = await ask(transport, server.origin("localhost"))

        assert response.body == b"again"
        assert len(server.requests) == 2


async def test_a_large_request_arrives_whole_under_tls(transport: AnyTransport, serving: ssl.SSLContext) -> None:
    body = bytes(range(256)) * 16 * 1024
    async with RawServer(tls=serving) as server:
        await ask(transport, server.origin("localhost"), body=body)

        assert server.requests[0].body == body


@pytest.mark.parametrize("weakened", ["certificates", "host names"])
async def test_a_context_that_does_not_verify_is_refused(weakened: str) -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    if weakened == "certificates":
        context.verify_mode = ssl.CERT_NONE

    with pytest.raises(ValueError, match="must verify"):
        PooledTransport(ssl_context=context)
