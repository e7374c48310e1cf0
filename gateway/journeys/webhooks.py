"""Makes the API post to this gateway as declared: `EnsureWebhooks`."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conversation_gateway.v1 import call_options_pb2, webhook_pb2

from gateway.errors import CallerError, UpstreamError, Violation
from gateway.journeys.asker import Asker, feed_closed
from gateway.journeys.canary import PATIENCE_S, Canary, Sighting
from gateway.journeys.webhook_plan import (
    CAPABILITY,
    CREATED,
    UNCHANGED,
    Registered,
    Step,
    check_room,
    is_told_apart,
    step_for,
)
from gateway.journeys.webhook_wishes import MOST_WEBHOOKS, Own, Wish, read_wishes
from gateway.settings import ProjectSettings, WebhookSettings
from gateway.settings.webhook_secrets import WebhookSecrets
from gateway.upstream.call import Caller, Operation
from gateway.upstream.projects import unknown_project

_NOT_SEEN = (
    f"no event has come within {PATIENCE_S:.0f} s, or the call's deadline. If gateway_webhook_posts_total counts "
    "refused posts, they come and their signature or token is wrong; else the target does not lead to this gateway's "
    "webhook door: look at its name, certificate and path, and at what stands between"
)
_UNDECIDED = "an event has come, and another target of the app leads to this gateway too: it may have come that way"
_NO_CAPABILITY = "CAPABILITY is not among the triggers, and no other event can be asked for without doing anything"
# What a create may be answered with when the webhook is there by now: somebody was faster, or an answer was lost.
_PERHAPS_THERE = frozenset({"UPSTREAM_INVALID_ARGUMENT", "UPSTREAM_CONFLICT", "OUTCOME_UNKNOWN"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookOperations:
    """What is called."""

    list: Operation
    create: Operation
    update: Operation


class Webhooks:
    """Answers `EnsureWebhooks`."""

    def __init__(
        self,
        *,
        calls: Caller,
        operations: WebhookOperations,
        canary: Canary,
        projects: Sequence[ProjectSettings],
        served: Sequence[WebhookSettings],
        secrets: WebhookSecrets,
        triggers: Sequence[str],
        fed: bool,
    ) -> None:
        """The first of `projects` is meant where a request names none; `served` are the webhooks of all of them.

        `triggers` are those of a webhook that names none, and `fed` tells whether webhooks can reach the log.
        """
        self._calls = calls
        self._operations = operations
        self._canary = canary
        self._projects = {project.project_id: project for project in projects}
        self._default = projects[0].project_id
        self._served = served
        self._secrets = secrets
        self._triggers = tuple(triggers)
        self._fed = fed

    async def ensure(
        self, request: webhook_pb2.EnsureWebhooksRequest, asker: Asker
    ) -> webhook_pb2.EnsureWebhooksResponse:
        """What `EnsureWebhooks` promises; a cancelled call may have made some of its changes."""
        project = self._projects.get(request.project_id or self._default)
        if project is None:
            raise CallerError.invalid([unknown_project()])
        own = self._own(project)
        wishes = _checked(request, own)
        if request.prove and not self._fed:
            raise feed_closed()
        api = _Api(self._calls, self._operations, project, request.options, asker)
        registered = {app_id: await api.listed(app_id) for app_id in dict.fromkeys(wish.app_id for wish in wishes)}
        if request.options.validate_only:
            # Nobody was asked: the options go with every call, and are checked there.
            return webhook_pb2.EnsureWebhooksResponse()
        steps = [step_for(wish, registered[wish.app_id]) for wish in wishes]
        for app_id, webhooks in registered.items():
            check_room(app_id, [step for step in steps if step.wish.app_id == app_id], webhooks)
        if not request.dry_run:
            steps = [await api.carried_out(step) for step in steps]
        answer = webhook_pb2.EnsureWebhooksResponse(webhooks=map(_ensured, steps))
        if request.prove:
            sightings = await self._sightings(wishes, api, asker)
            for wish, ensured in zip(wishes, answer.webhooks, strict=True):
                apart = {"wishes": wishes, "registered": registered[wish.app_id], "served": own.secrets.keys()}
                ensured.proof, ensured.proof_hint = _proof(wish, sightings.get(wish.app_id), **apart)
        return answer

    def _own(self, project: ProjectSettings) -> Own:
        """What the project has now: secrets may have been replaced since the last call."""
        secrets: dict[str, str | None] = {}
        for webhook in self._served:
            if webhook.project_id == project.project_id:
                newest = next(iter(self._secrets.of(webhook.name)), None)
                missing = "" if webhook.unsigned else None
                secrets[webhook.name] = newest.get_secret_value() if newest else missing
        return Own(app_id=project.app_id, secrets=secrets, triggers=self._triggers)

    async def _sightings(self, wishes: Sequence[Wish], api: "_Api", asker: Asker) -> Mapping[str, Sighting]:
        """What became of an event of each app that can have one."""
        apps = dict.fromkeys(wish.app_id for wish in wishes if CAPABILITY in wish.triggers)
        async with asyncio.TaskGroup() as group:
            tasks = {
                app_id: group.create_task(self._canary.sent_for(api.project_id, app_id, api.options_for(app_id), asker))
                for app_id in apps
            }
        return {app_id: task.result() for app_id, task in tasks.items()}


class _Api:
    """The API's webhooks, on behalf of one request."""

    def __init__(
        self,
        calls: Caller,
        operations: WebhookOperations,
        project: ProjectSettings,
        options: call_options_pb2.CallOptions,
        asker: Asker,
    ) -> None:
        self._calls = calls
        self._operations = operations
        self._homes = project.app_regions
        self._options = options
        self._asker = asker
        self.project_id = project.project_id

    def options_for(self, app_id: str) -> call_options_pb2.CallOptions:
        """The request's options, for a call about this app: an update names no app that would tell its region."""
        options = call_options_pb2.CallOptions()
        options.CopyFrom(self._options)
        options.ClearField("request_id")
        if home := self._homes.get(app_id):
            options.region = home
        return options

    async def listed(self, app_id: str) -> Registered:
        """The webhooks of an app."""
        request = webhook_pb2.ListWebhooksRequest(
            project_id=self.project_id, app_id=app_id, options=self.options_for(app_id)
        )
        listed: webhook_pb2.ListWebhooksResponse = await self._call(self._operations.list, request)
        return listed.webhooks

    async def carried_out(self, step: Step) -> Step:
        """The step with the id of its webhook, which is now as it should be."""
        if step.change == UNCHANGED:
            return step
        return await (self._created(step) if step.change == CREATED else self._updated(step))

    async def _created(self, step: Step) -> Step:
        app_id = step.wish.app_id
        options = self.options_for(app_id)
        # The API refuses a second webhook with the same target, so a create that is repeated cannot make two.
        options.retry_unknown_outcome = True
        request = webhook_pb2.CreateWebhookRequest(project_id=self.project_id, webhook=step.created, options=options)
        try:
            made: webhook_pb2.CreateWebhookResponse = await self._call(self._operations.create, request)
        except UpstreamError as error:
            if error.reason not in _PERHAPS_THERE:
                raise
            registered = await self.listed(app_id)
            again = step_for(step.wish, registered)
            check_room(app_id, [again], registered)
            if again.change == CREATED:
                raise
            return await self.carried_out(again)
        return Step(wish=step.wish, change=CREATED, webhook_id=made.webhook.id)

    async def _updated(self, step: Step) -> Step:
        request = webhook_pb2.UpdateWebhookRequest(
            project_id=self.project_id,
            webhook_id=step.webhook_id,
            webhook=step.values,
            options=self.options_for(step.wish.app_id),
        )
        await self._call(self._operations.update, request)
        return step

    async def _call(self, operation: Operation, request: Any) -> Any:
        answer = await self._calls.call(operation, request, self._asker.deadline, caller=self._asker.caller)
        return answer.message


def _checked(request: webhook_pb2.EnsureWebhooksRequest, own: Own) -> list[Wish]:
    """The wishes of a request; raises `CallerError` with everything that is wrong."""
    if len(request.webhooks) > MOST_WEBHOOKS:
        raise CallerError.invalid([Violation(field="webhooks", description=f"holds more than {MOST_WEBHOOKS}")])
    wishes, violations = read_wishes(request.webhooks, own)
    if not wishes:
        violations.append(Violation(field="webhooks", description="is required", reason="REQUIRED_FIELD_MISSING"))
    if request.prove and request.dry_run:
        violations.append(Violation(field="prove", description="cannot be given with dry_run, which changes nothing"))
    if violations:
        raise CallerError.invalid(violations)
    return wishes


def _ensured(step: Step) -> webhook_pb2.EnsuredWebhook:
    return webhook_pb2.EnsuredWebhook(
        app_id=step.wish.app_id,
        target=step.wish.target,
        webhook_id=step.webhook_id,
        change=step.change,
        changed_fields=step.changed_fields,
    )


def _proof(wish: Wish, sighting: Sighting | None, **apart: Any) -> tuple[webhook_pb2.WebhookProof, str]:
    """What a sighting in the app proves of one webhook, and what to look at where it proves nothing."""
    if CAPABILITY not in wish.triggers or sighting is None:
        return webhook_pb2.WEBHOOK_PROOF_NOT_POSSIBLE, _NO_CAPABILITY
    if sighting.trouble:
        return webhook_pb2.WEBHOOK_PROOF_NOT_POSSIBLE, sighting.trouble
    if not sighting.webhook:
        return webhook_pb2.WEBHOOK_PROOF_NOT_SEEN, _NOT_SEEN
    if not is_told_apart(wish, sighting.webhook, **apart):
        return webhook_pb2.WEBHOOK_PROOF_UNDECIDED, _UNDECIDED
    return webhook_pb2.WEBHOOK_PROOF_PROVEN, ""
