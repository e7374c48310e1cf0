"""Where an app lives that the called region does not know: a 404 for a wrong region should say so.

An app is known in the region it was created in and nowhere else (api/behaviour.md, Regions). Finding it costs a read in
every other region, so the answer is kept for an hour, whatever it was, and asked for once however many calls fail.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from gateway.clock import Clock
from gateway.deadline import Deadline
from gateway.upstream.app_lookup import AppLookup, AppUnknown
from gateway.upstream.rate_limit import Priority

KEPT_S = 3600.0
MAX_APPS = 1000
# Shared by everyone who waits for it, so the search has a bound of its own beside each caller's deadline.
SEARCH_TIMEOUT_S = 5.0

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Where an app was; an empty region is nowhere."""

    region: str
    until_s: float


class AppRegions:
    """Finds the region of apps. Its searches are its own; a caller that gives up does not end one for the others."""

    def __init__(self, *, lookup: AppLookup, clock: Clock) -> None:
        """Know nothing yet."""
        self._lookup = lookup
        self._clock = clock
        self._found: OrderedDict[_Key, _Found] = OrderedDict()
        self._searches: dict[_Key, asyncio.Task[str]] = {}

    async def besides(self, region: str, app_id: str, deadline: Deadline) -> str:
        """The other region that has the app; empty when none has it, or when that is not known in time."""
        key = (app_id, region)
        found = self._found.get(key)
        if found is not None and self._clock.monotonic() < found.until_s:
            return found.region
        if key not in self._searches:
            search = asyncio.create_task(self._search(key), name="app-region")
            self._searches[key] = search
            search.add_done_callback(lambda _: self._searches.pop(key, None))
        search = self._searches[key]
        await asyncio.wait({search}, timeout=max(deadline.remaining_s(), 0.0))
        return search.result() if search.done() and not search.cancelled() else ""

    async def close(self) -> None:
        """End every search."""
        searches = list(self._searches.values())
        for search in searches:
            search.cancel()
        await asyncio.gather(*searches, return_exceptions=True)

    async def _search(self, key: _Key) -> str:
        app_id, region = key
        deadline = Deadline.after(SEARCH_TIMEOUT_S, self._clock)
        try:
            for other in self._lookup.regions_besides(region):
                if await self._lookup.read(app_id, other, deadline, priority=Priority.NORMAL) is not None:
                    return self._keep(key, other)
        except AppUnknown:
            # Not kept: the next failure asks again.
            return ""
        return self._keep(key, "")

    def _keep(self, key: _Key, region: str) -> str:
        self._found[key] = _Found(region=region, until_s=self._clock.monotonic() + KEPT_S)
        self._found.move_to_end(key)
        if len(self._found) > MAX_APPS:
            self._found.popitem(last=False)
        return region
