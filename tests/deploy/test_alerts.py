"""Each alert fires for what it is about, says what that is, and sends its reader to a page that exists."""

import re
import shutil
import subprocess
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import REPOSITORY, RunningGateway
from tests.deploy.live import exported, under_load
from tests.deploy.queries import metrics_of
from tests.requirements import require

RULES = REPOSITORY / "deploy" / "helm" / "conversation-gateway" / "files" / "alerts.yaml"
UNIT_TESTS = REPOSITORY / "tests" / "deploy" / "alerts.test.yaml"


def alerts() -> list[dict[str, Any]]:
    [group] = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


@pytest.mark.parametrize("command", [["check", "rules", RULES], ["test", "rules", UNIT_TESTS]], ids=["check", "test"])
def test_prometheus_own_tool_is_content(command: list[str]) -> None:
    promtool = shutil.which("promtool")
    require(promtool, "promtool (Debian package prometheus) is not installed")
    assert promtool

    done = subprocess.run([promtool, *command], capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_is_tested_to_fire_and_to_stay_quiet() -> None:
    tests = yaml.safe_load(UNIT_TESTS.read_text(encoding="utf-8"))["tests"]
    cases = [case for test in tests for case in test["alert_rule_test"]]
    names = {alert["alert"] for alert in alerts()}

    assert {case["alertname"] for case in cases if case["exp_alerts"]} == names
    assert {case["alertname"] for case in cases if not case["exp_alerts"]} == names


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_each_alert_says_what_is_wrong_and_where_to_read_on(alert: dict[str, Any]) -> None:
    said = alert["annotations"]
    page, _, anchor = said["runbook_url"].partition("#")
    headings = re.findall(r"^## (.+)$", (REPOSITORY / page).read_text(encoding="utf-8"), re.MULTILINE)

    assert said["summary"]
    assert len(said["description"]) > len(said["summary"])
    assert anchor in {heading.lower().replace(" ", "-") for heading in headings}
    assert alert["labels"]["severity"] in {"page", "warn"}
    assert "for" in alert


def test_the_runbook_has_no_section_that_no_alert_leads_to() -> None:
    runbook = (REPOSITORY / "docs" / "runbook.md").read_text(encoding="utf-8")

    assert re.findall(r"^## (.+)$", runbook, re.MULTILINE) == [alert["alert"] for alert in alerts()]


async def test_every_metric_of_an_alert_is_exported_under_load(gateway: RunningGateway) -> None:
    named = {name for alert in alerts() for name in metrics_of(alert["expr"])}

    async with under_load(gateway):
        found = await exported(gateway)

    assert named - found == set()


async def test_the_series_that_compare_sends_with_receipts_are_there_from_the_start(gateway: RunningGateway) -> None:
    compared = {
        ("gateway_upstream_requests_total", "/v1/projects/{project_id}/messages:send", "2xx"),
        ("gateway_webhook_posts_total", "MESSAGE_DELIVERY", "accepted"),
    }

    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://{gateway.addresses.admin}/metrics")
    series = [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]

    assert compared <= {
        (each.name, labels.get("template", labels.get("trigger")), labels.get("status_class", labels.get("verdict")))
        for each in series
        if (labels := each.labels)
    }
