"""Builds what needs both halves: the calls that wait for what comes back."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from gateway.clock import Clock
from gateway.consent import ConsentDesk
from gateway.journeys.canary import Canary
from gateway.journeys.capabilities import Capabilities, Memory
from gateway.journeys.messages import MessageJourneys
from gateway.journeys.webhooks import WebhookOperations, Webhooks
from gateway.journeys.witness import Witness
from gateway.settings import Settings, all_projects, all_webhooks
from gateway.settings.webhook_secrets import WebhookSecrets
from gateway.state.log import EventLog
from gateway.upstream.call import Caller, Operation
from gateway.webhooks.spellings import TRIGGERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Journeys:
    """What the door needs."""

    messages: MessageJourneys
    capabilities: Capabilities
    webhooks: Webhooks
    witness: Witness
    fed: bool
    """Whether webhooks can reach the log at all."""


def build(
    settings: Settings,
    *,
    calls: Caller,
    operations: Sequence[Operation],
    log: EventLog,
    secrets: WebhookSecrets,
    clock: Clock,
    consents: ConsentDesk | None,
    stack: AsyncExitStack,
) -> Journeys:
    """Everything between these calls and the log; `stack` takes it down."""
    projects = list(all_projects(settings))
    by_name = {operation.method.path.rpartition("/")[2]: operation for operation in operations}
    capabilities = Capabilities(
        calls=calls,
        query=by_name["QueryCapability"],
        clock=clock,
        memory=Memory(reachable_s=settings.capability_memory_s, unreachable_s=settings.capability_negative_memory_s),
        project_id=projects[0].project_id,
        app_ids={project.project_id: project.app_id for project in projects},
    )
    stack.push_async_callback(capabilities.close)
    if consents:
        consents.start(calls, by_name["ListIdentitiesFromConsent"], stack)
    witness = Witness(log=log, on_capability=capabilities.learn)
    witness.start()
    stack.callback(witness.close)
    messages = MessageJourneys(
        calls=calls,
        send=by_name["SendMessage"],
        get=by_name["GetMessage"],
        witness=witness,
        clock=clock,
        project_id=projects[0].project_id,
    )
    # Where the log is shared, another replica may take what this one has no door for.
    fed = bool(settings.webhook_address) or not settings.embedded
    webhooks = Webhooks(
        calls=calls,
        operations=WebhookOperations(
            list=by_name["ListWebhooks"], create=by_name["CreateWebhook"], update=by_name["UpdateWebhook"]
        ),
        canary=Canary(calls=calls, query=by_name["QueryCapability"], witness=witness),
        projects=projects,
        served=all_webhooks(settings),
        secrets=secrets,
        triggers=TRIGGERS,
        fed=fed,
    )
    return Journeys(messages=messages, capabilities=capabilities, webhooks=webhooks, witness=witness, fed=fed)
