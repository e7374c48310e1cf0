"""A soak is judged by what it saw: each promise is broken by what breaks it, and by nothing else."""

from dataclasses import replace

from bench.soak_judgement import Record, Rest, findings, left, series, unexpected

GOOD = Record(
    resident_kib=([50, 90], [100, 100, 900], [105, 104]),
    rests=(Rest(descriptors=38, threads=20, tasks=11), Rest(descriptors=38, threads=20, tasks=11)),
    lines=[{"event": "webhook_rejected", "reason": "bad_signature"}, {"event": "token_request_failed"}],
    noise=[],
    left={"gateway_upstream_in_flight": 0.0},
    exit_code=0,
)


def broken(record: Record) -> list[str]:
    return [finding.promise for finding in findings(record) if not finding.holds]


def test_what_keeps_every_promise_is_passed() -> None:
    assert broken(GOOD) == []


def test_memory_that_still_grows_is_a_finding_and_a_single_peak_is_none() -> None:
    [promise] = broken(replace(GOOD, resident_kib=([50], [100, 100, 100], [106, 106, 90])))

    assert promise.startswith("resident memory")


def test_what_is_left_at_rest_is_a_finding() -> None:
    more = Rest(descriptors=39, threads=21, tasks=12)

    promises = broken(replace(GOOD, rests=(GOOD.rests[0], more), left={"gateway_upstream_in_flight": 1.0}))

    assert len(promises) == 4


def test_a_warning_that_nothing_provokes_a_traceback_and_a_bad_exit_are_findings() -> None:
    crashed = [{"event": "rpc_crashed", "kind": "KeyError"}, {"event": "webhook_rejected", "reason": "failed"}]

    promises = broken(replace(GOOD, lines=crashed, noise=["Traceback"], exit_code=1))

    assert len(promises) == 3
    assert unexpected(crashed) == {("rpc_crashed", ""): 1, ("webhook_rejected", "failed"): 1}


def test_series_are_added_up_by_name_and_a_call_without_an_end_is_left() -> None:
    page = """# HELP grpc_server_started_total RPCs
grpc_server_started_total{grpc_method="A"} 3.0
grpc_server_started_total{grpc_method="B"} 2.0
grpc_server_handled_total{grpc_method="A",grpc_code="OK"} 4.0
gateway_upstream_in_flight{host="batch"} 0.0
gateway_rate_limit_waiting{priority="bulk"} 1.0
gateway_feed_subscribers 0.0
gateway_log_lines_lost_total 0.0
"""

    assert series(page)["grpc_server_started_total"] == 5
    assert left(page)["gateway_rate_limit_waiting"] == 1
    assert left(page)["grpc_server_started_total less grpc_server_handled_total"] == 1
