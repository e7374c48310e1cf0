"""The catalogue of errors teaches: what happened, whether to retry, why, and what to do."""

import ast
import re
from pathlib import Path

import grpc
from conversation_gateway.v1.error_reason_pb2 import ErrorReason
from google.protobuf import descriptor_pb2 as pb

from tests.contract.contract import ROOT, Element

PREFIX = "ERROR_REASON_"
REASONS = {name.removeprefix(PREFIX) for name in ErrorReason.DESCRIPTOR.values_by_name} - {"UNSPECIFIED"}
PARTS = re.compile(r"^ .+?\n Status: `(?P<status>[A-Z_]+)`\. Retry: .+\.\n Causes: .+\.\n Do: .+\.$", re.DOTALL)


def entries(contract: list[Element]) -> dict[str, str]:
    values = [
        e
        for e in contract
        if e.name.startswith("ErrorReason.") and isinstance(e.descriptor, pb.EnumValueDescriptorProto)
    ]
    return {e.name.removeprefix(f"ErrorReason.{PREFIX}"): e.comment.rstrip() for e in values[1:]}


def test_every_reason_says_status_retry_causes_and_what_to_do(contract: list[Element]) -> None:
    codes = {code.name for code in grpc.StatusCode}
    catalogue = entries(contract)

    wrong = [r for r, text in catalogue.items() if not (m := PARTS.match(text)) or m["status"] not in codes - {"OK"}]

    assert catalogue.keys() == REASONS
    assert wrong == []


def test_every_reason_has_an_anchor_in_the_reference() -> None:
    headings = re.findall(r"^## (\w+)$", (ROOT / "docs" / "errors.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert set(headings) == REASONS
    assert len(headings) == len(REASONS)


def test_comments_of_methods_name_reasons_that_exist(contract: list[Element]) -> None:
    named = {
        (e.name, reason) for e in contract for reason in re.findall(r"`[A-Z_]+`,\s+([A-Z]+(?:_[A-Z]+)*)\b", e.comment)
    }

    assert len(named) > 20
    assert {pair for pair in named if pair[1] not in REASONS} == set()


def test_the_gateway_gives_each_reason_with_the_status_that_the_catalogue_says(contract: list[Element]) -> None:
    catalogue = {r: m["status"] for r, text in entries(contract).items() if (m := PARTS.match(text))}
    # At the start no call is answered: the process ends with a line instead.
    at_start = {("STORE_UNAVAILABLE", "FAILED_PRECONDITION")}
    given = {
        pair
        for path in Path(ROOT / "gateway").rglob("*.py")
        for pair in re.findall(
            r"reason=\"([A-Z_]+)\",\s+code=(?:grpc\.Status)?Code\.([A-Z_]+)", path.read_text(encoding="utf-8")
        )
    }

    assert {(reason, code) for reason, code in given - at_start if catalogue.get(reason) != code} == set()


def test_every_reason_of_the_catalogue_is_given_somewhere() -> None:
    # Who has given a call up is not there to be told; gRPC itself says CANCELLED to whoever still listens.
    untold = {"CANCELLED"}
    texts = {
        node.value
        for path in Path(ROOT / "gateway").rglob("*.py")
        if "simulator" not in path.relative_to(ROOT).parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert REASONS - untold - texts == set()


def test_every_reason_that_the_gateway_gives_is_in_the_catalogue() -> None:
    given = {
        (path.name, reason)
        for path in Path(ROOT / "gateway").rglob("*.py")
        for reason in re.findall(r"reason=\"([A-Z][A-Z_]+)\"", path.read_text(encoding="utf-8"))
    }

    assert {pair for pair in given if pair[1] not in REASONS} == set()
