"""Queries as they are written for people, and the metrics they name."""

import re

import promql_parser

# What Grafana puts in before it asks.
_VARIABLES = {"$__rate_interval": "5m", "$namespace": ".*", "$pod": ".*"}


def without_variables(query: str) -> str:
    """A dashboard's query as Prometheus gets it."""
    for name, value in _VARIABLES.items():
        query = query.replace(name, value)
    return query


def metrics_of(query: str) -> set[str]:
    """Every metric that a query names; a syntax error raises `ValueError`."""
    # As it is printed every selector has braces, `up` being `up{}`, and nothing else has.
    found = set(re.findall(r"(\w+)\{", str(promql_parser.parse(query))))
    assert found, query
    return found
