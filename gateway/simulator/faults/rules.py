"""Rules, as a file or an admin call brings them: what to match, on which occasions, and what to do then.

{"match": {"method": "POST", "path": "messages:send", "nth": [1]}, "answer": {"status": 503, "body": "proxy"}}
{"match": {"trigger": "MESSAGE_DELIVERY", "status": "READ"}, "callback": {"copies": 2}}
{"match": {"channel": "RCS", "probability": 0.1}, "delivery": {"code": "RECIPIENT_NOT_REACHABLE"}}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from gateway.simulator.delivery.manner import MANNER_FIELDS, Manner
from gateway.simulator.delivery.plan import READ, Outcome
from gateway.simulator.faults.answers import ANSWER_FIELDS, Answer
from gateway.simulator.faults.occasion import OCCASION_FIELDS, Occasion
from gateway.simulator.problem import Json
from gateway.simulator.shapes.shape import Check, boolean, choice, record, text

FACTS = ("host", "region", "method", "path", "app_id", "channel", "identity", "trigger", "status")

_MATCH = record(
    optional={
        **{name: text() for name in FACTS},
        **OCCASION_FIELDS,
    }
)
DELIVERY_FIELDS: dict[str, Check] = {
    "code": text(),
    "last": choice("QUEUED_ON_CHANNEL", "DELIVERED", "READ"),
    "queued_first": boolean,
    "answered": boolean,
}
_RULE = record(
    optional={"match": _MATCH},
    one_of={
        "answer": record(optional=ANSWER_FIELDS),
        "callback": record(optional=MANNER_FIELDS),
        "delivery": record(optional=DELIVERY_FIELDS),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; exactly one of its three effects is there."""

    given: Json
    patterns: Mapping[str, str]
    occasion: Occasion
    answer: Answer | None = None
    manner: Manner | None = None
    outcome: Outcome | None = None

    def matches(self, facts: Mapping[str, str]) -> bool:
        """Whether every pattern fits its fact; patterns are those of file names, `*` and `?`."""
        return all(fnmatchcase(facts.get(name, ""), pattern) for name, pattern in self.patterns.items())


def parse_rule(given: Any) -> Rule:
    """Read one rule; a 400 names what is wrong with it."""
    _RULE(given, "")
    match = given.get("match") or {}
    delivery = given.get("delivery")
    return Rule(
        given=given,
        patterns={name: match[name] for name in FACTS if match.get(name) is not None},
        occasion=Occasion.parse(match),
        answer=Answer.parse(given["answer"]) if given.get("answer") is not None else None,
        manner=Manner.parse(given["callback"]) if given.get("callback") is not None else None,
        outcome=_outcome(delivery) if delivery is not None else None,
    )


def _outcome(given: Json) -> Outcome:
    return Outcome(
        last=given.get("last") or READ,
        code=given.get("code") or "",
        queued_first=given.get("queued_first") is not False,
        answered=given.get("answered"),
    )
