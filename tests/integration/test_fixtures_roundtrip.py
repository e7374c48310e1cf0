"""Every official document becomes protobuf and the same document again, by the mapping that the gateway uses.

No exceptions are listed because there are none: the contract leaves no field of these documents to the raw view.
Nulls count as absent and instants as instants; integers stay integers.
"""

import json
from pathlib import Path
from typing import Any

from tests.contract.contract import MESSAGES
from tests.contract.test_official_examples import kind_of
from tests.json_roundtrip import comparable, there_and_back


def official_documents(fixtures: Path) -> dict[str, Any]:
    """Every official document, by its path."""
    return {
        path.relative_to(fixtures).as_posix(): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(fixtures.rglob("*.json"))
    }


def survivor(kind: str, document: Any) -> Any:
    """What comes back; free JSON goes as the field that carries the channels' own structures."""
    if kind != "Struct":
        return there_and_back(document, MESSAGES[kind])
    return there_and_back({"message": document}, MESSAGES["ChannelSpecificMessage"])["message"]


def test_every_official_document_survives_both_ways_unchanged(fixtures: Path) -> None:
    originals = official_documents(fixtures)

    survivors = {name: survivor(kind_of(name), document) for name, document in originals.items()}

    assert len(originals) > 100
    assert {name: comparable(document) for name, document in survivors.items()} == {
        name: comparable(document) for name, document in originals.items()
    }
