"""The demo: simulator and gateway as two processes, one message of each type out, its receipts and a reply back."""

import asyncio
import secrets
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from conversation_gateway.v1 import (
    event_feed_pb2,
    event_feed_pb2_grpc,
    identity_pb2,
    message_pb2,
    message_pb2_grpc,
    webhook_pb2,
    webhook_pb2_grpc,
)

from gateway.cli.examples import messages
from gateway.cli.processes import ChildFailed, child
from gateway.cli.screen import Screen

TIMEOUT_S = 15.0
APP_ID = "01DEM0APP00000000000000000"
RECIPIENT = "+46700000001"
TRIGGERS = ("MESSAGE_DELIVERY", "MESSAGE_INBOUND")


def run(*, output: str, stay: bool) -> int:
    """Run the demo; 0 only when every message was read and the reply came back on the feed.

    `stay` leaves both programs running, the gateway on its usual addresses, until SIGINT or SIGTERM.
    """
    screen = Screen(json=output == "json")
    try:
        return asyncio.run(_demo(screen, stay=stay))
    except TimeoutError:
        why = f"not everything came back within {TIMEOUT_S:.0f} s"
    except grpc.aio.AioRpcError as error:
        why = f"{error.code().name}: {error.details()}"
    except ChildFailed as error:
        why = str(error)
    except asyncio.CancelledError:
        why = "interrupted"
    screen.failed(why)
    return 1


@dataclass(slots=True)
class Progress:
    """What has come back so far."""

    types: dict[str, str] = field(default_factory=dict)
    """Message type by message id."""
    early: dict[str, list[str]] = field(default_factory=dict)
    """Receipts that overtook the answer to their send, by message id."""
    read: set[str] = field(default_factory=set)
    replied: bool = False

    @property
    def complete(self) -> bool:
        """Whether every message was read and the recipient has answered."""
        return self.replied and self.read >= self.types.keys() and len(self.types) == len(messages())


async def _demo(screen: Screen, *, stay: bool) -> int:
    stopped = asyncio.Event()
    mine = asyncio.current_task()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Left running, a signal ends it well; in the middle of the demo it ends it now. Children go either way.
        end = stopped.set if stay or mine is None else mine.cancel
        asyncio.get_running_loop().add_signal_handler(number, end)
    secret = secrets.token_hex(16)
    async with _processes(secret, stay=stay) as (simulator, gateway):
        screen.started(simulator=simulator["url"], gateway=gateway["grpc"], webhooks=gateway["webhooks"])
        async with grpc.aio.insecure_channel(gateway["grpc"]) as channel, asyncio.timeout(TIMEOUT_S):
            await _register(channel, gateway["webhooks"], secret)
            progress = await _exchange(channel, screen)
        screen.summary(sent=len(progress.types), read=len(progress.read), replied=progress.replied)
        if stay:
            screen.staying(gateway["grpc"])
            await stopped.wait()
        return 0 if progress.complete else 1


@asynccontextmanager
async def _processes(secret: str, *, stay: bool) -> AsyncIterator[tuple[dict[str, Any], dict[str, Any]]]:
    with tempfile.TemporaryDirectory(prefix="conversation-gateway-demo-") as folder:
        async with child("simulator", "--app", APP_ID, environment={}, ready_on="stdout") as simulator:
            settings = _settings(simulator["url"], Path(folder), secret)
            if not stay:
                free = dict.fromkeys(("GRPC", "WEBHOOK", "ADMIN"), "127.0.0.1:0")
                settings |= {f"GATEWAY_{door}_ADDRESS": address for door, address in free.items()}
            async with child("serve", environment=settings, ready_on="stderr") as gateway:
                yield simulator, gateway


def _settings(simulator: str, folder: Path, secret: str) -> dict[str, str]:
    """The settings that point a gateway at a simulator; the same names as for the real API."""
    return {
        "SINCH_PROJECT_ID": "demo-project",
        "SINCH_KEY_ID": "demo-key",
        "SINCH_KEY_SECRET": "demo-secret",
        "SINCH_APP_ID": APP_ID,
        "GATEWAY_WEBHOOK_SECRET": secret,
        "GATEWAY_STATE_URL": f"sqlite://{folder / 'state.db'}",
        "GATEWAY_CONVERSATION_URL": simulator + "/{region}/conversation",
        "GATEWAY_BATCH_URL": simulator + "/{region}/batch",
        "GATEWAY_TEMPLATE_URL": simulator + "/{region}/template",
        "GATEWAY_AUTH_URL": simulator + "/auth",
        "GATEWAY_LOG_FORMAT": "json",
    }


async def _register(channel: grpc.aio.Channel, webhook_address: str, secret: str) -> None:
    """Tell Sinch where receipts and replies go."""
    webhook = webhook_pb2.NewWebhook(
        app_id=APP_ID,
        target=f"http://{webhook_address}/webhooks/default",
        target_type="HTTP",
        secret=secret,
        triggers=TRIGGERS,
    )
    await webhook_pb2_grpc.WebhookServiceStub(channel).CreateWebhook(webhook_pb2.CreateWebhookRequest(webhook=webhook))


async def _exchange(channel: grpc.aio.Channel, screen: Screen) -> Progress:
    """Follow the feed while the messages go out, until everything has come back."""
    progress = Progress()
    feed = event_feed_pb2_grpc.EventFeedServiceStub(channel)
    stream = feed.Subscribe(event_feed_pb2.SubscribeRequest(earliest={}, heartbeat_interval={"seconds": 1}))
    sending = asyncio.create_task(_send(channel, screen, progress))
    try:
        async for answer in stream:
            for event in answer.batch.events:
                _note(event, screen, progress)
            if progress.complete or (sending.done() and sending.exception()):
                break
        await sending
    finally:
        sending.cancel()
        stream.cancel()
    return progress


async def _send(channel: grpc.aio.Channel, screen: Screen, progress: Progress) -> None:
    stub = message_pb2_grpc.MessageServiceStub(channel)
    for kind, message in messages().items():
        recipient = identity_pb2.Recipient()
        recipient.identified_by.channel_identities.add(channel="WHATSAPP", identity=RECIPIENT)
        request = message_pb2.SendMessageRequest(recipient=recipient, message=message)
        response = await stub.SendMessage(request, timeout=TIMEOUT_S)
        screen.sent(kind, response.message_id)
        progress.types[response.message_id] = kind
        for status in progress.early.pop(response.message_id, ()):
            _receipt(response.message_id, status, screen, progress)


def _note(event: event_feed_pb2.FeedEvent, screen: Screen, progress: Progress) -> None:
    if event.trigger == "MESSAGE_INBOUND":
        progress.replied = True
        screen.reply(event.message.contact_message.text_message.text)
        return
    report = event.message_delivery_report
    if report.message_id in progress.types:
        _receipt(report.message_id, report.status, screen, progress)
    else:
        progress.early.setdefault(report.message_id, []).append(report.status)


def _receipt(message_id: str, status: str, screen: Screen, progress: Progress) -> None:
    screen.receipt(progress.types[message_id], message_id, status)
    if status == "READ":
        progress.read.add(message_id)
