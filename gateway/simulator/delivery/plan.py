"""Which delivery states a message goes through, decided when it leaves its app's queue."""

from dataclasses import dataclass

from gateway.simulator.problem import Json

QUEUED_ON_CHANNEL = "QUEUED_ON_CHANNEL"
SWITCHING_CHANNEL = "SWITCHING_CHANNEL"
DELIVERED = "DELIVERED"
READ = "READ"
FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One delivery state on one of the ways to the recipient."""

    status: str
    way: int = 0
    reason: Json | None = None
    after_s: float | None = None
    """How long after the step before; None is the usual delay between two receipts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of a message on one way: how far it gets, or why it fails, and whether it is answered."""

    last: str = READ
    code: str = ""
    queued_first: bool = True
    """Whether a failing message gets as far as the channel's queue."""
    answered: bool | None = None
    """Whether the recipient answers, whatever the options say."""
    why: str = "the simulator was told to fail"

    @property
    def fails(self) -> bool:
        """Whether this way leads nowhere."""
        return bool(self.code)


USUAL = Outcome()


def reason(code: str, description: str) -> Json:
    """Why a message failed or went another way."""
    return {"code": code, "description": description, "sub_code": "UNSPECIFIED_SUB_CODE"}


def steps_on(
    outcomes: tuple[Outcome, ...], *, read_receipts: bool, patience_s: float | None = None
) -> tuple[Step, ...]:
    """The states on every way up to the first that works; a failing way is left for the next while there is one.

    With `patience_s`, a way that does not report DELIVERED for so long is left too: the fallback that an app can have
    by delivery reports.
    """
    steps: list[Step] = []
    for way, outcome in enumerate(outcomes):
        is_last = way + 1 == len(outcomes)
        if outcome.fails:
            if outcome.queued_first:
                steps.append(Step(status=QUEUED_ON_CHANNEL, way=way))
            status = FAILED if is_last else SWITCHING_CHANNEL
            steps.append(Step(status=status, way=way, reason=reason(outcome.code, outcome.why)))
            continue
        arrival = _arrival(outcome, way, read_receipts=read_receipts)
        if patience_s is None or is_last or outcome.last != QUEUED_ON_CHANNEL:
            return (*steps, *arrival)
        unheard = reason("DELIVERY_TIMED_OUT", "no report of a delivery came in time")
        steps += [*arrival, Step(status=SWITCHING_CHANNEL, way=way, reason=unheard, after_s=patience_s)]
    return tuple(steps)


def _arrival(outcome: Outcome, way: int, *, read_receipts: bool) -> tuple[Step, ...]:
    statuses = (QUEUED_ON_CHANNEL, DELIVERED, *((READ,) if read_receipts else ()))
    if outcome.last in statuses:
        statuses = statuses[: statuses.index(outcome.last) + 1]
    return tuple(Step(status=status, way=way) for status in statuses)
