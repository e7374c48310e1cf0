"""Has the API post an event that nobody else asked for, and sees whether it comes.

The gateway calls no host but the API's, so it cannot try a webhook's target itself. A capability lookup is the one call
that does nothing but cause an event.
"""

import uuid
from dataclasses import dataclass

from conversation_gateway.v1 import call_options_pb2, capability_pb2, event_feed_pb2

from gateway.errors import GatewayError
from gateway.journeys.asker import Asker
from gateway.journeys.witness import Key, Witness
from gateway.upstream.call import Caller, Operation

PATIENCE_S = 10.0
ID_PREFIX = "cgw-canary-"
# Numbers 555-0100 to 555-0199 are set aside for fiction (ATIS-0300115), so nobody's phone is looked up.
_NOBODY = "15555550100"
_CHANNEL = "SMS"
# A webhook that was registered a moment ago may not get the first event.
_LOOKUP_COUNT = 2
# The answer must still reach the caller.
_RESERVE_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What became of the event."""

    webhook: str = ""
    """The name of the webhook that it came by; empty when it has not come."""
    trouble: str = ""
    """Why it could not be asked for, or not be waited for."""


class Canary:
    """Tells whether the events of an app reach this gateway's log."""

    def __init__(self, *, calls: Caller, query: Operation, witness: Witness) -> None:
        """`query` is the capability lookup."""
        self._calls = calls
        self._query = query
        self._witness = witness

    async def sent_for(
        self, project_id: str, app_id: str, options: call_options_pb2.CallOptions, asker: Asker
    ) -> Sighting:
        """Ask for an event and wait for it, shortly before the deadline and `PATIENCE_S` seconds at most."""
        left_s = asker.deadline.remaining_s()
        until = asker.deadline.within(min(PATIENCE_S, left_s - min(_RESERVE_S, left_s / 10)))
        ids = [f"{ID_PREFIX}{uuid.uuid4().hex}" for _ in range(_LOOKUP_COUNT)]
        with self._witness.watching(*(Key(project_id, "lookup", request_id) for request_id in ids)) as watch:
            for tried_count, request_id in enumerate(ids):
                query = capability_pb2.QueryCapabilityRequest(
                    project_id=project_id, app_id=app_id, request_id=request_id, options=options
                )
                query.recipient.identified_by.channel_identities.add(channel=_CHANNEL, identity=_NOBODY)
                try:
                    await self._calls.call(self._query, query, until, caller=asker.caller)
                except GatewayError as error:
                    return Sighting(trouble=f"the capability lookup failed, {error.reason}: {error.message}")
                except TimeoutError:
                    return Sighting(trouble="the capability lookup was not answered in time")
                event = await watch.next(until.remaining_s() / (_LOOKUP_COUNT - tried_count))
                if event is not None:
                    return Sighting(webhook=event_feed_pb2.FeedEvent.FromString(event.encoded).webhook)
                if self._witness.draining:
                    return Sighting(trouble="the gateway is about to stop")
        return Sighting()
