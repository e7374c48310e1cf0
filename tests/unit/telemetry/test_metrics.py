"""What is declared is complete before anything happens, and gauges join what several sources say."""

import re

from prometheus_client import CollectorRegistry

from gateway.telemetry.metrics import Metrics
from gateway.telemetry.watched import Watches

# The names that alerts and dashboards rely on.
NAMES = """
gateway_token_remaining_seconds gateway_token_fetches_total gateway_rate_limit_permits_total
gateway_rate_limit_wait_seconds gateway_rate_limit_refused_total gateway_rate_limit_waiting gateway_rate_limit_rate
gateway_rate_limit_paused gateway_upstream_requests_total gateway_upstream_seconds gateway_upstream_in_flight
gateway_upstream_retries_total gateway_breaker_state gateway_app_queue_eta_seconds gateway_request_ids_total
gateway_webhook_posts_total gateway_webhook_handling_seconds gateway_feed_subscribers gateway_feed_events_sent_total
gateway_feed_lag_seconds gateway_feed_subscription_lag_events gateway_feed_streams_ended_total gateway_store_usable
gateway_store_bytes gateway_store_events gateway_store_oldest_event_age_seconds gateway_store_commit_seconds
gateway_store_events_per_commit gateway_event_loop_lag_seconds gateway_event_loop_tasks gateway_log_lines_lost_total
gateway_build_info
grpc_server_started_total grpc_server_handled_total grpc_server_msg_received_total grpc_server_msg_sent_total
grpc_server_handling_seconds
"""


async def test_every_promised_metric_is_declared_with_a_help_text() -> None:
    page = (await Metrics().exposition(""))[0].decode()

    described = dict(re.findall(r"^# HELP (\S+) (\S.*)$", page, re.MULTILINE))
    assert set(NAMES.split()) - described.keys() == set()


async def test_closed_sets_are_at_zero_before_anything_happens() -> None:
    page = (await Metrics().exposition(""))[0].decode().splitlines()

    for series in (
        'gateway_token_fetches_total{outcome="refused"}',
        'gateway_rate_limit_permits_total{priority="bulk"}',
        'gateway_rate_limit_wait_seconds_count{priority="urgent"}',
        'gateway_upstream_retries_total{host="batch",reason="rate_limited"}',
        'gateway_upstream_in_flight{host="auth"}',
        'gateway_breaker_state{host="template"}',
        'gateway_request_ids_total{outcome="joined"}',
        'gateway_feed_streams_ended_total{reason="slow_consumer"}',
    ):
        assert f"{series} 0.0" in page


async def test_there_are_no_series_of_when_a_series_was_made() -> None:
    for accept in ("", "application/openmetrics-text; version=1.0.0"):
        page, _ = await Metrics().exposition(accept)

        assert b"_created" not in page


def test_a_gauge_joins_what_its_sources_say_when_it_is_looked_at() -> None:
    registry = CollectorRegistry()
    watches = Watches(registry)
    worst = watches.gauge("worst", "The worst.", max)
    total = watches.gauges("total", "All together.", "kind", ("this", "that"))
    worst.add(lambda: 1)
    worst.add(lambda: 3)
    total["this"].add(lambda: 2)
    total["this"].add(lambda: 5)

    watches.look()

    assert registry.get_sample_value("worst") == 3
    assert registry.get_sample_value("total", {"kind": "this"}) == 7
    assert registry.get_sample_value("total", {"kind": "that"}) == 0
