"""The chart: what it renders in each mode, and what it refuses and why."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.cases import EVERYTHING, REFUSED, RENDERED, SINCH, TLS, Values
from tests.cluster.renders import CHART, TOOLS, Render, example_with_its_dependency, gateways, helm, pods


@pytest.fixture(scope="session")
def refusals(tools: None) -> list[dict[str, Any]]:  # noqa: ARG001
    """What Helm says to each of the values that are to be refused."""
    return helm(CHART, [values for values, _ in REFUSED])


@pytest.mark.parametrize("index", range(len(REFUSED)), ids=lambda index: f"{index}: {REFUSED[index][1]}")
def test_bad_values_fail_at_template_time_with_the_reason(index: int, refusals: list[dict[str, Any]]) -> None:
    _, reason = REFUSED[index]

    answer = refusals[index]

    assert reason in answer.get("error", "rendered without a complaint")


def test_a_sidecar_of_another_chart_is_checked_as_well(renders: dict[str, Render], tmp_path: Path) -> None:
    assert renders
    example = example_with_its_dependency(tmp_path)
    wide: Values = {"conversation-gateway": {"grpc": {"address": "0.0.0.0:50051"}}}

    [answer] = helm(example, [wide])

    assert "reached from outside the pod" in answer["error"]


@pytest.mark.parametrize(("version", "refused"), [("1.28.0", True), ("1.29.0", False)])
def test_a_native_sidecar_is_refused_where_kubernetes_has_none(version: str, *, refused: bool) -> None:
    values = {"mode": "sidecar", "sinch": SINCH}
    lint = f"import helm_python; helm_python.lint({str(CHART)!r}, {values!r}, kube_version={version!r})"

    # A lint goes on where a template would fail, and says so here.
    done = subprocess.run([TOOLS / "python", "-c", lint], capture_output=True, text=True, check=True, timeout=60)

    assert ("a native sidecar needs Kubernetes 1.29" in done.stderr) is refused


def test_lint_has_nothing_to_say_but_that_there_is_no_icon() -> None:
    answers = helm(CHART, list(RENDERED.values()), lint=True)

    assert {message["error"] for answer in answers for message in answer["lint"]["messages"]} == {"icon is recommended"}


def test_embedded_state_on_a_volume_is_a_stateful_set_of_one(renders: dict[str, Render]) -> None:
    [workload] = renders["standalone"].of("StatefulSet")

    [claim] = workload["spec"]["volumeClaimTemplates"]
    assert workload["spec"]["replicas"] == 1
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]
    assert renders["standalone"].of("Deployment") == []


def test_without_a_volume_the_loss_is_said(renders: dict[str, Render]) -> None:
    render = renders["standalone-in-memory"]

    [pod] = [pod for pod in pods(render) if "volumes" in pod]

    assert {volume["name"] for volume in pod["volumes"] if "emptyDir" in volume} == {"conversation-gateway-state"}
    assert "go with it" in render.notes


def test_shared_state_is_a_deployment_of_several(renders: dict[str, Render]) -> None:
    [workload] = renders["standalone-shared"].of("Deployment")

    environment = {entry["name"]: entry.get("value") for entry in gateways(renders["standalone-shared"])[0]["env"]}
    assert workload["spec"]["replicas"] == 3
    assert environment["GATEWAY_STATE_URL_FILE"] == "/etc/conversation-gateway/secrets/state-url"
    assert "GATEWAY_STATE_URL" not in environment


def test_an_ingress_takes_webhooks_and_no_calls(renders: dict[str, Render]) -> None:
    [container] = gateways(renders["ingress"])

    environment = {entry["name"]: entry.get("value") for entry in container["env"]}
    assert environment["GATEWAY_GRPC_ADDRESS"] == ""
    assert environment["GATEWAY_WEBHOOK_ADDRESS"] == "0.0.0.0:8080"
    assert [port["name"] for port in container["ports"]] == ["webhooks", "admin"]


def test_grpc_gets_a_headless_service_because_a_channel_keeps_one_connection(renders: dict[str, Render]) -> None:
    services = {service["metadata"]["name"]: service["spec"] for service in renders["standalone-shared"].of("Service")}

    assert services["gateway-grpc"]["clusterIP"] == "None"
    assert "round_robin" in renders["standalone-shared"].notes


def test_what_serves_only_one_mode_or_a_flag_is_off_by_default(renders: dict[str, Render]) -> None:
    kinds = {item["kind"] for item in renders["standalone"].objects}

    assert kinds == {"ServiceAccount", "StatefulSet", "Service", "Pod"}


def test_every_flag_makes_its_object(renders: dict[str, Render]) -> None:
    kinds = {item["kind"] for item in renders["standalone-shared"].objects}

    assert EVERYTHING
    monitoring = {"ServiceMonitor", "PodMonitor", "PrometheusRule", "ConfigMap"}
    assert kinds >= {"PodDisruptionBudget", "NetworkPolicy", "Ingress"} | monitoring
    assert renders["standalone-scaled"].of("HorizontalPodAutoscaler")


def test_a_sidecar_is_found_by_a_pod_monitor_only(renders: dict[str, Render]) -> None:
    [monitor] = renders["sidecar-monitoring"].of("PodMonitor")

    wanted = monitor["spec"]["selector"]["matchLabels"]
    [app] = renders["example-native"].of("Deployment")
    assert renders["sidecar-monitoring"].of("ServiceMonitor") == []
    assert wanted.items() <= app["spec"]["template"]["metadata"]["labels"].items()


def test_every_object_has_the_recommended_labels(renders: dict[str, Render]) -> None:
    recommended = {"app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/version", "helm.sh/chart"}
    objects = [item for name in RENDERED for item in renders[name].objects]

    lacking = [item["kind"] for item in objects if not recommended <= item["metadata"]["labels"].keys()]

    assert lacking == []


def test_no_secret_is_made_or_held_by_the_chart(renders: dict[str, Render]) -> None:
    assert [name for name in RENDERED if renders[name].of("Secret")] == []
    assert "secret" not in {key.lower() for key in SINCH if key != "existingSecret"}
    assert TLS["tls"]["existingSecret"]
