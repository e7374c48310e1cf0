"""The checks of queries would notice a mistake."""

import pytest

from tests.deploy.queries import metrics_of, without_variables


def test_every_metric_of_a_query_is_found() -> None:
    query = without_variables('sum by (le) (rate(a_bucket{pod=~"$pod"}[$__rate_interval])) / on (pod) absent(b) > 0.5')

    assert metrics_of(query) == {"a_bucket", "b"}


def test_a_query_that_does_not_parse_is_noticed() -> None:
    with pytest.raises(ValueError, match="unclosed"):
        metrics_of("sum(rate(a[5m])")
