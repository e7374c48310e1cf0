"""What docs/calls.md says of every call is what the code does."""

import re

import grpc
import orjson
import pytest

from gateway.upstream.exchange import InboundResponse
from gateway.upstream.method import Effect
from gateway.upstream.verdict import REFUSALS, SERVER_FAILURES, verdict
from tests.contract.contract import ROOT

PAGE = (ROOT / "docs" / "calls.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([^|]+) \| `([A-Z_]+)` \| `([A-Z_]+)` \|$", re.MULTILINE)
# What a row that names no number stands for.
OTHERS = {"any other 4xx": (402, 405, 410, 413, 415, 418, 422, 451), "any other 5xx": (505, 507, 511, 599)}
ROWS = [
    pytest.param(status, answer.partition(", `")[2].partition("`")[0], code, reason, id=f"{status} {reason}")
    for answer, code, reason in ROW.findall(PAGE)
    for status in OTHERS.get(answer) or map(int, re.findall(r"\d{3}", answer))
]


@pytest.mark.parametrize(("status", "word", "code", "reason"), ROWS)
def test_each_status_of_the_api_becomes_what_the_page_says(status: int, word: str, code: str, reason: str) -> None:
    body = orjson.dumps({"error": {"code": status, "status": word or "SOMETHING", "message": "Some words."}})

    failure = verdict(Effect.READ, InboundResponse(status=status, headers=(), body=body))

    assert failure is not None
    assert (failure.error.code, failure.error.reason) == (grpc.StatusCode[code], reason)


def test_no_status_that_the_gateway_tells_apart_is_missing_from_the_page() -> None:
    told = {row.values[0] for row in ROWS}

    assert REFUSALS.keys() | SERVER_FAILURES.keys() | {401, 429} <= told


def test_all_metadata_that_the_gateway_knows_is_on_the_page() -> None:
    outside = "gateway/simulator/"
    sources = [p for p in (ROOT / "gateway").rglob("*.py") if outside not in p.relative_to(ROOT).as_posix()]
    keys = re.compile(r"\"(x-gateway-[a-z-]+|x-request-id|grpc-retry-pushback-ms|grpc-status-details-bin)\"")

    known = {key for path in sources for key in keys.findall(path.read_text(encoding="utf-8"))}

    assert len(known) >= 9
    assert [key for key in sorted(known) if f"| `{key}` |" not in PAGE] == []
