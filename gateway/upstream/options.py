"""What a caller may say about its own call: `CallOptions`, read once and checked."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from google.protobuf.message import Message

from gateway.errors import Violation
from gateway.upstream.hosts import REGIONS
from gateway.upstream.rate_limit import Priority
from gateway.upstream.request_key import violation_of

# `PRIORITY_*` of the contract by number.
_PRIORITIES = {1: Priority.URGENT, 2: Priority.NORMAL, 3: Priority.BULK}
_MOST_KNOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of one call, in the gateway's own types."""

    region: str
    priority: Priority = Priority.NORMAL
    max_queue_wait_s: float | None = None
    request_id: str = ""
    retry_unknown_outcome: bool = False
    validate_only: bool = False


def read_options(request: Message, *, region: str, app_region: str = "") -> tuple[Options, list[Violation]]:
    """The options of a request, and everything that is wrong with them.

    `region` is the default. `app_region` is where the request's app is known to live: it wins over what the request
    asks for, as the app is found nowhere else.
    """
    if not request.HasField("options"):
        return _unasked(app_region or region), []
    given: Any = request.options  # type: ignore[attr-defined]  # every request has options
    violations = []
    if given.region and given.region not in REGIONS:
        hint = f"is none of {', '.join(REGIONS)}"
        violations.append(Violation(field="options.region", description=hint, reason="REGION_UNKNOWN"))
    if not 0 <= given.priority <= _MOST_KNOWN:
        violations.append(Violation(field="options.priority", description="is none of the values of Priority"))
    if given.HasField("request_id") and (violation := violation_of(given.request_id)):
        violations.append(violation)
    wait_s = None
    if given.HasField("max_queue_wait"):
        wait_s = given.max_queue_wait.seconds + given.max_queue_wait.nanos / 1e9
        if wait_s < 0:
            violations.append(Violation(field="options.max_queue_wait", description="must not be negative"))
    options = Options(
        region=app_region or given.region or region,
        priority=_PRIORITIES.get(given.priority, Priority.NORMAL),
        max_queue_wait_s=wait_s,
        request_id=given.request_id,
        retry_unknown_outcome=given.retry_unknown_outcome,
        validate_only=given.validate_only,
    )
    return options, violations


@lru_cache(maxsize=len(REGIONS))
def _unasked(region: str) -> Options:
    """The options of a call that asks for nothing."""
    return Options(region=region)
