"""`SendMessages`: one message after the other on one stream, each answered when it is done."""

import asyncio
from typing import Any

from conversation_gateway.v1 import call_options_pb2, message_pb2
from google.protobuf.duration_pb2 import Duration

from gateway.clock import Clock
from gateway.errors import CallerError, GatewayError, UpstreamError, Violation
from gateway.rpc import status
from gateway.rpc.boundary import Boundary, Call, Handler, failure_of
from gateway.rpc.dialogue import Dialogue
from gateway.telemetry.logs import logger
from gateway.upstream.attempts import Answer
from gateway.upstream.call import Caller, Operation

SERVICE = "/conversation_gateway.v1.MessageService"
PATH = f"{SERVICE}/SendMessages"
# What a project's 800 messages a second keep under way when each takes a third of a second. `message.proto` names it.
WINDOW = 256
MAX_ITEM_ID_CHARACTERS = 128

log = logger("rpc")


def handlers(*, calls: Caller, operations: list[Operation], boundary: Boundary, clock: Clock) -> dict[str, Handler]:
    """The one handler, by gRPC path."""
    send = next(operation for operation in operations if operation.method.path == f"{SERVICE}/SendMessage")
    stream = MessageStream(calls=calls, operation=send, boundary=boundary, clock=clock)
    return {PATH: boundary.bidi(PATH, message_pb2.SendMessagesRequest, stream.serve)}


class MessageStream:
    """Carries out the items of streams, up to `WINDOW` of each stream at once."""

    def __init__(self, *, calls: Caller, operation: Operation, boundary: Boundary, clock: Clock) -> None:
        """Send each item by `operation`, as a call of its own."""
        self._calls = calls
        self._operation = operation
        self._boundary = boundary
        self._clock = clock

    async def serve(self, dialogue: Dialogue, call: Call) -> None:
        """Answer every item that was read; raises SHUTTING_DOWN where the caller may have written more."""
        window = asyncio.Semaphore(WINDOW)

        async def take(request: message_pb2.SendMessagesRequest | CallerError) -> None:
            await window.acquire()
            # An item is under way until its answer is written, so a caller that does not read is not read from.
            items.create_task(self._item(request, dialogue, call)).add_done_callback(lambda _: window.release())

        # A stream that is cancelled or broken cancels every item here; a write with a request id outlives that.
        async with asyncio.TaskGroup() as items:
            all_read = await dialogue.listen(take, until=self._boundary.draining)
            if not all_read:
                await dialogue.send(message_pb2.SendMessagesResponse(going_away=going_away()))
        if not all_read:
            raise status.shutting_down()

    async def _item(
        self, request: message_pb2.SendMessagesRequest | CallerError, dialogue: Dialogue, call: Call
    ) -> None:
        started_s = self._clock.monotonic()
        item_id = "" if isinstance(request, CallerError) else request.item_id[:MAX_ITEM_ID_CHARACTERS]
        answer: Any = message_pb2.SendMessagesResponse(item_id=item_id)
        error: GatewayError | None = None
        try:
            sent = await self._send(request, dialogue, call)
            answer.sent.MergeFrom(sent.message)
            answer.report.MergeFrom(report(sent))
        except Exception as failure:  # noqa: BLE001 - whatever it is, it is this item's and ends no other
            error = failure_of(failure, PATH)
            answer.error.MergeFrom(status.rich(error, call.request_id))
        log.info(
            "rpc_item",
            method=PATH,
            code=error.code.name if error else "OK",
            reason=error.reason if error else None,
            duration_ms=round((self._clock.monotonic() - started_s) * 1000, 3),
            request_id=call.request_id,
        )
        try:
            await dialogue.send(answer)
        except UpstreamError as oversized:
            why = status.rich(oversized, call.request_id)
            await dialogue.send(message_pb2.SendMessagesResponse(item_id=answer.item_id, error=why))

    async def _send(
        self, request: message_pb2.SendMessagesRequest | CallerError, dialogue: Dialogue, call: Call
    ) -> Answer:
        if isinstance(request, CallerError):
            raise request
        if violations := _wrong(request):
            raise CallerError.invalid(violations)
        timeout_s = self._boundary.max_deadline_s
        if request.HasField("timeout"):
            timeout_s = request.timeout.seconds + request.timeout.nanos / 1e9
        try:
            with dialogue.held(request):
                return await self._calls.call(
                    self._operation, request.send, call.deadline.within(timeout_s), caller=call.peer
                )
        except CallerError as error:
            raise error.below("send") from None


def report(answer: Answer) -> call_options_pb2.CallReport:
    """What a single call would say of its answer in trailers."""
    said = call_options_pb2.CallReport(
        attempt_count=answer.attempt_count,
        queue_wait=span(answer.queue_wait_s),
        replayed=answer.replayed,
        upstream_request_id=answer.upstream_request_id,
        consent=answer.consent,
    )
    if answer.app_queue_eta_s is not None:
        said.app_queue_eta.MergeFrom(span(answer.app_queue_eta_s))
    return said


def going_away() -> call_options_pb2.GoingAway:
    """What a stream is told when the gateway begins to shut down."""
    return call_options_pb2.GoingAway(reconnect_delay=span(status.RECONNECT_S))


def _wrong(request: Any) -> list[Violation]:
    missing = "REQUIRED_FIELD_MISSING"
    violations = []
    if not request.item_id:
        violations.append(Violation(field="item_id", description="is required and must not be empty", reason=missing))
    elif len(request.item_id) > MAX_ITEM_ID_CHARACTERS:
        hint = f"has more than {MAX_ITEM_ID_CHARACTERS} characters"
        violations.append(Violation(field="item_id", description=hint))
    if not request.HasField("send"):
        violations.append(Violation(field="send", description="is required", reason=missing))
    if request.HasField("timeout") and request.timeout.seconds * 10**9 + request.timeout.nanos <= 0:
        violations.append(Violation(field="timeout", description="must be more than zero"))
    return violations


def span(seconds: float) -> Duration:
    """Seconds as the contract says them."""
    span = Duration()
    span.FromNanoseconds(round(seconds * 1e9))
    return span
