"""Batches: one message for up to a thousand recipients, at once or later."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.simulator.delivery.callbacks import Callbacks
from gateway.simulator.delivery.outbound import Outbound, metadata_text, override_of
from gateway.simulator.delivery.plan import reason
from gateway.simulator.delivery.queue import AppQueues
from gateway.simulator.identifiers import new_ulid
from gateway.simulator.problem import Json, RefusedError, invalid
from gateway.simulator.records.state import App, Batch, Region
from gateway.simulator.router import Call, Route
from gateway.simulator.schedule import Schedule, parse_instant, stamp
from gateway.simulator.shapes.app_message import app_message
from gateway.simulator.shapes.sending import WAY, conversation_metadata, recipient
from gateway.simulator.shapes.shape import instant, items, mapping, record, text

_MAX_RECIPIENTS = 1000
_MAX_AHEAD = timedelta(days=7)
_AT_ONCE = timedelta(minutes=1)
_MARK_S = 5 * 60
_MESSAGES_PER_TURN = 50
_FULL_QUEUE_WAIT_S = 1.0
_RESERVED = "_batch_id"
_PLACEHOLDER = re.compile(r"\$\{([^{}]+)\}")

_METADATA = {"message_metadata": record(), "conversation_metadata": conversation_metadata}
_RECIPIENT = record({"recipient": recipient}, {"parameters": mapping(text()), **_METADATA})
_BATCH = record(
    {
        "app_id": text(),
        "message": app_message,
        "recipient_and_params": items(_RECIPIENT, least=1, most=_MAX_RECIPIENTS),
    },
    {**WAY, **_METADATA, "batch_metadata": record(), "send_after": instant},
)
_CANCEL = record({"batch_id": text()})
_PASSED_ON = (*WAY, "queue", "message_content_type")


class Batches:
    """Accepts batches, and makes ordinary messages of them when their time has come."""

    def __init__(self, *, schedule: Schedule, callbacks: Callbacks, outbound: Outbound, queues: AppQueues) -> None:
        """Send each message as `messages:send` would."""
        self._schedule = schedule
        self._callbacks = callbacks
        self._outbound = outbound
        self._queues = queues

    def routes(self) -> Iterable[Route]:
        """The four operations on batches of messages."""
        yield Route("batch", "POST", "messages", self.send)
        yield Route("batch", "DELETE", "messages", self.cancel)
        yield Route("batch", "GET", "messages", self.by_metadata)
        yield Route("batch", "GET", "messages/{batch_id}", self.status)

    def send(self, call: Call) -> Json:
        """Accept a batch; more than a minute ahead it waits for the next five-minute mark."""
        request = call.document()
        _BATCH(request, "")
        _refuse_reserved(request)
        app = call.region.app(request["app_id"])
        now = self._schedule.now()
        send_after = _rounded(now, request)
        document: Json = {
            "batch_id": new_ulid(),
            "status": "SCHEDULED" if send_after > now else "READY",
            "send_after": stamp(send_after),
            "meta_data": request.get("batch_metadata") or {},
        }
        batch = call.region.batches.add(document["batch_id"], Batch(document=document, app=app))
        region, delay_s = call.region, (send_after - now).total_seconds()
        self._schedule.after(delay_s, lambda: self._process(region, batch, request, 0))
        return {"batch_id": document["batch_id"], "send_after": document["send_after"]}

    def cancel(self, call: Call) -> None:
        """Cancel a batch that has not started; always answered with 200, whatever comes of it."""
        request = call.document()
        _CANCEL(request, "")
        batch = call.region.batches.get(request["batch_id"])
        if batch is not None and batch.document["status"] == "SCHEDULED":
            batch.document["status"] = "CANCELLED"
            self._schedule.after(0, lambda: self._tell(batch))

    def by_metadata(self, call: Call) -> list[Json]:
        """The batches whose metadata holds this value under this key."""
        key, value = call.query.get("metadataKey"), call.query.get("metadataValue")
        if not key or not value:
            raise invalid("metadataKey", "metadataKey and metadataValue are required")
        documents = [batch.document for batch in call.region.batches]
        return [document for document in documents if _as_text(document["meta_data"].get(key)) == value]

    def status(self, call: Call) -> Json:
        """How far one batch is."""
        return call.region.batches.find(call.parameters["batch_id"]).document

    def _process(self, region: Region, batch: Batch, request: Json, start: int) -> None:
        """Send some of the batch's messages and come back for the rest, when the app's queue has room."""
        if batch.document["status"] == "CANCELLED":
            return
        batch.document["status"] = "READY"
        entries = request["recipient_and_params"][start : start + _MESSAGES_PER_TURN]
        if not self._queues.has_room(batch.app.app_id, len(entries)):
            self._schedule.after(_FULL_QUEUE_WAIT_S, lambda: self._process(region, batch, request, start))
            return
        for entry in entries:
            message = _message(request, entry, batch.document["batch_id"])
            try:
                self._outbound.accept(region, message)
            except RefusedError as refusal:
                self._tell_failed(batch.app, message, refusal)
        end = start + len(entries)
        if end < len(request["recipient_and_params"]):
            self._schedule.after(0, lambda: self._process(region, batch, request, end))
            return
        batch.document["status"] = "PROCESSED"
        self._tell(batch)

    def _tell(self, batch: Batch) -> None:
        document = batch.document
        data = {"send_after": document["send_after"], "batch_metadata": document["meta_data"]}
        notification = {
            "batch_id": document["batch_id"],
            "batch_status": f"BATCH_STATUS_{document['status']}",
            "batch_type": "BATCH_TYPE_MESSAGES",
            "additional_data": {"message_batch_data": data},
        }
        self._callbacks.emit(batch.app, "BATCH_STATUS_UPDATE", {"batch_status_update_notification": notification})

    def _tell_failed(self, app: App, message: Json, refusal: RefusedError) -> None:
        """A recipient that does not survive the second look is told of by receipt, not by the answer."""
        report = {
            "message_id": new_ulid(),
            "conversation_id": "",
            "status": "FAILED",
            "contact_id": "",
            "reason": reason("BAD_REQUEST", refusal.message),
            "metadata": message["message_metadata"],
            "processing_mode": app.processing_mode,
        }
        self._callbacks.emit(
            app,
            "MESSAGE_DELIVERY",
            {"message_delivery_report": report},
            message_metadata=message["message_metadata"],
            override=override_of(app, message),
        )


def _refuse_reserved(request: Json) -> None:
    places = {"": request, **{f"recipient_and_params[{i}].": e for i, e in enumerate(request["recipient_and_params"])}}
    for place, holder in places.items():
        for name in _METADATA:
            metadata = holder.get(name)
            if isinstance(metadata, dict) and _RESERVED in metadata:
                raise invalid(f"{place}{name}", f"{_RESERVED} is reserved")


def _rounded(now: datetime, request: Json) -> datetime:
    """When to send: now, soon as asked, or at the next five-minute mark after what was asked."""
    asked = parse_instant(request["send_after"]) if request.get("send_after") else now
    if asked > now + _MAX_AHEAD:
        raise invalid("send_after", "must not be more than 7 days ahead")
    if asked <= now + _AT_ONCE:
        return max(asked, now)
    return datetime.fromtimestamp(-(-asked.timestamp() // _MARK_S) * _MARK_S, UTC)


def _message(request: Json, entry: Json, batch_id: str) -> Json:
    """The send request for one recipient."""
    message_metadata = {**_object(request, entry, "message_metadata"), _RESERVED: batch_id}
    conversation = {**_object(request, entry, "conversation_metadata"), _RESERVED: batch_id}
    return {
        **{name: request[name] for name in _PASSED_ON if request.get(name) is not None},
        "app_id": request["app_id"],
        "recipient": entry["recipient"],
        "message": _filled(request["message"], entry.get("parameters") or {}),
        "message_metadata": metadata_text(message_metadata),
        "conversation_metadata": conversation,
    }


def _object(request: Json, entry: Json, name: str) -> Json:
    """Metadata of the batch under that of the recipient."""
    merged: Json = {}
    for holder in (request, entry):
        given = holder.get(name)
        if isinstance(given, dict):
            merged.update(given)
    return merged


def _filled(value: Any, parameters: dict[str, str]) -> Any:
    """The message with every known `${parameter}` replaced, in whatever string it stands."""
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda match: parameters.get(match[1], match[0]), value)
    if isinstance(value, dict):
        return {key: _filled(item, parameters) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, parameters) for item in value]
    return value


def _as_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else metadata_text(value)
