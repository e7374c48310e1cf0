"""`EnsureWebhooks`, the one RPC about webhooks that is more than a call of the API."""

from conversation_gateway.v1 import webhook_pb2

from gateway.journeys.asker import Asker
from gateway.journeys.webhooks import Webhooks
from gateway.rpc.boundary import Boundary, Call, Handler

_PATH = "/conversation_gateway.v1.WebhookService/EnsureWebhooks"


def handlers(*, webhooks: Webhooks, boundary: Boundary) -> dict[str, Handler]:
    """The handler by gRPC path."""

    async def ensure(request: webhook_pb2.EnsureWebhooksRequest, call: Call) -> webhook_pb2.EnsureWebhooksResponse:
        asker = Asker(caller=call.peer, deadline=call.deadline, call_timeout_s=boundary.max_deadline_s)
        return await webhooks.ensure(request, asker)

    return {_PATH: boundary.unary(_PATH, webhook_pb2.EnsureWebhooksRequest, ensure)}
