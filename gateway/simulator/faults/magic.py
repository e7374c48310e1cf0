"""Numbers that mean trouble: a recipient whose identity begins with one of these gets it, whatever the channel.

They all begin with 999, which is no country's code, so that no list of real numbers holds one by accident. What
follows the seven digits is free, so that every trouble has as many recipients as a test needs.
"""

from dataclasses import dataclass

from gateway.simulator.delivery.manner import Manner
from gateway.simulator.delivery.plan import DELIVERED, QUEUED_ON_CHANNEL, Outcome
from gateway.simulator.faults.answers import Answer
from gateway.simulator.wire import Conduct, Ending

PREFIX = "999"
_CODE_LENGTH = 7
_SLOW_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What a magic number does, in one line of the table."""

    meaning: str
    answer: Answer | None = None
    outcome: Outcome | None = None
    manner: Manner | None = None
    capability: str = "CAPABILITY_FULL"


def _answered(meaning: str, status: int, body: str = "api", *, word: str = "", retry_after: str = "") -> Scenario:
    return Scenario(meaning=meaning, answer=Answer(status=status, body=body, word=word, retry_after=retry_after))


def _ended(meaning: str, ending: Ending, *, processed: bool = False) -> Scenario:
    return Scenario(meaning=meaning, answer=Answer(processed=processed, conduct=Conduct(ending=ending)))


def _failed(code: str, *, queued_first: bool = True) -> Scenario:
    meaning = f"FAILED, {code}; with another channel left, SWITCHING_CHANNEL first"
    return Scenario(meaning=meaning, outcome=Outcome(code=code, queued_first=queued_first))


SCENARIOS: dict[str, Scenario] = {
    "9990400": _answered("400", 400),
    "9990401": Scenario(meaning="401, every token so far expired", answer=Answer(tokens="expire")),
    "9991401": Scenario(meaning="401, every token so far revoked", answer=Answer(tokens="revoke")),
    "9992401": Scenario(
        meaning="401, every token so far expired, and the next one comes after two seconds",
        answer=Answer(tokens="expire", auth_delay_s=_SLOW_S),
    ),
    "9990403": _answered("403, billing limit", 403, word="BILLING_CREDIT_LIMIT_BREACHED"),
    "9990404": _answered("404", 404),
    "9990429": _answered("429 with `Retry-After: 1`", 429, retry_after="1"),
    "9991429": _answered("429 without `Retry-After`", 429),
    "9992429": Scenario(meaning="429, and the app's queue is full until it is adjusted", answer=Answer(queue="full")),
    "9990500": _answered("500 with the API's body", 500),
    "9991500": _answered("500 with a proxy's body", 500, "proxy"),
    "9992500": _answered("500 with the API's flat body", 500, "flat"),
    "9990501": _answered("501 with the API's body", 501),
    "9990502": _answered("502 with a proxy's body", 502, "proxy"),
    "9990503": _answered("503 with the API's body", 503),
    "9991503": _answered("503 with a proxy's body", 503, "proxy"),
    "9990504": _answered("504 with a proxy's body", 504, "proxy"),
    "9992001": _ended("no answer, ever", Ending.HANG),
    "9992002": _ended("connection reset, nothing was done", Ending.RESET),
    "9992003": _ended("connection reset after the message was accepted", Ending.RESET, processed=True),
    "9992004": _ended("the answer breaks off in the middle", Ending.TRUNCATED),
    "9992005": Scenario(meaning="200 with 32 MiB of blanks", answer=Answer(body="oversized")),
    "9992006": Scenario(meaning="200 with a body that is no JSON", answer=Answer(body="invalid_json")),
    "9992007": Scenario(meaning="200 after two seconds", answer=Answer(conduct=Conduct(delay_s=_SLOW_S))),
    "9992008": Scenario(meaning="200 in slow pieces", answer=Answer(conduct=Conduct(piece_delay_s=_SLOW_S / 10))),
    "9992009": _ended("no answer, though the message was accepted", Ending.HANG, processed=True),
    "9993001": _failed("RECIPIENT_NOT_REACHABLE"),
    "9993002": _failed("OUTSIDE_ALLOWED_SENDING_WINDOW"),
    "9993003": _failed("RATE_LIMITED"),
    "9993004": _failed("BAD_REQUEST", queued_first=False),
    "9993005": _failed("DELIVERY_TIMED_OUT"),
    "9993006": Scenario(meaning="no receipt after QUEUED_ON_CHANNEL", outcome=Outcome(last=QUEUED_ON_CHANNEL)),
    "9993007": Scenario(meaning="delivered, never read", outcome=Outcome(last=DELIVERED)),
    "9994001": Scenario(meaning="every callback twice", manner=Manner(copies=2)),
    "9994002": Scenario(meaning="every callback 30 s late", manner=Manner(delay_s=30)),
    "9994003": Scenario(meaning="every callback after its successor", manner=Manner(overtaken=True)),
    "9994004": Scenario(meaning="callbacks wrongly signed", manner=Manner(signature="wrong")),
    "9994005": Scenario(meaning="callbacks not signed", manner=Manner(signature="missing")),
    "9994006": Scenario(meaning="callbacks signed an hour ago", manner=Manner(drift_s=-3600)),
    "9994007": Scenario(meaning="callbacks signed an hour ahead", manner=Manner(drift_s=3600)),
    "9995001": Scenario(meaning="answers every message", outcome=Outcome(answered=True)),
    "9995002": Scenario(meaning="never answers", outcome=Outcome(answered=False)),
    "9996001": Scenario(meaning="NO_CAPABILITY", capability="NO_CAPABILITY"),
    "9996002": Scenario(meaning="CAPABILITY_PARTIAL", capability="CAPABILITY_PARTIAL"),
    "9996003": Scenario(meaning="CAPABILITY_UNKNOWN", capability="CAPABILITY_UNKNOWN"),
    "9996004": Scenario(meaning="no capability callback", capability=""),
}


def scenario_of(identity: str) -> Scenario | None:
    """What an identity means, with or without its plus; None for ordinary people."""
    number = identity.removeprefix("+")
    if not number.startswith(PREFIX):
        return None
    return SCENARIOS.get(number[:_CODE_LENGTH])
