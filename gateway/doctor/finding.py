"""What one check has found, and what to do about it. Neither text ever holds a secret."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    """It works, and is probably not what was meant."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """It could not be looked at, because of another finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report."""

    check: str
    """`settings`, `store`, `reachability`, `credentials`, `clock`, `app` or `webhooks`."""
    about: str
    """The host, project, app or file that was looked at."""
    grade: Grade
    found: str
    todo: str = ""
    """Empty where there is nothing to do."""
