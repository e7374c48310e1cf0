"""A batch of any size, as the parts of up to a thousand recipients that the API takes.

Which recipients make a part depends on nothing but their order, and each part has a request id derived from the whole
batch's. So the same batch given again, whole or as far as it gets, sends no part twice; and parts go out one after the
other, so that the first one that differs stops all that follow.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from conversation_gateway.v1.batch_pb2 import RecipientAndParams, SendBatchRequest
from conversation_gateway.v1.call_options_pb2 import PRIORITY_BULK, PRIORITY_UNSPECIFIED

from gateway.deadline import Deadline
from gateway.errors import CallerError, Violation
from gateway.upstream.attempts import Answer
from gateway.upstream.batch_checks import MOST_RECIPIENTS, RECIPIENTS, gather_placeholders
from gateway.upstream.call import Caller, Operation
from gateway.upstream.limits import MOST_ELEMENTS
from gateway.upstream.repeats import Repeats

# Ends a part early where recipients have long parameters, so that a part always has a size that can be held and sent.
MAX_PART_BYTES = 2 * 1024 * 1024
# Recipients looked at in one go: about half a millisecond.
_SLICE_COUNT = 128
_MAX_NAMES_CHARACTERS = 64 * 1024
_REPEATED = Violation(field="recipient", description="was given before in this batch, and gets the message once")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A recipient that is left out, and why."""

    index: int
    violation: Violation
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A run of recipients: those that are sent to, and those that cannot be."""

    first_index: int
    recipient_count: int
    good: Sequence[RecipientAndParams]
    refused: Sequence[Refused]


class LargeBatch:
    """Cuts recipients into parts and sends each part as a batch of its own."""

    def __init__(self, *, calls: Caller, operation: Operation, batch: SendBatchRequest, caller: str) -> None:
        """`batch` is everything but the recipients, `operation` the one that sends a batch."""
        self._calls = calls
        self._operation = operation
        self._batch = batch
        self._outline = batch
        self._caller = caller
        self._repeats = Repeats()
        self._rows: list[RecipientAndParams] = []
        self._bytes = 0
        self.received_count = 0
        """How many recipients were given so far."""

    async def check(self, deadline: Deadline) -> None:
        """Do every local check that does not depend on who the recipients are; raises `CallerError`."""
        if self._batch.recipient_and_params:
            raise CallerError.invalid([Violation(field=RECIPIENTS, description="must be empty; recipients follow")])
        if self._batch.options.priority == PRIORITY_UNSPECIFIED:
            self._batch.options.priority = PRIORITY_BULK
        names: set[str] = set()
        for step, _ in enumerate(gather_placeholders(self._batch.message, names), 1):
            if step % _SLICE_COUNT == 0:
                await asyncio.sleep(0)
        if sum(map(len, names)) > _MAX_NAMES_CHARACTERS:
            hint = f"has placeholders of more than {_MAX_NAMES_CHARACTERS} characters together"
            raise CallerError.invalid([Violation(field="message", description=hint)])
        # A recipient that cannot be at fault: whatever is wrong then is wrong with all the rest.
        anybody = RecipientAndParams(parameters=dict.fromkeys(list(names)[:MOST_ELEMENTS], ""))
        anybody.recipient.identified_by.channel_identities.add(channel="SMS", identity="0")
        await self._validate(self._batch, [anybody], deadline)
        self._outline = _outline(self._batch, names)

    def add(self, recipient: RecipientAndParams) -> Iterator[Part]:
        """Take one more recipient; gives the parts that it completes, with nobody left out yet."""
        size = recipient.ByteSize()
        if self._bytes + size > MAX_PART_BYTES:
            yield from self.rest()
        self._rows.append(recipient)
        self._bytes += size
        self.received_count += 1
        if len(self._rows) == MOST_RECIPIENTS:
            yield from self.rest()

    def rest(self) -> Iterator[Part]:
        """Those that make no whole part yet, as one; nothing when there are none."""
        count = len(self._rows)
        if count:
            rows, self._rows, self._bytes = self._rows, [], 0
            yield Part(first_index=self.received_count - count, recipient_count=count, good=rows, refused=())

    async def sift(self, part: Part, deadline: Deadline) -> Part:
        """Leave out the recipients that are at fault or were given before; parts must come in their order."""
        wrong = await self._wrong(part.good, 0, deadline)
        good, refused = [], []
        for offset, row in enumerate(part.good):
            index = part.first_index + offset
            if offset in wrong:
                refused.append(Refused(index=index, violation=wrong[offset]))
            elif self._repeats.is_new(row.recipient.SerializeToString(deterministic=True)):
                good.append(row)
            else:
                refused.append(Refused(index=index, violation=_REPEATED, repeated=True))
            if offset % _SLICE_COUNT == 0:
                await asyncio.sleep(0)
        return Part(first_index=part.first_index, recipient_count=part.recipient_count, good=good, refused=refused)

    def request(self, part: Part) -> SendBatchRequest:
        """The batch that sends to the part's good recipients."""
        request = _with_recipients(self._batch, part.good)
        if self._batch.options.request_id:
            request.options.request_id = part_id(self._batch.options.request_id, part.first_index)
        return request

    async def send(self, request: SendBatchRequest, deadline: Deadline) -> Answer:
        """Send a part's batch, at most once under its request id.

        Raises as `Caller.call` does; `CallerError` REQUEST_ID_REUSED when this part was sent with other content.
        """
        return await self._calls.call(self._operation, request, deadline, caller=self._caller)

    async def _wrong(
        self, rows: Sequence[RecipientAndParams], start: int, deadline: Deadline
    ) -> Mapping[int, Violation]:
        """What is wrong with which of the rows, found by halves: rows are seldom wrong, and then few of them."""
        try:
            await self._validate(self._outline, rows, deadline)
        except CallerError as error:
            if len(rows) == 1:
                return {start: _of_row(error)}
            half = len(rows) // 2
            first = await self._wrong(rows[:half], start, deadline)
            return {**first, **await self._wrong(rows[half:], start + half, deadline)}
        return {}

    async def _validate(self, batch: SendBatchRequest, rows: Sequence[RecipientAndParams], deadline: Deadline) -> None:
        request = _with_recipients(batch, rows)
        request.options.validate_only = True
        await self._calls.call(self._operation, request, deadline, caller=self._caller)
        await asyncio.sleep(0)


def _with_recipients(batch: SendBatchRequest, rows: Sequence[RecipientAndParams]) -> SendBatchRequest:
    request = SendBatchRequest()
    request.CopyFrom(batch)
    request.recipient_and_params.extend(rows)
    return request


def _outline(batch: SendBatchRequest, names: Iterable[str]) -> SendBatchRequest:
    """The batch with no more of its message than recipients are checked against.

    Finding the wrong ones among a thousand takes two thousand looks, each of which would copy a message of megabytes.
    """
    outline = SendBatchRequest()
    outline.CopyFrom(batch)
    if batch.message.WhichOneof("body") != "template_message":
        outline.message.Clear()
        outline.message.text_message.text = " ".join(f"${{{name}}}" for name in sorted(names)) or "-"
    return outline


def part_id(request_id: str, first_index: int) -> str:
    """The request id of a part: 1 to 64 characters, like its own for each, and nothing that a caller would choose."""
    return f"{blake2b(request_id.encode(), digest_size=16).hexdigest()}-{first_index}"


def _of_row(error: CallerError) -> Violation:
    """The first thing that is wrong with the only row of a request, seen from that row."""
    if not error.violations:
        return Violation(field="", description=error.message, reason=error.reason)
    found = error.violations[0]
    field = found.field.removeprefix(f"{RECIPIENTS}[0]").removeprefix(".")
    return Violation(field=field, description=found.description, reason=found.reason)
