"""The feed's RPCs: `Subscribe` passes frames on as they are, the others answer once."""

from collections.abc import Iterable

from conversation_gateway.v1 import event_feed_pb2 as pb

from gateway.errors import CallerError, Violation
from gateway.events.feed import Feed
from gateway.events.stream import FeedStream
from gateway.rpc.boundary import Boundary, Call, Handler

SERVICE = "conversation_gateway.v1.EventFeedService"


def handlers(*, feed: Feed, boundary: Boundary, projects: Iterable[str]) -> dict[str, Handler]:
    """The handlers of `EventFeedService`, by gRPC path; a request may be about these projects only."""
    known = {"", *projects}

    def check(given: str) -> None:
        if given not in known:
            hint = "is not a project of this gateway"
            raise CallerError.invalid([Violation(field="project_id", description=hint)], reason="PROJECT_UNKNOWN")

    def subscribe(request: pb.SubscribeRequest, call: Call) -> FeedStream:
        check(request.project_id)
        return feed.subscribe(request, caller=call.caller)

    async def commit(request: pb.CommitRequest, _call: Call) -> pb.CommitResponse:
        check(request.project_id)
        return await feed.commit(request)

    async def delete_subscription(request: pb.DeleteSubscriptionRequest, _call: Call) -> pb.DeleteSubscriptionResponse:
        check(request.project_id)
        return await feed.delete_subscription(request)

    async def list_events(request: pb.ListFeedEventsRequest, _call: Call) -> pb.ListFeedEventsResponse:
        check(request.project_id)
        return await feed.list_events(request)

    async def get_event(request: pb.GetFeedEventRequest, _call: Call) -> pb.GetFeedEventResponse:
        check(request.project_id)
        return await feed.get_event(request)

    async def get_feed(request: pb.GetFeedRequest, _call: Call) -> pb.GetFeedResponse:
        check(request.project_id)
        return await feed.get_feed(request)

    stream = boundary.server_stream(
        f"/{SERVICE}/Subscribe", pb.SubscribeRequest, subscribe, too_slow=FeedStream.slow_consumer
    )
    unary = boundary.unary
    return {
        f"/{SERVICE}/Subscribe": stream,
        f"/{SERVICE}/Commit": unary(f"/{SERVICE}/Commit", pb.CommitRequest, commit),
        f"/{SERVICE}/DeleteSubscription": unary(
            f"/{SERVICE}/DeleteSubscription", pb.DeleteSubscriptionRequest, delete_subscription
        ),
        f"/{SERVICE}/ListFeedEvents": unary(f"/{SERVICE}/ListFeedEvents", pb.ListFeedEventsRequest, list_events),
        f"/{SERVICE}/GetFeedEvent": unary(f"/{SERVICE}/GetFeedEvent", pb.GetFeedEventRequest, get_event),
        f"/{SERVICE}/GetFeed": unary(f"/{SERVICE}/GetFeed", pb.GetFeedRequest, get_feed),
    }
