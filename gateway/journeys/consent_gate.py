"""Refuses sends to those who have opted out, before anything is spent on them.

A message tries one address after the other, so a send is refused when any address that it may reach has opted out; the
refusal names these by their paths, and the caller can leave them out.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import grpc
from google.protobuf.message import Message

from gateway.deadline import Deadline
from gateway.errors import CallerError, LimitError, Violation
from gateway.journeys.consent_reading import ConsentReading
from gateway.journeys.consents import Consents
from gateway.state.consents import Scope
from gateway.telemetry.logs import logger
from gateway.upstream.options import Options
from gateway.upstream.rate_limit import Priority
from gateway.upstream.sending import recipients

Mode = Literal["off", "warn", "enforce"]
REFUSED, UNKNOWN, WARNED, EXEMPT = VERDICTS = ("refused", "unknown", "warned", "exempt")
_MARKETING = "CONTENT_MARKETING"
# The lists of an app are read in less; whoever has more time than that is better told.
_PATIENCE_S = 10.0
_RETRY_S = 5.0
_SLICE_COUNT = 128
_MOST_VIOLATIONS = 32

log = logger("consents")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the settings say."""

    default: Mode
    by_app: Mapping[Scope, Mode]
    sends_unknown: bool
    """Whether a send goes out while it is not known who has opted out."""
    urgent_exempt: bool

    def mode(self, scope: Scope) -> Mode:
        """The mode of an app."""
        return self.by_app.get(scope, self.default)


class ConsentGate:
    """The `Gate` of every call that sends."""

    def __init__(
        self,
        *,
        policy: Policy,
        consents: Consents,
        reading: ConsentReading,
        caught_up: asyncio.Event,
        observe: Callable[[str], None],
    ) -> None:
        """Go by `consents`, once `reading` and the log have told what they know; `observe` is told each verdict."""
        self._policy = policy
        self._consents = consents
        self._reading = reading
        self._caught_up = caught_up
        self._observe = observe

    async def admit(self, request: Message, options: Options, deadline: Deadline) -> str:
        """As `Gate` says; a word is `warned` or `exempt`."""
        try:
            word = await self._judge(request, options, deadline)
        except CallerError:
            self._observe(REFUSED)
            raise
        except LimitError:
            self._observe(UNKNOWN)
            raise
        if word:
            self._observe(word)
            log.warning("sent_to_opted_out", app_id=getattr(request, "app_id", ""), verdict=word)
        return word

    async def check(self, request: Message, options: Options, deadline: Deadline) -> None:
        """As `Gate` says."""
        await self._judge(request, options, deadline)

    async def _judge(self, request: Any, options: Options, deadline: Deadline) -> str:
        scope = Scope(request.project_id, request.app_id)
        mode = self._policy.mode(scope)
        if mode == "off":
            return ""
        self._reading.want(scope, options.region)
        content_type = getattr(request, "message_content_type", "")
        exempt = self._policy.urgent_exempt and options.priority is Priority.URGENT and content_type != _MARKETING
        known = mode == "warn" or exempt or await self._known(scope, deadline)
        objections = [path async for path in self._objections(request, scope, content_type)]
        if not objections:
            if not known and not self._policy.sends_unknown:
                raise _unknown()
            return ""
        if exempt:
            return EXEMPT
        if mode == "warn":
            return WARNED
        raise _refusal(objections)

    async def _known(self, scope: Scope, deadline: Deadline) -> bool:
        """Whether everything is known that can be; waits for it a while."""
        patience = deadline.within(_PATIENCE_S)
        try:
            async with asyncio.timeout(max(patience.remaining_s(), 0.0)):
                await self._caught_up.wait()
                known = await self._reading.known(scope)
        except TimeoutError:
            if deadline.passed:
                raise
            return False
        return known and not self._consents.full

    async def _objections(self, request: Any, scope: Scope, content_type: str) -> AsyncIterator[str]:
        """The paths of addresses and contacts that have opted out."""
        ordered = "channel_priority_order" in request.DESCRIPTOR.fields_by_name
        channels = list(request.channel_priority_order) if ordered else []
        for number, (path, recipient) in enumerate(recipients(request), 1):
            contact_id = recipient.contact_id
            if contact_id and self._consents.contact_opted_out(scope, channels, contact_id):
                yield f"{path}.contact_id"
            for index, each in enumerate(recipient.identified_by.channel_identities):
                if channels and each.channel not in channels:
                    continue
                if self._consents.opted_out(scope, each.channel, each.identity, content_type):
                    yield f"{path}.identified_by.channel_identities[{index}]"
            if number % _SLICE_COUNT == 0:
                await asyncio.sleep(0)


def _refusal(paths: list[str]) -> CallerError:
    hint = "has opted out; leave it out"
    violations = [
        Violation(field=path, description=hint, reason="RECIPIENT_OPTED_OUT") for path in paths[:_MOST_VIOLATIONS]
    ]
    return CallerError(
        "the message could reach an address that has opted out; nothing was sent",
        reason="RECIPIENT_OPTED_OUT",
        code=grpc.StatusCode.FAILED_PRECONDITION,
        violations=violations,
        metadata={"opted_out_count": str(len(paths)), "request_state": "not_sent"},
    )


def _unknown() -> LimitError:
    return LimitError(
        "it is not known yet whether the recipient has opted out; nothing was sent",
        reason="CONSENTS_UNKNOWN",
        code=grpc.StatusCode.UNAVAILABLE,
        retry_after_s=_RETRY_S,
        metadata={"request_state": "not_sent"},
    )
