"""What a message has come to, from receipts that repeat, come late or in no order. Pure."""

ACCEPTED = "ACCEPTED"
FAILED = "FAILED"
SWITCHING = "SWITCHING_CHANNEL"
DELIVERED = "DELIVERED"
READ = "READ"
# How far each status is on one channel (api/webhooks.md, "Delivery status state machine").
_RANKS = {ACCEPTED: 0, "QUEUED_ON_CHANNEL": 1, DELIVERED: 2, READ: 3}


class Progress:
    """Tells news from repeats, and the end from the way there."""

    __slots__ = ("_others", "_ranks", "_until", "final")

    def __init__(self, *, until: str) -> None:
        """Nothing is known yet; `until` is DELIVERED or READ, the status after which nothing matters any more."""
        self._until = until
        self._ranks: dict[str, int] = {}
        # A tuple, for there are few if any, and ten thousand messages may be followed at once.
        self._others: tuple[tuple[str, str], ...] = ()
        self.final = False
        """Whether nothing more is of interest."""

    def take(self, status: str, channel: str) -> bool:
        """Whether this status on this channel is news: not told before, and not overtaken by what was."""
        arrived = max(self._ranks.values(), default=0) >= _RANKS[DELIVERED]
        rank = _RANKS.get(status)
        if rank is not None:
            return self._advance(status, rank, channel, arrived=arrived)
        # Where it has arrived it does not matter any more that another channel gave up.
        news = (status, channel) not in self._others and not (arrived and status in {FAILED, SWITCHING})
        self._others += ((status, channel),) if news else ()
        self.final = self.final or (news and status == FAILED)
        return news

    def _advance(self, status: str, rank: int, channel: str, *, arrived: bool) -> bool:
        if status == ACCEPTED:
            news = not self._ranks and not self._others
        else:
            news = rank > self._ranks.get(channel, -1) and (rank >= _RANKS[DELIVERED] or not arrived)
        if news:
            self._ranks[channel] = rank
            self.final = self.final or rank >= _RANKS[self._until]
        return news
