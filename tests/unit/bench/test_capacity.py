"""The capacity bench says which fake would be a part of what is measured."""

import pytest

from bench.capacity import report
from bench.figures import Figures


def figures(cpu_us: float) -> Figures:
    return Figures(sends_per_s=1000, cpu_us=cpu_us, p50_us=1, p99_us=1, busy=1.0, beside=0.0)


@pytest.mark.parametrize(("cost_us", "warned"), [(100.0, False), (101.0, True)])
def test_a_fake_below_three_times_the_gateway_is_named(
    capsys: pytest.CaptureFixture[str], cost_us: float, *, warned: bool
) -> None:
    report("TLS", {"gateway": [figures(300.0)], "simulator": [figures(cost_us)]})

    printed = capsys.readouterr().out
    assert ("WARNING: simulator has less than 3 times" in printed) is warned
    assert f"{300.0 / cost_us:.1f}" in printed
