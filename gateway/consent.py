"""Builds the consent gate: the list on disk, what keeps it up to date, and the gate that goes by it."""

from contextlib import AsyncExitStack
from dataclasses import dataclass

from gateway.clock import Clock
from gateway.journeys.consent_follower import ConsentFollower
from gateway.journeys.consent_gate import VERDICTS, ConsentGate, Policy
from gateway.journeys.consent_reading import ConsentReading
from gateway.journeys.consent_words import Words
from gateway.journeys.consents import Consents
from gateway.settings import Settings, all_projects
from gateway.state.consents import ConsentFile, Scope
from gateway.state.log import EventLog
from gateway.telemetry.metrics import Metrics
from gateway.upstream.call import Caller, Operation

CONSENTS_SUFFIX = ".consents"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDesk:
    """The gate, and what is started once there are calls."""

    gate: ConsentGate
    follower: ConsentFollower
    reading: ConsentReading

    def start(self, calls: Caller, list_identities: Operation, stack: AsyncExitStack) -> None:
        """Read the lists by these calls; `stack` ends that before them."""
        self.reading.start(calls=calls, operation=list_identities)
        stack.push_async_callback(self.reading.close)


async def open_desk(
    settings: Settings, log: EventLog, metrics: Metrics, clock: Clock, stack: AsyncExitStack
) -> ConsentDesk | None:
    """The gate over the list beside the event log, which follows the log already; None where it is off everywhere."""
    policy = _policy(settings)
    if {policy.default, *policy.by_app.values()} == {"off"}:
        return None
    # Shared state has no file here: each start then reads all of the log, and the lists, again.
    path = settings.state_path.with_name(settings.state_path.name + CONSENTS_SUFFIX) if settings.embedded else None
    file = await ConsentFile.open(path, now=clock.now())
    stack.push_async_callback(file.close)
    consents = Consents(file.kept)
    words = Words(stop=settings.consent_stop_words, start=settings.consent_start_words)
    follower = ConsentFollower(log=log, consents=consents, file=file, words=words, clock=clock)
    stack.push_async_callback(follower.close)
    follower.start()
    reading = ConsentReading(
        consents=consents, clock=clock, refresh_s=settings.consent_refresh_s, changed=follower.wake
    )
    for project in all_projects(settings):
        for app_id in {project.app_id, *(app.app_id for app in project.apps)} - {""}:
            if policy.mode(scope := Scope(project.project_id, app_id)) != "off":
                reading.want(scope)
    metrics.consents.entries.add(lambda: consents.entry_count)
    metrics.consents.age.add(reading.oldest_s)
    gate = ConsentGate(
        policy=policy,
        consents=consents,
        reading=reading,
        caught_up=follower.caught_up,
        observe=metrics.consents.verdicts(VERDICTS),
    )
    return ConsentDesk(gate=gate, follower=follower, reading=reading)


def _policy(settings: Settings) -> Policy:
    return Policy(
        default=settings.consent_gate,
        by_app={
            Scope(project.project_id, app.app_id): app.consent
            for project in all_projects(settings)
            for app in project.apps
            if app.consent is not None
        },
        sends_unknown=settings.consent_unknown == "send",
        urgent_exempt=settings.consent_urgent_exempt,
    )
