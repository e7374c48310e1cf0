"""Finding the wrong recipients among many costs looks at recipients, not copies of the message."""

from types import SimpleNamespace
from typing import Any

from conversation_gateway.v1.batch_pb2 import RecipientAndParams, SendBatchRequest

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.errors import CallerError, Violation
from gateway.upstream.large_batch import LargeBatch, Part

MESSAGE_BYTES = 1024 * 1024


class Checks:
    """A caller that finds every row without a recipient wrong, and adds up what it was given to look at."""

    def __init__(self) -> None:
        self.looked_at_bytes = 0

    async def call(self, _operation: object, request: Any, _deadline: Deadline, *, caller: str) -> Any:
        self.looked_at_bytes += request.ByteSize()
        wrong = [i for i, row in enumerate(request.recipient_and_params) if not row.HasField("recipient")]
        if wrong:
            found = [Violation(field=f"recipient_and_params[{i}].recipient", description="is missing") for i in wrong]
            raise CallerError.invalid(found)
        return SimpleNamespace(caller=caller)


async def test_a_thousand_wrong_recipients_are_named_without_copying_a_long_message_for_each() -> None:
    checks: Any = Checks()
    batch = SendBatchRequest(message={"text_message": {"text": "x" * MESSAGE_BYTES}})
    large = LargeBatch(calls=checks, operation=SimpleNamespace(), batch=batch, caller="c")  # type: ignore[arg-type]
    deadline = Deadline.after(60, Clock())
    await large.check(deadline)
    part = Part(first_index=0, recipient_count=1000, good=[RecipientAndParams()] * 1000, refused=())

    sifted = await large.sift(part, deadline)

    assert [refused.index for refused in sifted.refused] == list(range(1000))
    assert checks.looked_at_bytes < 2 * MESSAGE_BYTES
