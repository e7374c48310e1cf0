"""Never more than `burst + rate * time` permits; nobody is admitted late, starved, or robbed of a permit by a cancel.

Whole stories on virtual time: calls of all kinds arrive, wait, are cancelled (also in the very moment of their permit)
and meet 429s, and every one of them must end as promised. It is the same over both states but for what
`limiter_desk.Allowance` says: a leased permit may be used a little later than it was due, and so nearer to the next.
"""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.deadline import Deadline
from gateway.errors import LimitError
from gateway.upstream.rate_limit import Claim, Priority, RateLimiter
from tests import limiter_desk
from tests.virtual_time import VirtualClock, VirtualTimeLoop, run

RATE_PER_S = 128.0
BURST = 4
MAX_WAITING = 12
MAX_WAITING_PER_CALLER = 8

short_s = st.integers(0, 64).map(lambda ticks: ticks / RATE_PER_S)
claims = st.builds(
    Claim,
    priority=st.sampled_from(Priority),
    caller=st.sampled_from("abc"),
    app_id=st.sampled_from(["", "full"]),
    max_wait_s=st.none() | short_s,
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that arrives `after_s` the one before it."""

    after_s: float
    claim: Claim
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Refused429:
    """A 429 that comes back `after_s` the event before it."""

    after_s: float
    retry_after_s: float
    app_queue_full: bool


@dataclass(slots=True)
class Record:
    """How a call ended, and when."""

    arrived_s: float
    expires_s: float
    ended_s: float = -1.0
    end: str = ""


def calls(timeouts_s: st.SearchStrategy[float]) -> st.SearchStrategy[Call]:
    pauses_s = st.just(0.0) | st.integers(0, 8).map(lambda ticks: ticks / RATE_PER_S)
    return st.builds(Call, after_s=pauses_s, claim=claims, timeout_s=timeouts_s)


refusals = st.builds(Refused429, after_s=short_s, retry_after_s=short_s, app_queue_full=st.booleans())
stories = st.lists(calls(short_s | st.just(600.0)) | refusals, max_size=60)
# After which turn of the limiter's timer which of the unfinished calls, oldest first, is cancelled.
cancels = st.dictionaries(st.integers(1, 30), st.integers(0, 5), max_size=15)


@dataclass(slots=True)
class CancellingTimers:
    """The loop's timers, with a cancel right after some of them, before any task has run."""

    loop: VirtualTimeLoop
    cancels: dict[int, int]
    tasks: "list[asyncio.Task[None]]" = field(default_factory=list)
    turn: int = 0

    def call_later(self, delay: float, callback: Callable[[], object], /) -> asyncio.TimerHandle:
        def fire() -> None:
            callback()
            self.turn += 1
            unfinished = [task for task in self.tasks if not task.done()]
            victim = self.cancels.get(self.turn)
            if victim is not None and victim < len(unfinished):
                unfinished[victim].cancel()

        return self.loop.call_later(delay, fire)


def told(story: list[Call | Refused429], cancels: dict[int, int], *, bounded: bool = True) -> list[Record]:
    """Live through a story and tell how every call of it ended."""

    async def scenario(clock: VirtualClock) -> list[Record]:
        timers = CancellingTimers(clock.loop, cancels)
        bounds = {
            "max_waiting": MAX_WAITING if bounded else 10_000,
            "max_waiting_per_caller": MAX_WAITING_PER_CALLER if bounded else 10_000,
        }
        opening = limiter_desk.open_limiter(clock, timers=timers, rate_per_s=RATE_PER_S, burst=BURST, **bounds)
        async with opening as limiter:
            return await lived(limiter, clock, timers.tasks)

    async def lived(limiter: RateLimiter, clock: VirtualClock, tasks: "list[asyncio.Task[None]]") -> list[Record]:
        records = []
        for event in story:
            await asyncio.sleep(event.after_s)
            if isinstance(event, Refused429):
                limiter.throttled("full", event.retry_after_s, app_queue_full=event.app_queue_full)
                continue
            record = Record(arrived_s=clock.monotonic(), expires_s=clock.monotonic() + event.timeout_s)
            if event.claim.max_wait_s is not None:
                patience_s = max(event.claim.max_wait_s, limiter_desk.allowance.asked_s)
                record.expires_s = min(record.expires_s, clock.monotonic() + patience_s)
            records.append(record)
            tasks.append(asyncio.create_task(live(limiter, clock, event, record)))
            await asyncio.sleep(0)
            assert max(limiter.stats().waiting.values()) <= limiter._max_waiting
        await asyncio.gather(*tasks, return_exceptions=True)
        assert not any(limiter.stats().waiting.values())
        return records

    return run(scenario)


async def live(limiter: RateLimiter, clock: VirtualClock, call: Call, record: Record) -> None:
    try:
        await limiter.acquire(call.claim, Deadline.after(call.timeout_s, clock))
        record.end = "admitted"
    except LimitError as refusal:
        record.end = refusal.reason
    except asyncio.CancelledError:
        record.end = "cancelled"
        raise
    finally:
        record.ended_s = clock.monotonic()


def admitted(records: list[Record]) -> list[Record]:
    return sorted((each for each in records if each.end == "admitted"), key=lambda each: each.ended_s)


@given(stories, cancels)
@settings(max_examples=150, deadline=None)
def test_no_span_of_time_sees_more_than_the_burst_and_the_rate(
    story: list[Call | Refused429], cancels: dict[int, int]
) -> None:
    instants_s = [each.ended_s for each in admitted(told(story, cancels))]

    for (i, first_s), (j, last_s) in itertools.combinations(enumerate(instants_s), 2):
        assert j - i + 1 <= BURST + RATE_PER_S * (last_s - first_s + limiter_desk.allowance.kept_s) + 1e-4


@given(stories, cancels)
@settings(max_examples=150, deadline=None)
def test_every_call_is_admitted_in_time_or_refused_by_then(
    story: list[Call | Refused429], cancels: dict[int, int]
) -> None:
    for record in told(story, cancels):
        assert record.end in {"admitted", "cancelled", "RATE_LIMITED", "APP_QUEUE_FULL", "QUEUE_FULL"}
        assert record.ended_s <= record.expires_s + limiter_desk.allowance.late_s
        if record.end == "admitted":
            assert record.ended_s < record.expires_s or record.ended_s == record.arrived_s


@given(st.lists(calls(st.just(600.0)), max_size=60), cancels)
@settings(max_examples=150, deadline=None)
def test_a_cancel_loses_no_permit(story: list[Call | Refused429], cancels: dict[int, int]) -> None:
    patient = [Call(0.0, Claim(caller=each.claim.caller), 600.0) for each in story if isinstance(each, Call)]

    served = admitted(told([*patient], cancels, bounded=False))

    # Everyone came at once and permits never idled, so the last one served paid for exactly those served before it.
    if served:
        needed_s = max(len(served) - BURST, 0) / RATE_PER_S
        assert served[-1].ended_s - served[0].arrived_s <= needed_s + limiter_desk.allowance.late_s


@given(st.lists(calls(st.just(600.0)) | refusals, max_size=60))
@settings(max_examples=100, deadline=None)
def test_nobody_who_can_wait_is_turned_away_or_left_behind(story: list[Call | Refused429]) -> None:
    patient = [
        Call(each.after_s, Claim(priority=each.claim.priority, caller=each.claim.caller), 600.0)
        if isinstance(each, Call)
        else each
        for each in story
    ]

    assert {each.end for each in told(patient, {}, bounded=False)} <= {"admitted"}
