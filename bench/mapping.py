"""What the mapping costs, beside `google.protobuf.json_format` with orjson, both measured in this run.

    python -m bench.mapping [--rounds 15] [--loop uvloop|asyncio]

*Out* is a message to the bytes of a body, by the writer that calls use; *in* is the bytes of a body to a message. Both
ways are checked to say the same first. Times are CPU µs, medians over rounds in which the two take turns; the ratio is
the median of the rounds' own ratios. The hold is the longest CPU time between two turns of another task of the same
loop while the batch was written, the median and the worst of all rounds; wall time would count busy neighbours too.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

import orjson
import uvloop
from conversation_gateway.v1.batch_pb2 import SendBatchRequest
from conversation_gateway.v1.message_pb2 import ListMessagesResponse, SendMessageRequest, SendMessageResponse
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from bench.figures import Goal, Spread
from bench.picture import Bars, draw
from gateway.mapping import body_writer_for, decoder_for, loads

RECIPIENTS = 1000
HOLD = Goal(limit=5.0)
OWN = frozenset({"project_id", "options"})
ENVELOPE = {
    "app_id": "01JB7PZK5V3RX0G8S4D2T6M9QA",
    "recipient": {"identified_by": {"channel_identities": [{"channel": "WHATSAPP", "identity": "46700000105"}]}},
    "channel_priority_order": ["WHATSAPP", "SMS"],
    "channel_properties": {"SMS_SENDER": "HarbourBike"},
    "message_metadata": "order 5512",
    "correlation_id": "order-5512",
    "ttl": "86400s",
}
CARD = {
    "title": "City bike",
    "description": "Seven gears, ready to ride",
    "media_message": {"url": "https://images.example.com/bike.jpg"},
    "height": "TALL",
    "choices": [
        {"text_message": {"text": "Book a test ride"}, "postback_data": "book"},
        {"url_message": {"title": "Read more", "url": "https://bikes.example.com/city"}, "postback_data": "more"},
        {"call_message": {"title": "Call us", "phone_number": "+46700000106"}, "postback_data": "call"},
        {
            "location_message": {
                "title": "Our shop",
                "label": "Open until six",
                "coordinates": {"latitude": 55.6128034, "longitude": -13.0007512},
            },
            "postback_data": "shop",
        },
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One document, and the ratios it has to keep."""

    name: str
    message_class: type[Message]
    document: dict[str, Any]
    repeats: int
    out_target: float = 0.40
    in_target: float = 0.30


def listed(index: int) -> dict[str, Any]:
    return {
        "id": f"01JB7QH1E3G5J7L9N1Q3S5{index:04d}",
        "direction": "TO_CONTACT",
        "app_message": {"text_message": {"text": "Your bike is ready"}},
        "channel_identity": {"channel": "WHATSAPP", "identity": "46700000105", "app_id": ""},
        "conversation_id": "01JB7QE5B7D9F1H3J5L7N9Q1S3",
        "contact_id": "01JB7QC8N3F5H7K9M1P2R4T6V8",
        "metadata": "",
        "accept_time": f"2026-03-{index % 28 + 1:02d}T09:15:30.724083Z",
        "injected": False,
        "processing_mode": "CONVERSATION",
    }


def recipient(index: int) -> dict[str, Any]:
    identity = {"channel": "SMS", "identity": f"467{index:08d}"}
    return {
        "recipient": {"identified_by": {"channel_identities": [identity]}},
        "parameters": {"name": f"Customer {index}", "order": str(5000 + index)},
    }


def samples() -> list[Sample]:
    text = ENVELOPE | {"message": {"text_message": {"text": "Hej! Your bike is ready, we are open until six."}}}
    card = ENVELOPE | {"message": {"card_message": CARD}}
    batch = {
        "app_id": ENVELOPE["app_id"],
        "message": {"text_message": {"text": "Hello ${name}"}},
        "recipient_and_params": [recipient(index) for index in range(RECIPIENTS)],
    }
    page = {"messages": [listed(index) for index in range(50)], "next_page_token": "cGFnZS0y"}
    sent = {"message_id": "01JB7QH1E3G5J7L9N1Q3S5U7W9", "accepted_time": "2026-03-02T09:15:30.724083Z"}
    return [
        Sample(name="text send", message_class=SendMessageRequest, document=text, repeats=200),
        Sample(name="card send", message_class=SendMessageRequest, document=card, repeats=100),
        Sample(name=f"batch of {RECIPIENTS}", message_class=SendBatchRequest, document=batch, repeats=1),
        Sample(name="list of 50", message_class=ListMessagesResponse, document=page, repeats=5),
        Sample(
            name="smallest answer",
            message_class=SendMessageResponse,
            document=sent,
            repeats=500,
            out_target=0.60,
            in_target=0.60,
        ),
    ]


async def cpu_us(call: Callable[[], Awaitable[object]], repeats: int) -> float:
    started_s = time.process_time()
    for _ in range(repeats):
        await call()
    return (time.process_time() - started_s) / repeats * 1e6


async def compare(
    canonical: Callable[[], Awaitable[object]], own: Callable[[], Awaitable[object]], repeats: int, rounds: int
) -> tuple[Spread, Spread, Spread]:
    """µs of the canonical mapping and of ours, and the rounds' ratios."""
    pairs = [(await cpu_us(canonical, repeats), await cpu_us(own, repeats)) for _ in range(rounds)]
    canonical_us, own_us = (Spread.of(times) for times in zip(*pairs, strict=True))
    return canonical_us, own_us, Spread.of(own / canonical for canonical, own in pairs)


async def measure(sample: Sample, rounds: int) -> dict[str, tuple[Spread, Goal]]:
    """Print both ways of a document; the ratio of each, and what it has to be."""
    message = json_format.ParseDict(sample.document, sample.message_class())
    body = orjson.dumps(sample.document)
    write, decode = body_writer_for(cast("Descriptor", message.DESCRIPTOR), OWN), decoder_for(sample.message_class, OWN)

    async def canonical_out() -> bytes:
        return orjson.dumps(json_format.MessageToDict(message, preserving_proto_field_name=True))

    async def own_out() -> bytes:
        return await write(message)

    async def canonical_in() -> Message:
        return json_format.ParseDict(orjson.loads(body), sample.message_class(), ignore_unknown_fields=True)

    async def own_in() -> Message:
        return decode(loads(body)).message

    if orjson.loads(await own_out()) != sample.document or await own_in() != message:
        raise SystemExit(f"{sample.name}: the mapping changes the document")
    found = {}
    for way, target, canonical, own in (
        ("out", sample.out_target, canonical_out, own_out),
        ("in", sample.in_target, canonical_in, own_in),
    ):
        canonical_us, own_us, ratio = await compare(canonical, own, sample.repeats, rounds)
        found[f"{sample.name}, {way}"] = (ratio, Goal(limit=target))
        cells = f"{canonical_us.text(1):>28} {own_us.text(1):>28} {ratio.text(2):>18} {target:6.2f}"
        print(f"{sample.name:16} {way:4} {cells}")
    return found


async def longest_hold_ms(work: Callable[[], Awaitable[object]]) -> float:
    """The longest CPU time that a task which only wants turns waits for one while `work` runs."""
    longest_s = 0.0

    async def tick() -> None:
        nonlocal longest_s
        last_s = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now_s = time.thread_time()
            longest_s = max(longest_s, now_s - last_s)
            last_s = now_s

    async with asyncio.TaskGroup() as group:
        ticking = group.create_task(tick())
        await asyncio.sleep(0)
        await work()
        await asyncio.sleep(0)
        ticking.cancel()
    return longest_s * 1e3


async def measure_hold(rounds: int) -> Spread:
    (sample,) = [sample for sample in samples() if sample.message_class is SendBatchRequest]
    message = json_format.ParseDict(sample.document, SendBatchRequest())
    write = body_writer_for(cast("Descriptor", message.DESCRIPTOR), OWN)

    async def canonical() -> bytes:
        return orjson.dumps(json_format.MessageToDict(message, preserving_proto_field_name=True))

    canonical_ms = [await longest_hold_ms(canonical) for _ in range(rounds)]
    own_ms = [await longest_hold_ms(lambda: write(message)) for _ in range(rounds)]
    print(f"\nlongest hold of the loop by a {sample.name}, ms: {HOLD}")
    for name, holds in (("json_format", canonical_ms), ("gateway", own_ms)):
        print(f"  {name:12} {Spread.of(holds).text(2)}")
    return Spread.of(own_ms)


async def report(rounds: int) -> None:
    heads = f"{'canonical':>28} {'gateway':>28} {'ratio':>18} {'target':>6}"
    print(f"{'':16} {'':4} {heads}   CPU µs per document")
    found: dict[str, tuple[Spread, Goal]] = {}
    for sample in samples():
        found |= await measure(sample, rounds)
    hold = await measure_hold(rounds)
    verdicts = [goal.verdict(ratio) for ratio, goal in (*found.values(), (hold, HOLD))]
    print("\nsome targets missed" if "MISSED" in verdicts else "\nall targets kept")
    goals = sorted({goal.limit for _, goal in found.values()})
    panels = [
        Bars(
            title="CPU: gateway / json_format with orjson",
            rows={name: ratio for name, (ratio, goal) in found.items() if goal.limit == limit},
            goal=Goal(limit=limit),
        )
        for limit in goals
    ]
    draw("mapping", "Messages to JSON and back", panels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--loop", choices=("uvloop", "asyncio"), default="uvloop")
    arguments = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop if arguments.loop == "uvloop" else None) as runner:
        runner.run(report(arguments.rounds))


if __name__ == "__main__":
    main()
