"""What an event says about a recipient's consent, if it says anything. Pure.

Where a channel has opting out of its own there is an event for it; elsewhere people write STOP, and that comes as an
ordinary inbound message. A message counts when it is such a word and nothing else: "stop by at noon" is none.
"""

import re
from collections.abc import Iterable
from typing import Any

from conversation_gateway.v1 import event_feed_pb2

from gateway.journeys.consents import Word
from gateway.state.consents import Scope
from gateway.state.events import StoredEvent

OPT_IN, OPT_OUT, INBOUND = "OPT_IN", "OPT_OUT", "MESSAGE_INBOUND"
_AROUND = re.compile(r"^\W+|\W+$")
_BLANKS = re.compile(r"\s+")
# Longer than any word of the settings with what people put around it.
_MOST_CHARACTERS = 100


class Words:
    """Reads events."""

    def __init__(self, *, stop: Iterable[str], start: Iterable[str]) -> None:
        """Take these phrases for what they mean; one that means both opts out."""
        self._stop = frozenset(map(_plain, stop))
        self._start = frozenset(map(_plain, start)) - self._stop

    def heard(self, event: StoredEvent) -> Word | None:
        """What the event says, None when it is about something else or the opting failed."""
        if event.trigger not in {OPT_IN, OPT_OUT, INBOUND}:
            return None
        said = event_feed_pb2.FeedEvent.FromString(event.encoded)
        if event.trigger == INBOUND:
            return self._of_message(event, said)
        told: Any = said.opt_out_notification if event.trigger == OPT_OUT else said.opt_in_notification
        # In doubt nobody is written to: opting out counts unless it failed, opting in only where it succeeded.
        if told.status == "OPT_OUT_FAILED" or (event.trigger == OPT_IN and told.status != "OPT_IN_SUCCEEDED"):
            return None
        return Word(
            scope=Scope(event.project_id, event.app_id),
            channel=told.channel,
            address=told.identity,
            contact_id=told.contact_id,
            out=event.trigger == OPT_OUT,
            at_us=said.accepted_time.ToMicroseconds() if said.HasField("accepted_time") else event.stored_us,
        )

    def _of_message(self, event: StoredEvent, said: event_feed_pb2.FeedEvent) -> Word | None:
        message = said.message
        text = message.contact_message.text_message.text
        plain = _plain(text) if len(text) <= _MOST_CHARACTERS else ""
        if plain not in self._stop and plain not in self._start:
            return None
        at = message.accept_time if message.HasField("accept_time") else said.accepted_time
        return Word(
            scope=Scope(event.project_id, event.app_id),
            channel=message.channel_identity.channel,
            address=message.channel_identity.identity,
            contact_id=message.contact_id,
            out=plain in self._stop,
            at_us=at.ToMicroseconds() or event.stored_us,
        )


def _plain(text: str) -> str:
    return _BLANKS.sub(" ", _AROUND.sub("", text)).casefold()
