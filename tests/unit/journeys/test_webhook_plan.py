"""What an app's webhooks need is decided by looking at them, and which proofs a sighting is worth."""

import pytest
from conversation_gateway.v1.webhook_pb2 import Webhook

from gateway.errors import CallerError
from gateway.journeys.webhook_plan import CREATED, UNCHANGED, UPDATED, check_room, is_told_apart, step_for
from gateway.journeys.webhook_wishes import Wish, name_in

SERVED = {"default", "second"}


def wish(target: str = "https://a/webhooks/default", webhook: str = "default", secret: str = "new") -> Wish:
    return Wish(app_id="APP", target=target, triggers=("CAPABILITY", "OPT_IN"), webhook=webhook, secret=secret)


def there(target: str = "https://a/webhooks/default", secret: str = "new", target_type: str = "HTTP") -> Webhook:
    triggers = ("OPT_IN", "CAPABILITY")
    return Webhook(id="1", target=target, target_type=target_type, secret=secret, triggers=triggers)


def test_a_secret_that_the_api_does_not_show_is_written_each_time() -> None:
    step = step_for(wish(), [there(secret="")])

    assert (step.change, step.changed_fields, step.values) == (UPDATED, ("secret",), Webhook(secret="new"))


def test_an_absent_target_type_posts_nothing_and_is_drift() -> None:
    step = step_for(wish(), [there(target_type="")])

    assert step.values == Webhook(target_type="HTTP")


def test_nobody_who_prints_a_step_sees_the_secret() -> None:
    assert "hush" not in repr(step_for(wish(secret="hush"), [there(secret="also-hush")]))


def test_only_what_is_missing_needs_room() -> None:
    full = [there(f"https://{number}") for number in range(4)] + [there()]
    same, another = step_for(wish(), full), step_for(wish("https://b/webhooks/default"), full)

    check_room("APP", [same], full)
    with pytest.raises(CallerError) as refused:
        check_room("APP", [same, another], full)

    assert (same.change, another.change) == (UNCHANGED, CREATED)
    assert refused.value.metadata["missing_count"] == "1"


@pytest.mark.parametrize(
    ("came_by", "others", "told_apart"),
    [
        ("default", [], True),
        # A proxy changes the path: alone, it can only have been this target.
        ("second", [], True),
        ("default", [there("https://crm/webhooks/theirs")], True),
        ("default", [there("https://b/webhooks/second")], True),
        ("second", [there("https://b/webhooks/second")], False),
        ("default", [there("https://b/webhooks/default")], False),
        ("default", [there("https://b/webhooks/default", target_type="DISMISS")], True),
        ("default", [Webhook(target="https://b/webhooks/default", target_type="HTTP", triggers=["OPT_IN"])], True),
    ],
)
def test_an_event_proves_a_target_when_no_other_one_can_have_brought_it(
    came_by: str, others: list[Webhook], told_apart: bool
) -> None:
    mine = wish()

    assert is_told_apart(mine, came_by, wishes=[mine], registered=[there(), *others], served=SERVED) is told_apart


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("https://a/webhooks/default?x=/webhooks/second", "default"),
        ("https://a/prefix/webhooks/default", "default"),
        ("https://a/webhooks/", ""),
        ("https://a/default", ""),
        ("https://[a/webhooks/default", ""),
    ],
)
def test_the_name_of_a_webhook_is_the_end_of_its_path(target: str, name: str) -> None:
    assert name_in(target) == name
