"""What a test may ask the simulator itself: what it was asked, to misbehave, to hurry, and to start afresh."""

from collections.abc import Callable
from typing import Any

import orjson

from gateway.simulator.delivery.callbacks import Callbacks
from gateway.simulator.delivery.inbound import Inbound
from gateway.simulator.delivery.journey import Journeys
from gateway.simulator.delivery.queue import AppQueues
from gateway.simulator.faults.misbehaviour import Misbehaviour, magic_numbers
from gateway.simulator.problem import Json, RefusedError, invalid, not_found
from gateway.simulator.recording import RecordedRequest, Recording
from gateway.simulator.records.state import App, Region, State
from gateway.simulator.resources.webhooks import TRIGGERS
from gateway.simulator.schedule import Schedule, stamp
from gateway.simulator.shapes.shape import choice, integer, number, record, text
from gateway.simulator.tokens import Tokens
from gateway.simulator.wire import Request, Response

Operation = Callable[[Any], Json]

_MAX_ADVANCE_S = 10 * 366 * 24 * 3600
_MAX_EMITTED = 10_000
_CLOCK = record({"advance_s": number})
_QUEUE = record(
    {"app_id": text()},
    {"outbound_size": integer(0, 2**31), "outbound_limit": integer(0, 2**31), "drain_per_s": number},
)
_CONTACT_MESSAGE = record(optional={"text_message": record({"text": text()})})
_INBOUND = record(
    {"app_id": text(), "channel": text(), "identity": text()},
    {"text": text(), "contact_message": _CONTACT_MESSAGE, "correlation_id": text(), "conversation_metadata": text()},
)
_EMIT = record(
    {"app_id": text(), "trigger": choice(*sorted(TRIGGERS)), "payload": record()}, {"count": integer(1, _MAX_EMITTED)}
)
_TOKENS = record({"action": choice("expire", "revoke")})


class Admin:
    """Serves `/_simulator/…`; needs no credentials, so the port belongs on loopback."""

    def __init__(
        self,
        *,
        state: State,
        schedule: Schedule,
        recording: Recording,
        tokens: Tokens,
        callbacks: Callbacks,
        journeys: Journeys,
        queues: AppQueues,
        inbound: Inbound,
        misbehaviour: Misbehaviour,
    ) -> None:
        """Take what is looked at and what is changed."""
        self._state = state
        self._schedule = schedule
        self._recording = recording
        self._tokens = tokens
        self._callbacks = callbacks
        self._journeys = journeys
        self._queues = queues
        self._inbound = inbound
        self._misbehaviour = misbehaviour
        self._operations: dict[tuple[str, str], Operation] = {
            ("GET", "requests"): self._requests,
            ("GET", "stats"): self._stats,
            ("GET", "magic"): lambda _: dict(magic_numbers()),
            ("GET", "faults"): lambda _: {"faults": self._misbehaviour.shown()},
            ("POST", "faults"): self._add_faults,
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "reset"): self._reset,
            ("POST", "clock"): self._advance,
            ("POST", "queue"): self._adjust_queue,
            ("POST", "inbound"): self._receive,
            ("POST", "emit"): self._emit,
            ("POST", "tokens"): self._spoil_tokens,
        }

    def answer(self, request: Request, operation: str) -> Response:
        """Answer one admin request; its body is JSON whatever its content type says."""
        handler = self._operations.get((request.method, operation))
        try:
            if handler is None:
                raise not_found("operation")
            return Response(body=orjson.dumps(handler(_body(request))))
        except RefusedError as refusal:
            return refusal.response()

    def reset(self) -> None:
        """Go back to the start: configured apps and rules only, nothing recorded or planned. Tokens stay good."""
        self._state.clear()
        self._schedule.forget()
        self._callbacks.clear()
        self._journeys.clear()
        self._queues.clear()
        self._misbehaviour.clear()
        self._recording.clear()

    def _reset(self, _: Any) -> Json:
        self.reset()
        return {}

    def _requests(self, _: Any) -> Json:
        return {"requests": [_shown(recorded) for recorded in self._recording.all()]}

    def _stats(self, _: Any) -> Json:
        return {
            "answered": dict(self._recording.answered),
            "callbacks": dict(self._callbacks.counts),
            "callbacks_waiting": self._callbacks.waiting_count,
            "planned": self._schedule.planned_count,
            "tokens_issued": self._tokens.issued_count,
            "now": stamp(self._schedule.now()),
        }

    def _add_faults(self, body: Any) -> Json:
        """One rule, a list of them, or an object that holds a list as `rules`; all of them or none."""
        self._misbehaviour.add(rules_in(body))
        return {"faults": self._misbehaviour.shown()}

    def _clear_faults(self, _: Any) -> Json:
        self._misbehaviour.clear()
        return {}

    def _advance(self, body: Any) -> Json:
        _CLOCK(body, "")
        if not 0 <= body["advance_s"] <= _MAX_ADVANCE_S:
            raise invalid("advance_s", "must lie in the next ten years")
        self._schedule.advance(body["advance_s"])
        return {"now": stamp(self._schedule.now())}

    def _adjust_queue(self, body: Any) -> Json:
        _QUEUE(body, "")
        _, app = self._app(body["app_id"])
        self._queues.adjust(
            app.app_id,
            size=body.get("outbound_size"),
            limit=body.get("outbound_limit"),
            drain_per_s=body.get("drain_per_s"),
        )
        return self._queues.stats(app.app_id)

    def _receive(self, body: Any) -> Json:
        """Let a recipient write to an app."""
        _INBOUND(body, "")
        region, app = self._app(body["app_id"])
        message_id = self._inbound.receive(
            region,
            app,
            body["channel"],
            body["identity"],
            body.get("contact_message") or {"text_message": {"text": body.get("text") or "Hello"}},
            conversation_metadata=body.get("conversation_metadata") or "",
            correlation_id=body.get("correlation_id") or "",
        )
        return {"message_id": message_id}

    def _emit(self, body: Any) -> Json:
        """Post an event of any trigger, with a payload taken as it comes."""
        _EMIT(body, "")
        if len(body["payload"]) != 1 or not isinstance(next(iter(body["payload"].values())), dict):
            raise invalid("payload", "must hold one object under its payload key")
        _, app = self._app(body["app_id"])
        for _ in range(body.get("count") or 1):
            self._callbacks.emit(app, body["trigger"], body["payload"])
        return {}

    def _spoil_tokens(self, body: Any) -> Json:
        _TOKENS(body, "")
        self._tokens.spoil(body["action"])
        return {}

    def _app(self, app_id: str) -> tuple[Region, App]:
        for region in self._state.regions.values():
            app = region.apps.get(app_id)
            if app is not None:
                return region, app
        raise not_found("app")


def rules_in(body: Any) -> list[Any]:
    """The rules in a file or a request."""
    if isinstance(body, dict) and isinstance(body.get("rules"), list):
        body = body["rules"]
    return body if isinstance(body, list) else [body]


def _body(request: Request) -> Any:
    if not request.body:
        return {}
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise invalid("body", "is not valid JSON") from None


def _shown(recorded: RecordedRequest) -> Json:
    return {
        "method": recorded.method,
        "host": recorded.host,
        "region": recorded.region,
        "path": recorded.path,
        "query": recorded.query,
        "headers": recorded.headers,
        "json": recorded.json,
        "received_time": stamp(recorded.received_time),
        "status": recorded.status,
    }
