"""Everything that can be told to go wrong, asked at the three places where it does: answers, deliveries, callbacks."""

import random
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from gateway.simulator.delivery.manner import Manner
from gateway.simulator.delivery.plan import USUAL, Outcome
from gateway.simulator.faults.answers import Answer
from gateway.simulator.faults.magic import PREFIX, SCENARIOS, scenario_of
from gateway.simulator.faults.rules import Rule, parse_rule
from gateway.simulator.problem import Json
from gateway.simulator.router import Location
from gateway.simulator.wire import Conduct, Request

_MAGIC = f"{PREFIX}".encode()
_MAGIC_OPERATIONS = ("messages:send", "events:send")


class Misbehaviour:
    """Holds the rules, and knows the magic numbers; the first rule that applies wins, before any number."""

    def __init__(self, *, rules: Iterable[Any], seed: int) -> None:
        """Start with rules that survive a reset; a RefusedError names what is wrong with one."""
        self._lasting = [parse_rule(rule).given for rule in rules]
        self._seed = seed
        self._draws = random.Random(seed)  # noqa: S311  # repeatable on purpose
        self._rules: list[Rule] = []
        self._auth_delay_s = 0.0
        self.clear()

    def add(self, given: Iterable[Any]) -> None:
        """Take more rules, behind those that are there; all of them, or none and a RefusedError."""
        self._rules += [parse_rule(rule) for rule in given]

    def clear(self) -> None:
        """Go back to the rules of the start, uncounted, and to the first draw."""
        self._draws.seed(self._seed)
        self._auth_delay_s = 0.0
        self._rules = [parse_rule(rule) for rule in self._lasting]

    def shown(self) -> list[Json]:
        """The rules, and how often each matched and applied."""
        return [
            {"rule": rule.given, "matched": rule.occasion.matched, "applied": rule.occasion.applied}
            for rule in self._rules
        ]

    def answer_to(self, request: Request, location: Location) -> Answer | None:
        """What to make of the answer to a request; None for nothing."""
        answer = self._chosen(request, location)
        if answer is not None:
            self._auth_delay_s = answer.auth_delay_s or self._auth_delay_s
        elif self._auth_delay_s and location.host == "auth":
            answer, self._auth_delay_s = Answer(conduct=Conduct(delay_s=self._auth_delay_s)), 0.0
        return answer

    def _chosen(self, request: Request, location: Location) -> Answer | None:
        if self._rules:
            facts = {
                "host": location.host,
                "region": location.region,
                "method": request.method,
                "path": location.tail,
                "app_id": app_id_in(request),
            }
            for rule in self._rules:
                if rule.answer is not None and rule.matches(facts) and rule.occasion.arises(self._draws):
                    return rule.answer
        if _MAGIC in request.body and location.tail in _MAGIC_OPERATIONS:
            return _magic_answer(request)
        return None

    def outcome_for(self, app_id: str, channel: str, identity: str) -> Outcome:
        """What becomes of a message on one way to its recipient."""
        facts = {"app_id": app_id, "channel": channel, "identity": identity}
        for rule in self._rules:
            if rule.outcome is not None and rule.matches(facts) and rule.occasion.arises(self._draws):
                return rule.outcome
        scenario = scenario_of(identity)
        return USUAL if scenario is None or scenario.outcome is None else scenario.outcome

    def manner_of(self, app_id: str, trigger: str, payload: Json) -> Manner | None:
        """How to deliver a callback; None for properly."""
        facts = {"app_id": app_id, "trigger": trigger, **_callback_facts(payload)}
        for rule in self._rules:
            if rule.manner is not None and rule.matches(facts) and rule.occasion.arises(self._draws):
                return rule.manner
        scenario = scenario_of(facts["identity"])
        return None if scenario is None else scenario.manner

    def capability_of(self, identity: str) -> str:
        """What a lookup of the identity says; "" for nothing at all."""
        scenario = scenario_of(identity)
        return "CAPABILITY_FULL" if scenario is None else scenario.capability


def magic_numbers() -> Mapping[str, str]:
    """Every magic number and what it means."""
    return {number: scenario.meaning for number, scenario in SCENARIOS.items()}


def _magic_answer(request: Request) -> Answer | None:
    """The trouble of the first recipient that is any."""
    try:
        entries = _object(request)["recipient"]["identified_by"]["channel_identities"]
        scenarios = [scenario_of(entry["identity"]) for entry in entries]
    except (KeyError, TypeError, AttributeError):
        return None
    return next((scenario.answer for scenario in scenarios if scenario is not None and scenario.answer), None)


def app_id_in(request: Request) -> str:
    """The app that a request's body names; "" for none."""
    app_id = _object(request).get("app_id")
    return app_id if isinstance(app_id, str) else ""


def _object(request: Request) -> Json:
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _callback_facts(payload: Json) -> dict[str, str]:
    """What the payload says about whom it concerns, whichever of the payloads it is."""
    (content,) = payload.values()
    address = content.get("channel_identity")
    holder = address if isinstance(address, dict) else content
    facts = {name: holder.get(name) for name in ("channel", "identity")}
    facts["status"] = content.get("status")
    return {name: value if isinstance(value, str) else "" for name, value in facts.items()}
