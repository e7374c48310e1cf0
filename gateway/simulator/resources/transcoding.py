"""Transcoding: what a message would look like on each channel; nothing is sent."""

from collections.abc import Iterable

import orjson

from gateway.simulator.channels import render
from gateway.simulator.problem import Json
from gateway.simulator.router import Call, Route
from gateway.simulator.shapes.app_message import app_message
from gateway.simulator.shapes.shape import items, record, text

_REQUEST = record(
    {"app_id": text(), "app_message": app_message, "channels": items(text(), least=1)},
    {"from": text(), "to": text()},
)


class Transcoding:
    """Answers with JSON inside of strings, as the vendor does."""

    def routes(self) -> Iterable[Route]:
        """The one operation."""
        yield Route("conversation", "POST", "messages:transcode", self.transcode)

    def transcode(self, call: Call) -> Json:
        """Render the message for every channel asked for."""
        request = call.document()
        _REQUEST(request, "")
        call.region.app(request["app_id"])
        message = request["app_message"]
        explicit = message.get("explicit_channel_message") or {}
        return {
            "transcoded_message": {
                channel: explicit[channel]
                if channel in explicit
                else orjson.dumps(render(channel, message, request.get("from") or "", request.get("to") or "")).decode()
                for channel in request["channels"]
            }
        }
