from bench.figures import Spread
from bench.growth_sizes import Costs

# The machine was ten times slower in the second round.
COSTS = Costs(
    name="live delivery",
    unit="per event",
    of="subscribers",
    found={1: [100.0, 1000.0], 100: [50.0, 500.0], 1000: [75.0, 750.0]},
)


def test_a_size_is_compared_with_the_smallest_of_the_same_round() -> None:
    assert COSTS.ratio(1000) == Spread(median=0.75, least=0.75, greatest=0.75)


def test_a_cost_that_fell_and_rises_again_shows_in_the_size_before() -> None:
    assert [COSTS.step(size).median for size in (1, 100, 1000)] == [1.0, 0.5, 1.5]
