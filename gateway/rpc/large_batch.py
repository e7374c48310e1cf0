"""`SendLargeBatch`: recipients come in, batches go out, and an outcome for each comes back, one after the other.

Between the caller and the API stands one batch that is being made, one that is ready and one that is being sent, and
nothing else: whoever is slow holds up the others.
"""

import asyncio
import math
from collections.abc import Iterable

import grpc
from conversation_gateway.v1 import batch_pb2 as pb

from gateway.clock import Clock
from gateway.errors import CallerError, GatewayError, LimitError, Violation
from gateway.rpc import status
from gateway.rpc.boundary import Boundary, Call, Handler, failure_of
from gateway.rpc.dialogue import Dialogue
from gateway.rpc.message_stream import going_away, report, span
from gateway.telemetry.logs import logger
from gateway.upstream.call import Caller, Operation
from gateway.upstream.large_batch import LargeBatch, Part

SERVICE = "/conversation_gateway.v1.BatchService"
PATH = f"{SERVICE}/SendLargeBatch"
# How long a batch waits for an API that fails or cannot be reached; for a limit it waits as long as the stream lives.
# `batch.proto` names it.
PATIENCE_S = 300.0
# Between two tries of a batch: a shorter one that was advised is for single calls.
LEAST_DELAY_S = 1.0

log = logger("rpc")


def handlers(*, calls: Caller, operations: Iterable[Operation], boundary: Boundary, clock: Clock) -> dict[str, Handler]:
    """The one handler, by gRPC path."""
    send = next(operation for operation in operations if operation.method.path == f"{SERVICE}/SendBatch")

    async def behaviour(dialogue: Dialogue, call: Call) -> None:
        stream = _Stream(calls=calls, operation=send, boundary=boundary, clock=clock, dialogue=dialogue, call=call)
        await stream.serve()

    return {PATH: boundary.bidi(PATH, pb.SendLargeBatchRequest, behaviour)}


class _Stream:
    """One large batch, from its first message to its summary."""

    def __init__(
        self, *, calls: Caller, operation: Operation, boundary: Boundary, clock: Clock, dialogue: Dialogue, call: Call
    ) -> None:
        self._calls = calls
        self._operation = operation
        self._draining = boundary.draining
        self._max_deadline_s = boundary.max_deadline_s
        self._clock = clock
        self._dialogue = dialogue
        self._call = call
        self._batch: LargeBatch | None = None
        self._waits_for_limits = True
        self._ready: asyncio.Queue[Part | None] = asyncio.Queue(maxsize=1)
        self._progress = pb.LargeBatchProgress()

    async def serve(self) -> None:
        """Take recipients until there are no more, and end when every batch that is complete has its outcome.

        A stream that is cancelled or broken cancels all of it; a batch under way with a request id outlives that.
        """
        ending: GatewayError | None = None
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._send_all(), name="large-batch-send")
            try:
                if await self._dialogue.listen(self._take, until=self._draining):
                    await self._finish()
                else:
                    ending = status.shutting_down()
                    await self._tell(pb.SendLargeBatchResponse(going_away=going_away()))
            except (CallerError, LimitError) as error:
                ending = error
            await self._ready.put(None)
        if ending is not None:
            raise ending
        await self._tell(pb.SendLargeBatchResponse(completed={}))

    async def _take(self, request: pb.SendLargeBatchRequest | CallerError) -> None:
        if isinstance(request, CallerError):
            raise request
        kind = request.WhichOneof("part")
        if self._batch is None:
            await self._start(request)
        elif kind == "recipients":
            with self._dialogue.held(request):
                for recipient in request.recipients.recipient_and_params:
                    await self._make_ready(self._batch, self._batch.add(recipient))
        else:
            hint = "was given before; only recipients can follow it" if kind == "start" else "must be recipients"
            raise CallerError.invalid([Violation(field=kind or "part", description=hint)])

    async def _start(self, request: pb.SendLargeBatchRequest) -> None:
        if not request.start.HasField("batch"):
            missing = "is required, before any recipient"
            violation = Violation(field="start.batch", description=missing, reason="REQUIRED_FIELD_MISSING")
            raise CallerError.invalid([violation])
        given = request.start.batch
        self._waits_for_limits = not given.options.HasField("max_queue_wait")
        batch = LargeBatch(calls=self._calls, operation=self._operation, batch=given, caller=self._call.peer)
        try:
            await batch.check(self._call.deadline)
        except CallerError as error:
            raise error.below("start.batch") from None
        self._batch = batch

    async def _finish(self) -> None:
        """Make the last batch of what is left, once it is certain that the caller has said so.

        A connection that broke looks like a half-close, but takes no answer any more: this is cancelled then, while it
        tries to give one.
        """
        if self._batch is None:
            await self._start(pb.SendLargeBatchRequest())
            return
        await self._tell(pb.SendLargeBatchResponse(received={}))
        await self._make_ready(self._batch, self._batch.rest())

    async def _make_ready(self, batch: LargeBatch, parts: Iterable[Part]) -> None:
        for part in parts:
            await self._ready.put(await batch.sift(part, self._call.deadline))

    async def _send_all(self) -> None:
        while (part := await self._ready.get()) is not None:
            await self._send(part)

    async def _send(self, part: Part) -> None:
        """Send one batch and say what came of it; raises when nothing may be sent after it."""
        started_s = self._clock.monotonic()
        outcome = pb.LargeBatchOutcome(
            first_index=part.first_index, recipient_count=part.recipient_count, state=pb.LARGE_BATCH_STATE_REFUSED
        )
        for refused in part.refused:
            outcome.refused_recipients.add(
                index=refused.index,
                field=refused.violation.field,
                description=refused.violation.description,
                reason=refused.violation.reason,
                repeated_recipient=refused.repeated,
            )
        error = await self._carry_out(part, outcome) if part.good else None
        if error is not None:
            outcome.error.MergeFrom(status.rich(error, self._call.request_id))
            outcome.state = _state_after(error)
        self._count(part, outcome.state)
        log.info(
            "large_batch_part",
            method=PATH,
            code=error.code.name if error else "OK",
            reason=error.reason if error else None,
            sent_count=len(part.good),
            refused_count=len(part.refused),
            duration_ms=round((self._clock.monotonic() - started_s) * 1000, 3),
            request_id=self._call.request_id,
        )
        await self._tell(pb.SendLargeBatchResponse(outcome=outcome))
        if error is not None and error.reason == "REQUEST_ID_REUSED":
            # It is another batch than before, so nobody knows which of the recipients behind were sent to already.
            raise error

    async def _carry_out(self, part: Part, outcome: pb.LargeBatchOutcome) -> GatewayError | None:
        """Send a batch, again and again while it is only refused for now; the error that ended it, if one did."""
        assert self._batch is not None  # noqa: S101 - parts come from it
        request = self._batch.request(part)
        patience_s = self._clock.monotonic() + PATIENCE_S
        while True:
            try:
                with self._dialogue.held(request):
                    answer = await self._batch.send(request, self._call.deadline.within(self._max_deadline_s))
            except Exception as failure:  # noqa: BLE001 - whatever it is, the batches behind may do better
                error = failure_of(failure, PATH)
            else:
                outcome.state = pb.LARGE_BATCH_STATE_ACCEPTED
                outcome.response.MergeFromString(answer.message.SerializeToString())
                outcome.report.MergeFrom(report(answer))
                return None
            delay_s = self._delay_s(error, patience_s)
            if delay_s is None or not await self._pause(part, error, delay_s):
                return error

    def _delay_s(self, error: GatewayError, patience_s: float) -> float | None:
        """Seconds until a batch is sent again that was certainly not; nothing when it is not worth it."""
        if error.retry_after_s is None or _state_after(error) != pb.LARGE_BATCH_STATE_REFUSED:
            return None
        is_limit = error.code is grpc.StatusCode.RESOURCE_EXHAUSTED
        end_s = (math.inf if self._waits_for_limits else 0.0) if is_limit else patience_s
        delay_s = max(error.retry_after_s, LEAST_DELAY_S)
        end_s = min(end_s, self._call.deadline.at_s)
        return delay_s if self._clock.monotonic() + delay_s < end_s else None

    async def _pause(self, part: Part, error: GatewayError, delay_s: float) -> bool:
        """Wait, and say why; whether the time is over and the gateway does not shut down."""
        why = status.rich(error, self._call.request_id)
        waiting = pb.LargeBatchWaiting(first_index=part.first_index, error=why, retry_delay=span(delay_s))
        await self._tell(pb.SendLargeBatchResponse(waiting=waiting))
        try:
            async with asyncio.timeout(delay_s):
                await self._draining.wait()
        except TimeoutError:
            return True
        return False

    def _count(self, part: Part, state: pb.LargeBatchState) -> None:
        sent, refused = len(part.good), len(part.refused)
        self._progress.refused_count += refused
        if state == pb.LARGE_BATCH_STATE_ACCEPTED:
            self._progress.accepted_count += sent
        elif state == pb.LARGE_BATCH_STATE_UNKNOWN:
            self._progress.unknown_count += sent
        else:
            self._progress.refused_count += sent

    async def _tell(self, answer: pb.SendLargeBatchResponse) -> None:
        self._progress.received_count = self._batch.received_count if self._batch else 0
        answer.progress.MergeFrom(self._progress)
        await self._dialogue.send(answer)


def _state_after(error: GatewayError) -> pb.LargeBatchState:
    """What a failed batch is to its recipients: refused only where it is certain that nobody gets the message."""
    told = error.metadata.get("request_state", "")
    in_doubt = error.reason == "INTERNAL" or (error.reason == "DEADLINE_EXCEEDED" and told != "not_sent")
    if in_doubt or told in {"unknown", "done"}:
        return pb.LARGE_BATCH_STATE_UNKNOWN
    return pb.LARGE_BATCH_STATE_REFUSED
