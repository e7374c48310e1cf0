"""Messages: sent, and where they are stored, listed, changed and deleted."""

from collections.abc import Callable, Iterable

from gateway.simulator.delivery.outbound import Outbound
from gateway.simulator.problem import Json, invalid, not_found
from gateway.simulator.records.state import CONVERSATION, DISPATCH, Stored
from gateway.simulator.resources.paging import page
from gateway.simulator.router import Call, Route
from gateway.simulator.schedule import parse_instant, stamp
from gateway.simulator.shapes.sending import send_request
from gateway.simulator.shapes.shape import choice, instant, items, record, text

_MAX_PAGE = 1000
_MAX_METADATA = 1024
_SOURCES = {"CONVERSATION_SOURCE": CONVERSATION, "DISPATCH_SOURCE": DISPATCH}

_FILTERS = {
    "messages_source": choice(*_SOURCES),
    "view": choice("WITH_METADATA", "WITHOUT_METADATA"),
    "direction": choice("TO_APP", "TO_CONTACT"),
    "start_time": instant,
    "end_time": instant,
}
_LIST = record(optional=_FILTERS)
_LAST = record(optional={**_FILTERS, "channel_identities": items(text()), "contact_ids": items(text())})
_CHANGE = record(optional={"metadata": text(most=_MAX_METADATA)})

Filter = Callable[[Stored], bool]


class Messages:
    """A 200 for a send says only that the message is queued; the rest is callbacks, and what is stored."""

    def __init__(self, outbound: Outbound) -> None:
        """Send through this."""
        self._outbound = outbound

    def routes(self) -> Iterable[Route]:
        """The operations."""
        yield Route("conversation", "POST", "messages:send", self.send)
        yield Route("conversation", "POST", "messages:fetch-last-message", self.fetch_last)
        yield Route("conversation", "GET", "messages", self.list)
        yield Route("conversation", "GET", "messages/{message_id}", self.get)
        yield Route("conversation", "PATCH", "messages/{message_id}", self.update)
        yield Route("conversation", "DELETE", "messages/{message_id}", self.delete)

    def send(self, call: Call) -> Json:
        """Queue one message."""
        request = call.document()
        send_request(request, "")
        message_id, accepted = self._outbound.accept(call.region, request)
        return {"message_id": message_id, "accepted_time": stamp(accepted)}

    def list(self, call: Call) -> Json:
        """Stored messages, newest first."""
        query = call.query
        _LIST(query, "")
        rows, token = page(
            call.region.messages,
            size=query.get("page_size"),
            token=query.get("page_token"),
            most=_MAX_PAGE,
            newest_first=True,
            wanted=_filter(query),
        )
        return {"messages": [_shown(stored, query) for stored in rows], "next_page_token": token}

    def fetch_last(self, call: Call) -> Json:
        """The newest stored message of each identity, or of each contact."""
        request = call.document()
        _LAST(request, "")
        by_contact = bool(request.get("contact_ids"))
        keys = request.get("contact_ids") or request.get("channel_identities") or []
        if by_contact and request.get("channel_identities"):
            raise invalid("contact_ids", "excludes channel_identities")
        if by_contact and request.get("messages_source") == "DISPATCH_SOURCE":
            raise invalid("contact_ids", "cannot be used with DISPATCH_SOURCE")
        if not keys:
            raise invalid("channel_identities", "one of contact_ids, channel_identities is required")
        wanted, seen = _filter(request), {key.removeprefix("+"): False for key in keys}

        def is_last(stored: Stored) -> bool:
            document = stored.document
            key = document["contact_id"] if by_contact else document["channel_identity"]["identity"]
            if seen.get(key.removeprefix("+")) is not False or not wanted(stored):
                return False
            seen[key.removeprefix("+")] = True
            return True

        last = {
            stored.document["id"] for _, stored in call.region.messages.numbered(newest_first=True) if is_last(stored)
        }
        rows, token = page(
            call.region.messages,
            size=request.get("page_size"),
            token=request.get("page_token"),
            most=_MAX_PAGE,
            newest_first=True,
            wanted=lambda stored: stored.document["id"] in last,
        )
        return {"messages": [_shown(stored, request) for stored in rows], "next_page_token": token}

    def get(self, call: Call) -> Json:
        """One stored message."""
        return self._find(call).document

    def update(self, call: Call) -> Json:
        """Change a message's metadata, the only thing that can change."""
        document = call.document()
        if document.get("metadata") is None:
            raise invalid("metadata", "is required")
        _CHANGE(document, "")
        stored = self._find(call)
        stored.document["metadata"] = document["metadata"]
        return stored.document

    def delete(self, call: Call) -> None:
        """Remove the stored copy; the recipient keeps the message."""
        call.region.messages.remove(self._find(call).document["id"])

    def _find(self, call: Call) -> Stored:
        _LIST(call.query, "")
        stored = call.region.messages.find(call.parameters["message_id"])
        if stored.document["processing_mode"] != _source(call.query):
            raise not_found("message")
        return stored


def _source(request: Json) -> str:
    return _SOURCES[request.get("messages_source") or "CONVERSATION_SOURCE"]


def _filter(request: Json) -> Filter:
    """What a list asks for, whether its filters came in the query or in the body."""
    mode = _source(request)
    equal = {name: request[name] for name in ("conversation_id", "contact_id", "direction") if request.get(name)}
    start, end = (parse_instant(request[name]) if request.get(name) else None for name in ("start_time", "end_time"))
    identity = (request.get("channel_identity") or "").removeprefix("+")
    only_inbound = str(request.get("only_recipient_originated")).lower() == "true"

    def wanted(stored: Stored) -> bool:
        document = stored.document
        address = document["channel_identity"]
        return (
            document["processing_mode"] == mode
            and all(document[name] == value for name, value in equal.items())
            and request.get("app_id") in (None, "", stored.app_id)
            and identity in ("", address["identity"].removeprefix("+"))
            and request.get("channel") in (None, "", address["channel"])
            and (not only_inbound or document["direction"] == "TO_APP")
            and (start is None or stored.accepted > start)
            and (end is None or stored.accepted < end)
        )

    return wanted


def _shown(stored: Stored, request: Json) -> Json:
    if request.get("view") == "WITHOUT_METADATA":
        return {**stored.document, "metadata": ""}
    return stored.document
