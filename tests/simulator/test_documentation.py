"""docs/simulator.md names everything that can be asked of the simulator, and nothing that cannot."""

import re
from pathlib import Path

from gateway.simulator import Simulator
from gateway.simulator.delivery.manner import MANNER_FIELDS, SIGNATURES
from gateway.simulator.faults.answers import ANSWER_FIELDS, BODIES
from gateway.simulator.faults.magic import SCENARIOS
from gateway.simulator.faults.occasion import OCCASION_FIELDS
from gateway.simulator.faults.rules import DELIVERY_FIELDS, FACTS
from gateway.simulator.wire import Ending
from tests.simulator.api_client import ApiClient

_DOCUMENT = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """What stands under a heading."""
    return _DOCUMENT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


async def test_every_magic_number_is_told_over_http_and_documented(api: ApiClient) -> None:
    told = (await api.http.get("/_simulator/magic")).json()

    documented = dict(re.findall(r"^\| `(\d{7})` \| (.+?) \|$", section("Misbehaviour by number"), re.MULTILINE))
    assert set(told) == set(SCENARIOS)
    assert documented == told


def test_every_field_of_a_rule_and_every_word_in_it_is_documented() -> None:
    effects = {"answer", "delivery", "callback", "match"}
    fields = {*FACTS, *OCCASION_FIELDS, *ANSWER_FIELDS, *DELIVERY_FIELDS, *MANNER_FIELDS, *effects}
    words = {*BODIES, *SIGNATURES, *(ending.value for ending in Ending), "expire", "revoke", "full"}
    states = {"QUEUED_ON_CHANNEL", "DELIVERED", "READ"}

    named = set(re.findall(r"`(\w+)`", re.sub(r"```.*?```", "", section("Misbehaviour by rule"), flags=re.DOTALL)))

    assert named == fields | words | states


async def test_every_admin_operation_is_documented(simulator: Simulator) -> None:
    offered = {f"{method} {operation}" for method, operation in simulator._parts.admin._operations}

    documented = set()
    for methods, operation in re.findall(
        r"^\| ((?:`[A-Z]+`, )*`[A-Z]+ )(\w+)", section("Asking the simulator itself"), re.MULTILINE
    ):
        documented |= {f"{method} {operation}" for method in re.findall(r"[A-Z]+", methods)}

    assert documented == offered
