"""The bench of the slowest sends says when it measures something else than the gateway."""

from dataclasses import replace

import pytest

from bench.arrivals import Sample
from bench.tail import DIRECT, GATEWAY, doubts
from gateway.upstream.exchange import DEFAULT_LIMITS

# Of a second: the gateway, its client, the upstream; without a gateway the client is the first.
THROUGH = Sample(
    send_count=1000, wall_s=1.0, cpu_s=[0.5, 0.3, 0.1], p50_s=0.051, p99_s=0.053, late_p99_s=0.0002, most_in_flight=60
)
DIRECTLY = replace(THROUGH, cpu_s=[0.1, 0.1])


def test_a_sound_measurement_raises_no_doubt() -> None:
    assert doubts({GATEWAY: [THROUGH], DIRECT: [DIRECTLY]}) == []


@pytest.mark.parametrize(
    ("through", "directly", "doubt"),
    [
        (replace(THROUGH, cpu_s=[0.5, 0.75, 0.1]), DIRECTLY, "through the gateway: the load client used 0.75"),
        (THROUGH, replace(DIRECTLY, cpu_s=[0.75, 0.1]), "directly, bare bytes: the load client used 0.75"),
        (THROUGH, replace(DIRECTLY, late_p99_s=0.0031), "directly, bare bytes: the load client began"),
        (replace(THROUGH, cpu_s=[0.9, 0.3, 0.1]), DIRECTLY, "the gateway used 0.90 of a core"),
        (
            THROUGH,
            replace(DIRECTLY, most_in_flight=DEFAULT_LIMITS.max_connections + 1),
            "sends were in flight directly",
        ),
    ],
)
def test_what_would_be_measured_instead_is_told(through: Sample, directly: Sample, doubt: str) -> None:
    lines = doubts({GATEWAY: [through], DIRECT: [directly]})

    assert len(lines) == 1
    assert doubt in lines[0]
