"""Which events a subscriber wants: AND over the fields of a filter, OR inside one, equality throughout."""

from collections.abc import Callable, Sequence
from operator import attrgetter

from conversation_gateway.v1.event_feed_pb2 import EventFilter
from google.protobuf.unknown_fields import UnknownFieldSet

from gateway.errors import CallerError, Violation
from gateway.state.events import StoredEvent

Predicate = Callable[[StoredEvent], bool]

MAX_VALUES = 256
MAX_VALUE_BYTES = 1024

_COLUMNS = {
    "triggers": "trigger",
    "app_ids": "app_id",
    "channels": "channel",
    "contact_ids": "contact_id",
    "conversation_ids": "conversation_id",
    "message_ids": "message_id",
    "correlation_ids": "correlation_id",
    "message_metadata": "metadata",
}


def predicate(event_filter: EventFilter, *, project_id: str) -> Predicate:
    """What passes the filter in one project; every limit that the filter exceeds is told at once, as a violation."""
    violations: list[Violation] = []
    if len(UnknownFieldSet(event_filter)):
        # To pass over a wish, as is done elsewhere, would be to deliver what was not asked for.
        hint = "has a field that this gateway does not know, or of another type than the contract's"
        violations.append(Violation(field="filter", description=hint))
    wanted: list[tuple[Callable[[StoredEvent], str], frozenset[str]]] = []
    for field, column in _COLUMNS.items():
        if values := getattr(event_filter, field):
            violations += _violations(f"filter.{field}", values)
            wanted.append((attrgetter(column), frozenset(values)))
    if violations:
        raise CallerError.invalid(violations)

    def passes(event: StoredEvent) -> bool:
        if event.project_id != project_id:
            return False
        for column, values in wanted:  # noqa: SIM110  # without the generator of `all` this is three times as fast
            if column(event) not in values:
                return False
        return True

    return passes


def _violations(path: str, values: Sequence[str]) -> list[Violation]:
    if len(values) > MAX_VALUES:
        return [Violation(field=path, description=f"has more than {MAX_VALUES} values")]
    found: list[Violation] = []
    for number, value in enumerate(values):
        if not value:
            # An event that lacks the fact never passes, so nothing could.
            found.append(Violation(field=f"{path}[{number}]", description="is empty"))
        elif len(value.encode()) > MAX_VALUE_BYTES:
            found.append(Violation(field=f"{path}[{number}]", description=f"has more than {MAX_VALUE_BYTES} bytes"))
    return found
