"""What a soak is judged by: memory that has stopped growing, nothing left behind at rest, a log without surprises."""

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

MOST_GROWTH = 1.05

# Every line above `info` that the load provokes, with what provokes it. Any other one is a finding.
EXPECTED: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("token_request_failed", ""): "the auth host fails for a while, and at rest the API is away altogether",
        ("webhook_rejected", "bad_signature"): "posts signed with a wrong secret",
        ("webhook_rejected", "missing_header"): "posts that are not signed",
        ("webhook_rejected", "disconnected"): "posts whose sender leaves in the middle",
        ("webhook_rejected", "unknown_webhook"): "requests for what is not there",
        ("file_not_taken", ""): "a file of secrets that is empty for a moment while it is replaced",
    }
)
_SERIES = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What a gateway has that nobody uses."""

    descriptors: int
    threads: int
    tasks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All that was seen of one gateway."""

    resident_kib: Sequence[Sequence[int]]
    """By third of the run, one sample after the other."""
    rests: Sequence[Rest]
    """After the first third, which warms up, and at the end."""
    lines: Sequence[Mapping[str, Any]]
    """What it logged above `info`."""
    noise: Sequence[str]
    """What it wrote that is no line of its log: a traceback, say."""
    left: Mapping[str, float]
    """Gauges and differences that are zero when nothing is under way, from the last scrape."""
    exit_code: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One promise, what was found of it, and whether that keeps it."""

    promise: str
    found: str
    holds: bool


def findings(record: Record) -> Iterator[Finding]:
    """Every promise of a soak."""
    _, second, last = (statistics.median(third) for third in record.resident_kib)
    yield Finding(
        promise=f"resident memory, median of the last third at most {MOST_GROWTH} of the second's",
        found=f"{second / 1024:.1f} MiB, then {last / 1024:.1f} MiB: {last / second:.3f}",
        holds=last <= second * MOST_GROWTH,
    )
    first, final = record.rests
    for what in ("descriptors", "threads", "tasks"):
        before, after = getattr(first, what), getattr(final, what)
        yield Finding(promise=f"as many {what} at rest as after warming up", found=f"{before}, then {after}",
                      holds=before == after)  # fmt: skip
    for name, value in record.left.items():
        yield Finding(promise=f"{name} is 0 when nothing is under way", found=f"{value:g}", holds=value == 0)
    strange = unexpected(record.lines)
    found = ", ".join(f"{event} {reason} x{count}".replace("  ", " ") for (event, reason), count in strange.items())
    yield Finding(promise="no warning but those that are provoked", found=found or "none", holds=not strange)
    noise = " | ".join(record.noise[:3])
    yield Finding(promise="nothing on standard error but the log", found=noise or "nothing", holds=not record.noise)
    yield Finding(promise="it leaves with 0", found=str(record.exit_code), holds=record.exit_code == 0)


def unexpected(lines: Iterable[Mapping[str, Any]]) -> Counter[tuple[str, str]]:
    """The lines that nothing provokes, by event and reason."""
    return Counter(kind for line in lines if (kind := _kind(line)) not in EXPECTED)


def _kind(line: Mapping[str, Any]) -> tuple[str, str]:
    return str(line.get("event", "")), str(line.get("reason") or "")


def resident_kib(pid: int) -> int:
    """Memory of a process that is in RAM, its mapped files included."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def descriptors(pid: int) -> int:
    """Open file descriptors of a process."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def threads(pid: int) -> int:
    """Threads of a process."""
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def series(page: str) -> dict[str, float]:
    """The metrics of a page by name, all series of a name added up."""
    sums: Counter[str] = Counter()
    for line in page.splitlines():
        if found := _SERIES.match(line):
            sums[found[1]] += float(found[3])  # type: ignore[assignment]  # a Counter adds floats as well
    return dict(sums)


def left(page: str) -> dict[str, float]:
    """What is zero on a page when nothing is under way."""
    metrics = series(page)
    zeros = ("gateway_upstream_in_flight", "gateway_rate_limit_waiting", "gateway_feed_subscribers")
    started, handled = metrics["grpc_server_started_total"], metrics["grpc_server_handled_total"]
    return {name: metrics[name] for name in (*zeros, "gateway_log_lines_lost_total")} | {
        "grpc_server_started_total less grpc_server_handled_total": started - handled
    }
