"""Builds everything once, and takes it down in reverse.

Down means: say NOT_SERVING, tell every stream its cursor, finish the webhooks and calls in flight, close what they
used, and leave with 0. A second signal leaves at once.
"""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from gateway import __version__, consent, doors, inbound, joined, outbound
from gateway.admin.probes import Readiness, Scrape, admin_app
from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.events.feed import Feed
from gateway.grace import Grace
from gateway.http_server import REFUSALS, HttpServer
from gateway.joined import Journeys
from gateway.listener import Listener
from gateway.rpc import event_feed, large_batch, message_stream, paging, passthrough, raw
from gateway.rpc import journeys as journey_door
from gateway.rpc import webhooks as webhook_calls
from gateway.rpc.boundary import Boundary
from gateway.rpc.server import RpcServer
from gateway.settings import Settings, all_projects
from gateway.telemetry import logs
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.process_metrics import LoopLag
from gateway.telemetry.spans import Spans
from gateway.upstream.call import Caller, Operation
from gateway.upstream.contract import methods
from gateway.watched_file import WatchedFiles

# What a collector that does not answer may cost at the end, of what is left to finish in.
EXPORT_S = 5.0

log = logs.logger("app")


class StartError(Exception):
    """The gateway cannot start; one line says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the doors are; an empty address is a closed door."""

    grpc: str
    webhooks: str
    admin: str
    control: str


def run(settings: Settings) -> None:
    """Run the gateway until SIGTERM or SIGINT; raises `StartError` when it cannot start."""
    logs.configure(level=settings.log_level, form=settings.log_format)
    try:
        with asyncio.Runner(loop_factory=_loop_factory(settings.loop)) as runner:
            runner.run(_serve(settings))
    finally:
        logs.close()


async def _serve(settings: Settings) -> None:
    stopped = asyncio.Event()

    def stop() -> None:
        if stopped.is_set():
            # Whoever asks twice does not want to wait for calls in flight.
            os._exit(1)
        log.info("stopping")
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    async with running(settings) as addresses:
        # What was made up to here stays. A collector that walks it all holds up every call for a quarter of a second.
        gc.collect()
        gc.freeze()
        # Whatever the log level: nothing else tells where a port 0 has gone.
        logs.announce(
            "ready",
            grpc=addresses.grpc,
            webhooks=addresses.webhooks,
            admin=addresses.admin,
            control=addresses.control,
            version=__version__,
        )
        await stopped.wait()
    log.info("stopped")


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Addresses]:
    """A gateway with every configured door open, until the block ends; raises `StartError`."""
    clock = Clock()
    metrics = Metrics()
    readiness = Readiness()
    grace = Grace(total_s=settings.drain_timeout_s, clock=clock)
    files = WatchedFiles(clock=clock, interval_s=settings.reread_s)
    lag = LoopLag(metrics.process.loop_lag)
    async with AsyncExitStack() as stack:
        try:
            spans = await Spans.open(settings.state_path if settings.embedded else None)
            stack.push_async_callback(_close, spans, grace)
            events, shared = await inbound.open_log(settings, metrics, clock, stack)
            feed = inbound.open_feed(settings, events, spans.feed(metrics.feed), clock, stack)
            vitals = inbound.open_vitals(settings, events, feed, (metrics, clock), stack)
            ground = outbound.Ground(
                settings=settings,
                clock=clock,
                metrics=metrics,
                events=events,
                shared=shared,
                grace=grace,
                files=files,
                spans=spans,
                lost_s=lag.lost_s,
                consents=await consent.open_desk(settings, events, metrics, clock, stack),
            )
            calls = await outbound.build(ground, stack)
            http = _HttpDoors(metrics=metrics, grace=grace, stack=stack)
            admin = await http.open(
                "admin",
                settings.admin_address,
                admin_app(
                    metrics=Scrape(refresh=vitals.refresh, exposition=metrics.exposition),
                    readiness=readiness,
                    store_usable=lambda: events.usable,
                ),
            )
            control = await http.open("control", settings.control_address, doors.control(partial(_quit, readiness)))
            boundary = doors.boundary(settings, metrics, spans.tracing, clock)
            operations = [calls.operation(method) for method in methods()]
            secrets = inbound.webhook_secrets(settings, files)
            journeys = joined.build(
                settings,
                calls=calls,
                operations=operations,
                log=events,
                secrets=secrets,
                clock=clock,
                consents=ground.consents,
                stack=stack,
            )
            server = _rpc_server(settings, ground, calls, operations, feed=feed, journeys=journeys, boundary=boundary)
            grpc_address = ""
            if server:
                stack.push_async_callback(_stop, server, grace)
                grpc_address = await server.start()
            webhooks = ""
            if settings.webhook_address:
                receiver = inbound.receiver(settings, events, metrics, clock, secrets, spans=spans.posts())
                webhooks = await http.open("webhooks", settings.webhook_address, receiver)
        except OSError as error:
            # Listeners name their address themselves; files are named by the error.
            named = f"{error.filename}: " if error.filename else ""
            raise StartError(f"{named}{error.strerror or error}") from error
        except (StoreError, ValueError) as error:
            raise StartError(str(error)) from error
        files.start()
        stack.push_async_callback(files.close)
        # Taken down in reverse: these come first, so that balancers look elsewhere before any stream ends.
        stack.push_async_callback(feed.drain)
        stack.callback(journeys.witness.drain)
        if server:
            stack.push_async_callback(server.pause)
        stack.callback(readiness.drain)
        stack.callback(grace.begin)
        stack.callback(lag.close)
        lag.start()
        readiness.started = True
        yield Addresses(grpc=grpc_address, webhooks=webhooks, admin=admin, control=control)


def _rpc_server(
    settings: Settings,
    ground: outbound.Ground,
    calls: Caller,
    operations: list[Operation],
    *,
    feed: Feed,
    journeys: Journeys,
    boundary: Boundary,
) -> RpcServer | None:
    if not settings.grpc_address:
        return None
    clock = ground.clock
    return doors.rpc_server(
        settings,
        passthrough.handlers(operations, calls=calls, boundary=boundary)
        | paging.handlers(operations, calls=calls, boundary=boundary)
        | message_stream.handlers(operations=operations, calls=calls, boundary=boundary, clock=clock)
        | large_batch.handlers(operations=operations, calls=calls, boundary=boundary, clock=clock)
        | journey_door.handlers(
            messages=journeys.messages, capabilities=journeys.capabilities, boundary=boundary, fed=journeys.fed
        )
        | webhook_calls.handlers(webhooks=journeys.webhooks, boundary=boundary)
        | event_feed.handlers(
            feed=feed, boundary=boundary, projects=[project.project_id for project in all_projects(settings)]
        )
        | raw.handlers(calls=calls, boundary=boundary, enabled=settings.raw_calls, hosts=settings.callback_url_hosts),
        boundary=boundary,
        files=ground.files,
        log_usable=lambda: ground.events.usable,
        metrics=ground.metrics,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _HttpDoors:
    """Opens HTTP doors, which `stack` closes."""

    metrics: Metrics
    grace: Grace
    stack: AsyncExitStack

    async def open(self, name: str, address: str, app: Any) -> str:
        """Serve an application; the bound address, or nothing for a closed door."""
        if not address:
            return ""
        refused = self.metrics.doors.http(name, REFUSALS)
        server = HttpServer(app=app, listener=Listener.open(address), refused=refused)
        await server.start()
        self.stack.push_async_callback(_stop, server, self.grace)
        return server.address


def _quit(readiness: Readiness) -> None:
    """Drain as SIGTERM does. Asked again meanwhile it changes nothing, as a second signal would."""
    if not readiness.draining:
        readiness.drain()
        os.kill(os.getpid(), signal.SIGTERM)


async def _close(spans: Spans, grace: Grace) -> None:
    await spans.close(min(grace.left_s(), EXPORT_S))


async def _stop(server: HttpServer | RpcServer, grace: Grace) -> None:
    await server.stop(grace.left_s())


def _loop_factory(choice: str) -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The faster loop where it is wanted and installed."""
    if choice == "asyncio":
        return None
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        if choice == "uvloop":
            raise StartError("GATEWAY_LOOP is uvloop, which is not installed") from None
        return None
    return partial(uvloop.new_event_loop)
