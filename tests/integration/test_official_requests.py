"""Real input: every official request body goes out as protobuf and reaches the API as the JSON it was."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from gateway.simulator.server import Simulator
from tests.conftest import RunningGateway
from tests.contract.contract import METHODS, rest_call
from tests.contract.test_official_examples import kind_of
from tests.json_equality import canonical

# Parts of a body, and where in which body they stand.
INSIDE = {"AppMessage": ("SendMessageRequest", "message"), "AppEvent": ("SendEventRequest", "event")}
RECIPIENT = {"identified_by": {"channel_identities": [{"channel": "WHATSAPP", "identity": "+46700000001"}]}}
# The official bodies hold neither of these two; values of our own, every field of their schemas set.
LIST = {
    "title": "Pick a bike",
    "description": "Three are in stock",
    "media": {"url": "https://images.example.com/bikes.jpg"},
    "sections": [
        {
            "title": "In stock",
            "items": [
                {"choice": {"title": "City", "description": "Seven gears", "postback_data": "city"}},
                {"choice": {"title": "Cargo", "media": {"url": "https://images.example.com/cargo.jpg"}}},
            ],
        },
        {"items": [{"product": {"id": "sku-1", "marketplace": "FACEBOOK"}}]},
    ],
    "message_properties": {"catalog_id": "c-1", "menu": "Bikes", "whatsapp_header": "Bikes"},
}
LOCATION = {
    "title": "Our shop",
    "label": "Open until six",
    "coordinates": {"latitude": 55.6128034, "longitude": -13.0007512},
}


def body_methods() -> Iterator[tuple[str, MethodDescriptor]]:
    """Every method with a body, by the type of that body."""
    for method in METHODS:
        rest = rest_call(method)
        if rest is None or not rest.body:
            continue
        whole = rest.body == "*"
        target = method.input_type if whole else method.input_type.fields_by_name[rest.body].message_type
        if target is not None:
            yield target.name, method


METHOD_OF_BODY = dict(reversed(list(body_methods())))


def official_bodies(fixtures: Path) -> dict[str, tuple[str, Any]]:
    """The type and the JSON of every official example that is a request body, or makes one."""
    bodies = {}
    for path in sorted(fixtures.rglob("*.json")):
        name = path.relative_to(fixtures).as_posix()
        kind, body = kind_of(name), json.loads(path.read_text(encoding="utf-8"))
        if kind in INSIDE:
            kind, field = INSIDE[kind]
            body = {"app_id": "own", "recipient": RECIPIENT, field: body}
        if kind in METHOD_OF_BODY:
            bodies[name] = (kind, body)
    return bodies


def request_for(method: MethodDescriptor, body: Any) -> Message:
    """The request that carries a body, read by the canonical mapping so that no mistake of ours can cancel out."""
    rest = rest_call(method)
    assert rest is not None
    request: Any = GetMessageClass(method.input_type)()
    target = request if rest.body == "*" else getattr(request, rest.body)
    target.SetInParent()
    json_format.ParseDict(body, target)
    for variable in rest.variables:
        if variable != "project_id":
            setattr(request, variable, "id-1")
    assert isinstance(request, Message)
    return request


async def received(gateway: RunningGateway, simulator: Simulator, kind: str, body: Any) -> Any:
    """What the API was sent for a body."""
    method = METHOD_OF_BODY[kind]
    call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]
    call = gateway.channel.unary_unary(f"/{method.containing_service.full_name}/{method.name}")
    await call(request_for(method, body).SerializeToString(), timeout=10)
    # The gateway itself may have read the app meanwhile.
    return next(request.json for request in reversed(simulator.requests) if request.method != "GET")


@pytest.fixture
async def recorder(simulator: Simulator) -> Simulator:
    """The simulator, answering everything with an empty success: only what it is sent matters here."""
    hosts = ("conversation", "batch", "template")
    rule = [{"match": {"host": host}, "answer": {"status": 200, "body": "empty"}} for host in hosts]
    async with httpx.AsyncClient() as client:
        (await client.post(f"{simulator.url}/_simulator/faults", json=rule)).raise_for_status()
    return simulator


async def test_every_official_request_body_reaches_the_api_unchanged(
    fixtures: Path, gateway: RunningGateway, recorder: Simulator
) -> None:
    bodies = official_bodies(fixtures)

    arrived = {name: await received(gateway, recorder, kind, body) for name, (kind, body) in bodies.items()}

    assert {"SendMessageRequest", "NewApp", "NewContact", "NewWebhook", "TemplateV2"} <= {k for k, _ in bodies.values()}
    assert {name: canonical(body) for name, body in arrived.items()} == {
        name: canonical(body) for name, (_, body) in bodies.items()
    }


@pytest.mark.parametrize(("part", "body"), [("list_message", LIST), ("location_message", LOCATION)])
async def test_bodies_of_our_own_reach_the_api_unchanged(
    gateway: RunningGateway, recorder: Simulator, part: str, body: dict[str, Any]
) -> None:
    sent = {"app_id": "own", "recipient": RECIPIENT, "message": {part: body}}

    assert await received(gateway, recorder, "SendMessageRequest", sent) == sent
