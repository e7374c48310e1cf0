"""An outbound call, from a request of the contract to its answer: fill in, check, write, carry out, remember."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from google.protobuf.message import Message

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.errors import CallerError, UpstreamError, Violation
from gateway.state.requests import RequestKey
from gateway.upstream.app_queue import Joining
from gateway.upstream.attempts import Answer, Marker, Unmarked
from gateway.upstream.callback_urls import check_callback_url
from gateway.upstream.checks import checker_for
from gateway.upstream.complaint import complete
from gateway.upstream.defaults import Defaults, filler_for
from gateway.upstream.gate import Gate, OpenGate
from gateway.upstream.method import Effect, Method
from gateway.upstream.options import Options, read_options
from gateway.upstream.outcome import Outcome
from gateway.upstream.outgoing import Outgoing, RequestWriter
from gateway.upstream.projects import Project, Projects, unknown_project
from gateway.upstream.rate_limit import Claim
from gateway.upstream.request_ids import LINGER_S, Dispatching, RequestIds
from gateway.upstream.request_key import fingerprint, stamp
from gateway.upstream.sending import contacts_in_dispatch, joiner_for
from gateway.value import value

METADATA = "message_metadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A method together with its compiled local work: what to fill in and what to check."""

    method: Method
    fill: Callable[[Message, Defaults], list[Violation]]
    check: Callable[[Message], Awaitable[list[Violation]]]
    joining: Callable[[Any, str], Joining | None] | None
    """What it puts into an app's queue in a region; None where it sends nothing."""
    stampable: bool
    """Whether its webhooks bring back a text that the gateway may use to recognise them."""


@value
class _Prepared:
    """A call that passed every local check: what is to go out, and the queue it joins, if any."""

    operation: Operation
    request: Message
    project: Project
    options: Options
    target: str
    outgoing: Outgoing
    joining: Joining | None


def _unobserved(_key: str) -> None:
    """Look away."""


class Caller:
    """Calls the API on behalf of everyone."""

    def __init__(
        self,
        *,
        projects: Projects,
        request_ids: RequestIds,
        writer: RequestWriter,
        callback_url_hosts: Iterable[str],
        clock: Clock,
        sent: Callable[[str], None] = _unobserved,
        gate: Gate | None = None,
    ) -> None:
        """Keep the collaborators; they are closed by whoever made them.

        Every send has to pass the `gate`, if there is one, before anything is spent on it. `sent` is told, during the
        call, by what a message that it sends will be known: its stamp, then its id.
        """
        self._projects = projects
        self._request_ids = request_ids
        self._writer = writer
        self._callback_url_hosts = frozenset(callback_url_hosts)
        self._clock = clock
        self._sent = sent
        self._gate = gate or OpenGate()

    def operation(self, method: Method) -> Operation:
        """Compile the local work of a method, once."""
        metadata = method.request.fields_by_name.get(METADATA)
        return Operation(
            method=method,
            fill=filler_for(method.request),
            check=checker_for(method.request, self._clock.now),
            joining=joiner_for(method.request),
            stampable=metadata is not None and metadata.message_type is None,
        )

    async def call(self, operation: Operation, request: Message, deadline: Deadline, *, caller: str) -> Answer:
        """Call the API on the caller's behalf, repeating only what is safe, within the deadline.

        Raises `CallerError` before anything is sent when the request is at fault, `LimitError` when it cannot be
        admitted in time, `UpstreamError` with the verdict on the API's answer, and `TimeoutError` when the deadline
        passes first. A cancelled call is given up at once, unless it carries a request id and may have been sent:
        then it is finished, so that its outcome is remembered.
        """
        project, options = await self._checked(operation, request)
        if options.request_id and operation.stampable and not getattr(request, METADATA):
            stamped = stamp(options.request_id)
            setattr(request, METADATA, stamped)
            self._sent(stamped)
        target, body = await operation.method.encode(request)
        if options.validate_only:
            if operation.joining:
                await self._gate.check(request, options, deadline)
            return Answer(message=operation.method.response_class(), attempt_count=0)
        if deadline.passed:
            raise TimeoutError
        app_id = getattr(request, "app_id", "")
        claim = Claim(priority=options.priority, caller=caller, app_id=app_id, max_wait_s=options.max_queue_wait_s)
        joins = operation.joining(request, options.region) if operation.joining else None
        outgoing = Outgoing(
            host=operation.method.host,
            effect=operation.method.effect,
            request=self._writer.write(operation.method, region=options.region, target=target, body=body),
            claim=claim,
            read=operation.method.read,
            retry_unknown_outcome=options.retry_unknown_outcome,
            queue_full=partial(project.queues.is_full, joins) if joins else None,
        )
        prepared = _Prepared(
            operation=operation,
            request=request,
            project=project,
            options=options,
            target=target,
            outgoing=outgoing,
            joining=joins,
        )
        try:
            if options.request_id and operation.method.effect is not Effect.READ:
                return await self._once(prepared, deadline)
            return await self._carry_out(prepared, deadline, finish=deadline, marker=Unmarked())
        except UpstreamError as error:
            method, region = operation.method, options.region
            await complete(error, method, request, region=region, regions=project.regions, deadline=deadline)
            raise

    async def _checked(self, operation: Operation, request: Message) -> tuple[Project, Options]:
        """Do every local check and say all that is wrong at once."""
        project = self._projects.of(request)
        if project is None:
            raise CallerError.invalid([unknown_project(), *await operation.check(request)])
        violations = operation.fill(request, project.defaults) + await operation.check(request)
        options, wrong = read_options(request, region=project.defaults.region, app_region=project.home(request))
        violations += wrong
        if operation.joining and project.queues.is_dispatch(getattr(request, "app_id", ""), options.region):
            violations += contacts_in_dispatch(request)
        if violations:
            raise CallerError.invalid(violations)
        check_callback_url(request, self._callback_url_hosts)
        return project, options

    async def _carry_out(self, call: _Prepared, deadline: Deadline, *, finish: Deadline, marker: Marker) -> Answer:
        """Carry the call out: past the gate, and with the app's queue in mind where it joins one."""
        attempts, queues = call.project.attempts, call.project.queues
        # Here and not among the local checks: what was sent before is remembered, whoever opted out since.
        consent = await self._gate.admit(call.request, call.options, deadline) if call.operation.joining else ""
        if call.joining is not None:
            queues.admit(call.joining)
        answer = await attempts.run(call.outgoing, deadline, finish=finish, marker=marker)
        answer.consent = consent
        if call.joining is None:
            return answer
        self._sent(getattr(answer.message, "message_id", ""))
        answer.app_queue_eta_s = queues.joined(call.joining)
        return answer

    async def _once(self, call: _Prepared, deadline: Deadline) -> Answer:
        """Carry out a write at most once under its request id, or repeat what is remembered of it."""
        method, body = call.operation.method, call.outgoing.request.body
        key = RequestKey(
            project_id=call.project.defaults.project_id,
            request_id=call.options.request_id,
            fingerprint=fingerprint(method=method.path, target=call.target, body=body),
        )
        took = Answer(message=method.response_class(), attempt_count=0)

        async def dispatch(dispatching: Dispatching) -> bytes:
            nonlocal took
            # Longer than the caller may wait: an outcome that nobody hears of is still worth remembering.
            finish = Deadline(at_s=max(deadline.at_s, self._clock.monotonic() + LINGER_S), clock=self._clock)
            took = await self._carry_out(call, deadline, finish=finish, marker=dispatching)
            return took.message.SerializeToString()

        async with asyncio.timeout(deadline.remaining_s()):
            outcome = await self._request_ids.run(key, dispatch)
        took.message, took.replayed = _message(method, outcome), outcome.replayed
        return took


def _message(method: Method, outcome: Outcome) -> Message:
    """The answer of a write under a request id, whoever got it."""
    if outcome.error is not None:
        raise outcome.error
    if outcome.response is not None:
        return method.response_class.FromString(outcome.response)
    # A webhook told that the message exists; the rest of the answer never came.
    answer: Any = method.response_class()
    answer.message_id = outcome.message_id
    return answer  # type: ignore[no-any-return]
