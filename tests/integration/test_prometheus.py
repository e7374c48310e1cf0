"""A real Prometheus scrapes a gateway that is at work, and answers queries about it."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import RunningGateway
from tests.integration.test_metrics import send
from tests.patience import PATIENCE_S
from tests.requirements import require

CONFIGURATION = """
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: gateway
    static_configs:
      - targets: ["{target}"]
"""


@asynccontextmanager
async def prometheus(target: str, folder: Path) -> AsyncIterator[str]:
    """The URL of one that scrapes `target` every second."""
    program = shutil.which("prometheus")
    require(program, "prometheus (Debian package) is not installed")
    assert program
    (folder / "prometheus.yml").write_text(CONFIGURATION.format(target=target))
    child = await asyncio.create_subprocess_exec(
        program,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--web.listen-address=127.0.0.1:0",
        stderr=asyncio.subprocess.PIPE,
    )
    assert child.stderr
    try:
        async with asyncio.timeout(PATIENCE_S):
            async for line in child.stderr:
                if found := re.search(rb'msg="Listening on" address=(\S+)', line):
                    break
            assert found
        reading = asyncio.create_task(child.stderr.read())
        yield f"http://{found[1].decode()}"
    finally:
        child.kill()
        await child.wait()
    await reading


async def ask(url: str, query: str) -> list[dict[str, Any]]:
    """The answer to a query, once there is one."""
    async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient() as client:
        while True:
            answer = await client.get(f"{url}/api/v1/query", params={"query": query})
            if answer.status_code == httpx.codes.OK and (result := answer.json()["data"]["result"]):
                return result  # type: ignore[no-any-return]
            await asyncio.sleep(0.1)


async def test_prometheus_scrapes_a_busy_gateway_and_answers(gateway: RunningGateway, tmp_path: Path) -> None:
    stopped = asyncio.Event()

    async def load() -> None:
        while not stopped.is_set():
            await send(gateway)

    async with asyncio.TaskGroup() as tasks, prometheus(gateway.addresses.admin, tmp_path) as url:
        tasks.create_task(load())
        up = await ask(url, 'up{job="gateway"} == 1')
        rate = await ask(url, 'sum(rate(grpc_server_handled_total{grpc_code="OK",grpc_method="SendMessage"}[10s])) > 0')
        slow = await ask(url, "histogram_quantile(0.99, sum by (le) (rate(gateway_upstream_seconds_bucket[10s]))) > 0")
        build = await ask(url, "gateway_build_info")
        stopped.set()

    assert len(up) == 1
    assert float(rate[0]["value"][1]) > 0
    assert float(slow[0]["value"][1]) > 0
    assert build[0]["metric"]["job"] == "gateway"
