"""`webhooks ensure`: asks a running gateway to make the API post to it, and shows what became of it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

import click
import grpc
import orjson
from conversation_gateway import environment
from conversation_gateway.errors import GatewayError
from conversation_gateway.sync import connect
from conversation_gateway.v1 import webhook_pb2 as pb

_MOST_CHARACTERS = 400


class Wanted(NamedTuple):
    """What the options say."""

    targets: Sequence[str]
    app_ids: Sequence[str]
    """None means the gateway's own app."""
    triggers: Sequence[str]
    webhook: str
    project_id: str
    prove: bool
    dry_run: bool


def ensure(wanted: Wanted, *, timeout_s: float, json: bool) -> int:
    """Ask, print a line a webhook, and return the exit code: 0 when all is as wanted, and proven where that is."""
    request = pb.EnsureWebhooksRequest(
        project_id=wanted.project_id,
        webhooks=(
            pb.DesiredWebhook(app_id=app_id, target=target, triggers=wanted.triggers, webhook=wanted.webhook)
            for app_id, target in product(wanted.app_ids or ("",), wanted.targets)
        ),
        prove=wanted.prove,
        dry_run=wanted.dry_run,
    )
    try:
        with connect(timeout_s=timeout_s) as client:
            answer = client.webhooks.EnsureWebhooks(request)
    except (GatewayError, OSError, ValueError) as error:
        click.echo(f"conversation-gateway webhooks ensure: {_told(error)}", err=True)
        return 1
    for line in _lines(answer.webhooks, json=json, dry_run=wanted.dry_run):
        click.echo(line)
    return int(wanted.prove and any(each.proof != pb.WEBHOOK_PROOF_PROVEN for each in answer.webhooks))


def _lines(webhooks: Iterable[pb.EnsuredWebhook], *, json: bool, dry_run: bool) -> Iterator[str]:
    for each in webhooks:
        change = pb.WebhookChange.Name(each.change).removeprefix("WEBHOOK_CHANGE_")
        proof = pb.WebhookProof.Name(each.proof).removeprefix("WEBHOOK_PROOF_") if each.proof else ""
        if json:
            fields = {
                "app_id": each.app_id,
                "target": each.target,
                "webhook_id": each.webhook_id,
                "dry_run": dry_run,
                "change": change,
                "changed_fields": list(each.changed_fields),
                "proof": proof,
                "proof_hint": each.proof_hint,
            }
            yield orjson.dumps(fields).decode()
            continue
        would = "would be " if dry_run and each.change != pb.WEBHOOK_CHANGE_UNCHANGED else ""
        changed = f" ({', '.join(each.changed_fields)})" if each.changed_fields else ""
        hint = f": {each.proof_hint}" if each.proof_hint else ""
        proven = f"  {proof.replace('_', ' ')}{hint}" if proof else ""
        yield f"{would}{change}{changed}  {each.app_id}  {each.target}{proven}"


def _told(error: GatewayError | OSError | ValueError) -> str:
    """The failure in one line."""
    if isinstance(error, GatewayError) and error.code is grpc.StatusCode.UNAVAILABLE and not error.reason:
        return f"no gateway answers at {environment.address()}; CONVERSATION_GATEWAY_ADDRESS says where it is"
    return " ".join(str(error).split())[:_MOST_CHARACTERS]
