"""How the doctor's findings are shown: lines for people, or one JSON object a line for programs."""

from collections.abc import Iterable
from dataclasses import asdict

import orjson

from gateway.doctor import Finding, Grade

_MARKS = {Grade.OK: "ok", Grade.WARNING: "warn", Grade.FAILED: "FAIL", Grade.SKIPPED: "skip"}


def lines(findings: Iterable[Finding], *, json: bool) -> Iterable[str]:
    """One line a finding; for people a second one says what to do."""
    for finding in findings:
        if json:
            yield orjson.dumps(asdict(finding)).decode()
            continue
        yield f"{_MARKS[finding.grade]:<4}  {finding.check:<12}  {finding.about}: {finding.found}"
        if finding.todo:
            yield f"{'':<4}  {'':<12}  -> {finding.todo}"


def exit_code(findings: Iterable[Finding]) -> int:
    """1 when something has failed; a warning is no failure."""
    return int(any(finding.grade is Grade.FAILED for finding in findings))
