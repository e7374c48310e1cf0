"""Real servers find nothing wrong with our requests, and we nothing with their answers."""

import asyncio
import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
import uvicorn

from gateway.upstream.exchange import Origin, SentNoAnswer
from tests.integration.transport.misbehaving import AnyTransport, ask
from tests.requirements import require

PAGE = b'{"filler":"' + b"x" * 5000 + b'"}'
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Uvicorn(uvicorn.Server):
    """Runs inside a test and leaves the signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _echo(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Send the body back: in one piece at `/whole`, in chunks at `/chunked`."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    length = [(b"content-length", b"%d" % len(body))] if scope["path"] == "/whole" else []
    await send({"type": "http.response.start", "status": 200, "headers": length})
    for start in range(0, len(body), 1000):
        await send({"type": "http.response.body", "body": body[start : start + 1000], "more_body": True})
    await send({"type": "http.response.body"})


@asynccontextmanager
async def uvicorn_echo(**options: Any) -> AsyncIterator[Origin]:
    server = Uvicorn(uvicorn.Config(_echo, log_config=None, lifespan="off", **options))
    listening = socket.create_server(("127.0.0.1", 0))
    async with asyncio.TaskGroup() as running:
        running.create_task(server.serve(sockets=[listening]))
        yield Origin(scheme="http", host="127.0.0.1", port=listening.getsockname()[1])
        server.should_exit = True


@pytest.mark.parametrize("implementation", ["h11", "httptools"])
@pytest.mark.parametrize("path", ["/whole", "/chunked"])
async def test_uvicorn_and_we_understand_each_other(transport: AnyTransport, implementation: str, path: str) -> None:
    bodies = [bytes([number]) * number * 300 for number in range(1, 60)]

    async with uvicorn_echo(http=implementation) as origin:
        responses = await asyncio.gather(*(ask(transport, origin, target=path, body=body) for body in bodies))
        await transport.aclose()

    assert [response.body for response in responses] == bodies


NGINX = """
daemon off; user root; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log notice;
events {{ worker_connections 512; }}
http {{
    access_log off; default_type application/json; gzip on; gzip_types *;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    keepalive_requests 7; client_max_body_size 64k;
    server {{
        listen {http}; listen {https} ssl;
        ssl_certificate {folder}/certificate; ssl_certificate_key {folder}/key;
        location / {{ return 200 '{{"uri":"$request_uri","length":"$content_length"}}'; }}
        location /chunked/ {{ ssi on; ssi_types *; alias {folder}/files/; }}
        location /proxied/ {{ proxy_pass http://{http}/; }}
        location /gone {{ return 444; }}
    }}
}}
"""


@pytest.fixture
def nginx(tmp_path: Path, authority: trustme.CA) -> Iterator[dict[str, Origin]]:
    """nginx in the foreground, with a certificate of our authority; gives its origins by scheme."""
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    require(program, "nginx is not installed")
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    certificate.private_key_pem.write_to_path(tmp_path / "key")
    for part in certificate.cert_chain_pems:
        part.write_to_path(tmp_path / "certificate", append=True)
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "page").write_bytes(PAGE)
    # It inherits sockets that listen already, as it does when it is upgraded: no port to guess, no start to wait for.
    listening = {scheme: socket.create_server(("127.0.0.1", 0)) for scheme in ("http", "https")}
    ports = {scheme: each.getsockname()[1] for scheme, each in listening.items()}
    addresses = {scheme: f"127.0.0.1:{port}" for scheme, port in ports.items()}
    (tmp_path / "nginx.conf").write_text(NGINX.format(folder=tmp_path, **addresses))
    numbers = [each.fileno() for each in listening.values()]
    process = subprocess.Popen(
        [str(program), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")],
        env={**os.environ, "NGINX": "".join(f"{number};" for number in numbers)},
        pass_fds=numbers,
        stderr=subprocess.DEVNULL,
    )
    for each in listening.values():
        each.close()
    yield {scheme: Origin(scheme=scheme, host="127.0.0.1", port=port) for scheme, port in ports.items()}
    process.terminate()
    process.wait()


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_nginx_and_we_understand_each_other(
    transport: AnyTransport, nginx: dict[str, Origin], scheme: str
) -> None:
    origin = nginx[scheme]

    # More than `keepalive_requests`: nginx ends connections in between, after an answer that says so.
    answers = await asyncio.gather(*(ask(transport, origin, target=f"/{n}", body=b"x" * n) for n in range(1, 100)))
    chunked = [await ask(transport, origin, method="GET", target="/chunked/page") for _ in range(3)]
    proxied = await ask(transport, origin, target="/proxied/deep", body=b"{}")
    refused = await ask(transport, origin, target="/", body=b"x" * 100_000)

    assert [answer.body for answer in answers] == [b'{"uri":"/%d","length":"%d"}' % (n, n) for n in range(1, 100)]
    assert [(answer.body, answer.header(b"transfer-encoding")) for answer in chunked] == [(PAGE, b"chunked")] * 3
    assert proxied.body == b'{"uri":"/deep","length":"2"}'
    assert refused.status == 413


async def test_nginx_that_drops_a_request_leaves_its_outcome_unknown(
    transport: AnyTransport, nginx: dict[str, Origin]
) -> None:
    await ask(transport, nginx["http"], target="/1")

    with pytest.raises(SentNoAnswer):
        await ask(transport, nginx["http"], target="/gone")
    answer = await ask(transport, nginx["http"], target="/2")

    assert answer.status == 200
