"""What has to be done so that an app's webhooks are as they should be. Pure: it looks and decides, and does nothing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import grpc
from conversation_gateway.v1 import webhook_pb2

from gateway.errors import CallerError
from gateway.journeys.webhook_wishes import Wish, name_in

CREATED = webhook_pb2.WEBHOOK_CHANGE_CREATED
UPDATED = webhook_pb2.WEBHOOK_CHANGE_UPDATED
UNCHANGED = webhook_pb2.WEBHOOK_CHANGE_UNCHANGED
CAPABILITY = "CAPABILITY"
MOST_PER_APP = 5
_HTTP = "HTTP"

Registered = Sequence[webhook_pb2.Webhook]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one wish takes."""

    wish: Wish
    change: webhook_pb2.WebhookChange
    webhook_id: str = ""
    """Empty for one that is to be created."""
    changed_fields: tuple[str, ...] = ()

    @property
    def values(self) -> webhook_pb2.Webhook:
        """The fields that differ, as they should be."""
        webhook = webhook_pb2.Webhook()
        if "target_type" in self.changed_fields:
            webhook.target_type = _HTTP
        if "triggers" in self.changed_fields:
            webhook.triggers.extend(self.wish.triggers)
        if "secret" in self.changed_fields:
            webhook.secret = self.wish.secret
        return webhook

    @property
    def created(self) -> webhook_pb2.NewWebhook:
        """The whole webhook, as it should be."""
        wish = self.wish
        return webhook_pb2.NewWebhook(
            app_id=wish.app_id,
            target=wish.target,
            target_type=_HTTP,
            secret=wish.secret or None,
            triggers=wish.triggers,
        )


def step_for(wish: Wish, registered: Registered) -> Step:
    """What this wish takes, where the app has these webhooks."""
    there = next((each for each in registered if each.target == wish.target), None)
    if there is None:
        return Step(wish=wish, change=CREATED)
    drift = {
        "target_type": there.target_type != _HTTP,
        # Their order says nothing.
        "triggers": set(there.triggers) != set(wish.triggers),
        # Where the API shows none, it has none or hides it: writing it again does no harm, an unsigned webhook does.
        "secret": bool(wish.secret) and there.secret != wish.secret,
    }
    changed = tuple(name for name, differs in drift.items() if differs)
    return Step(wish=wish, change=UPDATED if changed else UNCHANGED, webhook_id=there.id, changed_fields=changed)


def check_room(app_id: str, steps: Iterable[Step], registered: Registered) -> None:
    """Raise `CallerError` WEBHOOK_LIMIT_REACHED when the app cannot have that many webhooks."""
    missing_count = sum(step.change == CREATED for step in steps)
    if missing_count and len(registered) + missing_count > MOST_PER_APP:
        raise CallerError(
            f"the app has {len(registered)} webhooks, {missing_count} more are wanted, and {MOST_PER_APP} is the most",
            reason="WEBHOOK_LIMIT_REACHED",
            code=grpc.StatusCode.FAILED_PRECONDITION,
            metadata={
                "app_id": app_id,
                "registered_count": str(len(registered)),
                "missing_count": str(missing_count),
                "limit": str(MOST_PER_APP),
            },
        )


def is_told_apart(
    wish: Wish, came_by: str, *, wishes: Iterable[Wish], registered: Registered, served: Collection[str]
) -> bool:
    """Whether a CAPABILITY event that came by the webhook of that name can only have come by this wish's target.

    Every target gets a copy and the feed keeps the first, so another target of the app that leads here is a rival.
    """
    names = {each.target: each.webhook for each in wishes if each.app_id == wish.app_id and CAPABILITY in each.triggers}
    for each in registered:
        if each.target not in names and each.target_type == _HTTP and CAPABILITY in each.triggers:
            names[each.target] = name_in(each.target)
    rivals = {name for target, name in names.items() if target != wish.target and name in served}
    return not rivals or (came_by == wish.webhook and came_by not in rivals)
