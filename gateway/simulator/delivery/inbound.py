"""What comes from a channel: a recipient writes to an app."""

from gateway.simulator.delivery.callbacks import Callbacks
from gateway.simulator.identifiers import new_ulid
from gateway.simulator.identities import channel_identity
from gateway.simulator.problem import Json
from gateway.simulator.records.address_book import AddressBook
from gateway.simulator.records.consent_register import ConsentRegister
from gateway.simulator.records.conversation_log import ConversationLog
from gateway.simulator.records.state import CONVERSATION, App, Region, Stored
from gateway.simulator.schedule import Schedule, stamp


class Inbound:
    """Takes a contact's message into the state and posts MESSAGE_INBOUND."""

    def __init__(
        self,
        *,
        schedule: Schedule,
        callbacks: Callbacks,
        address_book: AddressBook,
        conversation_log: ConversationLog,
        consents: ConsentRegister,
    ) -> None:
        """Take what a message touches."""
        self._schedule = schedule
        self._callbacks = callbacks
        self._address_book = address_book
        self._conversation_log = conversation_log
        self._consents = consents

    def receive(
        self,
        region: Region,
        app: App,
        channel: str,
        identity: str,
        contact_message: Json,
        *,
        metadata: str = "",
        conversation_metadata: str = "",
        correlation_id: str = "",
    ) -> str:
        """Take one message in and return its id; its contact and conversation appear where the mode has them."""
        now = self._schedule.now()
        address = channel_identity(channel, identity)
        self._consents.listen(
            region, app.app_id, address["identity"], (contact_message.get("text_message") or {}).get("text") or ""
        )
        contact_id = conversation_id = ""
        if app.processing_mode == CONVERSATION:
            contact_id = self._address_book.find_or_create(region, [address])["id"]
            conversation = self._conversation_log.active(region, app, contact_id, channel)
            conversation_id = conversation["id"]
        message = {
            "id": new_ulid(),
            "direction": "TO_APP",
            "contact_message": contact_message,
            "channel_identity": address,
            "conversation_id": conversation_id,
            "contact_id": contact_id,
            "metadata": metadata,
            "accept_time": stamp(now),
            "sender_id": "",
            "processing_mode": app.processing_mode,
            "injected": False,
        }
        if app.processing_mode == CONVERSATION or app.keeps_dispatched:
            self._conversation_log.keep_message(region, Stored(document=message, app_id=app.app_id, accepted=now))
        self._callbacks.emit(
            app,
            "MESSAGE_INBOUND",
            {"message": message},
            message_metadata=conversation_metadata,
            correlation_id=correlation_id,
        )
        return str(message["id"])
