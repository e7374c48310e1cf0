"""A pace whose permits come from a cell that other processes share.

Pure bookkeeping, as `pace`: what was leased, when each permit is due, and what is wanted next. While the cell cannot
be asked it is a pace of its own, at this process's share of the rate.
"""

from collections import deque
from collections.abc import Callable

from gateway.errors import StoreError
from gateway.state.permits import Lease, Pause, Wish
from gateway.upstream.pace import Pace

# A permit that nobody used for so long goes back: the rate is everybody's.
KEPT_S = 0.1
# How long the answer of the cell may take for those who may not wait: as long as a send waits for the shared store.
QUESTION_S = 0.05
# As many permits are fetched ahead as this much of the recent demand, whenever half of them are left: each lease is a
# round trip, whose CPU its permits share. More would grow stale before it is used.
AHEAD_S = 0.08
_NEVER = float("inf")
# The memory of the recent demand.
_MEMORY_S = 0.25


class LeasedPace:
    """What `Pace` is to the dispatch, with permits that have to be fetched; instants must not run backwards."""

    def __init__(
        self, *, rate_per_s: float, local: Pace | None, cut: float, floor: float, fetch: Callable[[], None]
    ) -> None:
        """Begin with nothing leased.

        `local` is used while the cell cannot be asked; without one nothing is given then. `fetch` is told, each time,
        that it is worth asking the cell now.
        """
        self._full_rate_per_s = rate_per_s
        self._local = local
        self._cut = cut
        self._floor = floor
        self._fetch = fetch
        self._permits: deque[float] = deque()
        self._away = False
        self._rate_per_s = rate_per_s
        self._contenders = 0
        self._paused_until_s = float("-inf")
        self._pause: Pause | None = None
        self._busy_period = 0
        # Permits of one's own pace have tokens from 0 up, leased ones from -1 down.
        self._token = -1
        self._unused = 0
        self._taken = 0
        """Permits since the demand was learned last."""
        self._demand_per_s = 0.0
        self._learned_s = float("-inf")
        self._low = 0.0
        """With fewer permits in hand than this it is time to fetch more."""

    @property
    def away(self) -> bool:
        """Whether the cell could not be asked the last time."""
        return self._away

    @property
    def hopeless(self) -> bool:
        """Whether nothing is given until the cell is back."""
        return self._away and self._local is None

    @property
    def due_s(self) -> float:
        """The instant from which the next permit may be taken; never, until one was leased."""
        if self._away:
            return self._local.due_s if self._local else _NEVER
        return self._permits[0] if self._permits else _NEVER

    @property
    def question_s(self) -> float:
        """What the cell has is known only when it has answered."""
        return 0.0 if self._away else QUESTION_S

    def wait_s(self, permits: int, now_s: float) -> float:
        """Seconds until the last of the next `permits` is due, by what the others wanted lately.

        `StoreError` while the cell cannot be asked and there is no pace of one's own.
        """
        if self._away:
            if self._local is None:
                raise StoreError.unavailable("the shared rate limit cannot be asked; nothing was sent")
            return self._local.wait_s(permits, now_s)
        if permits <= len(self._permits):
            return max(self._permits[permits - 1] - now_s, 0.0)
        start_s = max(self._permits[-1] if self._permits else now_s, now_s, self._paused_until_s)
        # The one that is next comes as soon as the cell is asked.
        beyond = permits - len(self._permits) - 1
        return start_s - now_s + beyond * (self._contenders + 1) / self._rate_per_s

    def take(self, now_s: float) -> int:
        """Take the permit that is due, and get what `give_back` needs to undo it."""
        self._taken += 1
        if self._away and self._local is not None:
            return self._local.take(now_s)
        self._permits.popleft()
        if len(self._permits) < self._low:
            self._fetch()
        return self._token

    def give_back(self, busy_period: int, now_s: float) -> None:
        """Return a permit that was taken and not used; one from before a pause or an outage is let go."""
        if busy_period >= 0:
            if self._local is not None:
                self._local.give_back(busy_period, now_s)
        elif busy_period == self._token and not self._away:
            self._permits.appendleft(now_s)

    def throttle(self, now_s: float, *, pause_s: float, rate_per_s: float) -> None:
        """Give nothing for `pause_s` seconds here, and have the cell tell all others."""
        self._pause = Pause(pause_s=pause_s, cut=self._cut, floor=self._floor)
        self._paused_until_s = max(self._paused_until_s, now_s + pause_s)
        self._drop()
        if self._local is not None:
            self._local.throttle(now_s, pause_s=pause_s, rate_per_s=rate_per_s)
        self._fetch()

    def rate_per_s(self, now_s: float) -> float:
        """The rate of all processes together, or of this one alone while the cell is away."""
        if self._away:
            return self._local.rate_per_s(now_s) if self._local else 0.0
        return self._rate_per_s

    def pause_left_s(self, now_s: float) -> float:
        """Seconds until a pause ends; zero without one."""
        return max(self._paused_until_s - now_s, 0.0)

    def recovered(self, now_s: float) -> bool:
        """Whether nothing is left of the last throttling, as far as is known here."""
        return now_s >= self._paused_until_s and self._rate_per_s >= self._full_rate_per_s

    def wanted(self) -> None:
        """Somebody waits whose permit has yet to be leased."""
        self._fetch()

    def wish(self, waiting: tuple[int, int, int], now_s: float) -> Wish | None:
        """What to ask the cell for, given how many wait by priority; None when there is nothing to ask or to tell."""
        while self._permits and self._permits[0] < now_s - KEPT_S:
            self._permits.popleft()
            self._unused += 1
        in_hand = len(self._permits)
        # Who waits is served first; what is fetched ahead is nobody's yet, and so the least urgent.
        self._learn(now_s)
        most_ahead = int(self._demand_per_s * AHEAD_S)
        self._low = most_ahead / 2
        ahead = max(most_ahead - max(in_hand - sum(waiting), 0), 0)
        wanted = []
        for count in waiting:
            covered = min(in_hand, count)
            in_hand -= covered
            wanted.append(count - covered)
        urgent, normal, bulk = wanted
        if not (urgent or normal or bulk or self._pause or self._unused) and ahead <= self._low:
            return None
        wish = Wish(
            wanted=(urgent, normal, bulk + ahead),
            unused=self._unused,
            busy_period=self._busy_period,
            pause=self._pause,
        )
        self._unused, self._pause = 0, None
        return wish

    def leased(self, lease: Lease, now_s: float) -> None:
        """Take what the cell gave in its answer, which arrived now."""
        if self._away:
            self._away = False
            self._drop()
        self._rate_per_s, self._contenders = lease.rate_per_s, lease.contenders
        self._paused_until_s = max(self._paused_until_s, now_s + lease.pause_left_s if lease.pause_left_s else 0.0)
        self._busy_period = lease.busy_period
        if self._pause is None:
            # A refusal that came in while the cell was asked voids what it gave.
            self._permits.extend(now_s + max(lease.due_s + n * lease.interval_s, 0.0) for n in range(lease.count))

    def fall_back(self, wish: Wish | None) -> None:
        """The cell cannot be asked: go on alone, and tell it of a refusal by the API when it is back."""
        if wish is not None and wish.pause is not None and self._pause is None:
            self._pause = wish.pause
        if not self._away:
            self._away = True
            self._drop()

    def stale_s(self) -> float:
        """The instant at which the oldest permit goes back unless it is used."""
        return self._permits[0] + KEPT_S if self._permits else _NEVER

    def _drop(self) -> None:
        self._permits.clear()
        self._token -= 1

    def _learn(self, now_s: float) -> None:
        """Weigh the permits taken since the last time beside those before, which count the less the longer ago."""
        passed_s = max(now_s - self._learned_s, 0.0)
        kept = max(1 - passed_s / _MEMORY_S, 0.0)
        self._demand_per_s = self._demand_per_s * kept + self._taken / max(passed_s, _MEMORY_S)
        self._learned_s, self._taken = now_s, 0
