"""Asks whether recipients can be reached, waits for the answers that come by webhook, and remembers them.

Every address has a lookup of its own, so an answer belongs to one question, equal questions share one, and one that
comes when nobody waits any more still serves the next who asks.
"""

import asyncio
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import grpc
from conversation_gateway.v1 import capability_pb2, event_feed_pb2

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.errors import CallerError, GatewayError, LimitError, Violation
from gateway.journeys.address import same_address
from gateway.journeys.asker import Asker, in_time, span_s
from gateway.state.events import StoredEvent
from gateway.upstream.call import Caller, Operation

Capability = capability_pb2.ChannelCapability

MOST_ADDRESSES = 10
_MOST_REMEMBERED = 50_000
_MOST_LOOKUPS = 10_000
_UNKNOWN_S = 60.0
# Longer than any caller waits. An answer that is later still is recognised by its address.
_LINGER_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """How long answers are good for, in seconds."""

    reachable_s: float = 3600.0
    unreachable_s: float = 600.0

    def of(self, status: str) -> float:
        """The time for an answer with this status."""
        if status in {"CAPABILITY_FULL", "CAPABILITY_PARTIAL"}:
            return self.reachable_s
        return self.unreachable_s if status == "NO_CAPABILITY" else _UNKNOWN_S


@dataclass(frozen=True, slots=True)
class Target:
    """Who is asked about: an address on its channel, or a contact."""

    project_id: str
    app_id: str
    channel: str
    """Empty for a contact whose channels are not named."""
    who: str
    """The address in its common form, or the contact's id."""


class Capabilities:
    """Answers `AwaitCapability`."""

    def __init__(
        self,
        *,
        calls: Caller,
        query: Operation,
        clock: Clock,
        memory: Memory,
        project_id: str,
        app_ids: Mapping[str, str],
    ) -> None:
        """`project_id` is meant where a request names no project, `app_ids` has the app meant in each project."""
        self._calls = calls
        self._query = query
        self._clock = clock
        self._memory = memory
        self._project_id = project_id
        self._app_ids = app_ids
        self._remembered: OrderedDict[Target, Capability] = OrderedDict()
        self._lookups: dict[Target, Lookup] = {}
        self._by_request_id: dict[str, Lookup] = {}

    async def await_capability(
        self, request: capability_pb2.AwaitCapabilityRequest, asker: Asker
    ) -> capability_pb2.AwaitCapabilityResponse:
        """What `AwaitCapability` promises."""
        if violations := _violations(request):
            raise CallerError.invalid(violations)
        parts = [_Part(request=part, target=self._target(part)) for part in _parts(request)]
        if request.options.validate_only:
            for part in parts:
                await self._calls.call(self._query, _query(part.request, ""), asker.deadline, caller=asker.caller)
            return capability_pb2.AwaitCapabilityResponse()
        waiting = [asyncio.ensure_future(self._about(part, asker)) for part in parts]
        try:
            found = await asyncio.gather(*waiting)
        finally:
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        return capability_pb2.AwaitCapabilityResponse(capabilities=[each for part in found for each in part])

    def learn(self, event: StoredEvent) -> None:
        """Take a CAPABILITY event in, whoever asked."""
        said = event_feed_pb2.FeedEvent.FromString(event.encoded)
        told = said.capability_notification
        found = Capability(
            channel=told.channel,
            identity=told.identity,
            capability_status=told.capability_status,
            channel_capabilities=told.channel_capabilities,
            reason=told.reason if told.HasField("reason") else None,
            contact_id=told.contact_id,
            answer_time=said.received_time,
        )
        lookup = self._by_request_id.get(told.request_id)
        app_id = lookup.target.app_id if lookup else event.app_id
        for who in filter(None, (same_address(told.identity), told.contact_id)):
            self._remember(Target(event.project_id, app_id, told.channel, who), found)
        if lookup is not None:
            lookup.tell(told.channel, found)

    async def close(self) -> None:
        """Give up the lookups that are being sent."""
        tasks = [lookup.task for lookup in self._by_request_id.values() if lookup.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _about(self, part: "_Part", asker: Asker) -> list[Capability]:
        """The answers about one address, or one contact."""
        channels = part.channels
        known = [self._known(replace(part.target, channel=channel), part.request) for channel in channels]
        if known and all(known):
            return [each for each in known if each is not None]
        lookup = self._lookups.get(part.target) or self._begin(part, asker.caller)
        lookup.waiter_count += 1
        try:
            await lookup.answered(part.request.channels, asker.deadline)
        finally:
            lookup.waiter_count -= 1
            # One without an answer stays for a while: whoever asks again joins it instead of paying for another.
            if (lookup.error or lookup.answers) and not lookup.waiter_count:
                self._lookups.pop(part.target, None)
                lookup.over.set()
        return [lookup.answers[channel] for channel in part.request.channels] or [next(iter(lookup.answers.values()))]

    def _begin(self, part: "_Part", caller: str) -> "Lookup":
        if len(self._by_request_id) >= _MOST_LOOKUPS:
            raise LimitError(
                "as many capability lookups are under way as may be",
                reason="QUEUE_FULL",
                code=grpc.StatusCode.RESOURCE_EXHAUSTED,
                retry_after_s=1.0,
            )
        lookup = Lookup(request_id=f"cgw-{uuid.uuid4().hex}", target=part.target)
        self._lookups[part.target] = self._by_request_id[lookup.request_id] = lookup
        lookup.task = asyncio.create_task(self._ask(lookup, part.request, caller), name="capability-lookup")
        return lookup

    async def _ask(self, lookup: "Lookup", request: capability_pb2.AwaitCapabilityRequest, caller: str) -> None:
        """Send the question, and keep it open for as long as anybody may wait for its answer."""
        deadline = Deadline.after(_LINGER_S, self._clock)
        try:
            await self._calls.call(self._query, _query(request, lookup.request_id), deadline, caller=caller)
            async with asyncio.timeout(max(deadline.remaining_s(), 0)):
                await lookup.over.wait()
        except GatewayError as error:
            lookup.fail(error)
        except TimeoutError:
            lookup.fail(_missing(lookup.request_id))
        finally:
            del self._by_request_id[lookup.request_id]
            if self._lookups.get(lookup.target) is lookup:
                del self._lookups[lookup.target]

    def _known(self, target: Target, request: capability_pb2.AwaitCapabilityRequest) -> Capability | None:
        """What is remembered, where it is not too old."""
        found = self._remembered.get(target)
        if found is None:
            return None
        age_s = self._clock.now().timestamp() - found.answer_time.ToNanoseconds() / 1e9
        good_s = self._memory.of(found.capability_status)
        if request.HasField("max_age"):
            good_s = min(good_s, span_s(request.max_age))
        if age_s >= good_s:
            return None
        remembered = Capability(remembered=True)
        remembered.MergeFrom(found)
        return remembered

    def _remember(self, target: Target, found: Capability) -> None:
        self._remembered[target] = found
        self._remembered.move_to_end(target)
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)

    def _target(self, part: capability_pb2.AwaitCapabilityRequest) -> Target:
        project_id = part.project_id or self._project_id
        app_id = part.app_id or self._app_ids.get(project_id, "")
        if part.recipient.contact_id:
            return Target(project_id, app_id, "", part.recipient.contact_id)
        (address,) = part.recipient.identified_by.channel_identities
        return Target(project_id, app_id, address.channel, same_address(address.identity))


class Lookup:
    """A question under way, shared by everybody who asks it."""

    def __init__(self, *, request_id: str, target: Target) -> None:
        """Nothing is known yet."""
        self.request_id = request_id
        self.target = target
        self.answers: dict[str, Capability] = {}
        """By channel."""
        self.error: GatewayError | None = None
        self.waiter_count = 0
        self.task: asyncio.Task[None] | None = None
        self.over = asyncio.Event()
        """Set when nobody needs the lookup any more."""
        self._changed = asyncio.Event()

    def tell(self, channel: str, found: Capability) -> None:
        """An answer has come."""
        self.answers[channel] = found
        self._changed.set()
        if not self.waiter_count:
            # Whoever waited has left before it was answered.
            self.over.set()

    def fail(self, error: GatewayError) -> None:
        """No answer will come."""
        self.error = error
        self._changed.set()

    async def answered(self, channels: Iterable[str], deadline: Deadline) -> None:
        """Return once these channels have answered, or any where none is named.

        Raises what the lookup failed with, or `LimitError` CAPABILITY_MISSING shortly before the deadline.
        """
        needed = set(channels)
        try:
            async with asyncio.timeout(in_time(deadline).remaining_s()):
                while not self.answers or not needed <= self.answers.keys():
                    if self.error is not None:
                        raise self.error
                    # Others wait for the same: the event is theirs too, so it is waited for and then made anew.
                    await self._changed.wait()
                    self._changed = asyncio.Event() if self._changed.is_set() else self._changed
        except TimeoutError:
            raise _missing(self.request_id) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The share of a request that one lookup can answer."""

    request: capability_pb2.AwaitCapabilityRequest
    target: Target

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels whose answers are wanted; none for a contact of which any will do."""
        return tuple(self.request.channels) or ((self.target.channel,) if self.target.channel else ())


def _parts(request: capability_pb2.AwaitCapabilityRequest) -> list[capability_pb2.AwaitCapabilityRequest]:
    if request.recipient.contact_id:
        return [request]
    parts = []
    for address in request.recipient.identified_by.channel_identities:
        part = capability_pb2.AwaitCapabilityRequest()
        part.CopyFrom(request)
        del part.recipient.identified_by.channel_identities[:]
        part.recipient.identified_by.channel_identities.append(address)
        parts.append(part)
    return parts


def _query(part: capability_pb2.AwaitCapabilityRequest, request_id: str) -> capability_pb2.QueryCapabilityRequest:
    query = capability_pb2.QueryCapabilityRequest(
        project_id=part.project_id,
        app_id=part.app_id,
        recipient=part.recipient,
        request_id=request_id or None,
        options=part.options,
    )
    query.options.ClearField("request_id")
    return query


def _violations(request: capability_pb2.AwaitCapabilityRequest) -> list[Violation]:
    violations = []
    addresses = request.recipient.identified_by.channel_identities
    if not request.recipient.contact_id and not addresses:
        description = "needs a contact_id, or addresses in identified_by"
        violations.append(Violation(field="recipient", description=description, reason="REQUIRED_FIELD_MISSING"))
    if len(addresses) > MOST_ADDRESSES:
        path = "recipient.identified_by.channel_identities"
        violations.append(Violation(field=path, description=f"has more than {MOST_ADDRESSES} addresses"))
    if len(request.channels) > MOST_ADDRESSES:
        violations.append(Violation(field="channels", description=f"has more than {MOST_ADDRESSES} channels"))
    if request.channels and addresses:
        violations.append(Violation(field="channels", description="cannot be given with identified_by"))
    if request.HasField("max_age") and span_s(request.max_age) < 0:
        violations.append(Violation(field="max_age", description="is negative"))
    return violations


def _missing(request_id: str) -> LimitError:
    return LimitError(
        "the answer to the lookup has not come in time; one that comes later is remembered",
        reason="CAPABILITY_MISSING",
        code=grpc.StatusCode.DEADLINE_EXCEEDED,
        retry_after_s=1.0,
        metadata={"lookup_request_ids": request_id},
    )
