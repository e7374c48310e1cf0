"""What a careful cluster asks of every pod here, whichever way it was rendered."""

import re
from typing import Any

from gateway.settings import Settings
from tests.cluster.renders import Render, containers, gateways, pods

EVERY_GATEWAY = {"standalone", "ingress", "example-native", "example-classic", "kustomize-native", "kustomize-complete"}


def environment(container: dict[str, Any]) -> dict[str, str]:
    return {entry["name"]: entry.get("value", "") for entry in container["env"]}


def test_every_way_runs_a_gateway(renders: dict[str, Render]) -> None:
    assert {name for name in EVERY_GATEWAY if not gateways(renders[name])} == set()


def test_every_container_passes_the_restricted_level(renders: dict[str, Render]) -> None:
    lacking = []
    for render in renders.values():
        for pod in pods(render):
            for container in containers(pod):
                own = container["securityContext"]
                whole = pod["securityContext"] | own
                if (
                    whole.get("runAsNonRoot") is not True
                    or not whole.get("runAsUser")
                    or own.get("allowPrivilegeEscalation") is not False
                    or own.get("readOnlyRootFilesystem") is not True
                    or own["capabilities"] != {"drop": ["ALL"]}
                    or whole["seccompProfile"] != {"type": "RuntimeDefault"}
                ):
                    lacking.append((render.name, container["name"]))

    assert lacking == []


def test_every_container_has_requests_and_limits(renders: dict[str, Render]) -> None:
    lacking = [
        (render.name, container["name"])
        for render in renders.values()
        for pod in pods(render)
        for container in containers(pod)
        if {"requests", "limits"} != container["resources"].keys()
        or any(amounts.keys() != {"cpu", "memory"} for amounts in container["resources"].values())
    ]

    assert lacking == []


def test_every_gateway_has_three_probes_on_the_admin_door(renders: dict[str, Render]) -> None:
    paths = {"startupProbe": "/startup", "readinessProbe": "/readiness", "livenessProbe": "/liveness"}

    wrong = [
        (render.name, probe)
        for render in renders.values()
        for container in gateways(render)
        for probe, path in paths.items()
        if container[probe]["httpGet"] != {"path": path, "port": "admin"}
    ]

    assert wrong == []


def test_every_pod_gives_more_time_than_the_drain_takes(renders: dict[str, Render]) -> None:
    default = str(Settings.drain_timeout_s)

    short = [
        render.name
        for render in renders.values()
        for pod in pods(render)
        for container in containers(pod)
        if container["name"] == "conversation-gateway"
        and pod["terminationGracePeriodSeconds"]
        <= float(environment(container).get("GATEWAY_DRAIN_TIMEOUT_S", default))
    ]

    assert short == []


def test_secrets_are_files_and_never_values(renders: dict[str, Render]) -> None:
    open_secrets = [
        (render.name, entry["name"])
        for render in renders.values()
        for container in gateways(render)
        for entry in container["env"]
        if re.search(r"SECRET$|PASSWORD$", entry["name"]) or "valueFrom" in entry
    ]

    assert open_secrets == []


def test_every_gateway_reads_its_key_from_a_mounted_file(renders: dict[str, Render]) -> None:
    settings = [environment(container) for render in renders.values() for container in gateways(render)]

    files = {one.get("SINCH_KEY_SECRET_FILE") or one["GATEWAY_CONFIG_FILE"] for one in settings}

    assert files == {"/etc/conversation-gateway/secrets/key-secret", "/etc/conversation-gateway/config/gateway.toml"}


def test_every_file_that_a_setting_names_is_mounted(renders: dict[str, Render]) -> None:
    unmounted = [
        (render.name, entry["name"])
        for render in renders.values()
        for container in gateways(render)
        for entry in container["env"]
        if entry["name"].endswith("_FILE")
        and not any(entry["value"].startswith(mount["mountPath"] + "/") for mount in container["volumeMounts"])
    ]

    assert unmounted == []


def test_every_mount_has_its_volume(renders: dict[str, Render]) -> None:
    for render in renders.values():
        for pod in pods(render):
            claimed = [
                claim["metadata"]["name"]
                for item in render.of("StatefulSet")
                for claim in item["spec"].get("volumeClaimTemplates", ())
            ]
            names = {volume["name"] for volume in pod.get("volumes", ())} | set(claimed)

            mounted = {mount["name"] for c in containers(pod) for mount in c.get("volumeMounts", ())}

            assert mounted - names == set(), render.name


def test_grpc_is_wide_only_with_tls_and_callers_that_are_known(renders: dict[str, Render]) -> None:
    open_doors = []
    for render in renders.values():
        for container in gateways(render):
            settings = environment(container)
            address = settings["GATEWAY_GRPC_ADDRESS"]
            known = settings.keys() & {"GATEWAY_GRPC_CLIENT_CA_FILE", "GATEWAY_CALLER_TOKENS_SHA256"}
            narrow = not address or address.startswith(("unix:", "127.0.0.1:"))
            if not narrow and not ("GATEWAY_GRPC_TLS_CERT_FILE" in settings and known):
                open_doors.append(render.name)

    assert open_doors == []


def test_the_native_form_starts_before_the_app_and_stays(renders: dict[str, Render]) -> None:
    for name in ("example-native", "kustomize-native"):
        [pod] = pods(renders[name])

        assert [container["name"] for container in pod["initContainers"]] == ["conversation-gateway"]
        assert pod["initContainers"][0]["restartPolicy"] == "Always"
        assert "startupProbe" in pod["initContainers"][0]


def test_the_classic_form_is_a_container_beside_the_app(renders: dict[str, Render]) -> None:
    for name in ("example-classic", "kustomize-classic"):
        [pod] = pods(renders[name])

        assert "initContainers" not in pod
        assert {container["name"] for container in pod["containers"]} == {"app", "conversation-gateway"}
        assert all("restartPolicy" not in container for container in pod["containers"])


def test_app_and_sidecar_share_the_socket(renders: dict[str, Render]) -> None:
    for name in ("example-native", "example-classic", "kustomize-native", "kustomize-classic", "kustomize-complete"):
        [pod] = [pod for pod in pods(renders[name]) if any(c["name"] == "app" for c in pod["containers"])]
        by_name = {container["name"]: container for container in containers(pod)}
        target = environment(by_name["app"])["GATEWAY_TARGET"]

        mounts = [{mount["name"]: mount["mountPath"] for mount in c["volumeMounts"]} for c in by_name.values()]

        assert target == environment(by_name["conversation-gateway"])["GATEWAY_GRPC_ADDRESS"]
        assert [m["conversation-gateway-socket"] for m in mounts] == ["/run/conversation-gateway"] * 2
        assert pod["securityContext"]["fsGroup"] == by_name["conversation-gateway"]["securityContext"]["runAsGroup"]


def test_state_in_a_pod_is_bounded_and_larger_than_what_may_be_held_back(renders: dict[str, Render]) -> None:
    for name in ("example-loopback", "kustomize-native", "kustomize-classic", "standalone-in-memory"):
        [pod] = [pod for pod in pods(renders[name]) if "volumes" in pod]
        [volume] = [volume for volume in pod["volumes"] if volume["name"] == "conversation-gateway-state"]
        [container] = gateways(renders[name])

        size = int(volume["emptyDir"]["sizeLimit"].removesuffix("Gi")) * 1024**3

        assert size > 2 * int(environment(container)["GATEWAY_FEED_RETENTION_BYTES"])


def test_the_complete_example_shares_one_log_between_two_and_two(renders: dict[str, Render]) -> None:
    deployments = renders["kustomize-complete"].of("Deployment")
    settings = [environment(container) for container in gateways(renders["kustomize-complete"])]

    assert [deployment["spec"]["replicas"] for deployment in deployments] == [2, 2]
    assert {one["GATEWAY_STATE_URL_FILE"] for one in settings} == {"/etc/conversation-gateway/secrets/state-url"}
    assert not any("GATEWAY_STATE_URL" in one for one in settings)
    assert sorted(one["GATEWAY_WEBHOOK_ADDRESS"] for one in settings) == ["", "0.0.0.0:8080"]


def test_the_network_lets_webhooks_in_from_the_ingress_and_metrics_from_monitoring(renders: dict[str, Render]) -> None:
    for name in ("standalone-shared", "ingress", "kustomize-complete"):
        policy = next(p for p in renders[name].of("NetworkPolicy") if p["metadata"]["name"] != "valkey")["spec"]

        sources = {rule["ports"][0]["port"]: rule["from"] for rule in policy["ingress"]}
        leaving = {port["port"] for rule in policy["egress"] for port in rule["ports"]}

        assert list(sources["webhooks"][0]["namespaceSelector"]["matchLabels"].values()) == ["ingress-nginx"]
        assert list(sources["admin"][0]["namespaceSelector"]["matchLabels"].values()) == ["monitoring"]
        assert leaving == {53, 443, 4317, 6379}
