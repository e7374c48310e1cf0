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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of a message on one way: how far it gets, or why it fails, and whether it is answered."""

    last: str = READ
    code: str = ""
    queued_first: bool = True
    """Whether a failing message gets as far as the channel's queue."""
    answered: bool | None = None
    """Whether the recipient answers, whatever the options say."""

    @property
    def fails(self) -> bool:
        """Whether this way leads nowhere."""
        return bool(self.code)


USUAL = Outcome()


def reason(code: str, description: str) -> Json:
    """Why a message failed or went another way."""
    return {"code": code, "description": description, "sub_code": "UNSPECIFIED_SUB_CODE"}


def steps_on(outcomes: tuple[Outcome, ...], *, read_receipts: bool) -> tuple[Step, ...]:
    """The states on every way up to the first that works; a failing way is left for the next while there is one."""
    steps: list[Step] = []
    for way, outcome in enumerate(outcomes):
        if not outcome.fails:
            return (*steps, *_arrival(outcome, way, read_receipts=read_receipts))
        if outcome.queued_first:
            steps.append(Step(status=QUEUED_ON_CHANNEL, way=way))
        status = SWITCHING_CHANNEL if way + 1 < len(outcomes) else FAILED
        steps.append(Step(status=status, way=way, reason=reason(outcome.code, "the simulator was told to fail")))
    return tuple(steps)


def _arrival(outcome: Outcome, way: int, *, read_receipts: bool) -> tuple[Step, ...]:
    statuses = (QUEUED_ON_CHANNEL, DELIVERED, *((READ,) if read_receipts else ()))
    if outcome.last in statuses:
        statuses = statuses[: statuses.index(outcome.last) + 1]
    return tuple(Step(status=status, way=way) for status in statuses)
