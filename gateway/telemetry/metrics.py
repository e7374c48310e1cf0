"""Every metric the gateway exports, in one registry. Base units in the names, labels from closed sets only.

Declared here by domain: what an RPC was (`rpc_metrics`), what the API did (`upstream_metrics`), what came in and went
out on the feed (`feed_metrics`), who wants no messages (`consent_metrics`), whom the doors turned away
(`door_metrics`), and the process itself (`process_metrics`). The rooms know none of this: they are given observers,
and functions of theirs are asked at each scrape.
"""

import asyncio
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, disable_created_metrics
from prometheus_client.exposition import choose_encoder

from gateway.telemetry.consent_metrics import ConsentMetrics
from gateway.telemetry.door_metrics import DoorMetrics
from gateway.telemetry.feed_metrics import FeedMetrics, StoreMetrics, WebhookMetrics, WebhookSeries
from gateway.telemetry.process_metrics import ProcessMetrics
from gateway.telemetry.rpc_metrics import Rpc, RpcMetrics, RpcSeries
from gateway.telemetry.upstream_metrics import ExchangeSeries, LimiterMetrics, TokenMetrics, UpstreamMetrics
from gateway.telemetry.watched import Watches

__all__ = ["Metrics", "Rpc", "RpcSeries"]


class Metrics:
    """The registry and every metric in it."""

    def __init__(self) -> None:
        """Declare everything; series that can be known are made at zero, so that rates exist from the start."""
        # One more series for each of ours, for a reset that Prometheus notices anyway.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self._watches = Watches(self.registry)
        self._pages: dict[str, asyncio.Future[bytes]] = {}
        self._rpcs = RpcMetrics(self.registry)
        self._webhooks = WebhookMetrics(self.registry)
        self.tokens = TokenMetrics(self.registry, self._watches)
        self.limiter = LimiterMetrics(self.registry, self._watches)
        self.upstream = UpstreamMetrics(self.registry, self._watches)
        self.feed = FeedMetrics(self.registry, self._watches)
        self.store = StoreMetrics(self.registry, self._watches)
        self.process = ProcessMetrics(self.registry, self._watches)
        self.doors = DoorMetrics(self.registry, self._watches)
        self.consents = ConsentMetrics(self.registry, self._watches)

    def rpc(self, rpc: Rpc) -> RpcSeries:
        """The series of one method, made once: looking a series up costs more than counting in it."""
        return self._rpcs.series(rpc)

    def webhooks(self, verdicts: Iterable[str], triggers: Iterable[str]) -> WebhookSeries:
        """The series of the webhook door, for closed sets of verdicts and triggers."""
        return self._webhooks.series(verdicts, triggers)

    def exchanges(self, routes: Iterable[tuple[str, str]]) -> ExchangeSeries:
        """The series of the exchanges with the API, for every host class and path template there is."""
        return self.upstream.exchanges(routes)

    async def exposition(self, accept: str) -> tuple[bytes, str]:
        """Every metric in the text form that the scraper's `Accept` header asks for, and that form's content type.

        What is watched is asked on the event loop, where it lives; writing thousands of lines is left to a thread.
        Whoever asks meanwhile is given the same page: many scrapers must not cost more than one.
        """
        encode, content_type = choose_encoder(accept)
        page = self._pages.get(content_type)
        if page is None:
            self._watches.look()
            page = asyncio.get_running_loop().run_in_executor(None, encode, self.registry)
            self._pages[content_type] = page
            page.add_done_callback(lambda _: self._pages.pop(content_type))
        return await asyncio.shield(page), content_type
