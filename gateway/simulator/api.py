"""The story of one request: record, authenticate, find the operation, do it, answer.

Nothing here waits: all state is in memory, and what takes time is the conduct of an answer or a callback.
"""

import logging
import traceback

import orjson

from gateway.simulator.admin import Admin
from gateway.simulator.bucket import Bucket
from gateway.simulator.delivery.queue import AppQueues
from gateway.simulator.faults.answers import Answer
from gateway.simulator.faults.misbehaviour import Misbehaviour, app_id_in
from gateway.simulator.problem import RefusedError, exhausted, not_found
from gateway.simulator.recording import Recording
from gateway.simulator.records.state import State
from gateway.simulator.router import Call, Location, Router, locate
from gateway.simulator.schedule import Schedule
from gateway.simulator.tokens import Tokens
from gateway.simulator.wire import Request, Response

_log = logging.getLogger(__name__)

_WITH_BODY = ("POST", "PUT", "PATCH")


class Api:
    """Answers everything that is asked on the one port."""

    def __init__(
        self,
        *,
        state: State,
        schedule: Schedule,
        recording: Recording,
        tokens: Tokens,
        router: Router,
        admin: Admin,
        project_id: str,
        rate: Bucket,
        queues: AppQueues,
        misbehaviour: Misbehaviour,
    ) -> None:
        """Take the collaborators; the router knows every operation."""
        self._state = state
        self._schedule = schedule
        self._recording = recording
        self._tokens = tokens
        self._router = router
        self._admin = admin
        self._project_id = project_id
        self._rate = rate
        self._queues = queues
        self._misbehaviour = misbehaviour

    def answer(self, request: Request) -> Response:
        """Answer one request; never raises."""
        location = locate(request.path)
        try:
            if location.host == "admin":
                return self._admin.answer(request, location.tail)
            return self._answer_recorded(request, location)
        except Exception as failure:  # noqa: BLE001  # a defect of the simulator is an answer too
            # The message of an exception may quote a body; the places where it passed do not.
            _log.error(
                "request_failed %s\n%s", type(failure).__name__, "".join(traceback.format_tb(failure.__traceback__))
            )
            return RefusedError(500, "INTERNAL", "the simulator failed").response()

    def _answer_recorded(self, request: Request, location: Location) -> Response:
        recorded = self._recording.add(
            request,
            host=location.host,
            region=location.region,
            received_time=self._schedule.now(),
        )
        fault = self._misbehaviour.answer_to(request, location)
        if fault is None:
            response = self._perform(request, location)
        else:
            self._prepare(fault, request, location)
            response = fault.apply(lambda: self._perform(request, location))
        recorded.status = response.status if fault is None or fault.is_given else None
        self._recording.answered[f"{location.host or 'unknown'} {recorded.status or 'none'}"] += 1
        return response

    def _prepare(self, fault: Answer, request: Request, location: Location) -> None:
        """Bring about what the answer is to be the consequence of."""
        if fault.tokens:
            self._tokens.spoil(fault.tokens)
        region = self._state.regions.get(location.region)
        if fault.queue and region is not None and app_id_in(request) in region.apps:
            self._queues.fill(app_id_in(request))

    def _perform(self, request: Request, location: Location) -> Response:
        try:
            return self._performed(request, location)
        except RefusedError as refusal:
            return refusal.response()

    def _performed(self, request: Request, location: Location) -> Response:
        if location.host == "auth":
            if request.method != "POST":
                raise not_found("path")
            return self._tokens.issue(request)
        if not location.host:
            raise not_found("path")
        self._tokens.check(request.headers.get("authorization", ""), basic_allowed=location.host != "batch")
        if location.project_id != self._project_id:
            raise RefusedError(403, "PERMISSION_DENIED", "the key is not bound to this project")
        if not self._rate.take():
            raise exhausted("the project's rate limit is reached")
        found = self._router.find(location, request.method)
        if found is None:
            raise not_found("path")
        handler, parameters = found
        call = Call(
            region=self._state.regions[location.region],
            parameters=parameters,
            raw_query=request.query,
            body=_parsed(request),
        )
        answer = handler(call)
        if isinstance(answer, Response):
            return answer
        return Response(body=b"{}" if answer is None else orjson.dumps(answer))


def _parsed(request: Request) -> object:
    """The JSON of a body; a request that has one must say that it is JSON."""
    if not request.body:
        return {} if request.method in _WITH_BODY else None
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise RefusedError(415, "INVALID_ARGUMENT", "the content type must be application/json")
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise RefusedError(400, "INVALID_ARGUMENT", "the body is not valid JSON") from None
