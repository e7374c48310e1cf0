from math import nan

from bench.figures import FEW, MANY, NAMES, Figures, Spread, doubts, ratio_table, ratios, table
from bench.load import Sample


def figures(
    *, sends_per_s: float = 1000.0, cpu_us: float = 500.0, p50_us: float = 1000.0, busy: float = 1.0
) -> Figures:
    return Figures(sends_per_s=sends_per_s, cpu_us=cpu_us, p50_us=p50_us, p99_us=2 * p50_us, busy=busy, beside=0.5)


def results(**ways: list[Figures]) -> dict[tuple[str, int], list[Figures]]:
    """Every way alike, three repeats each, but for those given."""
    alike = {way: [figures()] * 3 for way in NAMES} | {"upstream": [figures(sends_per_s=10_000.0)] * 3} | ways
    return {(way, count): each for count in (FEW, MANY) for way, each in alike.items()}


def test_cpu_time_is_that_of_the_process_named_first() -> None:
    sample = Sample(send_count=100, wall_s=2.0, cpu_s=[1.0, 0.25, 0.25], p50_s=0.001, p99_s=0.002)

    taken = Figures.of(sample)

    assert (taken.sends_per_s, taken.cpu_us, taken.p50_us, taken.p99_us) == (50.0, 10_000.0, 1000.0, 2000.0)
    assert (taken.busy, taken.beside) == (0.5, 0.25)


def test_a_ratio_compares_what_was_measured_in_the_same_repeat() -> None:
    # The machine was ten times slower during the second repeat, for both ways alike.
    found = ratios(
        results(
            gateway=[figures(cpu_us=cost) for cost in (100.0, 1000.0, 120.0)],
            sdk=[figures(cpu_us=cost) for cost in (200.0, 2000.0, 240.0)],
        )
    )

    cost = next(ratio for ratio in found if ratio.name == "CPU per send: gateway / SDK, 32 in flight")
    assert cost.values == Spread(median=0.5, least=0.5, greatest=0.5)


def test_what_the_hop_adds_is_counted_in_grpc_hops() -> None:
    found = ratios(
        results(
            gateway=[figures(p50_us=700.0)] * 3,
            upstream=[figures(p50_us=100.0)] * 3,
            constant=[figures(p50_us=300.0)] * 3,
        )
    )

    [added] = [ratio for ratio in found if "(gateway - upstream)" in ratio.name]
    assert added.values.median == 2.0


def test_what_is_left_of_the_constant_rate_without_any_feature_is_told_too() -> None:
    found = ratios(results(bare=[figures(sends_per_s=300.0)] * 3, constant=[figures(sends_per_s=500.0)] * 3))

    [left] = [ratio for ratio in found if ratio.name.startswith("sends/s: bare")]
    assert left.values.median == 0.6


def test_a_sound_measurement_raises_no_doubt() -> None:
    assert doubts(results()) == []


def test_an_upstream_without_headroom_is_told() -> None:
    lines = doubts(results(upstream=[figures(sends_per_s=2900.0)] * 3))

    assert len(lines) == 1
    assert "2900 sends/s" in lines[0]


def test_a_process_that_was_kept_from_its_core_is_told() -> None:
    lines = doubts(results(gateway=[figures(busy=0.5)] * 3))

    assert len(lines) == 1
    assert lines[0].startswith("through the gateway had only 0.50 of its core")


def test_what_is_unknown_is_printed_as_such() -> None:
    unknown = results(sdk=[figures(cpu_us=nan, busy=nan)] * 3)

    assert "unknown" in table(unknown)
    assert "unknown" in ratio_table(ratios(unknown))


def test_every_line_of_the_table_is_equally_long() -> None:
    lines = table(results()).splitlines()

    assert len(lines) == 1 + 2 * len(NAMES)
    assert len({len(line) for line in lines}) == 1
