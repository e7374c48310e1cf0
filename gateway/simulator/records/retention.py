"""What has been kept for longer than its app wants: told apart here, and deleted once a day."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gateway.simulator.records.state import DISPATCH, App, Region, Stored
from gateway.simulator.schedule import parse_instant

CLEANUP_INTERVAL_S = 24 * 3600.0


def expired_messages(region: Region, now: datetime) -> Iterator[Stored]:
    """Messages and events that are to go one by one, each by its own age."""
    for table in (region.messages, region.events):
        for stored in table:
            app = region.apps.get(stored.app_id)
            life = None if app is None else _life_of_a_message(app, stored)
            if life is not None and stored.accepted + life < now:
                yield stored


def expired_conversations(region: Region, now: datetime) -> Iterator[str]:
    """Conversations that are to go as a whole, by the age of their last message."""
    for conversation in region.conversations:
        app = region.apps.get(conversation["app_id"])
        if app is None or app.retention_type != "CONVERSATION_EXPIRE_POLICY":
            continue
        last = parse_instant(conversation["last_received"])
        # One in which nothing was ever written has no last message to be old.
        if last.timestamp() > 0 and last + timedelta(days=app.retention_days) < now:
            yield conversation["id"]


def _life_of_a_message(app: App, stored: Stored) -> timedelta | None:
    if stored.document["processing_mode"] == DISPATCH:
        return timedelta(days=app.dispatch_retention_days)
    return timedelta(days=app.retention_days) if app.retention_type == "MESSAGE_EXPIRE_POLICY" else None
