"""The Grafana dashboard: every query parses, finds its metrics in a gateway at work, and Prometheus answers it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import REPOSITORY, RunningGateway
from tests.deploy.live import exported, under_load
from tests.deploy.queries import metrics_of, without_variables
from tests.integration.test_prometheus import ask, prometheus
from tests.patience import PATIENCE_S

FILE = REPOSITORY / "deploy" / "helm" / "conversation-gateway" / "files" / "dashboard.json"
BOARD: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
QUERIES = [target["expr"] for panel in PANELS for target in panel["targets"]]


def test_the_rows_are_the_questions_that_people_have() -> None:
    rows = [panel["title"] for panel in BOARD["panels"] if panel["type"] == "row"]

    assert rows == ["Overview", "Sends", "Limiter and queue forecast", "Webhooks and feed", "Token"]


def test_data_source_and_namespace_are_variables_everywhere() -> None:
    sources = {str(item["datasource"]["uid"]) for panel in PANELS for item in (panel, *panel["targets"])}

    assert {variable["name"] for variable in BOARD["templating"]["list"]} == {"datasource", "namespace", "pod"}
    assert sources == {"${datasource}"}
    assert [query for query in QUERIES if 'namespace=~"$namespace"' not in query] == []


def test_no_two_panels_share_a_place_or_a_number() -> None:
    cells = [
        (panel["gridPos"]["x"] + column, panel["gridPos"]["y"] + line)
        for panel in BOARD["panels"]
        for column in range(panel["gridPos"]["w"])
        for line in range(panel["gridPos"]["h"])
    ]

    assert len(cells) == len(set(cells))
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
    assert all(column < 24 for column, _ in cells)


def test_every_panel_says_what_it_shows_and_in_which_unit() -> None:
    assert [panel["title"] for panel in PANELS if not panel["description"]] == []
    assert [panel["title"] for panel in PANELS if not panel["fieldConfig"]["defaults"]["unit"]] == []


async def test_every_metric_of_the_dashboard_is_exported_under_load(gateway: RunningGateway) -> None:
    named = {name for query in QUERIES for name in metrics_of(without_variables(query))}

    async with under_load(gateway):
        found = await exported(gateway)

    assert len(named) > 25
    assert named - found == set()


async def test_a_real_prometheus_answers_every_query(gateway: RunningGateway, tmp_path: Path) -> None:
    refused = {}
    async with prometheus(gateway.addresses.admin, tmp_path) as url, under_load(gateway):
        # By then two scrapes are in, and rates exist.
        await ask(url, "rate(grpc_server_started_total[10s]) > 0")
        async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient() as client:
            for query in QUERIES:
                asked = without_variables(query)
                answer = await client.get(f"{url}/api/v1/query", params={"query": asked})
                if answer.status_code != httpx.codes.OK:
                    refused[asked] = answer.text
            sends = await ask(url, without_variables('sum(rate(grpc_server_handled_total{pod=~"$pod"}[10s])) > 0'))

    assert refused == {}
    assert len(sends) == 1
